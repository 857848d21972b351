"""The life of a named, confidential round: from its plan to the archive, where single marks end."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengzhi.branch.appraisal import named_results
from chengzhi.branch.appraisal.named_models import NamedMark, NamedRound
from chengzhi.branch.organisation import rules
from chengzhi.cases.habits import habits
from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.workings import Change, Check, Fact, Move, Workings, join
from chengzhi.people.permissions import ALL

STATES = {
    "planned": ("已计划", "planned"),
    "open": ("互评中", "open"),
    "closed": ("互评结束", "closed"),
    "told": ("已反馈本人", "results told"),
    "archived": ("已归档", "archived"),
    "void": ("作废", "void"),
}
_ARTICLE = "教条18"

NAMED_LIFE = Life(
    name="named_round",
    steps=(
        Step("plan", "计划", "Plan", frozenset(), "planned", "branch.lead", article=_ARTICLE, undo=False,
             sentence="{who}计划了实名保密互评。", sentence_en="{who} planned the named, confidential round."),
        Step("begin", "开始互评", "Open the round", frozenset({"planned"}), "open", "branch.lead", article=_ARTICLE,
             needs=("term_ahead",), sentence="{who}开始互评。", sentence_en="{who} opened the round."),
        Step("extend", "延长截止时间", "Move the closing time", frozenset({"planned", "open"}), None, "branch.lead",
             wants=("until",), needs=("until_ahead",), sentence="{who}把截止日改为 {until}。",
             sentence_en="{who} moved the closing day to {until}."),
        Step("close", "结束互评", "Close the round", frozenset({"open"}), "closed", "branch.lead",
             sentence="{who}结束互评，共 {marks} 个评分。", sentence_en="{who} closed the round with {marks} marks."),
        Step("tell", "反馈本人", "Tell the results", frozenset({"closed"}), "told", "branch.lead",
             needs=("fitted",), sentence="{who}把结果反馈给本人。", sentence_en="{who} told each person the result."),
        Step("archive", "归档并删除单个评分", "Archive, delete the single marks", frozenset({"told"}), "archived",
             "branch.lead", needs=("term_over", "all_answered"), undo=False, final=True,
             sentence="{who}归档，单个评分已删除。", sentence_en="{who} archived it; the single marks are deleted."),
        Step("cancel", "作废", "Declare void", frozenset({"planned", "open", "closed"}), "void", "branch.lead",
             wants=("reason",), undo=False, final=True, sentence="{who}宣布作废：{reason}。",
             sentence_en="{who} declared it void: {reason}."),
    ),
    states=STATES,
    start="planned",
    ends=frozenset({"archived", "void"}),
)  # fmt: skip

FACTS = {
    fact.name: fact
    for fact in (
        Fact("reason", "text", "原因", "reason", private=True),
        Fact("until", "date", "截止日", "closing day"),
    )
}


def _fitted(move: Move) -> bool:
    return named_results.is_current(move.thing)


def _term_over(move: Move) -> bool:
    day, days = habits(move.thing.district_id).day(move.on), int(move.thing.rules["objection"]["days"])
    return move.thing.told_on is not None and day > move.thing.told_on + timedelta(days=days)


def _all_answered(move: Move) -> bool:
    return not move.thing.people.filter(objection__isnull=False, answer=None).exists()


def _until_ahead(move: Move) -> bool:
    return bool(move.facts["until"] > habits(move.thing.district_id).day(move.on))


CHECKS = {
    check.name: check
    for check in (
        Check("term_ahead", lambda m: m.thing.closes_at > m.on, _("The closing time has passed: move it first.")),
        Check("until_ahead", _until_ahead, _("The day has passed, or is today."), of_facts=True),
        Check("fitted", _fitted, _("The result is not there yet.")),
        Check("term_over", _term_over, _("The days for objections are not over.")),
        Check("all_answered", _all_answered, _("An objection waits for its answer.")),
    )
}  # fmt: skip


def end_of_day(district_id: int, day: Any) -> datetime:
    """The last moment of a day on the district's wall."""
    return datetime.combine(day, datetime.max.time(), habits(district_id).zone)


def change(move: Move) -> Change:
    """What a step writes; single marks go with the archive and with a void round."""
    name = move.step.name
    marks = NamedMark.objects.filter(pair__rater__round_id=move.thing.pk)
    if name == "close":
        return Change(notes={"marks": marks.count()})
    if name == "extend":
        return Change({"closes_at": end_of_day(move.thing.district_id, move.facts["until"])})
    if name == "tell":
        day = habits(move.thing.district_id).day(move.on)
        return Change({"told_on": day})
    if name == "archive":
        named_results.keep_tallies(move.thing)
    if name in ("archive", "cancel"):
        marks.delete()
    return Change()


def undo_period(thing: Any, on: datetime) -> timedelta:
    """For how long a step may be taken back."""
    return timedelta(minutes=float(habits(thing.district_id).policy("undo_minutes", on)))


NAMED_LIFE.validate(permissions=ALL, checks=CHECKS, clocks={}, effects={"nothing_undone"}, facts=FACTS)
NAMED_WORKINGS = join(
    Workings(
        life=NAMED_LIFE, table=NamedRound, checks=CHECKS, clocks={}, facts=FACTS, permit=rules.may, change=change,
        undo_period=undo_period, undone="nothing_undone",
    )
)  # fmt: skip

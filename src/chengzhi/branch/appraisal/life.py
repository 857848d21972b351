"""The life of a round of appraisal (B-14, B-18): from its plan to the destruction of the ballots.

Casting a ballot is no step: nothing of it is recorded here (see docs/ballot-threat-model.md).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from chengzhi.branch.appraisal import box, recycling
from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.organisation import rules
from chengzhi.cases.habits import habits
from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.workings import Change, Check, Fact, Move, Workings, join
from chengzhi.people.permissions import ALL

STATES = {
    "planned": ("已计划", "planned"),
    "self_appraisal": ("个人自评", "self-appraisal"),
    "handing": ("发票", "ballot papers being handed out"),
    "voting": ("测评投票中", "ballot open"),
    "closed": ("投票结束", "ballot closed"),
    "counted": ("已计票", "counted"),
    "told": ("已反馈本人", "results told"),
    "archived": ("已归档", "archived"),
    "destroyed": ("票据已销毁", "ballots destroyed"),
    "void": ("作废", "void"),
}
_RUNNING = frozenset({"planned", "self_appraisal", "handing", "voting", "closed", "counted"})

ROUND_LIFE = Life(
    name="appraisal",
    steps=(
        Step("plan", "计划", "Plan", frozenset(), "planned", "branch.lead", article="教条18",
             sentence="{who}计划了民主评议。", sentence_en="{who} planned the appraisal.", undo=False),
        Step("begin_self", "开始个人自评", "Begin the self-appraisal", frozenset({"planned"}), "self_appraisal",
             "branch.lead", article="教条18", sentence="{who}开始个人自评。",
             sentence_en="{who} began the self-appraisal."),
        Step("issue", "生成选票并开始发票", "Make the ballot papers", frozenset({"planned", "self_appraisal"}),
             "handing", "branch.count", article="教条18", undo=False, final=True,
             sentence="{who}生成选票，开始发票。", sentence_en="{who} made the ballot papers and began to hand them out."),
        Step("open", "发票结束，开始投票", "End the handing out, open the ballot", frozenset({"handing"}), "voting",
             "branch.count", undo=False, final=True, sentence="{who}结束发票，开始投票。",
             sentence_en="{who} ended the handing out and opened the ballot."),
        Step("close", "结束投票", "Close the ballot", frozenset({"voting"}), "closed", "branch.count", undo=False,
             final=True, sentence="{who}结束投票。", sentence_en="{who} closed the ballot."),
        Step("count", "计票", "Count", frozenset({"closed"}), "counted", "branch.count", undo=False, final=True,
             sentence="{who}完成计票，收回有效票 {cast} 张。", sentence_en="{who} counted {cast} ballots."),
        Step("tell", "反馈本人完成", "All results told", frozenset({"counted"}), "told", "branch.lead",
             needs=("all_told",), sentence="{who}确认结果已逐一反馈本人。",
             sentence_en="{who} confirmed that each person was told the result."),
        Step("archive", "归档", "Archive", frozenset({"told"}), "archived", "branch.lead",
             needs=("term_over", "all_answered"), sentence="{who}归档。", sentence_en="{who} archived it."),
        Step("destroy", "销毁票据", "Destroy the ballots", frozenset({"archived"}), "destroyed", "branch.lead",
             undo=False, final=True, sentence="{who}销毁票据。", sentence_en="{who} destroyed the ballots."),
        Step("cancel", "作废", "Declare void", _RUNNING, "void", "branch.lead", undo=False, final=True,
             wants=("reason",), sentence="{who}宣布作废：{reason}。", sentence_en="{who} declared it void: {reason}."),
    ),
    states=STATES,
    start="planned",
    ends=frozenset({"destroyed", "void"}),
)  # fmt: skip

FACTS = {fact.name: fact for fact in (Fact("reason", "text", "原因", "reason", private=True),)}


def _all_told(move: Move) -> bool:
    return not move.thing.ratees.filter(told_on=None).exists()


def _term_over(move: Move) -> bool:
    day, days = habits(move.thing.district_id).day(move.on), int(move.thing.rules["objection"]["days"])
    return move.thing.told_on is not None and day > move.thing.told_on + timedelta(days=days)


def _all_answered(move: Move) -> bool:
    return not move.thing.ratees.filter(objection__isnull=False, answer=None).exists()


CHECKS = {
    check.name: check
    for check in (
        Check("all_told", _all_told, gettext_lazy("Somebody has not been told the result yet.")),
        Check("term_over", _term_over, gettext_lazy("The days for objections are not over.")),
        Check("all_answered", _all_answered, gettext_lazy("An objection waits for its answer.")),
    )
}


def change(move: Move) -> Change:
    """What a step writes; the numbers of hand-out and count come with the move's context."""
    if move.step.name in ("destroy", "cancel"):
        box.destroy(move.thing.pk)
    if move.step.name == "cancel":
        move.thing.eligible.all().delete()
        move.thing.paper_counts.all().delete()
        # Whoever declares it void, by whatever page: the log goes once the box is gone for good.
        transaction.on_commit(lambda: move.context.update(recycled=recycling.recycle()), robust=True)
    if move.step.name == "tell":
        return Change({"told_on": habits(move.thing.district_id).day(move.on)})
    fields: dict[str, Any] = move.context.get("fields", {})
    return Change(fields, notes=move.context.get("notes", {}))


def _undo_period(thing: Any, on: datetime) -> timedelta:
    return timedelta(minutes=float(habits(thing.district_id).policy("undo_minutes", on)))


ROUND_LIFE.validate(permissions=ALL, checks=CHECKS, clocks={}, effects={"withdraw_messages"}, facts=FACTS)
ROUND_WORKINGS = join(
    Workings(
        life=ROUND_LIFE, table=Round, checks=CHECKS, clocks={}, facts=FACTS, permit=rules.may, change=change,
        undo_period=_undo_period, undone="withdraw_messages", quiet=frozenset({"public_key"}),
    )
)  # fmt: skip

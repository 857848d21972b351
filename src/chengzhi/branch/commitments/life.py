"""公开承诺: the life of a promise as a table: 提诺, 定诺, 登记, 亮诺, 兑现情况, 评诺."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengzhi.branch.commitments.content import digest
from chengzhi.branch.commitments.models import Commitment, Outcome
from chengzhi.branch.organisation import rules
from chengzhi.cases.habits import habits
from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.workings import Change, Check, Fact, Move, Workings, join
from chengzhi.people.permissions import ALL

MEMBER, LEAD, CHECK = "branch.member", "branch.lead", "branch.check"
ARTICLE = "中国共产党党员教育管理工作条例 第二十二条"
BORN: frozenset[str] = frozenset()
OPEN = frozenset({"proposed", "sent_back", "examined"})
RUNNING = frozenset({"registered", "public"})
SETTLED = frozenset({"kept", "partly", "not_kept", "not_measurable", "explained", "judged"})
FIXED = RUNNING | SETTLED
EXAMINATION = ("concrete", "concrete_why", "tied", "tied_why", "feasible", "feasible_why")
_TO_EXPLAIN = frozenset({"partly", "not_kept", "not_measurable"})


def _settling(outcome: str, label: str, label_en: str, said: str, said_en: str) -> Step:
    return Step(
        f"settle_{outcome}", label, label_en, RUNNING, outcome, LEAD, needs=("by_the_program",), undo=False, final=True,
        sentence=f"期满，按案卷数据自动得出：{said}（{{value}}，样本 {{sample}}）。",
        sentence_en=f"The time is over; by the data of the cases: {said_en} ({{value}}, sample {{sample}}).",
    )  # fmt: skip


COMMITMENT_LIFE = Life(
    name="commitment",
    start="proposed",
    ends=frozenset({"judged", "withdrawn"}),
    states={
        "proposed": ("已提诺待审核", "proposed"),
        "sent_back": ("退回修改", "sent back"),
        "examined": ("审核通过待登记", "examined"),
        "registered": ("已登记", "registered"),
        "public": ("已亮诺", "public"),
        "kept": ("已兑现", "kept"),
        "partly": ("部分兑现", "partly kept"),
        "not_kept": ("未兑现", "not kept"),
        "not_measurable": ("无法衡量", "not measurable"),
        "explained": ("已说明", "explained"),
        "judged": ("已评诺", "judged"),
        "withdrawn": ("已撤回", "withdrawn"),
    },
    steps=(
        Step(
            "propose", "提诺", "Propose", BORN, "proposed", MEMBER, article=ARTICLE, undo=False,
            sentence="{who}提出承诺。", sentence_en="{who} proposed it.",
        ),
        Step(
            "amend", "修改", "Change", frozenset({"proposed", "sent_back"}), "proposed", MEMBER,
            needs=("own_promise",), undo=False,
            sentence="{who}修改了承诺内容。", sentence_en="{who} changed it.",
        ),
        Step(
            "examine", "审核通过", "Pass the examination", frozenset({"proposed"}), "examined", CHECK,
            needs=("another_person", "three_yes"), wants=EXAMINATION, article=ARTICLE,
            sentence="{who}审核通过：具体——{concrete_why}；与岗位相关——{tied_why}；可行——{feasible_why}。",
            sentence_en="{who} passed it: concrete – {concrete_why}; tied to the post – {tied_why}; feasible – {feasible_why}.",
        ),
        Step(
            "send_back", "退回修改", "Send back", frozenset({"proposed", "examined"}), "sent_back", CHECK,
            needs=("another_person", "a_no"), wants=EXAMINATION,
            sentence="{who}退回修改：具体——{concrete_why}；与岗位相关——{tied_why}；可行——{feasible_why}。",
            sentence_en="{who} sent it back: concrete – {concrete_why}; tied to the post – {tied_why}; feasible – {feasible_why}.",
        ),
        Step(
            "register", "登记", "Register", frozenset({"examined"}), "registered", LEAD,
            needs=("not_started",), undo=False, final=True, article=ARTICLE,
            sentence="{who}登记承诺，内容校验码 {hash}，此后不得更改。",
            sentence_en="{who} registered it under the hash {hash}; nothing of it can change from now on.",
        ),
        Step(
            "publish", "亮诺", "Make it public", frozenset({"registered"}), "public", LEAD, article=ARTICLE,
            sentence="{who}公开承诺。", sentence_en="{who} made it public.",
        ),
        _settling("kept", "认定兑现", "Settle as kept", "兑现", "kept"),
        _settling("partly", "认定部分兑现", "Settle as partly kept", "部分兑现", "partly kept"),
        _settling("not_kept", "认定未兑现", "Settle as not kept", "未兑现", "not kept"),
        _settling("not_measurable", "认定无法衡量", "Settle as not measurable", "样本太小，无法衡量",
                  "not measurable, the sample is too small"),
        Step(
            "explain", "公开说明", "Explain", _TO_EXPLAIN, "explained", MEMBER, needs=("own_promise",),
            wants=("explanation",), sentence="{who}说明：{explanation}",
            sentence_en="{who} explained: {explanation}",
        ),
        Step(
            "judge", "评诺", "Judge", frozenset({"kept", "explained"}), "judged", CHECK,
            needs=("another_person",), wants=("judgement",), article=ARTICLE,
            sentence="{who}评诺：{judgement}", sentence_en="{who} judged: {judgement}",
        ),
        Step(
            "show_name", "同意公开姓名", "Let my name be shown", FIXED, None, MEMBER,
            needs=("this_person", "name_hidden"), undo=False,
            sentence="{who}同意公开本人姓名。", sentence_en="{who} let the own name be shown.",
        ),
        Step(
            "hide_name", "不再公开姓名", "Hide my name again", FIXED, None, MEMBER,
            needs=("this_person", "name_is_shown"), undo=False,
            sentence="{who}不再公开本人姓名。", sentence_en="{who} had the own name hidden again.",
        ),
        Step(
            "withdraw", "撤回", "Withdraw", OPEN, "withdrawn", MEMBER, needs=("own_promise",),
            wants=("reason",), sentence="{who}撤回承诺：{reason}", sentence_en="{who} withdrew it: {reason}",
        ),
    ),
)  # fmt: skip

FACTS = {
    fact.name: fact
    for fact in (
        Fact("concrete", "flag", "承诺是否具体", "Is it concrete?"),
        Fact("concrete_why", "text", "具体与否的理由", "Why it is concrete or not", private=True),
        Fact("tied", "flag", "是否与岗位相关", "Is it tied to the post?"),
        Fact("tied_why", "text", "与岗位相关与否的理由", "Why it is tied to the post or not", private=True),
        Fact("feasible", "flag", "是否可行", "Is it feasible?"),
        Fact("feasible_why", "text", "可行与否的理由", "Why it is feasible or not", private=True),
        Fact("explanation", "text", "说明", "explanation", private=True),
        Fact("judgement", "text", "评诺意见", "judgement", private=True),
        Fact("reason", "text", "理由", "reason", private=True),
    )
}


def _answers(move: Move) -> list[bool]:
    return [bool(move.facts.get(name)) for name in ("concrete", "tied", "feasible")]


def _account_of(thing: Commitment) -> int | None:
    return thing.member.account_id if thing.member else None


def _another_person(move: Move) -> bool:
    return move.by.account_id not in (move.thing.proposed_by, _account_of(move.thing))


def _own_promise(move: Move) -> bool:
    if move.by.account_id is not None and move.by.account_id == _account_of(move.thing):
        return True
    return rules.may(move.by, LEAD, move.thing)


def _this_person(move: Move) -> bool:
    return move.by.account_id is not None and move.by.account_id == _account_of(move.thing)


def _not_started(move: Move) -> bool:
    return bool(move.thing.start > habits(move.thing.district_id).day(move.on))


CHECKS = {
    one.name: one
    for one in (
        Check("another_person", _another_person, _("Somebody else must do this, not who promised or proposed it.")),
        Check("own_promise", _own_promise, _("Only who promised it, or who leads the body, may do this.")),
        Check("this_person", _this_person, _("Only the person whose name it is may decide this.")),
        Check("name_hidden", lambda move: not move.thing.name_shown, _("The name is shown already.")),
        Check("name_is_shown", lambda move: bool(move.thing.name_shown), _("The name is not shown.")),
        Check("three_yes", lambda move: all(_answers(move)),
              _("It passes only if it is concrete, tied to the post and feasible; else send it back."), of_facts=True),
        Check("a_no", lambda move: not all(_answers(move)),
              _("All three answers are yes: there is nothing to send back."), of_facts=True),
        Check("not_started", _not_started,
              _("A promise is registered before its first day (D15): it must start tomorrow or later.")),
        Check("by_the_program", lambda move: move.by.kind == "system",
              _("What became of a promise is computed from the cases; nobody sets it by hand.")),
    )
}  # fmt: skip
CLOCKS: dict[str, str] = {}
_WORDS = ("concrete_why", "tied_why", "feasible_why", "explanation", "judgement", "reason")


def change(move: Move) -> Change:
    """What each step writes besides the state."""
    fields: dict[str, Any] = {name: move.facts[name] for name in _WORDS if name in move.facts}
    name = move.step.name
    if name == "amend":
        fields |= move.context["content"]
    elif name in ("examine", "send_back"):
        fields |= {"examined_by": move.by.account_id}
    elif name == "register":
        made = digest(move.thing)
        return Change({"content_hash": made, "registered_at": move.on}, notes={"hash": made})
    elif name == "publish":
        fields |= {"public_at": move.on}
    elif name in ("show_name", "hide_name"):
        fields |= {"name_shown": name == "show_name"}
    elif name.startswith("settle_"):
        fields |= {"outcome": Outcome(name.removeprefix("settle_")), "settled_at": move.on}
        return Change(fields, notes=move.context.get("notes", {}))
    return Change(fields)


def _undo_period(thing: Any, on: datetime) -> timedelta:
    return timedelta(minutes=float(habits(thing.district_id).policy("undo_minutes", on)))


COMMITMENT_LIFE.validate(
    permissions=ALL, checks=CHECKS, clocks=CLOCKS, effects={"nothing_undone"}, facts=FACTS
)
COMMITMENT_WORKINGS = join(
    Workings(
        life=COMMITMENT_LIFE, table=Commitment, checks=CHECKS, clocks=CLOCKS, facts=FACTS, permit=rules.may,
        change=change, undo_period=_undo_period, undone="nothing_undone", private=frozenset(_WORDS),
    )
)  # fmt: skip

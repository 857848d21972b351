"""主题党课 as a life: planned, ready, held, looked at again after the agreed time, closed; or cancelled."""

from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.workings import Fact

BORN: frozenset[str] = frozenset()
MEMBER, COMMITTEE, LEAD = "branch.member", "branch.committee", "branch.lead"
LIVE, PAPER = "live", "paper"

_FACTS = (
    Fact("theme", "text", "主题", "theme"),
    Fact("aim", "text", "目的", "aim", private=True),
    Fact("prompts", "text", "讨论题", "questions for the discussion", private=True),
    Fact("spot", "text", "现场地点", "spot"),
    Fact("planned_for", "date", "计划日期", "planned for"),
    Fact("speaker", "id", "主讲人", "speaker"),
    Fact("held_on", "date", "举行日期", "held on"),
    Fact("expected", "number", "应到人数", "how many should attend"),
    Fact("present", "number", "到会人数", "how many came"),
    Fact("hours", "number", "学时（没有可填 0）", "hours of study (0 if none)"),
    Fact("entry", "choice", "记录来源", "entered from", choices=(LIVE, PAPER)),
    Fact("finding", "text", "回头看情况", "what was seen on looking again", private=True),
    Fact("reason", "text", "理由", "reason", private=True),
)
FACTS: dict[str, Fact] = {fact.name: fact for fact in _FACTS}

STATES = {
    "planned": ("已计划", "planned"),
    "ready": ("已备好", "ready"),
    "held": ("已举行", "held"),
    "followed_up": ("已回头看", "looked at again"),
    "closed": ("已办结", "closed"),
    "cancelled": ("已取消", "cancelled"),
}


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


LECTURE_LIFE = Life(
    name="lecture",
    start="planned",
    ends=frozenset({"closed", "cancelled"}),
    states=STATES,
    steps=(
        Step(
            "plan", "计划党课", "Plan a lecture", BORN, "planned", COMMITTEE, undo=False,
            sentence="{who}计划了党课。", sentence_en="{who} planned the lecture.",
        ),
        Step(
            "revise", "修改计划", "Change the plan", _from("planned", "ready"), None, COMMITTEE,
            needs=("something_said", "speaker_in_body", "day_ahead"),
            optional=("theme", "aim", "prompts", "spot", "planned_for", "speaker"),
            sentence="{who}修改了计划。", sentence_en="{who} changed the plan.",
        ),
        Step(
            "make_ready", "备好", "Make it ready", _from("planned"), "ready", COMMITTEE, needs=("has_text",),
            sentence="{who}确认备好。", sentence_en="{who} made it ready.",
        ),
        Step(
            "hold", "登记已举行", "Enter that it was held", _from("planned", "ready"), "held", COMMITTEE,
            needs=("has_text", "counts_fit", "hours_fit", "not_ahead"),
            wants=("held_on", "expected", "present", "hours", "entry"),
            sentence="{who}登记 {held_on} 已举行：应到 {should} 人，到会 {came} 人。{labels}",
            sentence_en="{who} entered that it was held on {held_on}: {should} should attend, {came} came. {labels}",
        ),
        Step(
            "follow_up", "回头看", "Look again", _from("held"), "followed_up", COMMITTEE,
            needs=("has_decision", "looked_again"), wants=("finding",),
            sentence="{who}回头看：{finding}", sentence_en="{who} looked again: {finding}",
        ),
        Step(
            "close", "办结", "Close", _from("followed_up"), "closed", COMMITTEE,
            sentence="{who}办结。", sentence_en="{who} closed it.",
        ),
        Step(
            "close_plain", "不作改变，办结", "Close without a change", _from("held"), "closed", COMMITTEE,
            needs=("no_decision",), wants=("reason",),
            sentence="{who}办结，没有改变：{reason}", sentence_en="{who} closed it without a change: {reason}",
        ),
        Step(
            "cancel", "取消", "Cancel", _from("planned", "ready"), "cancelled", COMMITTEE, wants=("reason",),
            sentence="{who}取消：{reason}", sentence_en="{who} cancelled it: {reason}",
        ),
    ),
)  # fmt: skip

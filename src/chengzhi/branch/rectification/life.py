"""整改台账 as a life: found, owned, measures and term, in work, asked, checked by another, struck off or returned."""

from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.workings import Fact

BORN: frozenset[str] = frozenset()
MEMBER, COMMITTEE, LEAD, CHECK = "branch.member", "branch.committee", "branch.lead", "branch.check"
STRIKE = "对账销号：立改立销、不改不销（审计、人大整改惯例，二手来源）"
OWNER_TOLD = ("tell_rectification_owner",)

_FACTS = (
    Fact("owner", "id", "责任人", "owner"),
    Fact("measures", "text", "整改措施", "measures", private=True),
    Fact("due", "date", "完成时限", "to be done by"),
    Fact("evidence", "text", "整改结果与佐证", "what was done and what shows it", private=True),
    Fact("exception", "text", "指标未达标的说明", "why although the figure is not within its bound", private=True),
    Fact("finding", "text", "复核情况", "what the check found", private=True),
    Fact("recheck", "date", "回头看日期", "look again on"),
    Fact("reason", "text", "理由", "reason", private=True),
    Fact("until", "date", "挂起至", "suspended until"),
)  # fmt: skip
FACTS: dict[str, Fact] = {fact.name: fact for fact in _FACTS}

STATES = {
    "found": ("待认领", "found, without an owner"),
    "owned": ("已认领", "owned"),
    "planned": ("已定措施", "measures and term set"),
    "in_work": ("整改中", "in work"),
    "asked": ("待复核", "waits for its check"),
    "struck_off": ("已销号", "struck off"),
    "long_term": ("长期坚持", "kept up for the long term"),
    "suspended": ("已挂起", "suspended"),
}


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


ITEM_LIFE = Life(
    name="rectification",
    start="found",
    ends=frozenset({"struck_off"}),
    states=STATES,
    steps=(
        Step(
            "find", "提出问题", "Enter a gap", BORN, "found", MEMBER, undo=False,
            sentence="{who}提出问题。", sentence_en="{who} entered the gap.",
        ),
        Step(
            "reopen", "复发重开", "Reopen", BORN, "found", MEMBER, undo=False,
            sentence="{who}因问题复发重开，原台账号 {earlier}。",
            sentence_en="{who} reopened it because the gap came back; it was {earlier} before.",
        ),
        Step(
            "own", "认领", "Take it on", _from("found"), "owned", MEMBER, needs=("is_member",),
            sentence="{who}认领。", sentence_en="{who} took it on.",
        ),
        Step(
            "assign", "指定责任人", "Name the owner", _from("found"), "owned", LEAD,
            needs=("owner_in_body",), effects=OWNER_TOLD, wants=("owner",),
            sentence="{who}指定责任人：{new_owner}。", sentence_en="{who} named {new_owner} as the owner.",
        ),
        Step(
            "plan", "定措施定时限", "Set measures and term", _from("owned"), "planned", MEMBER,
            needs=("owner_acts", "due_ahead"), wants=("measures", "due"),
            sentence="{who}定措施：{measures}，{due} 前完成。",
            sentence_en="{who} set the measures: {measures}; to be done by {due}.",
        ),
        Step(
            "begin", "开始整改", "Begin the work", _from("planned"), "in_work", MEMBER, needs=("owner_acts",),
            sentence="{who}开始整改。", sentence_en="{who} began the work.",
        ),
        Step(
            "replan", "调整时限", "Change the term", _from("planned", "in_work"), None, LEAD,
            needs=("due_ahead",), effects=OWNER_TOLD, wants=("due", "reason"), optional=("measures",),
            sentence="{who}把时限调整到 {due}：{reason}。{measures}",
            sentence_en="{who} changed the term to {due}: {reason}. {measures}",
        ),
        Step(
            "ask", "申请销号", "Ask to strike it off", _from("in_work", "long_term"), "asked", MEMBER,
            within="term", needs=("owner_acts", "figure_within"), article=STRIKE,
            effects=("tell_rectification_checkers",), wants=("evidence",), optional=("exception",),
            sentence="{who}申请销号：{evidence}。{exception}",
            sentence_en="{who} asked to strike it off: {evidence}. {exception}",
        ),
        Step(
            "strike_off", "复核通过并销号", "Checked: strike it off", _from("asked"), "struck_off", CHECK,
            needs=("another_person", "figure_explained", "recheck_ahead"), article=STRIKE, effects=OWNER_TOLD,
            wants=("finding", "recheck"),
            sentence="{who}复核通过并销号：{finding}；{recheck} 回头看。",
            sentence_en="{who} checked it and struck it off: {finding}; to be looked at again on {recheck}.",
        ),
        Step(
            "send_back", "复核不通过退回", "Checked: send it back", _from("asked"), "in_work", CHECK,
            needs=("another_person",), article=STRIKE, effects=OWNER_TOLD, wants=("reason",),
            sentence="{who}复核未通过，退回：{reason}。", sentence_en="{who} checked it and sent it back: {reason}.",
        ),
        Step(
            "keep_up", "转为长期坚持", "Keep it up for the long term", _from("in_work"), "long_term", COMMITTEE,
            needs=("recheck_ahead",), effects=OWNER_TOLD, wants=("reason", "recheck"),
            sentence="{who}转为长期坚持：{reason}；{recheck} 回头看。",
            sentence_en="{who} made it a long-term one: {reason}; to be looked at again on {recheck}.",
        ),
        Step(
            "suspend", "挂起", "Suspend", _from("planned", "in_work"), "suspended", COMMITTEE,
            needs=("until_ahead",), effects=OWNER_TOLD, wants=("reason", "until"),
            sentence="{who}挂起至 {until}：{reason}。", sentence_en="{who} suspended it until {until}: {reason}.",
        ),
        Step(
            "resume", "恢复整改", "Resume", _from("suspended"), "in_work", COMMITTEE, effects=OWNER_TOLD,
            sentence="{who}恢复整改。", sentence_en="{who} resumed it.",
        ),
        Step(
            "pass_on", "移交责任人", "Pass it on",
            _from("owned", "planned", "in_work", "asked", "long_term", "suspended"), None, LEAD,
            needs=("owner_in_body",), effects=OWNER_TOLD, wants=("owner", "reason"),
            sentence="{who}把责任人由 {old_owner} 移交给 {new_owner}：{reason}。",
            sentence_en="{who} passed it on from {old_owner} to {new_owner}: {reason}.",
        ),
    ),
)  # fmt: skip

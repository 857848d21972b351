"""Three lives as tables: a round, the approval of a visit to a business, a proposed deduction.

The diagrams, buttons, permission rows and the tests of every pair are made from them.
"""

from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.workings import Fact

BORN: frozenset[str] = frozenset()
PLAN, APPROVE, VISIT = "inspection.plan", "inspection.approve", "inspection.visit"
APPEAL = "deduction.appeal"
RANDOM = "双随机：检查对象随机抽取"
SUPERVISION = "国务院办公厅关于严格规范涉企行政检查的意见（2025-01-03）"
CONTRACT = "保洁合同约定"

DECISIONS = ("kept", "cut", "withdrawn")

_FACTS = (
    Fact("reason", "text", "理由", "reason", private=True),
    Fact("note", "text", "备注", "note", private=True),
    Fact("seed", "text", "随机种子", "seed"),
    Fact("until", "instant", "有效期至", "valid until"),
    Fact("notice", "text", "检查通知书文号", "number of the notice"),
    Fact("result", "choice", "处理结果", "decision", DECISIONS),
    Fact("amount", "number", "金额（元）", "amount (yuan)"),
)
FACTS: dict[str, Fact] = {fact.name: fact for fact in _FACTS}


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


ROUND_LIFE = Life(
    name="round",
    start="planned",
    ends=frozenset({"closed", "cancelled"}),
    states={
        "planned": ("待批准", "planned"),
        "approved": ("待抽取", "approved"),
        "drawn": ("已抽取", "drawn"),
        "in_work": ("检查中", "at work"),
        "closed": ("已完成", "closed"),
        "cancelled": ("已取消", "cancelled"),
    },
    steps=(
        Step(
            "plan", "制定检查计划", "Plan", BORN, "planned", PLAN, article=RANDOM, undo=False,
            sentence="{who}制定了检查计划。", sentence_en="{who} planned the round.",
        ),
        Step(
            "approve", "批准", "Approve", _from("planned"), "approved", APPROVE,
            needs=("another_person",), article=SUPERVISION,
            sentence="{who}批准了检查计划。", sentence_en="{who} approved the round.",
        ),
        Step(
            "draw", "抽取", "Draw", _from("approved"), "drawn", PLAN, article=RANDOM,
            needs=("lot_drawn",),
            sentence="{who}随机抽取了检查点，种子和抽样框已留存。",
            sentence_en="{who} drew the places; seed and frame are kept.",
            undo=False, final=True, optional=("seed",),
        ),
        Step(
            "begin", "开始检查", "Begin", _from("drawn"), "in_work", VISIT, undo=False,
            sentence="{who}开始检查。", sentence_en="{who} began the work.",
        ),
        Step(
            "close", "完成", "Close", _from("drawn", "in_work"), "closed", PLAN,
            needs=("points_ended",), undo=False, optional=("reason",),
            sentence="{who}结束了本轮检查。{reason}", sentence_en="{who} closed the round. {reason}",
        ),
        Step(
            "cancel", "取消", "Cancel", _from("planned", "approved", "drawn", "in_work"), "cancelled",
            APPROVE, wants=("reason",),
            sentence="{who}取消了本轮检查：{reason}。", sentence_en="{who} cancelled the round: {reason}.",
        ),
    ),
)  # fmt: skip

APPROVAL_LIFE = Life(
    name="approval",
    start="asked",
    ends=frozenset({"refused", "used", "withdrawn"}),
    states={
        "asked": ("待审批", "asked for"),
        "approved": ("已批准", "approved"),
        "announced": ("已通知", "announced"),
        "used": ("已检查", "used"),
        "refused": ("未批准", "refused"),
        "withdrawn": ("已撤销", "withdrawn"),
    },
    steps=(
        Step(
            "ask", "申请入企检查", "Ask for a visit", BORN, "asked", VISIT, article=SUPERVISION, undo=False,
            sentence="{who}申请检查：{reason}。", sentence_en="{who} asked for the visit: {reason}.",
        ),
        Step(
            "ask_for_round", "按计划申请", "Ask for a round's visits", BORN, "asked", PLAN,
            article=SUPERVISION, undo=False,
            sentence="{who}按检查计划申请：{reason}。",
            sentence_en="{who} asked for the visits of a round: {reason}.",
        ),
        Step(
            "approve", "批准检查", "Approve the visit", _from("asked"), "approved", APPROVE,
            needs=("another_person", "until_ahead", "cap_left"), article=SUPERVISION, wants=("until",),
            sentence="{who}批准检查，有效期至 {until}。",
            sentence_en="{who} approved the visit, valid until {until}.",
        ),
        Step(
            "refuse", "不予批准", "Refuse", _from("asked"), "refused", APPROVE, wants=("reason",),
            article=SUPERVISION,
            sentence="{who}不予批准：{reason}。", sentence_en="{who} refused it: {reason}.",
        ),
        Step(
            "announce", "送达检查通知书", "Give notice", _from("approved"), "announced", VISIT,
            article=SUPERVISION, wants=("notice",), optional=("note",),
            sentence="{who}送达检查通知书 {notice}。{note}",
            sentence_en="{who} gave notice {notice}. {note}",
        ),
        Step(
            "use", "实施检查", "Make the visit", _from("announced"), "used", VISIT, undo=False,
            article=SUPERVISION, sentence="{who}实施了检查。", sentence_en="{who} made the visit.",
        ),
        Step(
            "withdraw", "撤销审批", "Withdraw", _from("asked", "approved", "announced"), "withdrawn",
            APPROVE, wants=("reason",),
            sentence="{who}撤销：{reason}。", sentence_en="{who} withdrew it: {reason}.",
        ),
    ),
)  # fmt: skip

DEDUCTION_LIFE = Life(
    name="deduction",
    start="proposed",
    ends=frozenset({"final"}),
    states={
        "proposed": ("拟扣款", "proposed"),
        "told": ("已告知承包单位", "told"),
        "appealed": ("申诉中", "appealed"),
        "decided": ("已处理", "decided"),
        "final": ("已确定", "final"),
    },
    steps=(
        Step(
            "propose", "提出扣款建议", "Propose", BORN, "proposed", PLAN, article=CONTRACT, undo=False,
            sentence="{who}依合同提出扣款建议。",
            sentence_en="{who} proposed the deduction under the contract.",
        ),
        Step(
            "tell", "告知承包单位", "Tell the contractor", _from("proposed"), "told", PLAN,
            article=CONTRACT, effects=("tell_contractor",), optional=("note",),
            sentence="{who}告知承包单位，并告知申诉期限。{note}",
            sentence_en="{who} told the contractor, and until when it may appeal. {note}",
        ),
        Step(
            "drop", "放弃", "Drop", _from("proposed"), "final", PLAN, undo=True, wants=("reason",),
            sentence="{who}放弃扣款建议：{reason}。", sentence_en="{who} dropped it: {reason}.",
        ),
        Step(
            "appeal", "申诉", "Appeal", _from("told"), "appealed", APPEAL, within="appeal",
            counted_from="told_at", article=CONTRACT, wants=("reason",),
            sentence="{who}提出申诉：{reason}。", sentence_en="{who} appealed: {reason}.",
        ),
        Step(
            "decide", "处理申诉", "Decide the appeal", _from("appealed"), "decided", APPROVE,
            needs=("another_person", "amount_fits"), article=CONTRACT, wants=("result", "reason"),
            optional=("amount",), effects=("tell_contractor",),
            sentence="{who}处理申诉：{result}。{reason}",
            sentence_en="{who} decided the appeal: {result}. {reason}",
        ),
        Step(
            "settle", "确定", "Make final", _from("told", "decided"), "final", APPROVE,
            needs=("appeal_over",), article=CONTRACT, undo=False, final=True,
            sentence="{who}确定扣款。", sentence_en="{who} made it final.",
        ),
    ),
)  # fmt: skip

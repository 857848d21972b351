"""Steps from dispatch to closing: one department, co-handlers, reply, check, rework."""

from chengzhi.cases.states import (
    CHECK_FAILED,
    CHECKING,
    CLOSED,
    HANDLED,
    HANDLING,
    PENDING_CHECK,
    PENDING_CLOSE,
    PENDING_HANDLE,
    TO_DISPATCH,
    WITH_UNIT,
)
from chengzhi.lifecycle import Step

DISPATCH = "CJJ/T 106：任务派遣"
HANDLE = "CJJ/T 106：任务处理、处理反馈"
CHECK = "CJJ/T 106：核查结案"

STEPS: tuple[Step, ...] = (
    Step(
        "dispatch", "派遣", "Dispatch", TO_DISPATCH, PENDING_HANDLE, "case.dispatch",
        within="dispatch", counted_from="stage_from",
        needs=("typed", "unit_handles", "not_same_after_check"),
        effects=("tell_unit", "tell_reporters"), article=DISPATCH,
        sentence="{who}派遣给{unit}，时限至{due}。{reason}",
        sentence_en="{who} dispatched it to {unit}, due {due}. {reason}",
        wants=("unit",), optional=("reason",),
    ),
    Step(
        "redispatch", "改派", "Dispatch elsewhere", WITH_UNIT, PENDING_HANDLE, "case.dispatch",
        needs=("unit_handles", "other_unit"), effects=("tell_unit",),
        article="派遣到两个及以上部门的，结案时计错派",
        sentence="{who}改派给{unit}，时限至{due}：{reason}。",
        sentence_en="{who} dispatched it to {unit} instead, due {due}: {reason}.",
        wants=("unit", "reason"),
    ),
    Step(
        "rework", "返工", "Send back for rework", frozenset({CHECK_FAILED}), PENDING_HANDLE,
        "case.dispatch", within="dispatch", counted_from="stage_from", needs=("was_dispatched",),
        effects=("tell_unit",), article="核查后再次派遣到同一部门的，结案时计返工",
        sentence="{who}退回{unit}返工，时限至{due}：{reason}。",
        sentence_en="{who} sent it back to {unit} for rework, due {due}: {reason}.", wants=("reason",),
    ),
    Step(
        "accept", "接收处置", "Start handling", frozenset({PENDING_HANDLE}), HANDLING, "case.handle",
        needs=("leads_case",), article=HANDLE,
        sentence="{who}接收并开始处置。", sentence_en="{who} took it on.",
    ),
    Step(
        "assign", "分派到人", "Assign to a person", WITH_UNIT, None, "case.assign",
        needs=("account_in_unit",), effects=("tell_account",), article=HANDLE,
        sentence="{who}分派{to_account}。", sentence_en="{who} assigned it{to_account}.",
        wants=("account",),
    ),
    Step(
        "unassign", "撤回分派", "Take back the assignment", WITH_UNIT, None, "case.assign",
        needs=("assigned",), article=HANDLE,
        sentence="{who}撤回本单位分派。", sentence_en="{who} took back the unit's assignment.",
    ),
    Step(
        "add_cohandler", "增加协办", "Add a co-handler", WITH_UNIT, None, "case.dispatch",
        needs=("unit_handles", "other_unit", "not_yet_cohandler"), effects=("tell_unit",),
        article=DISPATCH, sentence="{who}请{unit}协办。", sentence_en="{who} asked {unit} to help.",
        wants=("unit",), optional=("note",),
    ),
    Step(
        "remove_cohandler", "取消协办", "Remove a co-handler", WITH_UNIT, None, "case.dispatch",
        needs=("is_cohandler",), article=DISPATCH,
        sentence="{who}取消{unit}协办。", sentence_en="{who} no longer needs the help of {unit}.",
        wants=("unit",),
    ),
    Step(
        "cohandled", "协办完成", "Help done", WITH_UNIT, None, "case.handle",
        needs=("you_cohandle",), article=HANDLE,
        sentence="{who}完成协办。{note}", sentence_en="{who} finished helping. {note}",
        optional=("note",),
    ),
    Step(
        "reply", "处置反馈", "Reply: handled", frozenset({HANDLING}), HANDLED, "case.handle",
        within="handle", counted_from="clock_from", needs=("leads_case", "cohandlers_done"),
        article=HANDLE, sentence="{who}反馈处置完成。{note}", sentence_en="{who} replied: handled. {note}",
        optional=("outcome", "method", "note"),
    ),
    Step(
        "confirm_reply", "确认反馈", "Confirm the reply", frozenset({HANDLED}), PENDING_CHECK,
        "case.dispatch", within="send_check", counted_from="handled_at", article=HANDLE,
        sentence="{who}确认反馈，转监督中心核查。",
        sentence_en="{who} confirmed the reply and passed it on to be checked.",
    ),
    Step(
        "refuse_reply", "退回反馈", "Refuse the reply", frozenset({HANDLED}), HANDLING, "case.dispatch",
        effects=("tell_unit",), article=HANDLE,
        sentence="{who}退回反馈，继续处置：{reason}。",
        sentence_en="{who} refused the reply; handling goes on: {reason}.", wants=("reason",),
    ),
    Step(
        "send_check", "下发核查", "Send to check", frozenset({HANDLED, PENDING_CHECK, CHECKING}), CHECKING,
        "case.register", within="stage", counted_from="stage_from", needs=("account_works_here",),
        effects=("tell_account",), article=CHECK,
        sentence="{who}下发核查{to_account}。", sentence_en="{who} sent it out to be checked{to_account}.",
        optional=("account", "note"),
    ),
    Step(
        "check_pass", "核查通过", "Check: passed", frozenset({CHECKING}), PENDING_CLOSE, "case.check",
        within="check", counted_from="check_sent_at", needs=("task_is_yours",), article=CHECK,
        sentence="{who}核查：已解决。{note}", sentence_en="{who} checked it: solved. {note}",
        optional=("note",),
    ),
    Step(
        "check_fail", "核查不通过", "Check: failed", frozenset({CHECKING}), CHECK_FAILED, "case.check",
        within="check", counted_from="check_sent_at", needs=("task_is_yours",), article=CHECK,
        sentence="{who}核查：未解决，{reason}。", sentence_en="{who} checked it: not solved, {reason}.",
        wants=("reason",),
    ),
    Step(
        "close", "结案", "Close", frozenset({PENDING_CLOSE}), CLOSED, "case.close",
        within="close", counted_from="checked_at", needs=("children_ended", "nothing_asked"),
        effects=("tell_reporters",), article=CHECK,
        sentence="{who}结案。{outcome}", sentence_en="{who} closed the case. {outcome}",
        optional=("outcome", "note"),
    ),
)  # fmt: skip

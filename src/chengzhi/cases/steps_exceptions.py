"""What happens beside the straight way: requests and their decisions, ends out of turn, relations."""

from chengzhi.cases.states import (
    CLOSINGS,
    ENDS,
    FILED,
    FORCED_CLOSED,
    HANDLING,
    MERGED,
    NOT_ACCEPTED,
    OPEN_STATES,
    PENDING_DISPATCH,
    PENDING_FILE,
    RETURNED,
    SUSPENDED,
    TO_DISPATCH,
    UNFILED,
    VOID,
    WITH_UNIT,
)
from chengzhi.lifecycle import Step

EXTENSION = "延期：一个原时限，最多批准两次，超期后不得申请"
SUSPENSION = "挂账：一次，不超过一年，期间停止计时"
RETURN = "回退：须书面说明理由，不清除数据；先撤回本单位分派"
APPEAL = "超期申诉：结案后一次，两级审核，原始事实保留"
MERGEABLE = UNFILED | (TO_DISPATCH - {"check_failed"}) | WITH_UNIT

REQUESTS: tuple[Step, ...] = (
    Step(
        "ask_extension", "申请延期", "Ask for an extension", WITH_UNIT, None, "case.handle",
        within="handle", counted_from="clock_from",
        needs=("leads_case", "has_due", "not_overdue", "extensions_left", "nothing_asked"),
        effects=("tell_deciders",), article=EXTENSION,
        sentence="{who}申请延期：{reason}。", sentence_en="{who} asked for an extension: {reason}.",
        wants=("reason",),
    ),
    Step(
        "grant_extension", "批准延期", "Grant the extension", WITH_UNIT, None, "case.extend",
        needs=("extension_asked", "asked_in_time", "extensions_left"), effects=("tell_unit",),
        article=EXTENSION, sentence="{who}批准延期，时限至{due}。{reason}",
        sentence_en="{who} granted the extension, due {due}. {reason}", optional=("reason",),
    ),
    Step(
        "refuse_extension", "不批准延期", "Refuse the extension", WITH_UNIT, None, "case.extend",
        needs=("extension_asked",), effects=("tell_unit",), article=EXTENSION,
        sentence="{who}不批准延期：{reason}。", sentence_en="{who} refused the extension: {reason}.",
        wants=("reason",),
    ),
    Step(
        "ask_suspension", "申请挂账", "Ask for suspension", WITH_UNIT, None, "case.handle",
        needs=("leads_case", "until_allowed", "suspensions_left", "nothing_asked"),
        effects=("tell_deciders",), article=SUSPENSION,
        sentence="{who}申请挂账至{until}：{reason}。",
        sentence_en="{who} asked to suspend it until {until}: {reason}.", wants=("until", "reason"),
    ),
    Step(
        "grant_suspension", "批准挂账", "Grant the suspension", WITH_UNIT, SUSPENDED, "case.suspend",
        needs=("suspension_asked", "suspensions_left", "until_ahead"),
        effects=("tell_unit", "tell_reporters"), article=SUSPENSION,
        sentence="{who}批准挂账至{until}。{reason}",
        sentence_en="{who} granted the suspension until {until}. {reason}", optional=("reason",),
    ),
    Step(
        "refuse_suspension", "不批准挂账", "Refuse the suspension", WITH_UNIT, None, "case.suspend",
        needs=("suspension_asked",), effects=("tell_unit",), article=SUSPENSION,
        sentence="{who}不批准挂账：{reason}。", sentence_en="{who} refused the suspension: {reason}.",
        wants=("reason",),
    ),
    Step(
        "resume", "恢复处置", "Resume", frozenset({SUSPENDED}), HANDLING, "case.suspend",
        effects=("tell_unit",), article=SUSPENSION,
        sentence="{who}恢复处置，时限至{due}。{reason}", sentence_en="{who} resumed it, due {due}. {reason}",
        optional=("reason",),
    ),
    Step(
        "ask_return", "申请回退", "Ask to return", WITH_UNIT, None, "case.handle",
        needs=("leads_case", "assignment_revoked", "nothing_asked"), effects=("tell_deciders",),
        article=RETURN, sentence="{who}申请回退：{reason}。", sentence_en="{who} asked to return it: {reason}.",
        wants=("reason",),
    ),
    Step(
        "grant_return", "同意回退", "Grant the return", WITH_UNIT, RETURNED, "case.dispatch",
        needs=("return_asked", "assignment_revoked"), effects=("tell_unit",), article=RETURN,
        sentence="{who}同意{unit}回退。{reason}", sentence_en="{who} granted the return by {unit}. {reason}",
        optional=("reason",),
    ),
    Step(
        "refuse_return", "不同意回退", "Refuse the return", WITH_UNIT, None, "case.dispatch",
        needs=("return_asked",), effects=("tell_unit",), article=RETURN,
        sentence="{who}不同意回退：{reason}。", sentence_en="{who} refused the return: {reason}.",
        wants=("reason",),
    ),
    Step(
        "ask_void", "申请作废", "Ask to void", OPEN_STATES, None, "case.register",
        needs=("nothing_asked",), effects=("tell_deciders",), article="作废须经值班长批准",
        sentence="{who}申请作废：{reason}。", sentence_en="{who} asked to void it: {reason}.",
        wants=("reason",),
    ),
    Step(
        "grant_void", "批准作废", "Grant the voiding", OPEN_STATES, VOID, "case.void",
        needs=("void_asked",), effects=("tell_reporters",), article="作废须经值班长批准",
        sentence="{who}批准作废。{reason}", sentence_en="{who} voided it. {reason}", optional=("reason",),
    ),
    Step(
        "refuse_void", "不批准作废", "Refuse the voiding", OPEN_STATES, None, "case.void",
        needs=("void_asked",), article="作废须经值班长批准",
        sentence="{who}不批准作废：{reason}。", sentence_en="{who} refused to void it: {reason}.",
        wants=("reason",),
    ),
    Step(
        "ask_appeal", "超期申诉", "Appeal the overdue mark", CLOSINGS, None, "case.appeal",
        needs=("was_overdue", "appeals_left"), effects=("tell_deciders",), article=APPEAL,
        sentence="{who}提出超期申诉：{reason}。", sentence_en="{who} appealed the overdue mark: {reason}.",
        wants=("reason",),
    ),
    Step(
        "forward_appeal", "初审通过", "Pass the first review", CLOSINGS, None, "case.review_appeal",
        needs=("appeal_at_first",), effects=("tell_deciders",), article=APPEAL,
        sentence="{who}初审通过，报复审。{reason}",
        sentence_en="{who} passed the appeal on to the second review. {reason}", optional=("reason",),
    ),
    Step(
        "grant_appeal", "申诉成立", "Grant the appeal", CLOSINGS, None, "case.review_appeal",
        needs=("appeal_at_second", "another_reviewer"), effects=("tell_unit",), article=APPEAL,
        sentence="{who}复审：申诉成立，不计超期（原始时间保留）。{reason}",
        sentence_en="{who} granted the appeal: not counted as overdue, the times stay. {reason}",
        optional=("reason",),
    ),
    Step(
        "refuse_appeal", "申诉不成立", "Refuse the appeal", CLOSINGS, None, "case.review_appeal",
        needs=("appeal_open",), effects=("tell_unit",), article=APPEAL,
        sentence="{who}申诉不成立：{reason}。", sentence_en="{who} refused the appeal: {reason}.",
        wants=("reason",),
    ),
)  # fmt: skip

ENDINGS: tuple[Step, ...] = (
    Step(
        "force_close", "强制结案", "Close by order", FILED, FORCED_CLOSED, "case.force_close",
        effects=("tell_reporters",), article="强制结案须说明理由",
        sentence="{who}强制结案：{reason}。", sentence_en="{who} closed it by order: {reason}.",
        wants=("reason",),
    ),
    Step(
        "reopen", "重新办理", "Reopen", CLOSINGS, PENDING_DISPATCH, "case.reopen",
        needs=("reopen_in_time", "no_appeal_open"), effects=("tell_reporters",),
        article="结案后一定期限内可重新办理",
        sentence="{who}重新办理：{reason}。", sentence_en="{who} reopened it: {reason}.",
        wants=("reason",),
    ),
    Step(
        "reconsider", "重新立案审查", "Reconsider", frozenset({NOT_ACCEPTED, VOID}), PENDING_FILE,
        "case.reopen", needs=("reopen_in_time",), effects=("tell_reporters",),
        article="结案后一定期限内可重新办理",
        sentence="{who}重新审查：{reason}。", sentence_en="{who} took it up again: {reason}.",
        wants=("reason",),
    ),
)  # fmt: skip

RELATIONS: tuple[Step, ...] = (
    Step(
        "merge", "并入", "Merge into", MERGEABLE, MERGED, "case.merge",
        needs=("other_takes_in", "children_ended"), effects=("tell_reporters",), article="同一问题合并办理",
        sentence="{who}并入案卷{other}。{reason}", sentence_en="{who} merged it into {other}. {reason}",
        wants=("other",), optional=("reason",),
    ),
    Step(
        "absorb", "接收并入", "Take in", OPEN_STATES, None, "case.merge", article="同一问题合并办理",
        sentence="{who}将案卷{other}并入本案卷。", sentence_en="{who} merged case {other} into this one.",
        wants=("other",), optional=("reason",),
    ),
    Step(
        "unmerge", "取消合并", "Take out again", frozenset({MERGED}), PENDING_FILE, "case.merge",
        sentence="{who}取消合并：{reason}。", sentence_en="{who} took it out of the merger: {reason}.",
        wants=("reason",),
    ),
    Step(
        "split", "拆分", "Split", OPEN_STATES, None, "case.merge", undo=False,
        sentence="{who}拆分出案卷{other}。{reason}", sentence_en="{who} split off case {other}. {reason}",
        wants=("other",), optional=("reason",),
    ),
    Step(
        "set_parent", "设为子案卷", "Make it a child", OPEN_STATES, None, "case.relate",
        needs=("other_may_be_parent",),
        sentence="{who}设为案卷{other}的子案卷。", sentence_en="{who} made it a child of {other}.",
        wants=("other",),
    ),
    Step(
        "clear_parent", "取消父案卷", "Free it from its parent", OPEN_STATES, None, "case.relate",
        needs=("has_parent",),
        sentence="{who}取消父案卷。", sentence_en="{who} freed it from its parent.",
    ),
    Step(
        "link_duplicate", "标记重复", "Mark as duplicate", OPEN_STATES | ENDS, None, "case.relate",
        needs=("other_same_district", "not_linked"),
        sentence="{who}标记与案卷{other}重复。", sentence_en="{who} marked it as a duplicate of {other}.",
        wants=("other",),
    ),
    Step(
        "change_type", "修改类别", "Change the type", OPEN_STATES, None, "case.edit",
        needs=("type_of_district",),
        sentence="{who}将类别改为“{type}”。{reclocked}",
        sentence_en="{who} changed the type to “{type}”. {reclocked}",
        wants=("type",), optional=("condition", "reason"),
    ),
    Step(
        "change_condition", "修改立案条件", "Change the condition", OPEN_STATES, None, "case.edit",
        needs=("typed",),
        sentence="{who}将立案条件改为“{condition}”。{reclocked}",
        sentence_en="{who} changed the condition to “{condition}”. {reclocked}",
        wants=("condition",), optional=("reason",),
    ),
    Step(
        "change_urgency", "修改紧急程度", "Change the urgency", OPEN_STATES, None, "case.edit",
        sentence="{who}修改紧急程度：{urgent}。", sentence_en="{who} changed the urgency: {urgent}.",
        wants=("urgent",), optional=("reason",),
    ),
    Step(
        "change_place", "修改位置", "Change the place", OPEN_STATES, None, "case.edit",
        needs=("point_possible",),
        sentence="{who}修改位置。{reclocked}", sentence_en="{who} changed the place. {reclocked}",
        wants=("lon", "lat"), optional=("address", "reason"),
    ),
    Step(
        "note", "备注", "Note", OPEN_STATES | ENDS, None, "case.note",
        sentence="{who}备注：{note}", sentence_en="{who} noted: {note}", wants=("note",),
    ),
)  # fmt: skip

STEPS = (*REQUESTS, *ENDINGS, *RELATIONS)

"""Steps from the report to the filed case: births, verification, filing, rejection."""

from chengzhi.cases.states import (
    CLOSED,
    NOT_ACCEPTED,
    PENDING_DISPATCH,
    PENDING_FILE,
    PENDING_VERIFY,
    REPORTED,
)
from chengzhi.lifecycle import Step

BORN: frozenset[str] = frozenset()
PRACTICE = "CJJ/T 106：信息收集、案卷建立"

STEPS: tuple[Step, ...] = (
    Step(
        "report", "上报", "Report", BORN, REPORTED, "case.report", article=PRACTICE,
        sentence="{who}上报了问题。", sentence_en="{who} reported the problem.", undo=False,
    ),
    Step(
        "file_directly", "直接立案", "File directly", BORN, PENDING_DISPATCH, "case.report",
        article="巡查发现可直接立案（Guilin 2016）",
        sentence="{who}巡查发现，直接立案。", sentence_en="{who} found it on patrol; filed directly.",
        undo=False,
    ),
    Step(
        "take_order", "登记上级转办", "Take an order from above", BORN, PENDING_DISPATCH, "upper.manage",
        article="上级转办登记后直接立案（Guilin 2016）",
        sentence="{who}登记上级转办，直接立案。",
        sentence_en="{who} registered an order of the upper level; filed directly.", undo=False,
    ),
    Step(
        "self_handle", "自处理", "Handle on the spot", BORN, CLOSED, "case.report",
        article="轻微问题自行处理并抽查",
        sentence="{who}发现并当场处理。", sentence_en="{who} found it and put it right on the spot.",
        undo=False,
    ),
    Step(
        "split_off", "拆分新建", "Split off", BORN, PENDING_FILE, "case.merge",
        sentence="{who}由案卷{other}拆分出本案卷。", sentence_en="{who} split this case off from {other}.",
        undo=False,
    ),
    Step(
        "register", "受理登记", "Register", frozenset({REPORTED}), PENDING_FILE, "case.register",
        within="register", counted_from="reported_at", needs=("typed",), article=PRACTICE,
        sentence="{who}受理登记，转值班长立案。",
        sentence_en="{who} registered it and passed it on to be filed.", optional=("note",),
    ),
    Step(
        "send_verify", "下发核实", "Send to verify",
        frozenset({REPORTED, PENDING_FILE, PENDING_VERIFY}), PENDING_VERIFY, "case.register",
        within="stage", counted_from="stage_from", needs=("account_works_here",),
        effects=("tell_account",), article="公众举报一般先核实后立案",
        sentence="{who}下发核实{to_account}。", sentence_en="{who} sent it out to be verified{to_account}.",
        optional=("account", "note"),
    ),
    Step(
        "verify", "核实", "Verify", frozenset({PENDING_VERIFY}), PENDING_FILE, "case.verify",
        within="verify", counted_from="verify_sent_at", needs=("task_is_yours",),
        article="立案前核实",
        sentence="{who}现场核实：{result}。{note}", sentence_en="{who} verified on site: {result}. {note}",
        wants=("result",), optional=("note",),
    ),
    Step(
        "file", "立案", "File", frozenset({PENDING_FILE}), PENDING_DISPATCH, "case.file",
        within="file", counted_from="stage_from",
        needs=("typed", "placed", "condition_known", "verified_true"), effects=("tell_reporters",),
        article="立案条件（GB/T 30428.8 / CJ/T 315）",
        sentence="{who}立案。{reason}", sentence_en="{who} filed the case. {reason}",
        optional=("condition", "urgent", "reason"),
    ),
    Step(
        "reject", "不予立案", "Do not accept", frozenset({REPORTED, PENDING_FILE}), NOT_ACCEPTED,
        "case.reject", within="stage", counted_from="stage_from", effects=("tell_reporters",),
        article="不予立案须说明理由",
        sentence="{who}不予立案：{reason}。", sentence_en="{who} did not accept it: {reason}.",
        wants=("reason",),
    ),
)  # fmt: skip

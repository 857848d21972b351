"""The states of a case, in the order of its life, and the groups the steps start from."""

REPORTED, PENDING_VERIFY, PENDING_FILE = "reported", "pending_verify", "pending_file"
PENDING_DISPATCH, PENDING_HANDLE, HANDLING = "pending_dispatch", "pending_handle", "handling"
SUSPENDED, RETURNED, HANDLED = "suspended", "returned", "handled"
PENDING_CHECK, CHECKING, CHECK_FAILED = "pending_check", "checking", "check_failed"
PENDING_CLOSE, CLOSED, FORCED_CLOSED = "pending_close", "closed", "forced_closed"
NOT_ACCEPTED, VOID, MERGED = "not_accepted", "void", "merged"

STATES: dict[str, tuple[str, str]] = {
    REPORTED: ("待受理", "reported"),
    PENDING_VERIFY: ("待核实", "waiting to be verified"),
    PENDING_FILE: ("待立案", "waiting to be filed"),
    NOT_ACCEPTED: ("不予立案", "not accepted"),
    PENDING_DISPATCH: ("待派遣", "waiting to be dispatched"),
    PENDING_HANDLE: ("待处置", "waiting to be handled"),
    HANDLING: ("处置中", "being handled"),
    SUSPENDED: ("挂账", "suspended"),
    RETURNED: ("已回退", "returned"),
    HANDLED: ("已处置", "handled"),
    PENDING_CHECK: ("待核查", "waiting to be checked"),
    CHECKING: ("核查中", "being checked"),
    CHECK_FAILED: ("核查未通过", "check failed"),
    PENDING_CLOSE: ("待结案", "waiting to be closed"),
    CLOSED: ("已结案", "closed"),
    FORCED_CLOSED: ("强制结案", "closed by order"),
    VOID: ("已作废", "void"),
    MERGED: ("已合并", "merged"),
}

UNFILED = frozenset({REPORTED, PENDING_VERIFY, PENDING_FILE})
TO_DISPATCH = frozenset({PENDING_DISPATCH, RETURNED, CHECK_FAILED})
WITH_UNIT = frozenset({PENDING_HANDLE, HANDLING})
FILED = TO_DISPATCH | WITH_UNIT | {SUSPENDED, HANDLED, PENDING_CHECK, CHECKING, PENDING_CLOSE}
OPEN_STATES = UNFILED | FILED
CLOSINGS = frozenset({CLOSED, FORCED_CLOSED})
ENDS = frozenset({NOT_ACCEPTED, CLOSED, FORCED_CLOSED, VOID, MERGED})

# State → the stage whose clock runs in it. No clock runs while suspended or after the end.
STAGE_OF: dict[str, str] = {
    REPORTED: "register", PENDING_VERIFY: "verify", PENDING_FILE: "file",
    PENDING_DISPATCH: "dispatch", RETURNED: "dispatch", CHECK_FAILED: "dispatch",
    PENDING_HANDLE: "handle", HANDLING: "handle", HANDLED: "send_check", PENDING_CHECK: "send_check",
    CHECKING: "check", PENDING_CLOSE: "close",
}  # fmt: skip

# State → the kind of task that is open in it. A suspended case is still the department's work.
TASK_OF: dict[str, str] = {**STAGE_OF, SUSPENDED: "handle"}

# Stage → the field with the end of its clock.
DUE_FIELD: dict[str, str] = {
    "register": "register_due_at", "verify": "verify_due_at", "file": "file_due_at",
    "dispatch": "dispatch_due_at", "handle": "due_at", "send_check": "send_check_due_at",
    "check": "check_due_at", "close": "close_due_at",
}  # fmt: skip

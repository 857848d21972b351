"""What the public reads about a case: honest, without names of staff, without free text of others."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chengzhi.cases import states
from chengzhi.cases.models import Case

# state → (short word, sentence). Closed is not the same as fixed, and says so.
_WORDS = {
    states.REPORTED: (lazy("Received"), lazy("Your report has arrived and waits to be looked at.")),
    states.PENDING_VERIFY: (lazy("Being verified"), lazy("Somebody is on the way to look at the place.")),
    states.PENDING_FILE: (lazy("Being decided"), lazy("It is being decided whether the district takes it on.")),
    states.NOT_ACCEPTED: (lazy("Not taken on"), lazy("The district did not take it on; nothing was repaired.")),
    states.PENDING_DISPATCH: (lazy("Taken on"), lazy("Taken on; the department in charge is being chosen.")),
    states.RETURNED: (lazy("Taken on"), lazy("The department sent it back; another one is being chosen.")),
    states.CHECK_FAILED: (lazy("Not yet fixed"), lazy("A check on site found that it is not fixed; it goes back to be done again.")),
    states.PENDING_HANDLE: (lazy("With the department"), lazy("It lies with the department in charge.")),
    states.HANDLING: (lazy("Being worked on"), lazy("The department is working on it.")),
    states.SUSPENDED: (lazy("On hold"), lazy("It cannot be done right now; the clock is paused until a stated day.")),
    states.HANDLED: (lazy("Said to be fixed"), lazy("The department says it is fixed; nobody has checked yet.")),
    states.PENDING_CHECK: (lazy("Said to be fixed"), lazy("The department says it is fixed; nobody has checked yet.")),
    states.CHECKING: (lazy("Being checked"), lazy("Somebody is checking on site whether it is fixed.")),
    states.PENDING_CLOSE: (lazy("Checked"), lazy("The check on site is done; the case is about to be closed.")),
    states.CLOSED: (lazy("Closed"), lazy("Closed after a check on site.")),
    states.FORCED_CLOSED: (lazy("Closed without being fixed"), lazy("Closed by order of the centre; that does not mean it is fixed.")),
    states.VOID: (lazy("Void"), lazy("Struck out as a mistake or duplicate; nothing was repaired.")),
    states.MERGED: (lazy("Joined with another case"), lazy("Somebody reported the same before; it goes on there.")),
}  # fmt: skip
# state → how its tag looks; colour never stands alone.
_TONES = {states.CLOSED: "tag-green", states.FORCED_CLOSED: "tag-signal", states.NOT_ACCEPTED: "tag-signal"}
# Steps the public may read of; requests, assignments and notes inside the office are not among them.
_STEPS = {
    "report": lazy("Reported."),
    "file_directly": lazy("Found on patrol and taken on at once."),
    "take_order": lazy("Passed on by the upper level and taken on."),
    "self_handle": lazy("Found on patrol and put right on the spot."),
    "register": lazy("The centre read the report and passed it on."),
    "send_verify": lazy("Somebody was sent to look at the place."),
    "verify": lazy("The place was looked at."),
    "file": lazy("Taken on as a case."),
    "reject": lazy("Not taken on."),
    "reconsider": lazy("It is being looked at once more."),
    "dispatch": lazy("Handed to the department in charge."),
    "redispatch": lazy("Handed to another department."),
    "accept": lazy("The department started work."),
    "grant_return": lazy("The department sent it back; another one is being chosen."),
    "reply": lazy("The department says it is fixed."),
    "refuse_reply": lazy("The answer of the department was not accepted."),
    "send_check": lazy("Somebody was sent to check whether it is fixed."),
    "check_pass": lazy("Checked on site: fixed."),
    "check_fail": lazy("Checked on site: not fixed yet."),
    "rework": lazy("The department must do it again."),
    "grant_suspension": lazy("Put on hold with a reason; the clock is paused."),
    "resume": lazy("Taken up again after the hold."),
    "grant_extension": lazy("The deadline was moved, with a reason."),
    "close": lazy("Closed."),
    "force_close": lazy("Closed by order of the centre; that does not mean it is fixed."),
    "reopen": lazy("Taken up again."),
    "grant_void": lazy("Struck out as a mistake."),
    "merge": lazy("Joined with an earlier case about the same."),
    "unmerge": lazy("Taken apart from the other case again."),
    "change_place": lazy("The place was corrected."),
    "change_type": lazy("What it is about was corrected."),
    "support": lazy("Somebody else reported the same."),
    "withdraw": lazy("A reporter withdrew."),
    "import": lazy("Taken over from another system."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a public history, in the shape the timeline component takes."""

    happened_at: datetime
    sentence: str
    article: str = ""
    rule: str = ""
    late: bool = False


def state_word(state: str) -> str:
    """The state in one to four words."""
    return str(_WORDS[state][0]) if state in _WORDS else _("In progress")


def state_sentence(case: Case) -> str:
    """The state in a sentence; with the reason where the public is owed one."""
    sentence = str(_WORDS[case.state][1]) if case.state in _WORDS else ""
    if case.state == states.NOT_ACCEPTED and case.end_reason:
        return _("%(sentence)s Reason: %(reason)s") % {"sentence": sentence, "reason": case.end_reason}
    return sentence


def state_tone(state: str) -> str:
    """CSS class of the tag."""
    return _TONES.get(state, "tag-accent")


def public_step(step: str) -> str:
    """The sentence of a step the public may know; empty for inner work."""
    return str(_STEPS[step]) if step in _STEPS else ""

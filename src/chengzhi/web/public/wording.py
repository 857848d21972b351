"""What the public reads about a case: honest, without names of staff, without free text of others."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi.cases import states
from chengzhi.cases.models import Case

# state → (short word, sentence). Closed is not the same as fixed, and says so.
_WORDS = {
    states.REPORTED: (gettext_lazy("Received"), gettext_lazy("Your report has arrived and waits to be looked at.")),
    states.PENDING_VERIFY: (gettext_lazy("Being verified"), gettext_lazy("Somebody is on the way to look at the place.")),
    states.PENDING_FILE: (gettext_lazy("Being decided"), gettext_lazy("It is being decided whether the district takes it on.")),
    states.NOT_ACCEPTED: (gettext_lazy("Not taken on"), gettext_lazy("The district did not take it on; nothing was repaired.")),
    states.PENDING_DISPATCH: (gettext_lazy("Taken on"), gettext_lazy("Taken on; the department in charge is being chosen.")),
    states.RETURNED: (gettext_lazy("Taken on"), gettext_lazy("The department sent it back; another one is being chosen.")),
    states.CHECK_FAILED: (gettext_lazy("Not yet fixed"), gettext_lazy("A check on site found that it is not fixed; it goes back to be done again.")),
    states.PENDING_HANDLE: (gettext_lazy("With the department"), gettext_lazy("It lies with the department in charge.")),
    states.HANDLING: (gettext_lazy("Being worked on"), gettext_lazy("The department is working on it.")),
    states.SUSPENDED: (gettext_lazy("On hold"), gettext_lazy("It cannot be done right now; the clock is paused until a stated day.")),
    states.HANDLED: (gettext_lazy("Said to be fixed"), gettext_lazy("The department says it is fixed; nobody has checked yet.")),
    states.PENDING_CHECK: (gettext_lazy("Said to be fixed"), gettext_lazy("The department says it is fixed; nobody has checked yet.")),
    states.CHECKING: (gettext_lazy("Being checked"), gettext_lazy("Somebody is checking on site whether it is fixed.")),
    states.PENDING_CLOSE: (gettext_lazy("Checked"), gettext_lazy("The check on site is done; the case is about to be closed.")),
    states.CLOSED: (gettext_lazy("Closed"), gettext_lazy("Closed after a check on site.")),
    states.FORCED_CLOSED: (gettext_lazy("Closed without being fixed"), gettext_lazy("Closed by order of the centre; that does not mean it is fixed.")),
    states.VOID: (gettext_lazy("Void"), gettext_lazy("Struck out as a mistake or duplicate; nothing was repaired.")),
    states.MERGED: (gettext_lazy("Joined with another case"), gettext_lazy("Somebody reported the same before; it goes on there.")),
}  # fmt: skip
# state → how its tag looks; colour never stands alone.
_TONES = {states.CLOSED: "tag-green", states.FORCED_CLOSED: "tag-signal", states.NOT_ACCEPTED: "tag-signal"}
# Steps the public may read of; requests, assignments and notes inside the office are not among them.
_STEPS = {
    "report": gettext_lazy("Reported."),
    "file_directly": gettext_lazy("Found on patrol and taken on at once."),
    "take_order": gettext_lazy("Passed on by the upper level and taken on."),
    "self_handle": gettext_lazy("Found on patrol and put right on the spot."),
    "register": gettext_lazy("The centre read the report and passed it on."),
    "send_verify": gettext_lazy("Somebody was sent to look at the place."),
    "verify": gettext_lazy("The place was looked at."),
    "file": gettext_lazy("Taken on as a case."),
    "reject": gettext_lazy("Not taken on."),
    "reconsider": gettext_lazy("It is being looked at once more."),
    "dispatch": gettext_lazy("Handed to the department in charge."),
    "redispatch": gettext_lazy("Handed to another department."),
    "accept": gettext_lazy("The department started work."),
    "grant_return": gettext_lazy("The department sent it back; another one is being chosen."),
    "reply": gettext_lazy("The department says it is fixed."),
    "refuse_reply": gettext_lazy("The answer of the department was not accepted."),
    "send_check": gettext_lazy("Somebody was sent to check whether it is fixed."),
    "check_pass": gettext_lazy("Checked on site: fixed."),
    "check_fail": gettext_lazy("Checked on site: not fixed yet."),
    "rework": gettext_lazy("The department must do it again."),
    "grant_suspension": gettext_lazy("Put on hold with a reason; the clock is paused."),
    "resume": gettext_lazy("Taken up again after the hold."),
    "grant_extension": gettext_lazy("The deadline was moved, with a reason."),
    "close": gettext_lazy("Closed."),
    "force_close": gettext_lazy("Closed by order of the centre; that does not mean it is fixed."),
    "reopen": gettext_lazy("Taken up again."),
    "grant_void": gettext_lazy("Struck out as a mistake."),
    "merge": gettext_lazy("Joined with an earlier case about the same."),
    "unmerge": gettext_lazy("Taken apart from the other case again."),
    "change_place": gettext_lazy("The place was corrected."),
    "change_type": gettext_lazy("What it is about was corrected."),
    "support": gettext_lazy("Somebody else reported the same."),
    "withdraw": gettext_lazy("A reporter withdrew."),
    "import": gettext_lazy("Taken over from another system."),
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

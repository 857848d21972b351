"""Looking at a reporter's data: with a right, a reason and a trace, or not at all."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed, may
from chengzhi.reports.contact import Contact
from chengzhi.reports.models import Reporter, ReporterView
from chengzhi.reports.problems import ReasonMissing, ReporterErased
from chengzhi.reports.wording import clean_line

# Those who handle the case must not know who complained, whatever a role table says.
NEVER = frozenset({"handler", "contractor"})
LEAST_REASON = 4


def may_reveal(actor: Actor, reporter: Reporter) -> bool:
    """Whether this person may look: the permission, the district, and no handling role."""
    return may(actor, "reporter.view", reporter) and NEVER.isdisjoint(actor.roles)


def reveal(reporter: Reporter, *, by: Actor, on: datetime, reason: str) -> Contact:
    """The contact in clear. The look is recorded before anything is shown.

    Raises NotAllowed, ReasonMissing, ReporterErased or SealBroken.
    """
    if not may_reveal(by, reporter) or by.account_id is None:
        raise NotAllowed(
            _("There is nothing here for you."),
            _("Reporter data is shown to those who call reporters back, never to those who handle the case."),
        )
    why = clean_line(reason, longest=200)
    if len(why) < LEAST_REASON:
        raise ReasonMissing(
            _("Say why you need it."),
            _("Every look at reporter data is recorded with its reason."),
            _("Write a few words, such as “call back about the exact place”."),
        )
    if reporter.erased_at is not None:
        raise ReporterErased(
            _("The reporter's data was erased."),
            _("Its retention has ended, or the reporter asked for it."),
            _("Nothing can be done; the report itself is kept."),
        )
    with transaction.atomic():
        ReporterView.objects.create(reporter=reporter, account_id=by.account_id, reason=why, viewed_at=on)
        record(
            district_id=reporter.district_id, thing="reporter", thing_id=reporter.pk, step="reveal",
            by=by, on=on, facts={"reason": why},
        )  # fmt: skip
    return Contact.opened(reporter.contact, reporter.district_id)

"""What happens by the clock: retention, left-over drafts, old counts. At night (UTC 18–19 h)."""

from datetime import datetime

from chengzhi.files.actions import sweep
from chengzhi.jobs.registry import periodic
from chengzhi.ledger.actions import erase_due_personal
from chengzhi.reports.rates import forget_counts
from chengzhi.reports.resealing import reseal
from chengzhi.reports.retention import erase_due


@periodic("10 18 * * *", "reports.erase")
def erase(moment: datetime) -> None:
    """Contacts and personal values whose retention has ended."""
    erase_due(on=moment)
    erase_due_personal(on=moment.date())


@periodic("20 18 * * *", "files.sweep")
def sweep_files(moment: datetime) -> None:
    """Drafts nobody sent, contents nobody refers to."""
    sweep(on=moment)


@periodic("30 * * * *", "reports.forget_counts")
def counts(moment: datetime) -> None:
    """Send counts of past days."""
    forget_counts(on=moment)


@periodic("40 18 * * *", "reports.reseal")
def reseal_contacts(moment: datetime) -> None:
    """After a key rotation: contacts under older keys are sealed with the newest."""
    reseal()

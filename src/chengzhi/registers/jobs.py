"""What happens to registers by the clock. At night (UTC 18–19 h)."""

from datetime import datetime

from chengzhi.jobs.registry import periodic
from chengzhi.registers import retention


@periodic("12 18 * * *", "registers.erase_contacts")
def erase_contacts(moment: datetime) -> None:
    """Contacts of parties that have answered for nothing for long enough."""
    retention.erase_due(on=moment)


@periodic("22 18 * * *", "registers.erase_said")
def erase_said(moment: datetime) -> None:
    """What parties said on their own pages, long enough after the answer; former values of parties."""
    retention.erase_said(on=moment)
    retention.drop_before(on=moment)


@periodic("42 18 * * *", "registers.reseal")
def reseal(moment: datetime) -> None:
    """After a key rotation."""
    retention.reseal()

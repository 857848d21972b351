"""Messages by the clock."""

from datetime import datetime

from chengzhi.jobs.registry import periodic
from chengzhi.notices import actions


@periodic("* * * * * */20", "notices.send")
def send(moment: datetime) -> None:
    """Send what can no longer be undone."""
    actions.send_due(on=moment)


@periodic("20 0 * * *", "notices.digest")  # 08:20 in China, when the day's work starts
def digest(moment: datetime) -> None:
    """One mail a day to those who asked for it and have unread notices."""
    actions.send_digests(on=moment)

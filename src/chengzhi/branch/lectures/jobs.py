"""Every night the agreed days are looked at: figures before and after each lecture's decisions."""

from datetime import datetime

from chengzhi.branch.lectures.figures import read_due
from chengzhi.jobs.registry import periodic
from chengzhi.places.models import District


@periodic("25 18 * * *", "lectures.look_again")
def look_again(moment: datetime) -> None:
    """At 02:25 in Shanghai, after the figures were refreshed, district by district."""
    for district in District.objects.defer("outline").order_by("pk"):
        read_due(district)

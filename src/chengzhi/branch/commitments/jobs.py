"""Every night the promises are held against the cases."""

from datetime import datetime

from chengzhi.branch.commitments.figures import compute
from chengzhi.jobs.registry import periodic
from chengzhi.places.models import District


@periodic("20 18 * * *", "commitments.compute")
def compute_all(moment: datetime) -> None:
    """Read how each running promise stands and settle those that are over, district by district."""
    for district in District.objects.order_by("pk"):
        compute(district, on=moment)

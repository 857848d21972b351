"""Background work of the ledger, once a night."""

from datetime import datetime

from chengzhi.branch.rectification import nightly
from chengzhi.jobs.registry import periodic
from chengzhi.places.models import District


@periodic("20 18 * * *", "rectification.night")
def night(moment: datetime) -> None:
    """At 02:20 in Shanghai: suspensions that end, figures of the day before."""
    nightly.end_suspensions(on=moment)
    for district in District.objects.defer("outline").order_by("pk"):
        nightly.read_figures(district, on=moment)

"""The figures follow the database: every two minutes, and whole on demand."""

from datetime import datetime
from typing import Any

from chengzhi.analytics.refresh import refresh
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job, periodic
from chengzhi.places.models import District


@periodic("*/2 * * * *", "analytics.refresh")
def refresh_all(moment: datetime) -> None:
    """Rewrite the touched months of every district."""
    for district in District.objects.order_by("pk"):
        refresh(district)


@job("analytics.rebuild")
def rebuild(run: JobRun) -> dict[str, Any]:
    """Write all months of one district anew."""
    manifest = refresh(District.objects.get(pk=run.district_id or 0), full=True)
    return {"rows": manifest.rows, "as_of": manifest.as_of.isoformat()} if manifest else {}

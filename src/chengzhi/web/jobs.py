"""Background work that pages ask for, and what keeps their figures fresh."""

from datetime import datetime
from typing import Any

from chengzhi.cases import tiles
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job, periodic
from chengzhi.web.desk import exporting
from chengzhi.web.registers import exporting as registers


@job(exporting.KIND)
def export_cases(run: JobRun) -> dict[str, Any]:
    """Write the cases of a filter into a file."""
    return exporting.export(run)


@job(registers.KIND)
def export_registers(run: JobRun) -> dict[str, Any]:
    """Write the objects of a filter into a file."""
    return registers.export(run)


@periodic("17 3 * * *", "desk.sweep_exports")
def sweep_exports(moment: datetime) -> None:
    """Delete exports that have expired."""
    exporting.sweep(moment)


@periodic("* * * * *", "cases.tiles")
def count_tiles(moment: datetime) -> None:
    """Count the open cases of the map anew, when any case changed since the last time."""
    tiles.refresh(on=moment)

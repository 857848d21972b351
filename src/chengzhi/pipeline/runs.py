"""One file on its way in: resumable, idempotent, every row accounted for.

Each chunk is one short transaction that also moves ``ImportRun.read``; a run that was
killed goes on behind the last chunk that was committed.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.pipeline.admitting import Admission, admit, link_duplicates, meaning_of, prepare
from chengzhi.pipeline.ahead import ahead
from chengzhi.pipeline.mappings import BadMapping, Body, parse
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.reading import read
from chengzhi.pipeline.rejects import keep, of_ragged
from chengzhi.pipeline.sources import ROW, Source, open_source
from chengzhi.pipeline.uploads import local_copy
from chengzhi.places.models import District

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Ready:
    """One chunk before it is written: coming cases and rejected rows."""

    cases: pl.DataFrame
    bad: pl.DataFrame


def _silent(done: int, total: int | None) -> None:
    """Nobody watches."""


def start_run(
    *, district: District, path: Path, mapping: str, body: Body, by: Actor, on: datetime,
    file_id: int | None = None,
) -> ImportRun:  # fmt: skip
    """Note what is to be imported; refuses a file that lacks the columns the mapping reads."""
    source = open_source(path)
    check_columns(source, body, mapping)
    run = ImportRun.objects.create(
        district=district, file_id=file_id, source_path=str(path), sha256=_sha256(path),
        mapping=mapping, mapping_body=body.model_dump(mode="json"), started_by=by.account_id,
        started_at=on, state="queued", columns=source.columns,
    )  # fmt: skip
    record(
        district_id=district.pk, thing="import", thing_id=run.pk, step="start", by=by, on=on,
        facts={"file": path.name, "sha256": run.sha256, "mapping": mapping},
    )  # fmt: skip
    return run


def check_columns(source: Source, body: Body, mapping: str) -> None:
    """Raises :class:`BadMapping` naming the first columns that are not in the file."""
    missing = sorted(body.columns() - set(source.columns))
    if missing:
        raise BadMapping(
            _("%(file)s has no column “%(column)s”.") % {"file": source.path.name, "column": missing[0]},
            _("The mapping “%(mapping)s” reads it. The file has: %(columns)s.")
            % {"mapping": mapping, "columns": ", ".join(source.columns[:40])},
            _("Choose the mapping that fits the file, or make one with the wizard."),
        )


def carry_out(run: ImportRun, *, by: Actor, on: datetime, progress: Progress = _silent) -> ImportRun:
    """Load the file, from where an earlier attempt stopped; returns the finished run."""
    began = time.monotonic()
    admission = _admission(run, by, on)
    source = open_source(_path(run))
    ImportRun.objects.filter(pk=run.pk).update(state="running")
    for raw, ready in ahead(source.chunks(after=run.position), lambda raw: _ready(run, raw, admission)):
        _chunk(run, source, raw, ready, admission)
        run.seconds += time.monotonic() - began
        began = time.monotonic()
        progress(run.read, source.total)
    _finish(run, source, admission, began)
    return run


def report(run: ImportRun) -> dict[str, Any]:
    """What the command prints: read = loaded + rejected + existing."""
    return {
        "run": run.pk, "read": run.read, "loaded": run.loaded, "rejected": run.rejected,
        "existing": run.existing, "flagged": run.flagged, "seconds": round(run.seconds, 3),
    }  # fmt: skip


def _admission(run: ImportRun, by: Actor, on: datetime) -> Admission:
    body = parse(run.mapping_body, run.mapping)
    return Admission(run.pk, run.district_id, body, meaning_of(run.district_id, body), by, on)


def _path(run: ImportRun) -> Path:
    """The file as it was given, or the stored upload written out beside the other work files."""
    path = Path(run.source_path)
    if run.file is None or path.exists():
        return path
    return local_copy(run.file)


def _ready(run: ImportRun, raw: pl.DataFrame, admission: Admission) -> Ready:
    found = read(raw, admission.body, admission.body.zone or run.district.zone, admission.on)
    return Ready(prepare(found.good, admission), found.bad)


@transaction.atomic
def _chunk(run: ImportRun, source: Source, raw: pl.DataFrame, ready: Ready, admission: Admission) -> None:
    done = admit(ready.cases, admission)
    again = _again(done.repeats, raw)
    ragged = of_ragged(source, run)
    rejected = keep(run, ready.bad) + keep(run, again) + keep(run, ragged)
    run.read += len(raw) + len(ragged)
    run.position = int(raw[ROW][-1])
    run.loaded += done.loaded
    run.existing += done.existing
    run.rejected += rejected
    run.flagged += done.flagged
    run.flags = {
        flag: run.flags.get(flag, 0) + done.flags.get(flag, 0) for flag in {**run.flags, **done.flags}
    }
    run.save(
        update_fields=["position", "read", "loaded", "existing", "rejected", "flagged", "flags", "seconds"]
    )


def _again(repeats: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Rows equal to one of an earlier chunk, as rejects."""
    content_of = raw.select(pl.col(ROW), pl.struct(pl.exclude(ROW)).alias("content"))
    return repeats.select(
        ROW, pl.lit("repeat").alias("code"),
        pl.format("same as an earlier row: {}", pl.col("source_number")).alias("reason"),
    ).join(content_of, on=ROW, how="left")  # fmt: skip


@transaction.atomic
def _finish(run: ImportRun, source: Source, admission: Admission, began: float) -> None:
    late = of_ragged(source, run)  # lines behind the last whole chunk
    run.rejected += keep(run, late)
    run.read += len(late)
    if admission.body.duplicate_of:
        link_duplicates(admission, _pairs(run, admission.body))
    run.seconds += time.monotonic() - began
    run.state, run.finished_at = "done", admission.on + timedelta(seconds=run.seconds)
    run.save()
    record(
        district_id=run.district_id, thing="import", thing_id=run.pk, step="finish",
        by=admission.by, on=admission.on, facts=report(run),
    )  # fmt: skip


def _pairs(run: ImportRun, body: Body) -> list[tuple[str, str]]:
    """Which row names which other as the one it repeats."""
    pairs: list[tuple[str, str]] = []
    for raw in open_source(_path(run)).chunks():
        named = raw.filter(pl.col(str(body.duplicate_of)).is_not_null())
        pairs += named.select(
            pl.col(str(body.number)).cast(pl.String), pl.col(str(body.duplicate_of)).cast(pl.String)
        ).rows()
    return pairs


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

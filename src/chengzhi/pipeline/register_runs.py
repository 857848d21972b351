"""A register's file on its way in: previewed, resumable, idempotent, every row accounted for.

Each chunk is one short transaction that also moves ``ImportRun.position``; a run that was
killed goes on behind the last chunk that was committed.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from chengzhi.files.models import StoredFile
from chengzhi.jobs.actions import start as start_job
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.register_loading import load
from chengzhi.pipeline.register_matching import DOUBLE, Admission, sort_out
from chengzhi.pipeline.register_parties import refer_parties
from chengzhi.pipeline.rejects import keep, of_ragged
from chengzhi.pipeline.sheets import FLAG, open_sheet
from chengzhi.pipeline.sources import ROW, Source
from chengzhi.pipeline.uploads import local_copy
from chengzhi.places.models import District
from chengzhi.registers.exchange import Rows, check_mapping, read_rows, suggest
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.rules import Belongs, require

Progress = Callable[[int, int | None], None]
KIND = "registers.import"
CHUNK = 10_000
SHOWN = 50  # rows of a preview that are shown
TRIED = 2_000  # rows of a preview that are tried
SYSTEM = "import"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of a preview: its number, its texts by column, faults by column, flags."""

    number: int
    said: Mapping[str, str]
    faults: Mapping[str, str]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What an import would make of the first rows of a file.

    `columns` of the file; `mapping` target → column, as given or as suggested; `faults` counts rows by
    column and sentence; `flags` rows by flag; `doubles` rows whose like stands near already.
    """

    columns: list[str]
    mapping: dict[str, str]
    rows: list[PreviewRow]
    tried: int = 0
    fresh: int = 0
    matched: int = 0
    rejected: int = 0
    doubles: int = 0
    faults: dict[tuple[str, str], int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)


def preview(
    path: Path, kind: str, district: District, mapping: Mapping[str, str] | None = None, *,
    source_system: str = SYSTEM, by: Actor, on: datetime,
) -> Preview:  # fmt: skip
    """Try the first rows, writing nothing. Without a mapping the one the names suggest is tried.

    Raises NotAllowed, UnknownKind, BadMapping (only for a given mapping), UnreadableFile, MergedHeader.
    """
    require(by, "register.import", Belongs(district.pk))
    declared, sheet = kind_of(kind), open_sheet(path)
    columns = sheet.source.columns
    chosen = dict(mapping) if mapping is not None else suggest(declared, columns)
    if mapping is not None:
        check_mapping(declared, chosen, columns)
    if "name" not in chosen:
        return Preview(columns, chosen, [])
    run = Admission(0, district, declared, source_system, by, on)
    for frame, merged in sheet.chunks():
        rows = _read(frame.head(TRIED), merged, run, chosen)
        done = sort_out(rows, run, lock=False)
        refer_parties(rows, run, [*done.fresh, *done.known], make=False)
        return _told(columns, chosen, rows, (len(done.fresh), len(done.known) + len(done.existing)))
    return Preview(columns, chosen, [])


def _told(columns: list[str], mapping: dict[str, str], rows: Rows, counts: tuple[int, int]) -> Preview:
    faults: Counter[tuple[str, str]] = Counter()
    for found in rows.faults.values():
        faults.update((_column(mapping, fault.field), fault.says) for fault in found)
    flags = Counter(flag for at, found in enumerate(rows.flags) if at not in rows.faults for flag in found)
    shown = [_shown(rows, at, mapping) for at in range(min(SHOWN, len(rows)))]
    return Preview(
        columns, mapping, shown, len(rows), counts[0], counts[1], len(rows.faults), flags.get(DOUBLE, 0),
        dict(faults.most_common()), dict(flags.most_common()),
    )  # fmt: skip


def _shown(rows: Rows, at: int, mapping: dict[str, str]) -> PreviewRow:
    said = {column: rows.said[key][at] or "" for key, column in mapping.items()}
    faults = {_column(mapping, fault.field): fault.says for fault in rows.faults.get(at, ())}
    return PreviewRow(rows.numbers[at], said, faults, tuple(rows.flags[at]))


def _column(mapping: Mapping[str, str], key: str) -> str:
    """The file's column that a fault's field was read from; the field itself where there is none."""
    return mapping.get(f"facts.{key}") or mapping.get(key) or key


def start_run(
    *, district: District, path: Path, kind: str, mapping: Mapping[str, str] | None, by: Actor, on: datetime,
    source_system: str = SYSTEM, name: str = "", file: StoredFile | None = None,
) -> ImportRun:  # fmt: skip
    """Note what is to be imported. Without a mapping the one the names suggest is taken.

    Raises as `preview`, and BadMapping also where the names suggest no column for the name.
    """
    require(by, "register.import", Belongs(district.pk))
    declared, source = kind_of(kind), open_sheet(path).source
    chosen = dict(mapping) if mapping is not None else suggest(declared, source.columns)
    check_mapping(declared, chosen, source.columns)
    run = ImportRun.objects.create(
        district=district, file=file, source_path=str(path), sha256=_sha256(path), register=kind,
        mapping=(name or path.name)[-60:], mapping_body={"columns": chosen, "source_system": source_system},
        started_by=by.account_id, started_at=on, state="queued", columns=source.columns,
    )  # fmt: skip
    record(
        district_id=district.pk, thing="import", thing_id=run.pk, step="start", by=by, on=on,
        facts={"file": path.name, "sha256": run.sha256, "register": kind},
    )  # fmt: skip
    return run


def enqueue(run: ImportRun, *, title: str, by: Actor, on: datetime) -> JobRun:
    """Ask the worker to carry out a run, or to go on with one that stopped. Raises NotAllowed."""
    require(by, "register.import", Belongs(run.district_id))
    with transaction.atomic():
        begun = start_job(
            KIND, title=title, by=by.account_id, on=on, district_id=run.district_id, arguments={"run": run.pk}
        )
        ImportRun.objects.filter(pk=run.pk).update(job_id=begun.pk, state="queued")
    run.job_id, run.state = begun.pk, "queued"
    return begun


def _silent(done: int, total: int | None) -> None:
    """Nobody watches."""


def carry_out(run: ImportRun, *, by: Actor, on: datetime, progress: Progress = _silent) -> ImportRun:
    """Load the file, from where an earlier attempt stopped; returns the finished run."""
    began = time.monotonic()
    require(by, "register.import", Belongs(run.district_id))
    columns: dict[str, str] = run.mapping_body["columns"]
    admission = Admission(
        run.pk, run.district, kind_of(run.register), run.mapping_body["source_system"], by, on
    )
    sheet = open_sheet(_path(run))
    run.state = "running"
    run.save(update_fields=["state"])
    for frame, merged in sheet.chunks(after=run.position):
        for part in frame.iter_slices(CHUNK):
            _chunk(run, sheet.source, _read(part, merged, admission, columns), part, admission)
            run.seconds += time.monotonic() - began
            began = time.monotonic()
            progress(run.read, sheet.source.total)
    _finish(run, sheet.source, admission, began)
    return run


def _read(frame: pl.DataFrame, merged: frozenset[int], run: Admission, columns: Mapping[str, str]) -> Rows:
    said = {key: frame[column].cast(pl.String).to_list() for key, column in columns.items()}
    rows = read_rows(run.kind, run.district, frame[ROW].to_list(), said)
    if merged:
        for at, number in enumerate(rows.numbers):
            if number in merged:
                rows.flag(at, FLAG)
    return rows


@transaction.atomic
def _chunk(run: ImportRun, source: Source, rows: Rows, frame: pl.DataFrame, admission: Admission) -> None:
    done = sort_out(rows, admission, lock=True)
    made = load(rows, done, admission)
    ragged = of_ragged(source, run)
    run.rejected += keep(run, _rejected(rows, frame)) + keep(run, ragged)
    run.read += len(rows) + len(ragged)
    run.position = rows.numbers[-1]
    run.loaded += made.loaded
    run.updated += made.updated
    run.existing += made.existing
    run.flagged += made.flagged
    run.flags = {
        flag: run.flags.get(flag, 0) + made.flags.get(flag, 0) for flag in {**run.flags, **made.flags}
    }
    run.save()


def _rejected(rows: Rows, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with a fault, with every reason and their own content."""
    bad = pl.DataFrame(
        {
            ROW: [rows.numbers[at] for at in rows.faults],
            "code": [found[0].code for found in rows.faults.values()],
            "reason": [" ".join(fault.says for fault in found) for found in rows.faults.values()],
        },
        schema={ROW: pl.Int64, "code": pl.String, "reason": pl.String},
    )
    content = frame.select(pl.col(ROW), pl.struct(pl.exclude(ROW)).alias("content"))
    return bad.join(content, on=ROW, how="left").sort(ROW)


@transaction.atomic
def _finish(run: ImportRun, source: Source, admission: Admission, began: float) -> None:
    late = of_ragged(source, run)
    run.rejected += keep(run, late)
    run.read += len(late)
    run.seconds += time.monotonic() - began
    run.state, run.finished_at = "done", admission.on + timedelta(seconds=run.seconds)
    run.save()
    record(
        district_id=run.district_id, thing="import", thing_id=run.pk, step="finish", by=admission.by,
        on=admission.on, facts=report(run),
    )  # fmt: skip


def report(run: ImportRun) -> dict[str, Any]:
    """What the command prints: read = loaded + updated + existing + rejected."""
    return {
        "run": run.pk, "register": run.register, "read": run.read, "loaded": run.loaded,
        "updated": run.updated, "rejected": run.rejected, "flagged": run.flagged, "existing": run.existing,
        "flags": run.flags, "seconds": round(run.seconds, 3),
    }  # fmt: skip


def _path(run: ImportRun) -> Path:
    path = Path(run.source_path)
    return path if run.file is None or path.exists() else local_copy(run.file)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

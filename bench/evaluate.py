"""All indicators of one month with ten million cases: areas, departments and posts, under two seconds.

Flat rows are Boston's real cases repeated over five years, each copy with its own ids, units, streets and
post holders, and two tasks a case; they are written as the refresh job writes them, one file a month.
The raw limit is DuckDB's bare scan of the same files: the same number of scans, counting rows of the period.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench import Figure
from bench._cluster import throw_away

FILE = Path(__file__).resolve().parents[1] / "packs" / "boston" / "data" / "boston311_2011.parquet"
MOST_SECONDS = 2.0
HALF_YEARS = 10
MICROS_A_DAY = 86_400_000_000
HOLDERS = 300
TIMES = (
    "reported_at", "verify_sent_at", "verified_at", "filed_at", "dispatched_at", "handled_at", "check_sent_at",
    "closed_at", "register_due", "send_check_due", "file_due", "dispatch_due", "due", "close_due",
)  # fmt: skip


def run(rows: int = 10_000_000) -> Figure:
    """Write `rows` cases as flat files, then evaluate one month in every way."""
    with throw_away(packs=True) as bench:
        bench.django()
        from chengzhi.analytics.refresh import folder_of
        from chengzhi.places.models import District

        boston = District.objects.get(slug="boston")
        began = time.monotonic()
        _write(folder_of("boston"), boston, rows)
        written = time.monotonic() - began
        whole = _best(lambda: _evaluate_all(boston))
        burnt = time.process_time()
        figures = _evaluate_all(boston)
        burnt = time.process_time() - burnt
        bare, read = _bare(boston)
        details = {
            "rows": rows, "rows_in_scanned_files": read, "write_seconds": round(written, 1),
            "figures": figures, "processor_seconds": round(burnt, 2), "months": HALF_YEARS * 6,
        }  # fmt: skip
        return Figure(
            "evaluate", round(whole, 3), "s", round(bare, 3), "lower", whole < MOST_SECONDS, details
        )


def _period() -> Any:
    from chengzhi.analytics.periods import parse

    return parse("2011-10")


def _evaluate_all(boston: Any) -> int:
    """Streets, communities, departments and posts; returns how many figures came out."""
    from chengzhi.outcomes.evaluation import evaluate

    levels = ("street", "community", "department", "post")
    return sum(len(evaluate(boston, _period(), by).rows) for by in levels)


def _best(work: Any, times: int = 3) -> float:
    found = []
    for _ in range(times):
        began = time.monotonic()
        work()
        found.append(time.monotonic() - began)
    return float(np.median(found))


def _passes() -> list[tuple[str, str]]:
    """Table and anchor of every scan that the evaluations make."""
    from chengzhi.analytics.engines.expression import by_anchor
    from chengzhi.analytics.metric import POSTS, Options, Subject
    from chengzhi.analytics.metrics import of

    grouped = [of(Subject.AREA), of(Subject.AREA), of(Subject.DEPARTMENT)]
    grouped += [(metric,) for subject in POSTS for metric in of(subject)]
    return [
        (alike[0].table, anchor) for some in grouped for anchor, alike in by_anchor(some, Options()).items()
    ]


def _bare(boston: Any) -> tuple[float, int]:
    """The same scans with a bare count and sum instead of indicators."""
    from chengzhi.analytics import manifest as manifests
    from chengzhi.analytics.engines import duckdb
    from chengzhi.analytics.refresh import folder_of

    folder, window = folder_of("boston"), _period().window(boston.zone)
    manifest = manifests.load(folder)
    assert manifest is not None
    scans = [
        (duckdb.connect(manifest.files(folder, window, [anchor])), table, anchor)
        for table, anchor in _passes()
    ]

    def scan() -> None:
        for engine, table, anchor in scans:
            where = f"{anchor} >= {window.start} AND {anchor} < {window.end}"
            engine.execute(f"SELECT count(*), sum(id) FROM {table} WHERE {where}").fetchall()

    seconds = _best(scan)
    counts = [engine.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for engine, table, _ in scans]
    return seconds, sum(counts)


def _base(boston: Any) -> pl.DataFrame:
    """Boston's half year as flat rows, with the clocks and tasks a Chinese district has besides."""
    zone = boston.zone
    rows = pl.read_parquet(FILE)
    opened, due, closed = (
        pl.col(name).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.epoch("us")
        for name in ("open_dt", "target_dt", "closed_dt")
    )
    minute = 60_000_000
    return rows.select(
        reported_at=opened, verify_sent_at=opened + 10 * minute, verified_at=opened + 60 * minute,
        filed_at=opened + 90 * minute, dispatched_at=opened + 110 * minute,
        handled_at=closed, check_sent_at=closed + 20 * minute, closed_at=closed + 180 * minute,
        register_due=opened + 30 * minute, send_check_due=closed + 30 * minute, file_due=opened + 100 * minute,
        dispatch_due=opened + 120 * minute, due=due, close_due=due + 240 * minute,
        public=(pl.col("source") != "Employee Generated").cast(pl.Int64),
    ).drop_nulls("reported_at")  # fmt: skip


def _write(folder: Path, boston: Any, rows: int) -> None:
    """Monthly files and their manifest; the months are spread over five years."""
    from chengzhi.analytics import manifest as manifests
    from chengzhi.analytics.extract import MonthFiles
    from chengzhi.analytics.manifest import LAYOUT, Manifest
    from chengzhi.analytics.tables import CASES_FLAT, TASKS_FLAT

    folder.mkdir(parents=True)
    base, places = _base(boston), _places(boston)
    each = -(-rows // HALF_YEARS)
    chance, pieces, done = np.random.default_rng(20261123), [], 0
    for half in range(HALF_YEARS):
        shift = (half - HALF_YEARS // 2) * 182 * MICROS_A_DAY
        count = min(each, rows - done)
        copied = pl.concat([base] * (-(-count // len(base)))).head(count)
        cases = _flat(copied, places, chance, done, shift)
        done += count
        months = cases["reported_at"].cast(pl.Datetime("us")).dt.strftime("%Y-%m")
        for (month,), part in cases.with_columns(month=months).partition_by("month", as_dict=True).items():
            made = part.drop("month")
            for table, frame in ((CASES_FLAT, made), (TASKS_FLAT, _tasks(made, chance))):
                files = MonthFiles(table, str(month), folder / f"{table.name}-{month}.{half}")
                files.add(frame.select(table.names).to_arrow().cast(table.arrow_schema()))
                pieces += files.close()
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    manifests.save(folder, Manifest("boston", moment, 1, "1:1:", 1, 0, LAYOUT, tuple(pieces)))


def _places(boston: Any) -> dict[str, list[int]]:
    from chengzhi.people.models import Unit
    from chengzhi.places.models import Area

    areas = Area.objects.filter(district=boston)
    return {
        "unit": list(Unit.objects.filter(district=boston).values_list("pk", flat=True)),
        "street": list(areas.filter(level="street").values_list("pk", flat=True)),
        "area": list(areas.filter(level="community").values_list("pk", flat=True)),
    }


def _flat(
    copied: pl.DataFrame, places: dict[str, list[int]], chance: Any, first: int, shift: int
) -> pl.DataFrame:
    """All columns of cases_flat; times moved by `shift` and a few minutes each, so that none repeats."""
    from chengzhi.analytics.tables import CASES_FLAT

    count = len(copied)
    moved = pl.Series(chance.integers(0, 3_600_000_000, count)) + shift
    found = copied.with_columns(**{name: pl.col(name) + moved for name in TIMES})
    made: dict[str, Any] = {"id": pl.Series(np.arange(first + 1, first + count + 1))}
    for name, ids in places.items():
        made[name] = pl.Series(chance.choice(np.array(ids or [0]), count))
    for column in CASES_FLAT.columns:
        if column.name in found.columns or column.name in made:
            continue
        if column.name.endswith("_by"):
            made[column.name] = pl.Series(chance.integers(1, HOLDERS, count))
        elif column.unit in ("0/1", "times"):
            likely = 0.5 if column.name in ("patrol", "needs_verify") else 0.04
            made[column.name] = pl.Series((chance.random(count) < likely).astype(np.int64))
        elif column.type == "text":
            made[column.name] = pl.Series(chance.choice(np.array(["a", "b", "c"]), count))
        else:
            made[column.name] = pl.Series(chance.integers(1, 5000, count)).cast(
                pl.Float64 if column.type == "float" else pl.Int64
            )
    return found.with_columns(**made)


def _tasks(cases: pl.DataFrame, chance: Any) -> pl.DataFrame:
    """A verification and a check for every case."""
    hour = 3_600_000_000
    parts = []
    for kind, sent, done in (
        ("verify", "verify_sent_at", "verified_at"),
        ("check", "check_sent_at", "closed_at"),
    ):
        part = cases.filter(pl.col(sent).is_not_null()).select(
            id=pl.col("id") * 2 + (kind == "check"), case_id=pl.col("id"), kind=pl.lit(kind), unit=pl.col("unit"),
            sent_by=pl.col("taken_by"), sent_at=pl.col(sent), due=pl.col(sent) + hour, done_at=pl.col(done),
            cancelled=pl.lit(0), result=pl.lit(""),
        )  # fmt: skip
        parts.append(part.with_columns(account=pl.Series(chance.integers(1, HOLDERS, len(part)))))
    return pl.concat(parts)

"""Stream one table's rows of one month from PostgreSQL into a Parquet file."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from chengzhi.analytics.manifest import Piece
from chengzhi.analytics.tables import FlatTable

CHUNK = 32 << 20
"""Bytes of CSV turned into one row group: bounds memory whatever the month holds."""
SOON = 62 * 86_400_000_000
"""Microseconds from the first of the month within which a case ends soon."""


def condition(district_id: int, month: str) -> str:
    """SQL that picks the cases of a district reported in a month (UTC), such as 2011-10."""
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (
        f"c.district_id = {int(district_id)} AND c.reported_at >= '{first} 00:00:00+00'"
        f" AND c.reported_at < '{after} 00:00:00+00'"
    )


def _chunks(cursor: Any, sql: str) -> Iterator[bytes]:
    """Whole CSV rows in pieces of about CHUNK bytes."""
    held = io.BytesIO()
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
        for block in copy:
            held.write(block)
            if held.tell() >= CHUNK:
                yield held.getvalue()
                held = io.BytesIO()
    if held.tell():
        yield held.getvalue()


def _parsed(chunk: bytes, schema: Any) -> Any:
    return pcsv.read_csv(
        io.BytesIO(chunk),
        read_options=pcsv.ReadOptions(column_names=schema.names),
        convert_options=pcsv.ConvertOptions(
            column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def months_of(table: Any, times: tuple[str, ...]) -> dict[str, set[str]]:
    """In which months (UTC) the values of each time column lie."""
    found = {}
    for name in times:
        stamps = table[name].drop_null().cast(pa.timestamp("us"))
        # by day first: a month has few, and formatting text is what costs
        days = pc.unique(pc.floor_temporal(stamps, unit="month"))
        found[name] = {f"{stamp:%Y-%m}" for stamp in days.to_pylist()}
    return found


def split(table: Any, month: str, times: tuple[str, ...]) -> dict[str, Any]:
    """Rows that end within two months of their report, and the others.

    Most cases end soon. Kept apart, a few late ones do not drag every old file into the reading
    of a month.
    """
    first = date.fromisoformat(f"{month}-01")
    start = int(datetime(first.year, first.month, 1, tzinfo=UTC).timestamp()) * 1_000_000
    end = start + SOON
    soon = None
    for name in times:
        column = table[name]
        here = pc.fill_null(pc.and_(pc.greater_equal(column, start), pc.less(column, end)), True)
        soon = here if soon is None else pc.and_(soon, here)
    if soon is None:
        return {"soon": table}
    return {"soon": table.filter(soon), "late": table.filter(pc.invert(soon))}


class MonthFiles:
    """The one or two Parquet files of a table's month, written part by part."""

    def __init__(self, table: FlatTable, month: str, stem: Path) -> None:
        self.table, self.month, self.stem = table, month, stem
        self.writers: dict[str, Any] = {}
        self.rows: Counter[str] = Counter()
        self.seen: dict[str, dict[str, set[str]]] = {}

    def add(self, part: Any) -> None:
        """Write some rows."""
        for kind, rows in split(part, self.month, self.table.times).items():
            if rows.num_rows:
                self._write(kind, rows)

    def _write(self, kind: str, rows: Any) -> None:
        if kind not in self.writers:
            fresh = self._path(kind).with_suffix(".parquet.new")
            self.writers[kind] = pq.ParquetWriter(fresh, self.table.arrow_schema(), compression="zstd")
            self.seen[kind] = {name: set() for name in self.table.times}
        self.writers[kind].write_table(rows)
        self.rows[kind] += rows.num_rows
        for name, months in months_of(rows, self.table.times).items():
            self.seen[kind][name] |= months

    def _path(self, kind: str) -> Path:
        return self.stem.with_name(f"{self.stem.name}-{kind}.parquet")

    def close(self) -> list[Piece]:
        """Finish the files; nothing for a month without rows."""
        pieces = []
        for kind, writer in self.writers.items():
            writer.close()
            path = self._path(kind)
            path.with_suffix(".parquet.new").replace(path)
            months = {name: tuple(sorted(seen)) for name, seen in self.seen[kind].items()}
            pieces.append(Piece(self.table.name, self.month, path.name, self.rows[kind], months))
        return pieces


def write_month(cursor: Any, table: FlatTable, district_id: int, month: str, stem: Path) -> list[Piece]:
    """Write the files of one table and month; none when it has no row."""
    schema = table.arrow_schema()
    sql = table.select().format(where=condition(district_id, month))
    files = MonthFiles(table, month, stem)
    for chunk in _chunks(cursor, sql):
        files.add(_parsed(chunk, schema))
    return files.close()

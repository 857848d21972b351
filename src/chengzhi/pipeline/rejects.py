"""Rows that were not loaded: kept with number, reason and content, and handed out as a file."""

import csv
import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

import polars as pl
from django.db import connection
from django.utils.translation import gettext_lazy as _

from chengzhi.pipeline.models import ImportReject, ImportRun
from chengzhi.pipeline.sources import ROW, Source

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")  # a longitude may begin with a minus
REASONS = {
    "no_number": _("The row has no number, so it could not be recognised again."),
    "no_date": _("The row does not say when the report came in."),
    "bad_date": _("A date cannot be read or does not exist."),
    "future_date": _("The report would come from the future."),
    "repeat": _("The row stands in the file before."),
    "ragged": _("The line has more or fewer values than the header."),
    # of registers
    "missing": _("The row says no name."),
    "number": _("A value that should be a number is none."),
    "date": _("A value that should be a date is none."),
    "choice": _("A value is none of those the register knows."),
    "flag": _("A value is neither yes nor no."),
    "range": _("A number is impossible for what it measures."),
    "long": _("A text is too long."),
    "control": _("A text holds signs that no text has."),
    "component_code": _("The component code is not as the standard has it."),
    "component_taken": _("Another object has the component code."),
    "credit_code": _("The credit code does not check."),
    "phone": _("The telephone number cannot be called."),
    "permit_dates": _("The permit would end before it begins."),
    "unknown_number": _("The register has no entry of this number."),
    "other_unit": _("The object belongs to another unit."),
}


def keep(run: ImportRun, bad: pl.DataFrame) -> int:
    """Store rejected rows (``__row, code, reason, content``); returns how many."""
    if not len(bad):
        return 0
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY pipeline_importreject (run_id, row, code, reason, content) FROM STDIN") as copy,
    ):
        for row, code, reason, content in bad.select(ROW, "code", "reason", "content").iter_rows():
            copy.write_row((run.pk, row, code, reason or "", _json(content)))
    return len(bad)


def of_ragged(source: Source, run: ImportRun) -> pl.DataFrame:
    """Lines the reader could not split, taken from the source's list.

    The reader finds them ahead of the rows around them; what an attempt before a kill has
    kept already is left out.
    """
    lines, source.ragged = source.ragged, []
    if lines:
        kept = set(ImportReject.objects.filter(run=run, code="ragged").values_list("row", flat=True))
        lines = [line for line in lines if line.row not in kept]
    return pl.DataFrame(
        {
            ROW: [line.row for line in lines], "code": ["ragged"] * len(lines),
            "reason": [line.why for line in lines],
            "content": [{"line": line.text} for line in lines],
        },
        schema={ROW: pl.Int64, "code": pl.String, "reason": pl.String,
                "content": pl.Struct({"line": pl.String})},
    )  # fmt: skip


def write_file(run: ImportRun, out: TextIO) -> int:
    """Write all rejected rows of a run as CSV; returns how many."""
    return max(write_rows(run, out), default=0)


def write_rows(run: ImportRun, out: TextIO) -> Iterator[int]:
    """Write header and rejected rows one by one: row, code, reason, then the file's own columns.

    A value that a spreadsheet program would take for a formula gets an apostrophe.
    """
    rows = ImportReject.objects.filter(run=run).order_by("row", "pk")
    columns = [*run.columns, "line"]  # "line": what could not be split into columns
    writer = csv.writer(out)
    writer.writerow(["row", "reject_code", "reject_reason", *columns])
    yield 0
    for count, reject in enumerate(rows.iterator(chunk_size=2000), start=1):
        values = [_harmless(reject.content.get(column)) for column in columns]
        writer.writerow([reject.row, reject.code, _harmless(reject.reason), *values])
        yield count


def _harmless(value: Any) -> Any:
    risky = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    if not risky or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def by_reason(run: ImportRun) -> Iterator[tuple[str, Any, int]]:
    """Code, sentence and number of rows, most first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, count(*) FROM pipeline_importreject WHERE run_id = %s"
            " GROUP BY code ORDER BY count(*) DESC, code",
            (run.pk,),
        )
        for code, count in cursor.fetchall():
            yield code, REASONS.get(code, code), count


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, default=str).replace("\\u0000", "")

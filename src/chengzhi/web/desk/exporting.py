"""Writing the cases of a filter into a file: streamed, in constant memory, marked when simulated."""

import contextlib
import csv
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from chengzhi import clock
from chengzhi.cases import worklist as cases
from chengzhi.cases.filters import read
from chengzhi.errors import Problem
from chengzhi.jobs.actions import progress
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.people.rules import require
from chengzhi.places.models import District
from chengzhi.web.desk.cells import Column, columns_of

KIND = "cases.export"
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KEPT = timedelta(days=7)
EVERY = 1000
SHEET_ROWS = 1_000_000
RISKY = ("=", "+", "-", "@", "\t", "\r")


class NoSuchAccount(Problem):
    """Who asked for an export is no longer there."""

    code: ClassVar[str] = "desk.no_such_account"


class Writer(Protocol):
    """A file that takes rows."""

    def row(self, values: Sequence[Any]) -> None:
        """Write one row."""

    def close(self) -> None:
        """Finish the file."""


class CsvWriter:
    """UTF-8 with a mark, so that spreadsheet programs read the Chinese; no cell is taken for a formula."""

    def __init__(self, path: Path, head: Sequence[str], note: str) -> None:
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.csv = csv.writer(self.file)
        if note:
            self.csv.writerow([note])
        self.csv.writerow(head)

    def row(self, values: Sequence[Any]) -> None:
        self.csv.writerow([_harmless(_text(value)) for value in values])

    def close(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


class XlsxWriter:
    """One row at a time on disk; a new sheet where one is full, each with its own header."""

    def __init__(self, path: Path, head: Sequence[str], note: str) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "nan_inf_to_errors": False}  # fmt: skip
        self.book = xlsxwriter.Workbook(str(path), options)
        self.bold = self.book.add_format({"bold": True, "bg_color": "#E6EEEE"})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.head, self.note, self.at = head, note, 0
        self._sheet()

    def _sheet(self) -> None:
        self.sheet = self.book.add_worksheet()
        self.at = 0
        if self.note:
            self.sheet.write_string(0, 0, self.note, self.bold)
            self.sheet.set_header(f"&C{self.note}")
            self.at = 1
        for number, label in enumerate(self.head):
            self.sheet.write_string(self.at, number, label, self.bold)
        self.at += 1
        self.sheet.freeze_panes(self.at, 0)

    def row(self, values: Sequence[Any]) -> None:
        if self.at >= SHEET_ROWS:
            self._sheet()
        for number, value in enumerate(values):
            self._cell(number, value)
        self.at += 1

    def _cell(self, number: int, value: Any) -> None:
        if isinstance(value, datetime):
            self.sheet.write_datetime(self.at, number, value.replace(tzinfo=None), self.moment)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.sheet.write_number(self.at, number, value)
        else:
            self.sheet.write_string(self.at, number, _text(value))

    def close(self) -> None:
        self.book.close()


WRITERS: dict[str, Callable[[Path, Sequence[str], str], Writer]] = {"csv": CsvWriter, "xlsx": XlsxWriter}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return (
        ""
        if value is None or value == "—"
        else "".join(sign for sign in str(value) if sign >= " " or sign in "\n\t")
    )


def _harmless(text: str) -> str:
    """A cell that a spreadsheet program would take for a formula gets an apostrophe."""
    return f"'{text}" if text.startswith(RISKY) else text


def folder() -> Path:
    """Where exports lie: private to the program."""
    path: Path = settings.HOME / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(run: JobRun) -> Path:
    """The file of an export."""
    return folder() / f"{run.pk}.{run.arguments['format']}"


def export(run: JobRun) -> dict[str, Any]:
    """Write the file of one export. Begun again after an interruption, it starts from the first row.

    The rights are those the asker has now, not those of the moment of asking.
    """
    account = Account.objects.filter(pk=run.started_by or 0).first()
    if account is None:
        raise NoSuchAccount(_("Who asked for this export no longer has an account."))
    actor, district = (
        actor_of(account, run.district_id, clock.now()),
        District.objects.get(pk=run.district_id or 0),
    )
    require(actor, "case.export")
    with override(run.arguments.get("language", "zh-hans")):
        rows = _write(run, actor, district)
    record(
        district_id=district.pk, thing="export", thing_id=run.pk, step="export", by=actor, on=clock.now(),
        facts={"query": run.arguments["query"], "format": run.arguments["format"], "rows": rows,
               "columns": run.arguments["columns"]},
    )  # fmt: skip
    return {"rows": rows, "simulated": district.simulated}


def _write(run: JobRun, actor: Actor, district: District) -> int:
    asked, now = read(run.arguments["query"]), run.created_at
    columns = columns_of(run.arguments["columns"])
    total, target = cases.total(asked, actor, district.zone, now=now), path_of(run)
    part = target.with_name(f"{target.name}.part")
    writer = WRITERS[run.arguments["format"]](part, [str(c.label) for c in columns], note_of(district))
    done = 0
    try:
        progress(run, 0, total)
        for done, case in enumerate(cases.every(asked, actor, district.zone, now=now), start=1):
            writer.row(values_of(case, columns, ZoneInfo(district.zone)))
            if done % EVERY == 0:
                progress(run, done, max(total, done))
        writer.close()
    except BaseException:
        with contextlib.suppress(Exception):
            writer.close()
        part.unlink(missing_ok=True)
        raise
    part.chmod(0o600)
    part.replace(target)
    progress(run, done, done)
    return done


def values_of(case: Any, columns: Sequence[Column], zone: ZoneInfo) -> list[Any]:
    """The plain values of a case; times in the district's own zone, and no personal data of reporters."""
    return [
        value.astimezone(zone) if isinstance(value := column.value(case), datetime) else value
        for column in columns
    ]


def note_of(district: District) -> str:
    """The line above the header when the data are made up."""
    if not district.simulated:
        return ""
    return "模拟数据，非真实案卷 · Simulated data: every case is made up"


def expired(run: JobRun, now: datetime) -> bool:
    """Whether an export is too old to be fetched."""
    return run.finished_at is None or now > run.finished_at + KEPT


def sweep(on: datetime) -> int:
    """Delete the files of exports that have expired, and parts nobody finished; returns how many."""
    return sum(1 for _path in _swept(on))


def _swept(on: datetime) -> Iterator[Path]:
    for path in folder().iterdir():
        if path.is_file() and path.stat().st_mtime < (on - KEPT).timestamp():
            path.unlink(missing_ok=True)
            yield path

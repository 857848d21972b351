"""Answers to the upper level: prefilled from the case, written in its own columns, photos beside."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from chengzhi.cases.models import Case, CasePhoto, Task
from chengzhi.cases.states import STATES
from chengzhi.files.queries import content
from chengzhi.reports.models import UpperOrder

# What a column of a reply form can be filled with.
FIELDS = {
    "number": _("their number"), "case_number": _("our case number"), "handled_at": _("handled at"),
    "closed_at": _("closed at"), "unit": _("department"), "outcome": _("outcome"), "note": _("what was done"),
    "state": _("state"), "photos": _("names of the photos"), "": _("to be typed"),
}  # fmt: skip
NUMBER_COLUMN = "编号"


def prefilled(order: UpperOrder) -> list[tuple[str, str, str]]:
    """Column, field and value of the reply form: what was confirmed, else what the case says."""
    zone, given = ZoneInfo(order.district.zone), order.reply or {}
    return [
        (name, field, given[name] if name in given else _value(order, field, zone))
        for name, field in order.reply_form
    ]


def _value(order: UpperOrder, field: str, zone: ZoneInfo) -> str:
    case = order.case
    if field in ("handled_at", "closed_at"):
        moment = getattr(case, field)
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""
    if field == "photos":
        return "；".join(name for name, _photo in photos_of(order))
    simple = {
        "number": order.number, "case_number": case.number, "outcome": case.outcome,
        "unit": case.unit.name if case.unit else "", "state": STATES.get(case.state, (case.state,))[0],
    }  # fmt: skip
    return note_of(case) if field == "note" else simple.get(field, "")


def note_of(case: Case) -> str:
    """What the department wrote when it last handled the case."""
    done = Task.objects.filter(case=case, kind=Task.Kind.HANDLE, done_at__isnull=False).exclude(note="")
    last = done.order_by("-done_at").first()
    return last.note if last else case.end_reason


def photos_of(order: UpperOrder) -> list[tuple[str, CasePhoto]]:
    """The photos of the case under the upper level's number: ``NUMBER_1.jpg`` and so on."""
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in order.number)
    photos = CasePhoto.objects.filter(case_id=order.case_id).select_related("file", "masked").order_by("pk")
    return [(f"{plain}_{place}.jpg", photo) for place, photo in enumerate(photos, start=1)]


def columns_of(orders: Sequence[UpperOrder]) -> list[str]:
    """The columns of all reply forms, in the order of the first; the number always stands first."""
    names = dict.fromkeys(name for order in orders for name, _field in order.reply_form)
    numbered = any(field == "number" for order in orders for _name, field in order.reply_form)
    return list(names) if numbered else [NUMBER_COLUMN, *names]


def write_table(orders: Sequence[UpperOrder], out: BinaryIO, form: str) -> None:
    """The replies as CSV (with a mark, for spreadsheets) or XLSX, in the upper level's columns."""
    columns = columns_of(orders)
    if form == "xlsx":
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        sheet = book.add_worksheet()
        for row, values in enumerate(_rows(orders, columns)):
            for place, value in enumerate(values):
                sheet.write_string(row, place, value)
        book.close()
        return
    text = io.StringIO()
    csv.writer(text).writerows(_rows(orders, columns, guard=True))
    out.write(b"\xef\xbb\xbf" + text.getvalue().encode())


def _rows(
    orders: Sequence[UpperOrder], columns: Sequence[str], *, guard: bool = False
) -> Iterator[list[str]]:
    yield list(columns)
    for order in orders:
        values = {NUMBER_COLUMN: order.number} | dict(order.reply or {})
        row = [str(values.get(name, "")) for name in columns]
        # A cell that a spreadsheet program would take for a formula gets an apostrophe.
        yield [f"'{value}" if guard and value.startswith(("=", "+", "-", "@")) else value for value in row]


def write_photos(orders: Sequence[UpperOrder], packed: zipfile.ZipFile, folder: str = "") -> int:
    """Put the photos of the orders into an archive; where a masked one is made, that one."""
    count = 0
    for order in orders:
        for name, photo in photos_of(order):
            packed.writestr(f"{folder}{name}", content(photo.masked or photo.file))
            count += 1
    return count


def write_files(orders: Sequence[UpperOrder], path: Path) -> tuple[Path, int]:
    """Write table and archive of photos beside each other; returns the archive and how many photos."""
    with path.open("wb") as out:
        write_table(orders, out, "xlsx" if path.suffix.lower() == ".xlsx" else "csv")
    archive = path.with_name(f"{path.stem}-photos.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        photos = write_photos(orders, packed)
    if not photos:
        archive.unlink()
    return archive, photos

"""Sheets that say what they are, of when, and whether they are simulated."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.places.models import District
from chengzhi.web.field.wording import local

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 24


def sheet(
    book: Any, title: str, district: District, what: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """One sheet: district and subject, moment, a word on simulated data, heads, rows."""
    page = book.add_worksheet(title[:31])
    bold, warn = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#FFE9C7"})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.write(0, 0, f"{local(district)} · {what}", bold)
    page.write(1, 0, _("As of %(moment)s UTC") % {"moment": f"{clock.now():%Y-%m-%d %H:%M}"})
    if district.simulated:
        page.write(2, 0, _("Simulated data: no real place, person or authority"), warn)
        page.set_header("&C&B" + _("Simulated data"))
    page.write_row(4, 0, list(heads), head)
    page.freeze_panes(5, 0)
    page.set_column(0, max(0, len(heads) - 1), WIDTH)
    page.repeat_rows(4)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    for line, row in enumerate(rows, 5):
        for column, cell in enumerate(row):
            if cell is not None:
                page.write(line, column, cell, wrap if isinstance(cell, str) else None)


def answer(content: bytes, name: str) -> HttpResponse:
    """The workbook as a download."""
    made = HttpResponse(content, content_type=TYPE)
    made["Content-Disposition"] = f'attachment; filename="{name}"'
    return made

"""The evaluation as a workbook: one sheet of figures, one of methods."""

import io
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengzhi.outcomes.evaluation import evaluate
from chengzhi.outcomes.figures import Evaluation, Figure
from chengzhi.web.access import Request, permitted
from chengzhi.web.evaluation.choosing import Choice, choose
from chengzhi.web.evaluation.indicator import method
from chengzhi.web.evaluation.showing import indicator_name, language, unit_name

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permitted("evaluation.view")
def workbook(request: Request) -> HttpResponse:
    """All rows of a period; every sheet says what it is, as of when, and whether it is simulated."""
    choice = choose(request)
    found = evaluate(choice.district, choice.period, choice.by)
    kept = io.BytesIO()
    # text that begins with = stays text: nothing in a cell is ever a formula
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(kept, options) as book:
        _figures(book, choice, found)
        _methods(book, choice, found)
    name = f"evaluation-{choice.district.slug}-{choice.period.label}-{choice.by.value}.xlsx"
    answer = HttpResponse(kept.getvalue(), content_type=TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sheet(book: Any, title: str, choice: Choice, found: Evaluation) -> Any:
    sheet = book.add_worksheet(title)
    bold, warn = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#FFE9C7"})
    district = choice.district
    name = district.name if language().startswith("zh") else district.name_en
    sheet.write(0, 0, f"{name} · {choice.period.label} · {choice.by_name}", bold)
    sheet.write(1, 0, _("As of %(moment)s UTC") % {"moment": f"{found.as_of:%Y-%m-%d %H:%M}"})
    if district.simulated:
        sheet.write(2, 0, _("Simulated data: no real place, person or authority"), warn)
        sheet.set_header("&C&B" + _("Simulated data"))
    sheet.repeat_rows(4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return sheet


def _figures(book: Any, choice: Choice, found: Evaluation) -> None:
    sheet = _sheet(book, _("Figures"), choice, found)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    share, one = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "0.0"})
    titles = [
        pgettext("evaluated", "Unit"), _("Name"), _("Indicator"), _("Numerator"), _("Denominator"), _("Value"),
        _("95 % from"), _("95 % to"), _("Points"), _("Grade"), _("n"), _("Holders"),
    ]  # fmt: skip
    sheet.write_row(4, 0, titles, head)
    sheet.freeze_panes(5, 0)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 2, 26)
    for line, row in enumerate(found.rows, 5):
        cells = _cells(choice, row)
        formats = [
            None,
            None,
            None,
            None,
            None,
            _format(row, share, one),
            share,
            share,
            one,
            None,
            None,
            None,
        ]
        for place, (cell, style) in enumerate(zip(cells, formats, strict=True)):
            if cell is not None:
                sheet.write(line, place, cell, style)


def _format(row: Figure, share: Any, one: Any) -> Any:
    return share if row.denominator is not None else one if row.numerator is None else None


def _cells(choice: Choice, row: Figure) -> list[Any]:
    low, high = row.interval or (None, None)
    grade = row.grade or (_("too few") if row.small else None)
    return [
        row.unit or "", unit_name(row), indicator_name(choice, row.indicator, row.unit), row.numerator,
        row.denominator, row.value, low, high, row.points, grade, row.n, row.holders,
    ]  # fmt: skip


def _methods(book: Any, choice: Choice, found: Evaluation) -> None:
    sheet = _sheet(book, _("Method"), choice, found)
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(
        4, 0, [_("Indicator"), _("Meaning"), _("Formula"), _("Due in the period"), _("Source")], head
    )
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 4, 48)
    for line, metric in enumerate(choice.metrics, 5):
        said = method(metric)
        texts = [metric.name(language()), said["meaning"], said["formula"], said["due"], said["source"]]
        sheet.write_row(line, 0, texts, wrap)

"""Workbooks of registers, written and loaded for the tests."""

from datetime import datetime
from pathlib import Path

import xlsxwriter
from django.utils.translation import override

from chengzhi.pipeline import register_runs as runs
from chengzhi.pipeline.models import ImportReject
from chengzhi.registers.models import RegisteredObject

from ..cases.town import FRIDAY

HEAD = ["编号", "名称", "经度", "纬度", "设置形式", "面积", "安全检查日期"]


def xlsx(path: Path, rows, merges=(), widths=None) -> Path:
    """A workbook with rows; a merge is (first row, first column, last row, last column, value)."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy/m/d"})
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(at, place, value, day)
            elif value is not None:
                sheet.write(at, place, value)
    for merge in merges:
        sheet.merge_range(*merge)
    book.close()
    return path


def signs(tmp_path, *rows, head=HEAD, **more):
    return xlsx(tmp_path / "signs.xlsx", [head, *rows], **more)


def load(town, path, register="sign", mapping=None, by=None, on=FRIDAY):
    run = runs.start_run(
        district=town.district, path=path, kind=register, mapping=mapping, by=by or town.shift_leader, on=on
    )
    with override("en"):
        return runs.report(runs.carry_out(run, by=by or town.shift_leader, on=on))


def counts(done):
    names = ("read", "loaded", "updated", "existing", "rejected", "flagged")
    return tuple(done[name] for name in names)


def rejects():
    return {(one.row, one.code): one.reason for one in ImportReject.objects.order_by("row")}


def objects():
    return {row.name: row for row in RegisteredObject.objects.all()}

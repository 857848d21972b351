"""Sheets as offices make them: a title over the table, merged cells. What is merged is told, never guessed away.

A title row above the header is passed over. A merged header is refused. A value merged over
several rows counts for each of them, as the sheet shows it, and those rows are flagged.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import fastexcel
import polars as pl
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.pipeline.sources import ROW, Source, open_source

FLAG = "merged_cell"
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_CELL = re.compile(rb'<c r="[A-Z]{1,3}(\d+)"[^>]*>\s*<(?:v|is|f)')
_USED = re.compile(rb'<dimension ref="([A-Z]{1,3})\d+')
_SHEET = re.compile(rb'<sheet [^>]*r:id="([^"]+)"')
_RELATION = re.compile(rb"<Relationship [^>]*>")
_ID = re.compile(rb' Id="([^"]+)"')
_TARGET = re.compile(rb' Target="([^"]+)"')
_PIECE = 4_000_000
MOST_TITLES = 5


class MergedHeader(Problem):
    """The names of the columns are merged cells, so that a column has no name of its own."""

    code: ClassVar[str] = "import.merged_header"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: rows and columns from 0, both ends in it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """An opened table, with what is merged in its rows (by row number of the data, from 1)."""

    source: Source
    merges: list[Merge] = field(default_factory=list)
    _values: dict[Merge, list[Any]] = field(default_factory=dict)

    def chunks(self, after: int = 0) -> Iterator[tuple[pl.DataFrame, frozenset[int]]]:
        """Frames as `Source.chunks` gives them, blank rows left out, merged values filled in; and the
        numbers of the rows whose values were merged."""
        for frame in self.source.chunks():
            filled, touched = self._filled(frame)
            texts = [name for name in filled.columns if name != ROW]
            kept = filled.filter(~pl.all_horizontal(pl.col(texts).is_null()) & (pl.col(ROW) > after))
            if len(kept):
                yield kept, touched

    def _filled(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, frozenset[int]]:
        first, last = int(frame[ROW][0]), int(frame[ROW][-1])
        here = [one for one in self.merges if one.top <= last and one.bottom >= first]
        if not here:
            return frame, frozenset()
        columns = {name: frame[name].to_list() for name in self._named(here)}
        touched: set[int] = set()
        for one in here:
            self._fill(one, columns, first, last)
            touched.update(range(max(one.top, first), min(one.bottom, last) + 1))
        made = [pl.Series(name, values, pl.String) for name, values in columns.items()]
        return frame.with_columns(made), frozenset(touched)

    def _named(self, merges: list[Merge]) -> list[str]:
        every = self.source.columns
        places = sorted({place for one in merges for place in range(one.left, one.right + 1)})
        return [every[place] for place in places if place < len(every)]

    def _fill(self, one: Merge, columns: dict[str, list[Any]], first: int, last: int) -> None:
        """Down from the range's first cell; a range over several columns keeps its value in the first."""
        name = self.source.columns[one.left] if one.left < len(self.source.columns) else ""
        if name not in columns:
            return
        column = columns[name]
        if one.top >= first:
            self._values[one] = [column[one.top - first]]
        value = self._values.get(one, [None])[0]
        for row in range(max(one.top, first), min(one.bottom, last) + 1):
            column[row - first] = value


def open_sheet(path: Path) -> Sheet:
    """Open a table of a register. Raises UnreadableFile, PackedTooTight, MergedHeader."""
    source = open_source(path)
    if source.kind != "xlsx":
        return Sheet(source)
    merges, begins = _merges(path)
    if not merges:
        return Sheet(source)
    moved = [Merge(one.top - begins, one.left, one.bottom - begins, one.right) for one in merges]
    source.header_row = _header_row(moved, len(source.columns))
    if source.header_row:
        names = fastexcel.read_excel(path).load_sheet(0, header_row=source.header_row, n_rows=0)
        source.columns = [column.name for column in names.available_columns()]
    header = [one for one in moved if one.top <= source.header_row <= one.bottom]
    if header:
        raise _merged_header(header[0], begins)
    below = source.header_row
    data = [Merge(o.top - below, o.left, o.bottom - below, o.right) for o in moved if o.top > below]
    return Sheet(source, data)


def _header_row(merges: list[Merge], columns: int) -> int:
    """Rows from the top that are one merged cell over at least half of the columns are a title."""
    wide = {
        row
        for one in merges
        for row in range(one.top, one.bottom + 1)
        if 2 * (one.right - one.left + 1) >= columns > 1
    }
    row = 0
    while row in wide and row < MOST_TITLES:
        row += 1
    return row


def _merged_header(one: Merge, begins: int) -> MergedHeader:
    cells = f"{_letters(one.left)}{one.top + begins + 1}:{_letters(one.right)}{one.bottom + begins + 1}"
    return MergedHeader(
        _("The names of the columns are merged cells (%(cells)s).") % {"cells": cells},
        _("So it cannot be told which column is which."),
        _("Unmerge them and give each column its own name in one row."),
    )


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _merges(path: Path) -> tuple[list[Merge], int]:
    """Merged ranges of the first sheet, and the first row (from 0) that holds anything.

    The columns of the ranges are counted from the first one in use, as the reader counts them.
    """
    with zipfile.ZipFile(path) as archive, archive.open(_first_sheet(archive)) as file:
        found: list[Merge] = []
        begins, left, rest = -1, -1, b""
        while piece := file.read(_PIECE):
            text = rest + piece
            if left < 0:
                used = _USED.search(text)
                left = _column(used[1]) if used else 0
            if begins < 0 and (cell := _CELL.search(text)):
                begins = int(cell[1]) - 1
            end = 0
            for match in _MERGE.finditer(text):
                end = match.end()
                sides = _column(match[1]) - left, _column(match[3]) - left
                found.append(Merge(int(match[2]) - 1, sides[0], int(match[4]) - 1, sides[1]))
            rest = text[max(end, len(text) - 200) :]
        return found, max(begins, 0)


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The file of the sheet that stands first in the book; no XML parser, as the file is a stranger's."""
    names = archive.namelist()
    try:
        sheet = _SHEET.search(archive.read("xl/workbook.xml"))
        relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    except KeyError:
        sheet, relations = None, []
    wanted = sheet[1] if sheet else b""
    for one in relations:
        number, target = _ID.search(one), _TARGET.search(one)
        if number and target and number[1] == wanted:
            path = target[1].decode(errors="replace").lstrip("/")
            return path if path in names else f"xl/{path}"
    return next((name for name in names if name.startswith("xl/worksheets/")), "")

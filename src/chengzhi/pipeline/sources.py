"""Reading files in chunks: CSV, XLSX and Parquet, told apart by content, never held whole."""

import csv as plain_csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fastexcel
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
from django.utils.translation import gettext as _

from chengzhi.errors import Problem

CHUNK = 50_000
MOST_UNPACKED = 2_000_000_000  # bytes an XLSX may unpack to
MOST_RATIO = 200  # times its own size; real sheets stay below 30
ROW = "__row"


class UnreadableFile(Problem):
    """The file is none of the kinds that can be read, or is damaged."""

    code = "import.unreadable"


class PackedTooTight(Problem):
    """An archive that would unpack to more than the machine should hold."""

    code = "import.zip_bomb"
    status = 413


@dataclass
class Ragged:
    """A line whose number of values differs from the header's."""

    row: int
    why: str
    text: str


@dataclass
class Source:
    """An opened file: its columns, and chunks of rows numbered from 1 (the header is not counted)."""

    path: Path
    kind: str
    columns: list[str]
    ragged: list[Ragged] = field(default_factory=list)
    total: int | None = None
    header_row: int = 0  # of a sheet whose first rows are a title
    _ragged_rows: set[int] = field(default_factory=set)

    def chunks(self, after: int = 0) -> Iterator[pl.DataFrame]:
        """Frames of up to ``CHUNK`` rows with a column ``__row``, behind row ``after``.

        A ragged line keeps its own number: the rows behind it are counted on from there.
        """
        last = 0
        for frame in _READERS[self.kind](self):
            numbers = self._numbers(last, len(frame))
            last = int(numbers[-1]) if len(numbers) else last
            numbered = frame.with_columns(pl.Series(ROW, numbers, pl.Int64))
            if last > after:
                yield numbered.filter(pl.col(ROW) > after) if numbers[0] <= after else numbered

    def skip(self, line: Ragged) -> None:
        """Note a line that could not be split into the columns."""
        self.ragged.append(line)
        self._ragged_rows.add(line.row)

    def _numbers(self, last: int, count: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
        """The numbers in the file of the next ``count`` good rows."""
        between = np.array(sorted(row for row in self._ragged_rows if row > last), dtype=np.int64)
        numbers = np.arange(last + 1, last + 1 + count + len(between), dtype=np.int64)
        return numbers[~np.isin(numbers, between)][:count]


_UNREADABLE = (
    OSError, ValueError, zipfile.BadZipFile, pa.ArrowException, fastexcel.FastExcelError,
    pl.exceptions.PolarsError,
)  # fmt: skip


def open_source(path: Path) -> Source:
    """Find out what a file is and read its header; raises :class:`UnreadableFile`."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        kind = {b"PAR1": "parquet", b"PK\x03\x04": "xlsx"}.get(start, "csv")
        return _OPENERS[kind](path)
    except _UNREADABLE as error:
        raise UnreadableFile(
            _("%(file)s cannot be read.") % {"file": path.name},
            str(error).splitlines()[0][:300] if str(error) else type(error).__name__,
            _(
                "Send CSV (UTF-8 or GB18030), XLSX or Parquet, with the names of the columns in the first row."
            ),
        ) from error


def _open_parquet(path: Path) -> Source:
    file = parquet.ParquetFile(path)
    return Source(path, "parquet", list(file.schema_arrow.names), total=file.metadata.num_rows)


def _open_csv(path: Path) -> Source:
    with path.open(encoding=_encoding(path), newline="") as file:
        header = next(plain_csv.reader(file, delimiter=_delimiter(path)), [])
    names = [name.strip() for name in header]
    if not any(names) or "\x00" in "".join(names):
        raise ValueError(_("There is no header line."))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(_("The header names “%(column)s” twice.") % {"column": twice[0]})
    return Source(path, "csv", names)


def _open_xlsx(path: Path) -> Source:
    _refuse_bomb(path)
    sheet = fastexcel.read_excel(path).load_sheet(0, n_rows=0)
    names = [column.name for column in sheet.available_columns()]
    if not names or all(name.startswith("__UNNAMED__") for name in names):
        raise ValueError(_("There is no header line."))
    return Source(path, "xlsx", names)


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(path.stat().st_size, 100_000):
        raise PackedTooTight(
            _("%(file)s would unpack to %(size)d MB.") % {"file": path.name, "size": unpacked // 1_000_000},
            _("Its content is packed far tighter than a table can be."),
            _("Save the table again with a spreadsheet program, or send it as CSV."),
        )


def _encoding(path: Path) -> str:
    """UTF-8, or GB18030 where the file is not; both are in daily use."""
    with path.open("rb") as file:
        sample = file.read(1_000_000)
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return "gb18030"
    return "utf-8-sig" if sample.startswith(b"\xef\xbb\xbf") else "utf-8"


def _delimiter(path: Path) -> str:
    with path.open(encoding=_encoding(path), errors="replace") as file:
        header = file.readline()
    return max(",;\t|", key=header.count)


def _read_csv(source: Source) -> Iterator[pl.DataFrame]:
    def keep(row: Any) -> str:
        why = f"{row.actual_columns} values where the header has {row.expected_columns}"
        source.skip(Ragged(row.number - 1 if row.number else 0, why, row.text[:2000]))
        return "skip"

    encoding = _encoding(source.path).removesuffix("-sig")
    with arrow_csv.open_csv(
        source.path,
        read_options=arrow_csv.ReadOptions(
            column_names=source.columns, skip_rows=1, block_size=16_000_000, encoding=encoding,
            use_threads=False,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=_delimiter(source.path), newlines_in_values=True, invalid_row_handler=keep
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(source.columns, pa.string()), strings_can_be_null=False
        ),
    ) as reader:  # fmt: skip
        for batch in reader:
            frame = pl.DataFrame(pl.from_arrow(batch))
            yield from frame.iter_slices(CHUNK)


def _read_xlsx(source: Source) -> Iterator[pl.DataFrame]:
    sheet = fastexcel.read_excel(source.path).load_sheet(0, header_row=source.header_row, dtypes="string")
    yield from sheet.to_polars().iter_slices(CHUNK)


def _read_parquet(source: Source) -> Iterator[pl.DataFrame]:
    for batch in parquet.ParquetFile(source.path).iter_batches(batch_size=CHUNK):
        yield pl.DataFrame(pl.from_arrow(batch))


_OPENERS = {"parquet": _open_parquet, "xlsx": _open_xlsx, "csv": _open_csv}
_READERS = {"parquet": _read_parquet, "xlsx": _read_xlsx, "csv": _read_csv}

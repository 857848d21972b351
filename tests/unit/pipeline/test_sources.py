"""Files are told apart by content; what cannot be read is refused in words."""

import zipfile
from pathlib import Path

import pytest
from django.utils.translation import override

from chengzhi.pipeline.mappings import BadMapping, parse
from chengzhi.pipeline.sources import PackedTooTight, UnreadableFile, open_source


def rows(path: Path) -> list[tuple[object, ...]]:
    return [row for frame in open_source(path).chunks() for row in frame.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_csv_of_either_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号;内容\n1;启明街道积水\n".encode(encoding))
    assert rows(path) == [("1", "启明街道积水", 1)]


def test_line_breaks_inside_quotes_are_part_of_the_value(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('n,text\n1,"two\nlines"\n2,b\n')
    assert rows(path) == [("1", "two\nlines", 1), ("2", "b", 2)]


def test_ragged_lines_are_kept_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,text\n1,a\n2\n3,c\n")
    source = open_source(path)
    assert [row for frame in source.chunks() for row in frame.rows()] == [("1", "a", 1), ("3", "c", 3)]
    assert [(line.row, line.text) for line in source.ragged] == [(2, "2")]


def test_rows_behind_ragged_lines_keep_their_numbers_when_the_reading_goes_on_later(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,text\n1,a\n2\n3,c\n4\n5,e\n6,f\n")
    rows = [frame.rows() for frame in open_source(path).chunks(after=3)]
    assert rows == [[("5", "e", 5), ("6", "f", 6)]]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PAR1broken", b"PK\x03\x04broken"])
def test_broken_files_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(content)
    with pytest.raises((UnreadableFile, PackedTooTight)):
        open_source(path)


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(PackedTooTight):
        open_source(path)


def test_header_that_names_a_column_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,n\n1,2\n")
    with pytest.raises(UnreadableFile, match=r"a\.csv"):
        open_source(path)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "title"),
        ({"title": "x", "source_system": "s", "moments": {}, "number": "n"}, "moments"),
        ({"title": "x", "source_system": "s", "moments": {"reported_at": "d"}}, "identifies"),
        ({"title": "x", "source_system": "s", "moments": {"reported_at": "d"}, "number": "n",
          "colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_bad_mapping_names_the_field(body: dict[str, object], word: str) -> None:
    with override("en"), pytest.raises(BadMapping, match=word):
        parse(body, "mine")

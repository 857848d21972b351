"""Ugly text and impossible places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengzhi.reports.problems import TextTooLong
from chengzhi.reports.wording import clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("路灯不亮💡", "路灯不亮💡"),
        ("👨‍👩‍👧 at the pit 🕳️", "👨‍👩‍👧 at the pit 🕳️"),
        ("شارع مكسور", "شارع مكسور"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("pay \u202egpj.exe", "pay gpj.exe"),
        ("x\u2066y\u2069z\ufeff", "xyz"),
        ("\ud800broken", "broken"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree four"),
        ("e\u0301", "é"),
        ("   ", ""),
    ],
)
def test_text_is_kept_but_cleaned(typed, kept):
    assert clean_text(typed) == kept


@given(st.text(max_size=500))
def test_cleaned_text_can_be_stored_and_cleaning_again_changes_nothing(typed):
    kept = clean_text(typed)
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert clean_text(kept) == kept


def test_too_long_is_refused_not_cut():
    with pytest.raises(TextTooLong) as caught:
        clean_text("坑" * 2001)
    assert "2001" in caught.value.what


def test_line_has_single_blanks():
    assert clean_line("  示例路\n 12 号 ") == "示例路 12 号"

"""What pydantic found wrong reads in both languages, with its numbers."""

from datetime import date
from typing import Literal

import pytest
from django.utils.translation import override
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chengzhi.places.faults import WORDS, listed, words
from chengzhi.places.manifest import CaseNumber


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: float = Field(default=1, ge=5)
    count: int = 1
    kind: Literal["a", "b"] = "a"
    name: str = Field(default="", max_length=3)
    day: date | None = None
    needed: str


@pytest.mark.parametrize(
    ("values", "english", "chinese"),
    [
        ({"size": 1}, "must be 5.0 or more", "不得小于 5.0"),
        ({"size": "wide"}, "is not a number", "不是数字"),
        ({"count": "1.5"}, "is not a whole number", "不是整数"),
        ({"kind": "c"}, "must be one of: 'a' or 'b'", "只能是：'a' or 'b'"),
        ({"name": "long"}, "has more than 3 characters", "超过 3 个字符"),
        ({"day": "soon"}, "is not a date such as 2026-04-03", "不是日期，格式如 2026-04-03"),
        ({"colour": "red"}, "is not known here", "不是可用的字段"),
        ({"needed": None}, "is not text", "不是文本"),
    ],
)
def test_a_fault_is_said_in_the_language_of_the_reader(values, english, chinese):
    with pytest.raises(ValidationError) as caught:
        Row.model_validate({"needed": "x"} | values)
    (fault,) = caught.value.errors()
    for language, said in (("en", english), ("zh-hans", chinese)):
        with override(language):
            assert words(fault) == said


def test_a_missing_field_is_named_missing():
    with pytest.raises(ValidationError) as caught:
        Row.model_validate({})
    with override("zh-hans"):
        assert words(caught.value.errors()[0]) == "缺少"


@pytest.mark.parametrize(("language", "start"), [("en", "use {prefix}"), ("zh-hans", "可用 {prefix}")])
def test_our_own_validators_speak_for_themselves(language, start):
    with override(language), pytest.raises(ValidationError) as caught:
        CaseNumber(pattern="{nummer}")
    assert words(caught.value.errors()[0]).startswith(start)


def test_an_unlisted_kind_keeps_its_english():
    assert "url_parsing" not in WORDS
    assert (
        words({"type": "url_parsing", "msg": "Input should be a valid URL"}) == "Input should be a valid URL"
    )


def test_many_faults_are_cut_and_counted():
    with override("zh-hans"):
        assert listed(["甲", "乙", "丙"], most=2) == "甲；乙……另有 1 处。"
    with override("en"):
        assert listed(["a", "b"]) == "a; b."

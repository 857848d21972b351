"""Filters as data: in an address and back, refused when unreadable, asked with the rights of the person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengzhi.cases.filters import BadFilter, Filter, named, read, visible
from chengzhi.people.actor import Actor

from .town import FRIDAY

WORDS = st.lists(st.sampled_from(["reported", "handling", "closed"]), max_size=3, unique=True).map(tuple)
NUMBERS = st.lists(st.integers(1, 10**9), max_size=3, unique=True).map(tuple)
FILTERS = st.builds(
    Filter,
    open=st.sampled_from([None, True, False]), state=WORDS, unit=NUMBERS, type=NUMBERS,
    urgent=st.sampled_from([None, True, False]), mine=st.booleans(),
    due_within_hours=st.none() | st.integers(1, 8784),
    reported_from=st.none() | st.dates(min_value=FRIDAY.date()).filter(lambda day: day.year < 2199),
    q=st.text(max_size=30), order=st.sampled_from(["due", "newest", "closed"]),
)  # fmt: skip


@given(FILTERS)
def test_a_filter_in_an_address_comes_back_the_same(asked):
    from django.http import QueryDict

    assert read(QueryDict(asked.as_address()).dict()) == asked
    assert read(asked.as_query()) == asked


def test_an_address_can_take_a_field_away_and_change_another():
    asked = Filter(open=True, state=("reported", "closed"), urgent=False)
    assert asked.as_address(state=None, q="垃圾") == "open=1&urgent=0&q=%E5%9E%83%E5%9C%BE"
    assert asked.as_address() == "open=1&state=reported%2Cclosed&urgent=0"


@pytest.mark.parametrize(
    "values",
    [
        {"unknown": "1"}, {"unit": "x"}, {"unit": "-1"}, {"unit": str(2**70)}, {"open": "perhaps"},
        {"reported_from": "2026-02-30"}, {"reported_to": "9999-12-31"}, {"order": "id; DROP TABLE"},
        {"due_within_hours": "0"}, {"road_kind": "side"}, {"state": ",".join(["a"] * 300)},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(values):
    with pytest.raises(BadFilter) as caught:
        read(values)
    assert caught.value.what
    assert caught.value.cure


def test_there_are_twelve_named_filters_with_different_keys():
    found = named(FRIDAY.date())
    assert len({one.key for one in found}) == len({one.asked for one in found}) == 12


def test_a_null_byte_and_spaces_are_taken_out_of_the_words():
    assert Filter(q=" 路灯 \x00  不亮 ").q == "路灯 不亮"


def test_who_may_not_view_cases_sees_none():
    nobody = Actor(1, "x", 1, permissions=frozenset({"evaluation.view"}))
    assert str(visible(nobody)) == "(AND: ('pk__in', []))"

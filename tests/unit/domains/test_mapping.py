"""From one code set to another."""

import pytest

from chengzhi.domains.catalogue import (
    CATALOGUE,
    NATIONAL_2007,
    NATIONAL_2013,
    NATIONAL_2026,
    OWN,
    UnknownCode,
)


def to_2026(code, kind="matter", to_kind=None, from_set=NATIONAL_2013):
    found = CATALOGUE.map(code, from_set, NATIONAL_2026, kind, to_kind)
    return found and (found.entry.kind, found.entry.code, found.by, found.certain)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0129", ("matter", "06029", "number", True)),
        ("0201", ("matter", "07001", "number", True)),
        ("0304", ("matter", "08004", "number", True)),
        ("0405", ("matter", "09005", "number", True)),
        ("0507", ("matter", "10001", "special", False)),
        ("0508", ("matter", "10002", "special", True)),
        ("0602", ("matter", "09013", "special", True)),
        ("0128", ("matter", "06028", "number", False)),
        ("E01-10", ("matter", "06010", "number", False)),
    ],
)
def test_events_of_2013(old, new):
    assert to_2026(old) == new


@pytest.mark.parametrize("old", ["0131", "0205", "0501", "0505", "0604"])
def test_events_without_a_successor_are_not_forced(old):
    assert to_2026(old) is None


@pytest.mark.parametrize(("old", "new"), [("0505", "10996"), ("0131", "06999"), ("0502", "10998")])
def test_dropped_events_go_on_under_our_own_numbers(old, new):
    found = CATALOGUE.map(old, NATIONAL_2013, OWN)
    assert (found.entry.code, found.by) == (new, "special")


def test_a_component_stays_one_or_becomes_the_matter_of_its_fault():
    assert to_2026("0137", "component") == ("component", "01037", "number", True)
    assert to_2026("0137", "component", "matter") == ("matter", "01037", "number", True)


def test_a_withdrawn_component_is_found_by_its_name():
    assert to_2026("0506", "component") == ("component", "01069", "name", True)
    assert to_2026("0504", "component") is None


def test_the_2007_list_passes_by_name_only():
    # 0501 is the hawker of 2007; by number it would be a burst pipe of 2013.
    assert to_2026("0501", from_set=NATIONAL_2007) == ("matter", "09001", "name", True)
    found = CATALOGUE.map("0501", NATIONAL_2007, NATIONAL_2013)
    assert (found.entry.code, found.by) == ("0401", "name")
    assert CATALOGUE.map("0509", NATIONAL_2007, NATIONAL_2013) is None


def test_names_of_a_bulletin_pass_by_alias_and_are_marked_for_checking():
    assert to_2026("暴露生活垃圾", from_set="local:liuzhou-2014") == ("matter", "06010", "alias", False)
    assert to_2026("无法定位的部件", from_set="local:liuzhou-2014") is None
    assert to_2026("路灯", "component", "matter", "local:liuzhou-2014")[1] == "01037"


def test_back_from_2026():
    found = CATALOGUE.map("06029", NATIONAL_2026, NATIONAL_2013)
    assert (found.entry.code, found.by) == ("0129", "number")
    assert CATALOGUE.map("10001", NATIONAL_2026, NATIONAL_2013).entry.code == "0507"
    assert CATALOGUE.map("06051", NATIONAL_2026, NATIONAL_2013) is None


def test_every_certain_mapping_there_and_back_is_the_same_entry():
    for entry in CATALOGUE.of(NATIONAL_2013):
        found = CATALOGUE.map(entry.code, NATIONAL_2013, NATIONAL_2026, entry.kind)
        if found is None or not found.certain:
            continue
        back = CATALOGUE.map(found.entry.code, NATIONAL_2026, NATIONAL_2013, found.entry.kind)
        assert back is not None
        assert back.entry == entry


def test_most_of_2013_has_a_successor():
    whole = CATALOGUE.of(NATIONAL_2013)
    gone = [e for e in whole if CATALOGUE.map(e.code, NATIONAL_2013, NATIONAL_2026, e.kind) is None]
    assert len(whole) == 192
    assert len(gone) == 10


def test_an_unknown_code_is_refused():
    with pytest.raises(UnknownCode):
        CATALOGUE.map("0199", NATIONAL_2013, NATIONAL_2026)

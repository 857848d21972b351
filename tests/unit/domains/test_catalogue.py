"""The catalogue: counts of the standard, holes, search, local codes."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from chengzhi.domains.catalogue import (
    CATALOGUE,
    NATIONAL_2007,
    NATIONAL_2013,
    NATIONAL_2026,
    OWN,
    Catalogue,
    DuplicateCode,
    NoLocalCode,
    UnknownCode,
    WithdrawnCode,
)


def test_the_2026_set_has_153_components_and_250_matters():
    assert len(CATALOGUE.of(NATIONAL_2026, "component")) == 153
    assert len(CATALOGUE.of(NATIONAL_2026, "matter")) == 250


def test_classes_have_the_sizes_of_the_standard():
    components = Counter(entry.big for entry in CATALOGUE.of(NATIONAL_2026, "component"))
    assert components == {"01": 76, "02": 44, "03": 16, "04": 14, "05": 3}
    matters = Counter(entry.big for entry in CATALOGUE.of(NATIONAL_2026, "matter"))
    assert matters == {**components, "06": 51, "07": 7, "08": 16, "09": 21, "10": 2}


def test_component_and_matter_of_one_number_are_different():
    assert CATALOGUE.entry(NATIONAL_2026, "component", "01001").name == "供水井盖"
    assert CATALOGUE.entry(NATIONAL_2026, "matter", "01001").name == "供水井盖异常"


def test_event_is_the_old_word_for_matter():
    assert CATALOGUE.entry(NATIONAL_2013, "event", "E01-10").name == "暴露生活垃圾"
    assert CATALOGUE.entry(NATIONAL_2013, "component", "C01-37").name == "路灯"


def test_holes_are_the_gaps_of_the_list():
    gaps = set()
    for kind in ("component", "matter"):
        taken = {entry.code for entry in CATALOGUE.of(NATIONAL_2026, kind)}
        for big in {code[:2] for code in taken}:
            last = max(int(code[2:]) for code in taken if code[:2] == big)
            numbers = {f"{big}{number:03}" for number in range(1, last + 1)}
            gaps |= {(NATIONAL_2026, kind, code) for code in numbers - taken}
    assert set(CATALOGUE.holes) == gaps


@pytest.mark.parametrize(("kind", "code"), [("component", "01016"), ("matter", "06031")])
def test_a_hole_is_refused_with_its_reason(kind, code):
    with pytest.raises(WithdrawnCode, match=r"01016|06031"):
        CATALOGUE.entry(NATIONAL_2026, kind, code)


@pytest.mark.parametrize("code", ["06099", "6010", "", "abc", "06010 x"])
def test_an_unlisted_code_is_refused(code):
    with pytest.raises(UnknownCode):
        CATALOGUE.entry(NATIONAL_2026, "matter", code)


def test_an_unknown_code_set_is_refused_with_the_known_ones_named():
    with pytest.raises(UnknownCode, match="CJ/T 214-2007"):
        CATALOGUE.entry("GB/T 1", "matter", "06010")


def test_code_sets_change_on_the_first_of_july_2026():
    def in_force(day):
        return {key for key, each in CATALOGUE.code_sets.items() if each.in_force(day)}

    assert NATIONAL_2013 in in_force(date(2026, 6, 30))
    assert NATIONAL_2026 not in in_force(date(2026, 6, 30))
    assert NATIONAL_2026 in in_force(date(2026, 7, 1))
    assert NATIONAL_2013 not in in_force(date(2026, 7, 1))


def test_every_entry_of_the_2026_set_has_an_english_name_of_its_own():
    names = [entry.name_en for entry in CATALOGUE.of(NATIONAL_2026)]
    assert all(names)
    assert len(set(names)) == len(names) == 403


def test_every_entry_says_how_sure_it_is():
    assert {entry.confidence for entry in CATALOGUE.entries} == {"high", "medium", "low"}
    low = CATALOGUE.entry(NATIONAL_2013, "matter", "0409")
    assert (low.name, low.confidence) == ("机动车乱停放", "low")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("06010", "06010"),
        ("暴露垃圾", "06010"),
        ("bllj", "06010"),
        ("BLLJ", "06010"),
        ("小广告", "07001"),
        ("牛皮癣", "07001"),
        ("路灯", "01037"),
        ("夜市", "09002"),
        ("ltsk", "06029"),
        ("pothole", "06013"),
        ("illegal small", "07001"),
        ("流动摊贩", "09001"),
        ("luduan", None),
    ],
)
def test_the_first_find(text, code):
    found = CATALOGUE.search(text, NATIONAL_2026, kind="matter")
    assert (found[0].code if found else None) == code


def test_search_by_two_characters_finds_all_and_obeys_the_limit():
    found = CATALOGUE.search("井盖", NATIONAL_2026, limit=100, kind="matter")
    assert len(found) == 20
    assert all("井盖" in entry.name for entry in found)
    assert len(CATALOGUE.search("井盖", limit=3)) == 3


@pytest.mark.parametrize("text", ["", "   ", "zzzzzz", "%", "' OR 1=1"])
def test_what_fits_nothing_finds_nothing(text):
    assert CATALOGUE.search(text) == []


def test_every_2026_matter_is_found_by_its_code_and_its_name():
    for entry in CATALOGUE.of(NATIONAL_2026, "matter"):
        assert CATALOGUE.search(entry.code, NATIONAL_2026, 1, "matter") == [entry]
        assert CATALOGUE.search(entry.name, NATIONAL_2026, 1, "matter") == [entry]


def local(code, name="测试", code_set=NATIONAL_2026):
    return replace(
        CATALOGUE.entry(NATIONAL_2026, "matter", "06010"),
        code=code,
        big=code[:2],
        name=name,
        code_set=code_set,
    )


def test_local_codes_count_down():
    assert CATALOGUE.next_local_code(NATIONAL_2026, "matter", "06") == "06999"
    extended = CATALOGUE.with_local([local("06999")])
    assert extended.next_local_code(NATIONAL_2026, "matter", "06") == "06998"
    assert extended.next_local_code(NATIONAL_2026, "matter", "07") == "07999"
    assert extended.entry(NATIONAL_2026, "matter", "06999").name == "测试"


def test_a_number_that_fell_out_of_use_is_not_given_again():
    extended = CATALOGUE.with_local([local("06990")])
    assert extended.next_local_code(NATIONAL_2026, "matter", "06") == "06989"


def test_local_codes_of_the_two_digit_space():
    assert CATALOGUE.next_local_code(NATIONAL_2013, "matter", "01") == "0199"
    assert CATALOGUE.next_local_code("local:yuncheng", "matter", "01") == "0178"


def test_own_codes_stay_in_the_space_of_local_numbers():
    own = CATALOGUE.of(OWN)
    assert len(own) == 7
    assert all(80 <= int(entry.code[2:]) <= 999 for entry in own)
    assert CATALOGUE.next_local_code(OWN, "matter", "10") == "10994"


def test_local_codes_run_out():
    full = CATALOGUE.with_local([local("06080")])
    with pytest.raises(NoLocalCode):
        full.next_local_code(NATIONAL_2026, "matter", "06")
    with pytest.raises(NoLocalCode):
        CATALOGUE.next_local_code("local:liuzhou-2014", "matter", "")


@pytest.mark.parametrize(
    ("code", "problem"),
    [("06010", DuplicateCode), ("06060", DuplicateCode), ("06031", WithdrawnCode)],
)
def test_a_local_code_may_not_take_a_number_of_the_standard(code, problem):
    with pytest.raises(problem):
        CATALOGUE.with_local([local(code)])


def test_a_code_stands_only_once():
    with pytest.raises(DuplicateCode):
        Catalogue([*CATALOGUE.entries, CATALOGUE.entries[0]])


def test_the_2007_list_keeps_its_own_order_of_classes():
    assert CATALOGUE.entry(NATIONAL_2007, "matter", "0501").name == "无照经营游商"
    assert CATALOGUE.entry(NATIONAL_2013, "matter", "0401").name == "无照经营游商"

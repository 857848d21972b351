"""Identifiers of components and matters."""

import pytest

from chengzhi.domains.catalogue import NATIONAL_2013, NATIONAL_2026, UnknownCode, WithdrawnCode
from chengzhi.domains.codes import (
    BadIdentifier,
    component_id,
    full_matter_code,
    parse_component_id,
    parse_matter_code,
)


def test_a_component_of_2026_has_17_digits():
    text = component_id("450204", "01037", 12)
    assert text == "45020401037000012"
    found = parse_component_id(text)
    assert (found.district, found.code, found.sequence, found.code_set) == (
        "450204",
        "01037",
        12,
        NATIONAL_2026,
    )
    assert found.entry.name == "路灯"
    assert str(found) == text


def test_a_component_of_2013_has_16_digits():
    found = parse_component_id("3205080101000001")
    assert (found.district, found.code, found.sequence) == ("320508", "0101", 1)
    assert found.code_set == NATIONAL_2013
    assert component_id("320508", "0101", 1, code_set=NATIONAL_2013) == "3205080101000001"


def test_a_matter_has_11_digits():
    assert full_matter_code("450204", "06010") == "45020406010"
    district, entry = parse_matter_code("45020406010")
    assert (district, entry.name) == ("450204", "暴露垃圾")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "450204010370000123",
        "4502040103700001X",
        "05020401037000012",
        "45020401037000000",
        "４５０２０４０１０３７００００１２",
    ],
)
def test_a_wrong_component_identifier_is_refused(text):
    with pytest.raises(BadIdentifier):
        parse_component_id(text)


def test_a_withdrawn_or_unknown_class_is_refused():
    with pytest.raises(WithdrawnCode):
        parse_component_id("45020401016000001")
    with pytest.raises(UnknownCode):
        parse_component_id("45020409037000001")
    with pytest.raises(WithdrawnCode):
        full_matter_code("450204", "07005")


@pytest.mark.parametrize("district", ["", "45020", "0450204", "045020", "45020x"])
def test_a_wrong_district_is_refused(district):
    with pytest.raises(BadIdentifier):
        full_matter_code(district, "06010")


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_a_running_number_has_six_digits(sequence):
    with pytest.raises(BadIdentifier):
        component_id("450204", "01037", sequence)


@pytest.mark.parametrize("text", ["4502040601", "450204060100", "45020406O10"])
def test_a_wrong_matter_code_is_refused(text):
    with pytest.raises(BadIdentifier):
        parse_matter_code(text)

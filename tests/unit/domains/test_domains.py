"""The nine domains; a tenth needs one file and nothing else."""

from pathlib import Path

import pytest

import chengzhi.domains
from chengzhi.domains import (
    CASE_TYPES,
    DOMAINS,
    GENERAL_TYPES,
    BadDomain,
    UnknownCaseType,
    case_type_of,
    domain_of,
    registry,
)
from chengzhi.domains.catalogue import CATALOGUE, NATIONAL_2026, OWN
from chengzhi.domains.domain import SET_BY_DISTRICT, Filing, case_type, evidence, limit_keys, outcomes
from chengzhi.law.units import Limit

TENTH = '''
"""A fictional tenth domain."""

from chengzhi.domains.domain import Checklist, Domain, Filing, Item, Measurement, case_type

DOMAIN = Domain(
    key="noise",
    number=10,
    name="噪声治理",
    name_en="Noise",
    lead="夜里安静。",
    lead_en="Quiet nights.",
    types=(case_type("06028", Filing("noise", "噪声扰民", "Noise nuisance", "stopped")),),
    checklists=(Checklist("night", "夜查", "Night round", (Item("quiet", "安静", "Quiet"),)),),
    measurements=(Measurement("level", "声级", "Sound level", "dB"),),
    violations=("NOI-005",),
    indicators=("closing_rate",),
)
'''


def with_file(folder, text):
    (folder / "noise.py").write_text(text, encoding="utf-8")
    return registry.discover([*chengzhi.domains.__path__, str(folder)])


def test_the_nine_domains_in_their_order():
    assert [domain.name for domain in DOMAINS] == [
        "广告治理",
        "道路扬尘",
        "露天烧烤",
        "以克论净",
        "公厕管理",
        "城市容貌",
        "“五车”治理",
        "马路市场（夜市）占道经营",
        "打击“两违”",
    ]
    assert [domain.number for domain in DOMAINS] == list(range(1, 10))


def test_a_tenth_domain_needs_one_file(tmp_path):
    domains = with_file(tmp_path, TENTH)
    assert len(domains) == 10
    types = registry.types_by_code(domains, registry.general_types(domains))
    domain, each = types["06028"]
    assert domain.key == "noise"
    assert each.conditions[0].limit() == Limit(2, "urgent_hours")
    assert domain_of("06028") is None  # and the nine are as they were


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('key="noise"', 'key="toilets"', "toilets"),
        ("number=10", "number=3", "number 3"),
        ('case_type("06028"', 'case_type("06029"', "06029"),
        ('"Sound level", "dB"', '"Sound level", "dB", "measurements/none"', "measurements/none"),
        ("NOI-005", "NOI-999", "NOI-999"),
        ('"stopped"', '"forgotten"', "forgotten"),
    ],
)
def test_a_domain_file_with_a_wrong_name_is_refused(tmp_path, old, new, named):
    assert old in TENTH
    with pytest.raises(BadDomain, match=named):
        with_file(tmp_path, TENTH.replace(old, new))


def test_every_matter_of_the_catalogue_can_be_routed():
    national = {entry.code for entry in CATALOGUE.of(NATIONAL_2026, "matter")}
    assert national <= set(CASE_TYPES)
    own = {entry.code for entry in CATALOGUE.of(OWN)}
    assert set(CASE_TYPES) - national == own
    assert {"09999", "10999"} <= own


def test_what_the_2026_list_dropped_can_still_be_filed():
    assert case_type_of("10996").condition("collapsed").limit() == Limit(2, "urgent_hours")
    assert domain_of("10996") is None
    assert case_type_of("10996").code_set == OWN


def test_a_manhole_lies_outside_the_nine_domains_and_has_limits():
    assert domain_of("01002") is None
    missing = case_type_of("01002").condition("missing")
    assert missing.limit() == Limit(2, "urgent_hours")
    assert missing.outcome == "secured"


def test_general_types_and_domains_share_no_code():
    inside = {each.code for domain in DOMAINS for each in domain.types}
    assert not inside & {each.code for each in GENERAL_TYPES}


def test_an_unknown_case_type_is_refused():
    with pytest.raises(UnknownCaseType):
        case_type_of("99999")


@pytest.mark.parametrize(
    ("code", "condition", "limit"),
    [
        ("06001", "under_construction", Limit(2, "urgent_days")),
        ("06001", "finished", Limit(15, "working_days")),
        ("06010", "exposed", Limit(4, "working_hours")),
        ("06029", "grilling", Limit(2, "urgent_hours")),
        ("07003", "pole_wall_roof", Limit(5, "working_days")),
        ("03001", "closed", Limit(4, "working_hours")),
        ("09006", "occupying", Limit(2, "urgent_hours")),
    ],
)
def test_limits_as_seen_in_one_city(code, condition, limit):
    found = case_type_of(code).condition(condition)
    assert found.limit("1") == limit
    assert found.status == "seen"
    assert found.source.startswith("[S3]")


def test_what_was_not_seen_has_no_limit_and_says_so():
    for _, each in CASE_TYPES.values():
        for condition in each.conditions:
            assert bool(condition.limits) == (condition.status != SET_BY_DISTRICT)
            assert bool(condition.limits) == bool(condition.source)


def test_an_area_class_may_have_its_own_limit():
    found = case_type_of("06010").condition("exposed")
    own = type(found)(**{**vars(found), "limits": {"1": Limit(2, "working_hours")}})
    assert own.limit("1") == Limit(2, "working_hours")
    assert own.limit("2") is None


def test_no_row_of_limits_is_left_unused():
    used = {(each.code, one.key) for _, each in CASE_TYPES.values() for one in each.conditions}
    assert limit_keys() <= used


def test_every_domain_is_whole_in_both_languages():
    for domain in DOMAINS:
        assert domain.lead
        assert domain.lead_en
        assert domain.checklists
        assert domain.measurements
        assert domain.violations
        assert domain.indicators
        for each in domain.types:
            assert each.name
            assert each.name_en
            for condition in each.conditions:
                assert condition.name
                assert condition.name_en
                assert condition.outcome in outcomes()
                assert set(condition.evidence) <= set(evidence())


def test_a_filing_condition_stands_only_once():
    twice = Filing("a", "甲", "A", "stopped")
    with pytest.raises(BadDomain, match="twice"):
        case_type("06028", twice, twice)


def test_nothing_but_its_file_names_a_domain():
    folder = Path(chengzhi.domains.__file__).parent
    machinery = ["__init__", "domain", "registry", "entries", "reference", "catalogue", "mapping"]
    for name in machinery:
        text = (folder / f"{name}.py").read_text("utf-8")
        for domain in DOMAINS:
            assert f'"{domain.key}"' not in text
            assert f"import {domain.key}" not in text

"""Lists, words, maps, calendars: the same answer as a plain look through all rows would give."""

import json
import random
from datetime import date
from types import SimpleNamespace

import pytest
from django.test.utils import CaptureQueriesContext

from chengzhi.people.actor import Actor
from chengzhi.places.boxes import Box
from chengzhi.registers import actions, maps, queries
from chengzhi.registers.filters import BadFilter
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.queries import Filter

from ..cases.town import FRIDAY
from .things import party, thing

pytestmark = pytest.mark.django_db


@pytest.fixture
def street(town):
    """Thirty bins and three signs at drawn points."""
    draw = random.Random(7)
    bins = [
        thing(town, "bin", f"启明路果皮箱{n}" if n % 3 else f"河堤路果皮箱{n}", lon=109.3 + draw.random() / 10,
              lat=24.3 + draw.random() / 10)
        for n in range(30)
    ]  # fmt: skip
    return SimpleNamespace(town=town, bins=bins, signs=[thing(town, "sign", f"大牌{n}") for n in range(3)])


def walk(asked, actor, limit=7):
    found, after = [], None
    while True:
        page = queries.page(asked, actor, after=after, limit=limit, today=date(2026, 4, 3))
        found += [row.pk for row in page.rows]
        if page.next is None:
            assert page.total == len(found)
            return found
        after = page.next


def test_pages_walk_every_row_once_in_order(street):
    actor = street.town.inspector
    assert walk(Filter(), actor) == [row.pk for row in (*street.bins, *street.signs)]
    assert walk(Filter(kind="sign"), actor, limit=1) == [row.pk for row in street.signs]
    first = queries.page(Filter(kind="bin"), actor, limit=10)
    assert (first.total, first.capped) == (30, False)


def test_words_find_by_any_two_signs_and_numbers_exactly(street):
    actor = street.town.inspector
    bank = [row.pk for n, row in enumerate(street.bins) if n % 3 == 0]
    assert walk(Filter(text="河堤"), actor, limit=3) == bank
    assert walk(Filter(text="河堤路 果皮"), actor) == bank
    assert walk(Filter(text=street.signs[1].number.lower()), actor) == [street.signs[1].pk]
    assert walk(Filter(text="没有"), actor) == []
    assert [row.pk for row in queries.search(Filter(kind="sign"), actor, "大牌2")] == [street.signs[2].pk]


def test_rare_words_are_found_behind_the_window(street, monkeypatch):
    monkeypatch.setattr(queries, "NEAR", 4)
    bank = [row.pk for n, row in enumerate(street.bins) if n % 3 == 0]
    assert walk(Filter(text="河堤"), street.town.inspector, limit=3) == bank


def test_each_filter_keeps_what_it_says(street):
    town, actor = street.town, street.town.inspector
    owner = party(town, "advertiser")
    sign, bin_ = street.signs[0], street.bins[0]
    actions.correct(sign.pk, changes={"party_id": owner.pk}, version=None, by=town.shift_leader, on=FRIDAY)
    actions.grant_permit(sign.pk, starts_on=date(2025, 1, 1), ends_on=date(2026, 4, 20), by=town.shift_leader, on=FRIDAY)  # fmt: skip
    actions.grant_permit(street.signs[1].pk, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 1), by=town.shift_leader, on=FRIDAY)  # fmt: skip
    actions.advance_object(bin_.pk, "remove", by=town.shift_leader, on=FRIDAY, reason="x")
    RegisteredObject.objects.filter(pk=street.bins[1].pk).update(
        check_due_on=date(2026, 4, 3), flags=["incomplete"]
    )
    RegisteredObject.objects.filter(pk=street.bins[2].pk).update(check_due_on=date(2026, 4, 4))
    assert walk(Filter(party=owner.pk), actor) == [sign.pk]
    assert walk(Filter(permit="expiring"), actor) == [sign.pk]
    assert walk(Filter(permit="expired"), actor) == [street.signs[1].pk]
    assert walk(Filter(kind="sign", permit="none"), actor) == [street.signs[2].pk]
    assert walk(Filter(check="due"), actor) == [street.bins[1].pk]
    assert walk(Filter(flag="incomplete"), actor) == [street.bins[1].pk]
    assert walk(Filter(live=False), actor) == [bin_.pk]
    assert walk(Filter(state="removed"), actor) == [bin_.pk]
    assert walk(Filter(area=town.area.pk, kind="sign"), actor) == [row.pk for row in street.signs]
    assert queries.counts(town.district.pk) == {"bin": 29, "sign": 3}
    days = queries.calendar(town.district.pk, date(2026, 4, 1), date(2026, 4, 30))
    assert days == {
        "permit": {date(2026, 4, 20): 1}, "check": {date(2026, 4, 3): 1, date(2026, 4, 4): 1},
    }  # fmt: skip
    assert [row.pk for row in queries.expiring(town.district.pk, date(2026, 4, 30))] == [
        street.signs[1].pk, sign.pk,
    ]  # fmt: skip
    assert [row.pk for row in queries.checks_due(town.district.pk, date(2026, 4, 3))] == [street.bins[1].pk]


def test_nobody_sees_another_district_and_nothing_without_the_right(street):
    stranger = Actor(1, "x", street.town.district.pk + 1, permissions=frozenset({"register.view"}))
    assert walk(Filter(), stranger) == []
    assert walk(Filter(text="启明"), stranger) == []
    assert walk(Filter(text=street.signs[0].number), stranger) == []
    powerless = Actor(1, "x", street.town.district.pk)
    assert walk(Filter(), powerless) == walk(Filter(text="启明"), powerless) == []
    assert maps.places(Filter(live=True), powerless, Box(109, 24, 110, 25), 12) == maps.Places()


@pytest.mark.parametrize("token", ["x", "WyJiaW4iLCAwXQ", "eyJhIjoxfQ", "WzEsMl0"])
def test_a_cut_page_address_is_refused(street, token):
    with pytest.raises(BadFilter):
        queries.page(Filter(), street.town.inspector, after=token)


def test_a_merged_double_leaves_the_list_and_its_label_leads_on(street):
    keep, double = street.signs[:2]
    actions.merge(keep.pk, double.pk, by=street.town.shift_leader, on=FRIDAY)
    assert walk(Filter(kind="sign"), street.town.inspector) == [keep.pk, street.signs[2].pk]
    assert walk(Filter(state="merged"), street.town.inspector) == [double.pk]
    assert queries.object_by_public_code(double.public_code.upper()) == keep
    assert queries.object_by_public_code("nothing") is None
    assert sorted(queries.family(keep.pk)) == [keep.pk, double.pk]


def test_the_map_shows_each_object_or_counts_them(street, monkeypatch):
    district, box = street.town.district.pk, Box(109.3, 24.3, 109.4, 24.4)
    shown = json.loads(maps.features(district, "bin", box, 13))["features"]
    assert {one["properties"]["number"] for one in shown} == {row.number for row in street.bins}
    monkeypatch.setattr(maps, "MOST_POINTS", 10)
    counted = json.loads(maps.features(district, ["bin", "sign"], box, 11))["features"]
    assert sum(one["properties"]["count"] for one in counted) == 33
    part = Box(109.3, 24.3, 109.35, 24.35)
    inside = [b for b in street.bins if b.lon <= 109.35 and b.lat <= 24.35]
    monkeypatch.setattr(maps, "MOST_POINTS", 0)
    parted = json.loads(maps.features(district, "bin", part, 12))["features"]
    assert sum(one["properties"]["count"] for one in parted) == len(inside)


def test_a_filtered_map_shows_what_the_filtered_list_has(street, monkeypatch):
    town, box = street.town, Box(109.3, 24.3, 109.4, 24.4)
    actions.advance_object(street.bins[0].pk, "remove", by=town.shift_leader, on=FRIDAY, reason="x")
    asked = [
        Filter(kind="bin", live=True), Filter(kind="bin", live=False), Filter(kind="bin", text="河堤"),
        Filter(kind="bin", text=street.bins[4].number), Filter(live=True, area=town.area.pk), Filter(state="removed"),
        Filter(kind="sign", permit="none"),
    ]  # fmt: skip
    for most in (1_000, 0):
        monkeypatch.setattr(maps, "MOST_POINTS", most)
        for one in asked:
            found = maps.places(one, town.inspector, box, 12)
            listed = walk(one, town.inspector)
            if most:
                assert [row.pk for row in found.objects] == sorted(listed), one
            else:
                assert sum(count for *_point, count in found.clusters) == len(listed), one


def test_a_line_is_drawn_when_one_is_near_enough(town):
    line = {"type": "LineString", "coordinates": [[109.34, 24.34], [109.36, 24.34]]}
    thing(town, "frontage", facts={"duties": "three"}, lon=None, lat=None, shape=line)
    box = Box(109.3, 24.3, 109.4, 24.4)
    near, far = (json.loads(maps.features(town.district.pk, "frontage", box, zoom)) for zoom in (15, 11))
    assert near["features"][0]["geometry"] == line
    assert far["features"][0]["geometry"]["type"] == "Point"


def test_the_nearest_are_those_a_look_at_all_would_give(street):
    lon, lat = 109.352, 24.348
    found = queries.nearest(street.town.district.pk, "bin", lon, lat, limit=5)
    flat = sorted(street.bins, key=lambda b: ((b.lon - lon) * 0.9112) ** 2 + (b.lat - lat) ** 2)
    assert [row.pk for row, _ in found] == [row.pk for row in flat[:5]]
    metres = [far for _, far in found]
    assert metres == sorted(metres)
    assert 0 < metres[0] < 5000
    assert queries.nearest(street.town.district.pk, "bin", lon, lat, states=["removed"]) == []


def test_a_page_asks_the_same_few_questions_however_many_rows(street):
    from django.db import connection

    for text in ("", "河堤"):
        with CaptureQueriesContext(connection) as asked:
            page = queries.page(Filter(text=text), street.town.inspector, limit=10)
            shown = [(row.party, row.area.name if row.area else "", row.unit) for row in page.rows]
        assert len(shown) == 10
        assert len(asked) <= 5, [one["sql"] for one in asked]

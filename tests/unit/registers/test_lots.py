"""Places given by lot: the same for the same list, kept with all that repeats it, refused whole."""

import pytest

from chengzhi.ledger.models import Entry
from chengzhi.registers.actions import advance_object
from chengzhi.registers.by_lot import result, seed_of
from chengzhi.registers.lots import BadDraw, give
from chengzhi.registers.models import LotDraw, RegisteredObject

from ..cases.town import FRIDAY, Town
from .things import party, thing

pytestmark = pytest.mark.django_db
WORDS = "2026-04-01 福彩3D 开奖号 5 2 7"


def market(town: Town, places: int, applicants: int) -> tuple[list[int], list[int]]:
    stalls = [thing(town, "stall_place", f"摊位 {n}") for n in range(places)]
    for one in stalls:
        advance_object(one.pk, "set_up", by=town.shift_leader, on=FRIDAY, reason="征求意见无异议")
    return [one.pk for one in stalls], [party(town, "stallholder", f"摊主{n}").pk for n in range(applicants)]


def drawn(town: Town, places: list[int], parties: list[int], words: str = WORDS) -> LotDraw:
    return give(district_id=town.district.pk, kind="stall_place", places=places, parties=parties, words=words,
                by=town.shift_leader, on=FRIDAY)  # fmt: skip


def test_every_free_place_is_given_and_the_draw_can_be_repeated(town: Town) -> None:
    places, parties = market(town, 3, 5)
    kept = drawn(town, places, parties)
    again = result(seed_of(WORDS, places[::-1], parties[::-1]), kept.places, kept.parties)
    assert kept.seed == seed_of(WORDS, places, parties)
    found = dict(RegisteredObject.objects.filter(pk__in=places).values_list("pk", "party_id"))
    assert found == dict(again.pairs)
    assert sorted([*found.values(), *again.waiting]) == sorted(parties)
    entries = Entry.objects.filter(thing="object", step="draw", thing_id__in=places)
    assert entries.count() == 3
    assert all(kept.seed[:12] in str(one.facts) for one in entries)


def test_another_list_or_other_words_draw_otherwise(town: Town) -> None:
    places, parties = list(range(1, 41)), list(range(100, 140))
    first = result(seed_of(WORDS, places, parties), places, parties)
    assert first != result(seed_of(WORDS + "1", places, parties), places, parties)
    fewer = parties[1:]
    assert first.pairs != result(seed_of(WORDS, places, fewer), places, fewer).pairs


def test_each_applicant_is_drawn_about_as_often_as_any_other() -> None:
    places, parties = [1, 2], list(range(10, 20))
    times = dict.fromkeys(parties, 0)
    for n in range(2000):
        for _place, one in result(seed_of(str(n), places, parties), places, parties).pairs:
            times[one] += 1
    assert all(320 < count < 480 for count in times.values())  # 400 expected, sd 18


def test_a_bad_list_gives_nobody_anything(town: Town) -> None:
    places, parties = market(town, 2, 2)
    shop = party(town, "shop", "甲店").pk
    bad = [([], parties, WORDS), (places, [], WORDS), (places, [parties[0]] * 2, WORDS), (places, [shop], WORDS),
           (places, parties, " "), ([*places, 10**12], parties, WORDS)]  # fmt: skip
    for some, who, words in bad:
        with pytest.raises(BadDraw):
            drawn(town, some, who, words)
    assert not LotDraw.objects.exists()
    drawn(town, places, parties)
    with pytest.raises(BadDraw):  # they are no longer free
        drawn(town, places, parties)
    assert not RegisteredObject.objects.filter(pk__in=places, party=None).exists()

"""What the registers promise, against a plain look at everything: doubles, courses, codes, days."""

import math
import re
from datetime import date, timedelta
from random import Random
from string import Formatter

import pytest

from chengzhi.domains.dates import read_date
from chengzhi.domains.kinds import Kind
from chengzhi.pipeline.register_matching import Doubles
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.registers import components
from chengzhi.registers.courses import course_of
from chengzhi.registers.credit import SIGNS, is_credit_code
from chengzhi.registers.exchange import name_key
from chengzhi.registers.kinds import kinds
from chengzhi.registers.lives import WORKINGS

KINDS = list(kinds().values())


@pytest.mark.parametrize("metres", [0.5, 25.0, 400.0])
def test_a_double_is_found_exactly_where_a_look_at_all_finds_it(metres):
    draw, squeeze = Random(17), math.cos(math.radians(24.3))
    found, seen = Doubles(metres, squeeze), []
    hits = 0
    for _row in range(1_500):
        name = draw.choice(("启明路果皮箱", "启明路 果皮箱", "河堤路果皮箱"))
        lon, lat = (
            109.35 + draw.uniform(-1, 1) * 4 * metres / 1e5,
            24.35 + draw.uniform(-1, 1) * 4 * metres / 1e5,
        )
        near = any(
            key == name_key(name)
            and math.hypot((lon - x) * squeeze * METRES_PER_DEGREE, (lat - y) * METRES_PER_DEGREE) <= metres
            for key, x, y in seen[-200:]
        )
        trial = Doubles(metres, squeeze)
        trial.add_all((key, x, y) for key, x, y in seen[-200:])
        assert trial.near(name, lon, lat) == near
        hits += near
        seen.append((name_key(name), lon, lat))
        found.add(name, lon, lat)
    assert 0 < hits < 1_500
    assert all(found.near(key, lon, lat) for key, lon, lat in seen)


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.key)
def test_a_course_ends_out_of_the_street_and_every_sentence_can_be_told(kind: Kind):
    course, life = course_of(kind), WORKINGS[kind.key].life
    assert not course.ends & course.live
    assert course.live
    for step in life.steps:
        told = {"who", *step.wants, *step.optional, "fields", "number", "until"}
        for sentence in (step.sentence, step.sentence_en):
            assert {name for _, name, _, _ in Formatter().parse(sentence) if name} <= told, step.name
    chinese = [name for name, _english in life.states.values()]
    assert len(set(chinese)) == len(chinese)


@pytest.mark.parametrize("kind", [one for one in KINDS if one.components], ids=lambda one: one.key)
def test_a_component_code_is_6_2_3_6_digits(kind: Kind):
    class District:
        code = "450204"

    good = f"450204{kind.components[0]}000017"
    assert len(good) == 17
    assert not components.faults(kind, District(), good)  # type: ignore[arg-type]
    spoilt = [good[:-1], good + "0", "450205" + good[6:], good[:6] + "99999" + good[11:], good[:-1] + "x"]
    assert all(components.faults(kind, District(), one) for one in spoilt)  # type: ignore[arg-type]


def test_any_one_wrong_sign_of_a_credit_code_shows():
    draw = Random(31)
    for _code in range(40):
        body = "".join(draw.choice(SIGNS) for _sign in range(17))
        good = next(body + sign for sign in SIGNS if is_credit_code(body + sign))
        for place in range(18):
            for sign in SIGNS:
                assert is_credit_code(good[:place] + sign + good[place + 1 :]) == (sign == good[place])


def test_a_day_is_read_in_every_notation_a_sheet_has():
    day = date(1999, 12, 25)
    while day < date(2031, 1, 1):
        serial = (day - date(1899, 12, 30)).days
        said = (
            f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}",
            f"{day.year}年{day.month}月{day.day}日", f"{day:%Y.%m.%d}", f"{day:%Y-%m-%d} 00:00:00", str(serial),
        )  # fmt: skip
        assert {read_date(one) for one in said} == {day}
        day += timedelta(days=37)
    for wrong in ("2026-02-30", "昨天", "2026-13-01", "12/25/2026", "2026年2月", ""):
        assert read_date(wrong) is None, wrong


def test_every_prefix_makes_numbers_that_say_their_register():
    prefixes = [one.prefix for one in KINDS]
    assert len(set(prefixes)) == len(prefixes)
    assert all(re.fullmatch(r"[A-Z]{2}", prefix) for prefix in prefixes)

"""The work list against a plain-Python oracle: the rows, their order, the pages, the rights."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengzhi.cases import textwalk, worklist
from chengzhi.cases.filters import BadFilter, Filter, named
from chengzhi.cases.models import Case, Task
from chengzhi.cases.states import ENDS
from chengzhi.cases.words import bigrams, folded
from chengzhi.people.actor import actor_of

from .town import FRIDAY, build, case_in, later

pytestmark = pytest.mark.django_db
ZONE = "Asia/Shanghai"
NOW = later(hours=6)
STATES = ("reported", "pending_file", "pending_dispatch", "handling", "suspended", "closed", "void")
TEXTS = ("路灯不亮", "路边暴露垃圾", "Broken lamp", "井盖 0101 缺失", "")


def page_all(asked: Filter, actor: Any, limit: int = 3, now: datetime = NOW) -> list[int]:
    """Every page of a filter, followed to the end."""
    found, after = [], None
    for _ in range(200):
        page = worklist.page(asked, actor, ZONE, now=now, after=after, limit=limit)
        found += [case.pk for case in page.cases]
        after = page.next
        if after is None:
            return found
        assert len(page.cases) == limit
    raise AssertionError("the pages do not end")


def due_key(case: Case) -> tuple:
    if case.closed_at is None and case.stage_due_at is not None:
        return (0, case.stage_due_at.timestamp(), case.pk)
    if case.closed_at is None:
        return (1, 0.0, case.pk)
    return (2, -case.closed_at.timestamp(), -case.pk)


def closed_key(case: Case) -> tuple:
    group, at, pk = due_key(case)
    return ((group + 1) % 3, at, pk)


KEYS: dict[str, Callable[[Case], tuple]] = {
    "due": due_key,
    "closed": closed_key,
    "newest": lambda case: (-case.reported_at.timestamp(), -case.pk),
}


def late(case: Case) -> bool:
    if case.closed_at is None:
        return case.stage_due_at is not None and case.stage_due_at < NOW
    return case.handled_at is not None and case.due_at is not None and case.handled_at > case.due_at


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(ZONE)).date()


def fits(case: Case, asked: Filter, actor: Any) -> bool:
    """The plain meaning of a filter, one case at a time."""
    own = "case.view" in actor.district_wide or case.unit_id in actor.unit_ids
    checks = [
        case.district_id == actor.district_id and own,
        asked.open is None or asked.open == (case.closed_at is None),
        not asked.state or case.state in asked.state,
        not asked.unit or case.unit_id in asked.unit,
        not asked.handler or case.handler_id in asked.handler,
        not asked.type or case.type_id in asked.type,
        not asked.channel or case.channel in asked.channel,
        not asked.flag or bool(set(asked.flag) & set(case.flags)),
        not asked.mine or case.handler_id == actor.account_id,
        asked.urgent is None or case.urgent == asked.urgent,
        asked.overdue is None or late(case) == asked.overdue,
        asked.reworked is None or (case.reworks > 0) == asked.reworked,
        asked.suspended is None or (case.suspended_at is not None) == asked.suspended,
        asked.placed is None or (case.cell_id is not None) == asked.placed,
        asked.reported_from is None or day_of(case.reported_at) >= asked.reported_from,
        asked.reported_to is None or day_of(case.reported_at) <= asked.reported_to,
        asked.closed_from is None or (case.closed_at and day_of(case.closed_at) >= asked.closed_from),
        asked.due_within_hours is None
        or (
            case.closed_at is None
            and case.stage_due_at is not None
            and NOW <= case.stage_due_at < NOW + timedelta(hours=asked.due_within_hours)
        ),
    ]
    return all(checks) and (not asked.q or told(case, asked.q))


def told(case: Case, words: str) -> bool:
    text = folded(f"{case.text} {case.address}")
    return all(word.lower() in text for word in words.split())


HOURS = st.integers(-30, 30)


@st.composite
def cases_of_a_town(draw: Any) -> list[dict]:
    rows = []
    for _ in range(draw(st.integers(0, 14))):
        state = draw(st.sampled_from(STATES))
        ended = state in ENDS
        rows.append(
            {
                "state": state,
                "text": draw(st.sampled_from(TEXTS)),
                "hours": draw(HOURS),
                "due": None if ended else draw(st.none() | st.sampled_from([-5, 0, 5, 6, 7, 30])),
                "closed": draw(st.sampled_from([-30, 0, 0, 5])) if ended else None,
                "handled": draw(st.none() | HOURS),
                "limit": draw(st.none() | HOURS),
                "unit": draw(st.sampled_from([None, "squad", "sanitation"])),
                "type": draw(st.sampled_from(["litter", "manhole"])),
                "mine": draw(st.booleans()),
                "urgent": draw(st.booleans()),
                "reworks": draw(st.sampled_from([0, 0, 2])),
                "placed": draw(st.booleans()),
                "channel": draw(st.sampled_from(["web", "phone"])),
                "flags": draw(st.sampled_from([[], ["outside"], ["outside", "no_zip"]])),
            }
        )
    return rows


YES_NO = st.sampled_from([None, None, True, False])
ASKED = st.fixed_dictionaries(
    {
        "open": YES_NO, "urgent": YES_NO, "overdue": YES_NO, "reworked": YES_NO, "suspended": YES_NO,
        "placed": YES_NO, "mine": st.sampled_from([False, False, True]),
        "state": st.lists(st.sampled_from(STATES), max_size=3, unique=True).map(tuple),
        "units": st.lists(st.sampled_from(["squad", "sanitation"]), max_size=2, unique=True),
        "types": st.lists(st.sampled_from(["litter", "manhole"]), max_size=1),
        "channel": st.sampled_from([(), (), ("web",)]), "flag": st.sampled_from([(), (), ("no_zip",)]),
        "reported_from": st.sampled_from([None, None, date(2026, 4, 3), date(2026, 4, 4)]),
        "reported_to": st.sampled_from([None, None, date(2026, 4, 3)]),
        "closed_from": st.sampled_from([None, None, None, date(2026, 4, 3)]),
        "due_within_hours": st.sampled_from([None, None, None, 24]),
        "q": st.sampled_from(["", "", "", "路灯", "垃圾", "lamp", "0101", "路灯不亮", "井盖 缺失", "没有这个"]),
        "order": st.sampled_from(["due", "newest", "closed"]),
    }
)  # fmt: skip


@pytest.fixture
def towns(town: Any) -> list[Any]:
    """The town in a list: hypothesis asks its arguments for attributes that a town has not."""
    return [town]


def filled(town: Any, rows: list[dict], actor: Any) -> None:
    for row in rows:
        hours = {name: row[name] for name in ("due", "closed", "handled", "limit")}
        at = {name: None if value is None else later(hours=value) for name, value in hours.items()}
        unit = getattr(town, row["unit"]) if row["unit"] else None
        Case.objects.filter(pk=case_in(town, row["state"]).pk).update(
            reported_at=later(hours=row["hours"]), stage_due_at=at["due"], closed_at=at["closed"],
            handled_at=at["handled"], due_at=at["limit"], unit=unit, type=getattr(town, row["type"]),
            handler_id=actor.account_id if row["mine"] else None, urgent=row["urgent"],
            reworks=row["reworks"], cell=town.cell if row["placed"] else None,
            suspended_at=FRIDAY if row["state"] == "suspended" else None,
            channel=row["channel"], flags=row["flags"], text=row["text"], bigrams=bigrams(row["text"]),
        )  # fmt: skip


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=cases_of_a_town(), asked=ASKED, role=st.sampled_from(["dispatcher", "handler", "auditor"]))
def test_pages_hold_exactly_the_rows_of_the_oracle_in_its_order(towns, rows, asked, role):
    """Every row once, in order, with unknown deadlines and ties; the count agrees; nothing unseen shows."""
    from django.db import transaction

    (town,) = towns
    asked = dict(asked)
    units = tuple(getattr(town, name).pk for name in asked.pop("units"))
    types = tuple(getattr(town, name).pk for name in asked.pop("types"))
    wanted = Filter(**asked, unit=units, type=types)
    with transaction.atomic():
        actor = getattr(town, role)
        filled(town, rows, actor)
        expected = sorted((c for c in Case.objects.all() if fits(c, wanted, actor)), key=KEYS[wanted.order])
        numbers = [case.pk for case in expected]
        assert page_all(wanted, actor) == numbers
        assert worklist.ids(wanted, actor, ZONE, now=NOW) == numbers
        assert [case.pk for case in worklist.every(wanted, actor, ZONE, now=NOW)] == numbers
        assert worklist.count(wanted, actor, ZONE, now=NOW) == worklist.Count(len(numbers), False)
        assert worklist.total(wanted, actor, ZONE, now=NOW) == len(numbers)
        transaction.set_rollback(True)


def test_every_case_matches_its_own_words(town):
    """The bigram index gives no false misses: any piece of two signs finds the case."""
    case_in(
        town,
        "handling",
        text="广西路与北站路交叉口，路灯3盏不亮 Lamp-Post",
        bigrams=bigrams("广西路与北站路交叉口，路灯3盏不亮 Lamp-Post"),
    )
    for words in ("西路", "北站", "不亮", "LAMP", "post", "路灯 北站", "路灯 lamp"):
        assert len(worklist.page(Filter(q=words), town.dispatcher, ZONE, now=NOW).cases) == 1, words


@pytest.mark.parametrize(("near", "small"), [(2, 3), (2, 100), (5, 0), (1, 0), (3, 1)])
@pytest.mark.parametrize("asked", [Filter(open=True, q="垃圾"), Filter(q="垃圾"), Filter(q="暴露", order="newest"),
                                   Filter(q="垃圾", order="closed"), Filter(q="路灯")])  # fmt: skip
def test_words_common_and_rare_give_the_same_rows(town, monkeypatch, near, small, asked):
    """Found nearby, sorted whole or walked for: the same rows in the same order, page after page."""
    for hours in range(14):
        state = ("handling", "suspended", "closed")[hours % 3]
        due = None if state == "suspended" or hours % 5 == 0 else later(hours=20 - hours // 2 * 2)
        text = "路灯不亮" if hours % 4 == 1 else "路边暴露垃圾"
        closed = {"closed_at": later(hours=hours // 4)} if state == "closed" else {}
        case_in(town, state, on=later(hours=hours // 3), stage_due_at=None if closed else due, text=text,
                bigrams=bigrams(text), **closed)  # fmt: skip
    expected = sorted((c for c in Case.objects.all() if fits(c, asked, town.head)), key=KEYS[asked.order])
    monkeypatch.setattr(textwalk, "NEAR", near)
    monkeypatch.setattr(textwalk, "SMALL", small)
    monkeypatch.setattr(textwalk, "_walk_is_shorter", lambda seen, *_: seen >= 2)
    for limit in (1, 2, 5, 50):
        assert page_all(asked, town.head, limit) == [case.pk for case in expected], limit
    assert worklist.count(asked, town.head, ZONE, now=NOW).number == len(expected)


@pytest.mark.parametrize(("rows", "shorter"), [(100_000, False), (10_000_000, True)])
def test_a_page_is_walked_for_only_where_the_table_has_more_matches(rows, shorter):
    """Ten hits among four thousand: 250 in a small table, 25,000 in a large one; the walk is 16,400."""
    assert textwalk._walk_is_shorter(10, 51, lambda: rows) is shorter
    assert not textwalk._walk_is_shorter(0, 51, lambda: rows)


def test_the_count_of_a_common_word_says_more_than(town, monkeypatch):
    for _ in range(9):
        case_in(town, "handling", stage_due_at=NOW)
    monkeypatch.setattr(textwalk, "NEAR", 6)
    monkeypatch.setattr(textwalk, "SURE", 3)
    assert worklist.count(Filter(open=True, q="垃圾"), town.head, ZONE, now=NOW) == worklist.Count(
        5, capped=True
    )


def test_queues_count_what_waits_and_what_is_late(town):
    for hours in (-3, 2, 9):
        case_in(town, "handling", stage_due_at=later(hours=hours, of=NOW))
    case_in(town, "handling", unit=town.sanitation, stage_due_at=later(hours=-1, of=NOW))
    case_in(town, "pending_close")
    asked = ("handling", "pending_close", "reported")
    assert worklist.queues(asked, town.head, now=NOW) == {
        "handling": (4, 2), "pending_close": (1, 0), "reported": (0, 0),
    }  # fmt: skip
    assert worklist.queues(asked, town.handler, now=NOW)["handling"] == (3, 1)
    assert worklist.queues(asked, town.head, now=NOW, cap=1)["handling"] == (2, 2)


def test_the_exact_number_is_found_whatever_the_filter(town):
    case = case_in(town, "closed", number="柳数管〔2026〕7号")
    asked = Filter(open=True, urgent=True, q="柳数管〔2026〕7号")
    assert page_all(asked, town.dispatcher) == [case.pk]


def test_the_number_of_another_units_case_is_not_found(town):
    case_in(town, "handling", number="S-1", unit=town.sanitation)
    assert worklist.numbered("S-1", town.handler) is None
    assert worklist.numbered("S-1", town.dispatcher) is not None


def test_another_district_is_never_seen(town):
    other = build("other")
    case_in(other, "handling", number="O-1")
    assert page_all(Filter(), town.head) == []
    assert worklist.numbered("O-1", town.head) is None


def test_one_character_is_refused_in_words(town):
    for words in ("灯", "a", "、", "灯 路"):
        with pytest.raises(BadFilter) as caught:
            worklist.page(Filter(q=words), town.dispatcher, ZONE, now=NOW)
        assert caught.value.cure


@pytest.mark.parametrize(
    "token", ["x", "AAAA", "WyJkIixudWxsLDFd", "WyJ6IiwgbnVsbCwgMV0", "W10", "WyJkIiwgIjIwMjYtMDEtMDEiLCAxXQ"]
)
def test_a_cut_page_address_is_refused_in_words(town, token):
    with pytest.raises(BadFilter):
        worklist.page(Filter(), town.dispatcher, ZONE, now=NOW, after=token)


def test_the_count_stops_at_the_cap(town):
    for _ in range(5):
        case_in(town, "handling")
    counted = worklist.count(Filter(open=True), town.dispatcher, ZONE, now=NOW, cap=3)
    assert counted == worklist.Count(3, capped=True)


def test_helping_units_find_the_cases_they_help_with(town):
    case = case_in(town, "handling", unit=town.sanitation)
    Task.objects.create(case=case, district=town.district, kind="cohandle", unit=town.squad, sent_at=FRIDAY)
    assert page_all(Filter(open=True), town.handler) == []
    assert page_all(Filter(open=True, helping=True), town.handler) == [case.pk]


def test_twelve_named_filters_open_for_every_role(town):
    case_in(town, "handling")
    for role in town.actors.values():
        for one in named(NOW.date()):
            page_all(one.asked, role)


def test_rows_of_a_page_cost_the_same_number_of_queries(town, django_assert_num_queries):
    for _ in range(9):
        case_in(town, "handling", stage_due_at=NOW)
    actor = actor_of(town.accounts["dispatcher"], town.district.pk, datetime.now(UTC))
    for limit in (2, 8):
        with django_assert_num_queries(2):
            found = worklist.page(Filter(open=True), actor, ZONE, now=NOW, limit=limit)
            assert [str(case.unit) for case in found.cases] == ["启明中队"] * limit

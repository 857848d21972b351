"""Evidence sheets: the allow-list and nothing else, frozen, the person first."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from chengzhi.branch.appraisal import evidence, named, planning
from chengzhi.branch.appraisal.evidence_models import EvidenceSet, EvidenceSheet
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.branch.appraisal.named_problems import BadPeriod, NotSeenYet, NotYours
from chengzhi.branch.appraisal.problems import NoSuchRound, WrongMoment
from chengzhi.branch.commitments.models import Commitment
from chengzhi.cases.models import Case
from chengzhi.ledger.models import Entry
from chengzhi.people.rules import NotAllowed
from tests.meta.test_formalism import BANNED, snake
from tests.unit.branch.appraisal.named_rounds import branch, planned
from tests.unit.branch.commitments.promises import proposed
from tests.unit.branch.house import House
from tests.unit.branch.rectification.ledger import item_in
from tests.unit.cases.town import FRIDAY, case_in

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)
# What D3 keeps out, by the tables and columns in which the program has such things.
OUT = re.compile(r"photo|sighting|held|ballot|tally|mark|vote|attend|lecture|meeting|document|note|message|login|session"
                 r"|reading|study|hour|minute|publication|file")  # fmt: skip


@pytest.fixture
def home() -> House:
    return branch()


def handled(home: House, name: str, **facts: object) -> Case:
    made = case_in(home.town, "closed", MARCH - timedelta(days=2))
    values = {
        "handler": home.accounts[name],
        "handled_at": MARCH,
        "due_at": MARCH + timedelta(hours=1),
        "closed_at": MARCH,
    }
    Case.objects.filter(pk=made.pk).update(**(values | facts))
    return made


def frozen(home: House, row: Any = None) -> EvidenceSet:
    return evidence.freeze(row or planned(home), first=FIRST, last=LAST, by=home.actor("书记"), on=FRIDAY)


def sheet_of(made: EvidenceSet, home: House, name: str) -> EvidenceSheet:
    return EvidenceSheet.objects.select_related("set").get(set=made, member=home.members[name])


def test_every_kind_comes_from_columns_that_exist_and_none_is_banned() -> None:
    tables = {model._meta.db_table: model for model in apps.get_models()}
    assert evidence.kinds()
    for kind in evidence.kinds():
        assert not BANNED.search(snake(kind.key))
        for column in kind.columns:
            table, name = column.split(".")
            assert name in {field.column for field in tables[table]._meta.concrete_fields}, column
            assert not OUT.search(table), column
            assert not OUT.search(name), column
            assert not BANNED.search(name), column


def test_the_statements_read_the_tables_of_the_list_and_no_other() -> None:
    listed = {column.split(".")[0] for kind in evidence.kinds() for column in kind.columns}
    read = {name for text in evidence.STATEMENTS for name in re.findall(r"(?:FROM|JOIN)\s+(\w+)", text)}
    assert read == listed | {"organisation_member"}
    columns = {
        name for text in evidence.STATEMENTS for _alias, name in re.findall(r"\b([cipl])\.(\w+)", text)
    }
    named_columns = {column.split(".")[1] for kind in evidence.kinds() for column in kind.columns}
    assert columns - named_columns == {"id"}, "only the key joins an item to the one that came after it"
    assert not {name for name in columns if OUT.search(name) or BANNED.search(name)}


def test_a_sheet_holds_the_kinds_of_the_list_the_same_for_all(home: House) -> None:
    made = frozen(home)
    keys = {kind.key for kind in evidence.kinds()}
    rows = EvidenceSheet.objects.filter(set=made)
    assert rows.count() == 9
    assert all(set(one.figures) == keys for one in rows)


def test_the_figures_count_cases_items_and_promises_with_their_n(home: House) -> None:
    handled(home, "甲")
    handled(home, "甲", handled_at=MARCH + timedelta(hours=2))
    handled(home, "甲", handled_at=MARCH + timedelta(hours=2), overdue_excused=True)
    handled(home, "甲", reworks=1, reopened=1, due_at=None)
    handled(home, "甲", state="void")
    handled(home, "甲", handled_at=datetime(2026, 4, 1, 4, tzinfo=UTC))
    handled(home, "乙")
    item_in(home, "in_work", MARCH)
    first = item_in(home, "struck_off", MARCH)
    item_in(home, "found", MARCH, earlier=first)
    promise = proposed(home, "甲")
    Commitment.objects.filter(pk=promise.pk).update(outcome="partly", settled_at=MARCH)
    made = frozen(home)
    figures = sheet_of(made, home, "甲").figures
    assert figures["cases_in_time"] == {"count": 2, "n": 3}
    assert figures["cases_returned"] == {"count": 1, "n": 4}
    assert figures["cases_reopened"] == {"count": 1, "n": 4}
    assert figures["items_struck_off"] == {"count": 1, "n": 2}
    assert figures["items_recurred"] == {"count": 1, "n": 1}
    assert figures["commitments_partly"] == {"count": 1, "n": 1}
    assert figures["commitments_kept"] == {"count": 0, "n": 1}
    assert sheet_of(made, home, "乙").figures["cases_in_time"] == {"count": 1, "n": 1}
    assert sheet_of(made, home, "丙").figures["cases_in_time"] == {"count": 0, "n": 0}


def test_three_statements_whatever_the_number_of_people(home: House, django_assert_num_queries: Any) -> None:
    people = [home.members[name] for name in ("甲", "乙", "丙", "丁", "戊", "书记")]
    evidence.gather(home.town.district.pk, people[:1], FIRST, LAST)
    for some in (people[:1], people):
        with django_assert_num_queries(3):
            evidence.gather(home.town.district.pk, some, FIRST, LAST)


def test_a_frozen_sheet_cannot_be_changed_and_does_not_follow_the_data(home: House) -> None:
    made = frozen(home)
    before = sheet_of(made, home, "甲")
    handled(home, "甲")
    assert sheet_of(made, home, "甲").figures == before.figures
    changes: tuple[dict[str, Any], ...] = ({"figures": {}}, {"digest": "0"})
    for change in changes:
        with pytest.raises(ProgrammingError), transaction.atomic():
            EvidenceSheet.objects.filter(pk=before.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        EvidenceSet.objects.filter(pk=made.pk).update(last=date(2026, 2, 1))
    again = frozen(home, NamedRound.objects.get())
    assert sheet_of(again, home, "甲").figures["cases_in_time"] == {"count": 1, "n": 1}
    assert evidence.latest(NamedRound.objects.get()) == again


def test_the_person_sees_it_first_and_answers_before_others_do(home: House) -> None:
    one = sheet_of(frozen(home), home, "甲")
    assert evidence.sheet(one.pk, by=home.actor("甲")).pk == one.pk
    with pytest.raises(NotSeenYet):
        evidence.sheet(one.pk, by=home.actor("书记"))
    with pytest.raises(NoSuchRound):
        evidence.sheet(one.pk, by=home.actor("乙"))
    with pytest.raises(NoSuchRound):
        evidence.sheet(one.pk, by=home.actor("庚"))
    with pytest.raises(NotYours):
        evidence.answer(one, text="x", by=home.actor("书记"), on=FRIDAY)
    evidence.answer(one, text="三月两件是协办", by=home.actor("甲"), on=FRIDAY)
    read = evidence.sheet(one.pk, by=home.actor("委员"))
    assert evidence.comment(read) == "三月两件是协办"
    assert "协办".encode() not in bytes(read.comment or b"")
    assert Entry.objects.get(thing="evidence", step="answer").facts == {"kept": True}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry t WHERE t::text LIKE '%协办%'")
        assert cursor.fetchone()[0] == 0


def test_who_does_not_answer_cannot_hold_it_up(home: House) -> None:
    one = sheet_of(frozen(home), home, "甲")
    assert not evidence.is_open(one, one.set.comment_until)
    assert evidence.is_open(one, one.set.comment_until + timedelta(days=1))


def test_a_member_without_an_account_has_no_known_cases(home: House) -> None:
    home.members["丙"].account = None
    home.members["丙"].save()
    one = sheet_of(frozen(home), home, "丙")
    assert evidence.sheet(one.pk, by=home.actor("书记")).pk == one.pk, "who leads prints it and hands it over"
    with pytest.raises(NotSeenYet):
        evidence.sheet(one.pk, by=home.actor("委员"))
    figures = one.figures
    assert figures["cases_in_time"] is None
    assert figures["commitments_kept"] == {"count": 0, "n": 0}


def test_bad_periods_and_strangers_are_refused(home: House) -> None:
    row = planned(home)
    lead = home.actor("书记")
    for first, last in ((LAST, FIRST), (FIRST, FRIDAY.date())):
        with pytest.raises(BadPeriod):
            evidence.freeze(row, first=first, last=last, by=lead, on=FRIDAY)
    with pytest.raises(NotAllowed):
        evidence.freeze(row, first=FIRST, last=LAST, by=home.actor("甲"), on=FRIDAY)
    named.step(row, "cancel", by=lead, on=FRIDAY, reason="重复")
    with pytest.raises(WrongMoment):
        evidence.freeze(row, first=FIRST, last=LAST, by=lead, on=FRIDAY)


def test_a_secret_round_has_sheets_too(home: House) -> None:
    row = planning.plan(body=home.first, title="评议", by=home.actor("书记"), on=FRIDAY)
    made = frozen(home, row)
    assert made.round_id == row.pk
    assert evidence.of_member(row, home.members["甲"].pk) == sheet_of(made, home, "甲")

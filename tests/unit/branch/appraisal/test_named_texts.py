"""Self-appraisal, opinion, objection, answer: sealed, the person's own, out of the record."""

from datetime import timedelta

import pytest
from django.db import connection

from chengzhi.branch.appraisal import named, named_texts, planning
from chengzhi.branch.appraisal.models import Ratee
from chengzhi.branch.appraisal.named_models import NamedPerson
from chengzhi.branch.appraisal.named_problems import NotYours
from chengzhi.branch.appraisal.problems import AnswersItself, WrongMoment
from chengzhi.ledger.models import Entry
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.problems import NeedsNotMet
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.appraisal.named_rounds import branch, closed, planned
from tests.unit.branch.house import House
from tests.unit.cases.town import FRIDAY

pytestmark = pytest.mark.django_db
SECRET = "夜间巡查不够，明年改进"


@pytest.fixture
def home() -> House:
    return branch()


def person(home: House, name: str) -> NamedPerson:
    return NamedPerson.objects.select_related("round").get(member=home.members[name])


def nowhere(text: str) -> bool:
    """No table holds the text as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        names = [row[0] for row in cursor.fetchall()]
        assert "appraisal_namedperson" in names
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}" t WHERE t::text LIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                return False
    return True


def test_a_self_appraisal_is_sealed_and_read_in_the_body_alone(home: House) -> None:
    planned(home)
    one = person(home, "甲")
    with pytest.raises(NotYours):
        named_texts.write_self(one, text="x", by=home.actor("书记"), on=FRIDAY)
    named_texts.write_self(one, text=SECRET, by=home.actor("甲"), on=FRIDAY)
    one = person(home, "甲")
    assert named_texts.self_text(one, by=home.actor("甲")) == SECRET
    assert named_texts.self_text(one, by=home.actor("预备")) == SECRET
    assert named_texts.self_text(one, by=home.actor("庚")) == ""
    assert nowhere(SECRET)
    line = Entry.objects.get(thing="named_person", step="self_appraisal")
    assert line.facts == {"kept": True}


def test_the_same_in_a_secret_round_while_the_rule_lets(home: House) -> None:
    row = planning.plan(body=home.first, title="评议", by=home.actor("书记"), on=FRIDAY)
    one = Ratee.objects.select_related("round").get(round=row, member=home.members["甲"])
    with pytest.raises(WrongMoment):
        named_texts.write_self(one, text=SECRET, by=home.actor("甲"), on=FRIDAY)
    advance(row, "begin_self", by=home.actor("书记"), on=FRIDAY)
    one = Ratee.objects.select_related("round").get(pk=one.pk)
    named_texts.write_self(one, text=SECRET, by=home.actor("甲"), on=FRIDAY)
    assert named_texts.self_text(Ratee.objects.get(pk=one.pk), by=home.actor("乙")) == SECRET
    assert nowhere(SECRET)
    named_texts.write_self(one, text=" ", by=home.actor("甲"), on=FRIDAY)
    assert Ratee.objects.get(pk=one.pk).self_text is None


def test_opinion_objection_answer(home: House) -> None:
    row = closed(home)
    with pytest.raises(NotAllowed):
        named_texts.opine(person(home, "乙"), text="x", by=home.actor("乙"), on=FRIDAY)
    named_texts.opine(person(home, "乙"), text="踏实", by=home.actor("委员"), on=FRIDAY)
    assert named_texts.opinion(person(home, "乙"), by=home.actor("乙")) == "", "not before it is told"
    named.step(row, "tell", by=home.actor("书记"), on=FRIDAY)
    assert named_texts.opinion(person(home, "乙"), by=home.actor("乙")) == "踏实"
    assert named_texts.opinion(person(home, "乙"), by=home.actor("丙")) == ""
    with pytest.raises(WrongMoment):
        named_texts.reply(person(home, "乙"), text="y", by=home.actor("委员"), on=FRIDAY)
    with pytest.raises(AnswersItself):
        named_texts.protest(person(home, "乙"), text="x", by=home.actor("丙"), on=FRIDAY)
    named_texts.protest(person(home, "乙"), text="有两项不是我经办", by=home.actor("乙"), on=FRIDAY)
    named_texts.protest(person(home, "委员"), text="不同意", by=home.actor("委员"), on=FRIDAY)
    with pytest.raises(AnswersItself):
        named_texts.reply(person(home, "委员"), text="y", by=home.actor("委员"), on=FRIDAY)
    with pytest.raises(NeedsNotMet):
        named.step(row, "archive", by=home.actor("书记"), on=FRIDAY + timedelta(days=8))
    named_texts.reply(person(home, "乙"), text="已核对", by=home.actor("委员"), on=FRIDAY)
    assert named_texts.objection(person(home, "乙"), by=home.actor("乙")) == ("有两项不是我经办", "已核对")
    assert named_texts.objection(person(home, "乙"), by=home.actor("丙")) == ("", "")
    assert nowhere("不是我经办")

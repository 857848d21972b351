"""From the count to the destroyed ballots: opinions, the cap, telling, an objection and its answer."""

from datetime import timedelta

import pytest
from django.db import connection

from chengzhi.branch.appraisal import casting, counting, opinions
from chengzhi.branch.appraisal.models import Ratee
from chengzhi.branch.appraisal.problems import AnswersItself, CapExceeded, NotGraded
from chengzhi.branch.organisation.models import PracticeRule
from chengzhi.lifecycle.machine import advance
from chengzhi.lifecycle.problems import NeedsNotMet
from tests.unit.branch.appraisal.polls import branch, closed, marks_of, opened
from tests.unit.cases.town import FRIDAY, LONG_AGO

pytestmark = pytest.mark.django_db


def test_a_round_goes_to_its_end() -> None:
    poll = opened(branch())
    for voter, token in zip(poll.ratees, poll.papers.tokens, strict=True):
        casting.cast(poll.round.code, token, marks_of(poll, voter))
    counting.count(closed(poll), first=poll.papers.first, second=poll.papers.second,
                   by=poll.house.actor("甲"), on=FRIDAY)  # fmt: skip
    leader, checker = poll.house.actor("书记"), poll.house.actor("纪检")
    for name in ("甲", "乙"):  # a third of eight, rounded down
        opinions.opine(
            poll.fresh().ratees.get(member__name=name), grade="excellent", text="好", by=leader, on=FRIDAY
        )
    PracticeRule.objects.create(
        district=poll.house.town.district, key="B-16", pack="party", name="优秀等次的比例", name_en="Top grade", kind="cap",
        parameters={"over": 1, "under": 3, "rounding": "floor"}, text_version="评专", article="第三部分", status="seen",
        valid_from=LONG_AGO, exemptions=[], source="test",
    )  # fmt: skip
    with pytest.raises(CapExceeded) as refused:
        opinions.opine(
            poll.fresh().ratees.get(member__name="丙"), grade="excellent", text="好", by=leader, on=FRIDAY
        )
    assert "第三部分" in refused.value.why, "the refusal names its article"
    with pytest.raises(NotGraded):
        opinions.opine(
            poll.fresh().ratees.get(member__name="预备"), grade="qualified", text="", by=leader, on=FRIDAY
        )
    with pytest.raises(NeedsNotMet):
        advance(poll.fresh(), "tell", by=leader, on=FRIDAY)
    for one in poll.fresh().ratees.all():
        opinions.tell(one, by=leader, on=FRIDAY)
    advance(poll.fresh(), "tell", by=leader, on=FRIDAY)
    own = Ratee.objects.get(round=poll.fresh(), member__name="书记")
    with pytest.raises(AnswersItself):
        opinions.protest(own, text="不是我", by=checker, on=FRIDAY)
    opinions.protest(own, text="我有异议", by=leader, on=FRIDAY)
    with pytest.raises(AnswersItself):
        opinions.reply(own, text="驳回", by=leader, on=FRIDAY)
    later = FRIDAY + timedelta(days=8)
    with pytest.raises(NeedsNotMet):
        advance(poll.fresh(), "archive", by=leader, on=later)
    opinions.reply(own, text="已复核", by=checker, on=FRIDAY)
    assert opinions.read(Ratee.objects.get(pk=own.pk), "answer") == "已复核"
    with pytest.raises(NeedsNotMet):
        advance(poll.fresh(), "archive", by=leader, on=FRIDAY)
    advance(poll.fresh(), "archive", by=leader, on=later)
    advance(poll.fresh(), "destroy", by=leader, on=later)
    assert f"appraisal_marks_{poll.round.pk}" not in connection.introspection.table_names()

"""A named round of the first branch of the house, with marks made from known truths."""

from datetime import timedelta

from chengzhi.branch.appraisal import named, named_queries
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.branch.organisation.models import BodyRole, Member
from tests.unit.branch.house import House, house
from tests.unit.cases.town import FRIDAY, LONG_AGO

CRITERIA = ("duty", "together", "service")
# How good somebody is, and how mild as a rater; marks are 1 to 5.
QUALITY = {"书记": 4, "委员": 4, "纪检": 3, "甲": 5, "乙": 2, "丙": 3, "丁": 4, "戊": 3, "预备": 3}
MILD = {"书记": 0, "委员": 1, "纪检": -1, "甲": 0, "乙": 1, "丙": 0, "丁": -1, "戊": 0, "预备": 0}


def branch(slug: str = "sample") -> House:
    """The house; its nine people of the first branch take part."""
    made = house(slug)
    BodyRole.objects.create(body=made.first, member=made.members["甲"], role="teller", valid_from=LONG_AGO)
    return made


def planned(made: House, design: str = "all", **more: object) -> NamedRound:
    """A round that closes in ten days."""
    said = named.Plan("互评", design, FRIDAY.date() + timedelta(days=10), **more)  # type: ignore[arg-type]
    return named.plan(said, body=made.first, by=made.actor("书记"), on=FRIDAY)


def opened(made: House, design: str = "all", **more: object) -> NamedRound:
    """Open for marks."""
    row = planned(made, design, **more)
    named.step(row, "begin", by=made.actor("书记"), on=FRIDAY)
    return row


def mark_of(rater: str, ratee: str, criterion: str) -> int:
    """What one gives another: his quality, how mild the rater is, one off by a fixed pattern."""
    odd = (len(rater) + 3 * sum(map(ord, rater + ratee)) + CRITERIA.index(criterion)) % 5 == 0
    return min(max(QUALITY[ratee] + MILD[rater] + odd, 1), 5)


def rated(made: House, row: NamedRound, *, without: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Everybody rates whom he is to rate, but for some pairs (rater, ratee)."""
    names = dict(Member.objects.values_list("pk", "name"))
    for name in QUALITY:
        for pair, _marks in named_queries.to_rate(row, made.actor(name)):
            ratee = names[pair.ratee.member_id]
            if (name, ratee) not in without:
                marks = {key: mark_of(name, ratee, key) for key in CRITERIA}
                named.rate(row, person=pair.ratee_id, marks=marks, by=made.actor(name), on=FRIDAY)


def closed(made: House, design: str = "all", **more: object) -> NamedRound:
    """Rated by all and closed, with its result."""
    row = opened(made, design, **more)
    rated(made, row)
    named.step(row, "close", by=made.actor("书记"), on=FRIDAY)
    return row

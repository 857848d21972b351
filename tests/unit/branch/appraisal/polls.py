"""A round of the first branch of the house, brought to the open ballot, with known choices."""

from dataclasses import dataclass

from chengzhi.branch.appraisal import planning
from chengzhi.branch.appraisal.models import Ratee, Round
from chengzhi.branch.organisation.models import BodyRole, Membership
from chengzhi.lifecycle.machine import advance
from tests.unit.branch.house import House, house
from tests.unit.cases.town import FRIDAY, LONG_AGO


@dataclass
class Poll:
    """The house, its round and what was printed."""

    house: House
    round: Round
    papers: planning.Papers

    @property
    def ratees(self) -> dict[str, Ratee]:
        """Those who are graded, by name."""
        rows = self.round.ratees.filter(graded=True).select_related("member").order_by("position")
        return {one.member.name: one for one in rows}

    def fresh(self) -> Round:
        """The round as it is in the database."""
        self.round = Round.objects.get(pk=self.round.pk)
        return self.round


def branch(voters: int = 8, slug: str = "sample") -> House:
    """The house with two tellers (甲, 乙) and so many formal members in the first branch."""
    made = house(slug)
    for name in ("甲", "乙"):
        BodyRole.objects.create(
            body=made.first, member=made.members[name], role="teller", valid_from=LONG_AGO
        )
    if voters == 9:
        Membership.objects.filter(member=made.members["预备"]).update(standing="formal")
    return made


def handed(made: House, *, means: str = "tokens", least: int | None = None) -> Poll:
    """Planned, papers made and handed to everybody."""
    row = planning.plan(
        body=made.first, title="民主评议", by=made.actor("书记"), on=FRIDAY, means=means, least=least
    )
    holders = made.members["书记"].pk, made.members["纪检"].pk
    papers = planning.issue(row, holders=holders, by=made.actor("甲"), on=FRIDAY)
    for member_id in row.eligible.values_list("member_id", flat=True):
        planning.hand_over(row, member_id=member_id, by=made.actor("甲"))
    return Poll(made, row, papers)


def opened(made: House, **more: object) -> Poll:
    """The ballot is open."""
    poll = handed(made, **more)  # type: ignore[arg-type]
    planning.open_ballot(poll.fresh(), absences={}, by=made.actor("甲"), on=FRIDAY)
    return poll


def closed(poll: Poll) -> Round:
    """The ballot is closed."""
    advance(poll.fresh(), "close", by=poll.house.actor("甲"), on=FRIDAY)
    return poll.fresh()


def marks_of(poll: Poll, voter: str, choice: str = "qualified") -> dict[int, str]:
    """A ballot of somebody: himself, and one choice for all others."""
    return {one.pk: "self" if name == voter else choice for name, one in poll.ratees.items()}

"""Free places given to applicants by lot, so that anybody can repeat the draw.

The seed comes from words said before the draw and from who and what takes part: nobody can choose
a seed after seeing what it gives, and another list of applicants gives another seed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Kind, Turn
from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.registers.actions import advance_object
from chengzhi.registers.by_lot import result, seed_of
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import LotDraw, Party, RegisteredObject

MOST = 500
"""Places, and applicants, of one draw: it is taken in one transaction."""


class BadDraw(Problem):
    """A draw without places or applicants, with one that may not take part, or with too many."""

    code: ClassVar[str] = "registers.bad_draw"
    status: ClassVar[int] = 422


def lot_turn(kind: Kind) -> Turn | None:
    """The step by which this register gives a place by lot, if it has one."""
    turns = kind.course.turns if kind.course else ()
    return next((turn for turn in turns if {"party", "lot_draw"} <= set(turn.wants)), None)


@transaction.atomic
def give(
    *,
    district_id: int,
    kind: str,
    places: Sequence[int],
    parties: Sequence[int],
    words: str,
    by: Actor,
    on: datetime,
) -> LotDraw:
    """Draw, keep the draw, and take the register's step for every place given; all of it or nothing.

    `places` and `parties` are keys of free objects and active parties of the kind's sort; `words` is
    what was announced before. Raises BadDraw, NotAllowed, NoSuchObject, StepNotAllowed.
    """
    require(by, "register.edit")
    turn = lot_turn(kind_of(kind))
    if turn is None:
        raise _bad(_("This register gives nothing by lot."))
    _check(district_id, kind, turn, places, parties, words)
    seed = seed_of(words, places, parties)
    found = result(seed, places, parties)
    kept = LotDraw.objects.create(
        district_id=district_id, kind=kind, words=words.strip(), seed=seed, places=sorted(places),
        parties=sorted(parties), drawn_at=on, drawn_by=by.account_id,
    )  # fmt: skip
    said = _("no. %(number)s, seed %(seed)s…") % {"number": kept.pk, "seed": seed[:12]}
    for place, party in found.pairs:  # each its own step, entry and undo
        advance_object(place, turn.name, by=by, on=on, party=party, lot_draw=said)
    return kept


def _check(
    district_id: int, kind: str, turn: Turn, places: Sequence[int], parties: Sequence[int], words: str
) -> None:
    if not words.strip():
        raise _bad(_("The words announced before the draw are missing."))
    if not places or not parties:
        raise _bad(_("A draw needs at least one place and one applicant."))
    if max(len(places), len(parties)) > MOST:
        raise _bad(_("A draw takes at most %(most)s places and applicants.") % {"most": MOST})
    if len(set(places)) < len(places) or len(set(parties)) < len(parties):
        raise _bad(_("Something stands in the list twice."))
    free = RegisteredObject.objects.filter(
        pk__in=places, district_id=district_id, kind=kind, state__in=turn.before, merged_into=None
    )
    if free.count() < len(places):
        raise _bad(_("A place is no longer free."))
    able = Party.objects.filter(
        pk__in=parties, district_id=district_id, kind=kind_of(kind).party, state="active"
    )
    if able.count() < len(parties):
        raise _bad(_("An applicant is none of this sort, or no longer active."))


def _bad(why: str) -> BadDraw:
    return BadDraw(_("Nothing was drawn."), why, _("Mend the list; nobody has been given anything."))

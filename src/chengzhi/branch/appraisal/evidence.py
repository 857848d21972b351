"""Evidence sheets: what an allow-list of verified facts says of each person of a round.

One statement per source, whatever the number of people. A sheet is frozen when it is made; the person
alone sees it until he has answered it, or the days for that have passed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from django.db import connection, transaction
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal.evidence_models import EvidenceSet, EvidenceSheet
from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.branch.appraisal.named_problems import BadPeriod, NotSeenYet, NotYours
from chengzhi.branch.appraisal.named_texts import LONGEST
from chengzhi.branch.appraisal.problems import NoSuchRound, WrongMoment
from chengzhi.branch.organisation.models import Member
from chengzhi.branch.organisation.rules import may, member_of, require
from chengzhi.cases.habits import habits
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.sealing import open_sealed, seal

AnyRound = Round | NamedRound
ENDED = frozenset({"told", "archived", "destroyed", "void"})

CASES = """
SELECT m.id,
  count(*) FILTER (WHERE c.due_at IS NOT NULL AND (c.handled_at <= c.due_at OR c.overdue_excused)),
  count(*) FILTER (WHERE c.due_at IS NOT NULL),
  count(*) FILTER (WHERE c.reworks > 0), count(*) FILTER (WHERE c.reopened > 0), count(*)
FROM organisation_member m JOIN cases_case c ON c.handler_id = m.account_id
WHERE m.id = ANY(%(members)s) AND c.district_id = %(district)s
  AND c.handled_at >= %(first)s AND c.handled_at < %(last)s
  AND c.state <> 'void' AND c.merged_into_id IS NULL
GROUP BY m.id
"""
ITEMS = """
SELECT i.owner_id,
  count(*) FILTER (WHERE i.state = 'struck_off' AND i.ended_at >= %(first)s AND i.ended_at < %(last)s), count(*),
  count(*) FILTER (WHERE i.state = 'struck_off' AND i.ended_at >= %(first)s AND i.ended_at < %(last)s
    AND EXISTS (SELECT 1 FROM rectification_item l WHERE l.earlier_id = i.id))
FROM rectification_item i
WHERE i.owner_id = ANY(%(members)s) AND i.district_id = %(district)s
  AND i.found_at < %(last)s AND (i.ended_at IS NULL OR i.ended_at >= %(first)s)
GROUP BY i.owner_id
"""
PROMISES = """
SELECT p.member_id, count(*) FILTER (WHERE p.outcome = 'kept'), count(*) FILTER (WHERE p.outcome = 'partly'),
  count(*) FILTER (WHERE p.outcome = 'not_kept'), count(*)
FROM commitments_commitment p
WHERE p.member_id = ANY(%(members)s) AND p.district_id = %(district)s
  AND p.settled_at >= %(first)s AND p.settled_at < %(last)s AND p.outcome IN ('kept', 'partly', 'not_kept')
GROUP BY p.member_id
"""
STATEMENTS = (CASES, ITEMS, PROMISES)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of the allow-list: its words, of what it is a part, and the columns it is made from."""

    key: str
    name: str
    name_en: str
    of: str
    of_en: str
    columns: tuple[str, ...]
    rests_on: str = ""
    rests_on_en: str = ""


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Any]:
    """The declarations of `evidence.yaml`."""
    text = files("chengzhi.branch.appraisal").joinpath("evidence.yaml").read_text("utf-8")
    said: Mapping[str, Any] = yaml.safe_load(text)
    return said


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """The allow-list in the order of the sheet."""
    return tuple(
        Kind(
            one["key"], one["name"], one["name_en"], one["of"], one["of_en"], tuple(one["from"]),
            one.get("rests_on", ""), one.get("rests_on_en", ""),
        )
        for one in shipped()["kinds"]
    )  # fmt: skip


Figures = dict[str, dict[str, int] | None]
"""Kind → {"count", "n"}; None where it is not known (a member without an account has no cases)."""


def freeze(row: AnyRound, /, *, first: date, last: date, by: Actor, on: datetime) -> EvidenceSet:
    """Make the sheets of everybody in a round for days that are over; the newest set counts.

    Raises NotAllowed, BadPeriod, WrongMoment.
    """
    require(by, "branch.lead", row)
    if row.state in ENDED:
        raise WrongMoment(_("The round is over: no evidence is added."))
    today = habits(row.district_id).day(on)
    if not first <= last < today:
        raise BadPeriod(
            _("The days do not make a period that is over."),
            "",
            _("End it yesterday or before, after its first day."),
        )
    people = _people(row)
    figures = gather(row.district_id, people, first, last)
    with transaction.atomic():
        made = EvidenceSet.objects.create(
            district_id=row.district_id, body_id=row.body_id, first=first, last=last, as_of=on,
            comment_until=today + timedelta(days=int(shipped()["comment_days"])), **_of(row),
        )  # fmt: skip
        EvidenceSheet.objects.bulk_create(
            EvidenceSheet(
                set=made, member=one, figures=figures[one.pk], digest=_digest(made, one, figures[one.pk])
            )
            for one in people
        )
        record(
            district_id=row.district_id, thing="evidence", thing_id=made.pk, step="freeze", by=by, on=on,
            facts={"first": first.isoformat(), "last": last.isoformat(), "people": len(people)},
        )  # fmt: skip
    return made


def _of(row: AnyRound) -> dict[str, Any]:
    return {"round": row} if isinstance(row, Round) else {"named_round": row}


def _people(row: AnyRound) -> list[Member]:
    rows = row.ratees if isinstance(row, Round) else row.people
    return [one.member for one in rows.select_related("member").order_by("position")]


def _digest(made: EvidenceSet, member: Member, figures: Figures) -> str:
    said = [member.pk, made.first.isoformat(), made.last.isoformat(), made.as_of.isoformat(), figures]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def gather(district_id: int, people: Sequence[Member], first: date, last: date) -> dict[int, Figures]:
    """The figures of some members, days included on both ends; three statements for any number of people."""
    wall = habits(district_id).zone
    said = {
        "members": [one.pk for one in people], "district": district_id,
        "first": datetime.combine(first, datetime.min.time(), wall),
        "last": datetime.combine(last + timedelta(days=1), datetime.min.time(), wall),
    }  # fmt: skip
    cases, items, promises = (_rows(statement, said) for statement in STATEMENTS)
    return {
        one.pk: _cases(cases.get(one.pk), one.account_id is not None)
        | _items(items.get(one.pk, (0, 0, 0))) | _promises(promises.get(one.pk, (0, 0, 0, 0)))
        for one in people
    }  # fmt: skip


def _rows(statement: str, said: Mapping[str, Any]) -> dict[int, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _cases(found: tuple[int, ...] | None, known: bool) -> Figures:
    if not known:
        return dict.fromkeys(("cases_in_time", "cases_returned", "cases_reopened"))
    in_time, with_due, returned, reopened, n = found or (0, 0, 0, 0, 0)
    return {
        "cases_in_time": {"count": in_time, "n": with_due}, "cases_returned": {"count": returned, "n": n},
        "cases_reopened": {"count": reopened, "n": n},
    }  # fmt: skip


def _items(found: tuple[int, ...]) -> Figures:
    off, owned, again = found
    return {"items_struck_off": {"count": off, "n": owned}, "items_recurred": {"count": again, "n": off}}


def _promises(found: tuple[int, ...]) -> Figures:
    kept, partly, not_kept, n = found
    names = ("commitments_kept", "commitments_partly", "commitments_not_kept")
    return {name: {"count": one, "n": n} for name, one in zip(names, (kept, partly, not_kept), strict=True)}


def latest(row: AnyRound) -> EvidenceSet | None:
    """The set of a round that counts: the newest."""
    return EvidenceSet.objects.filter(**_of(row)).order_by("-pk").first()


def sheet(pk: int, *, by: Actor) -> EvidenceSheet:
    """A sheet by its number: the person's own at once; for the committee once he answered or the days are over.

    Who leads the body opens the sheet of somebody without an account at once, to hand it over on paper.

    Raises NoSuchRound (also for one of another body), NotSeenYet.
    """
    rows = EvidenceSheet.objects.select_related("set__body", "set__round", "set__named_round", "member")
    found = rows.filter(pk=pk, set__district_id=by.district_id or 0).first()
    if found is None or not (is_own(found, by) or may(by, "branch.committee", found.set)):
        raise NoSuchRound(_("There is no such round among yours."))
    if not is_own(found, by) and not is_open(found, by.day) and not hands_over(found, by):
        raise NotSeenYet(
            _("%(name)s sees this sheet first.") % {"name": found.member.name},
            _("Others see it once the person has answered, or after %(day)s.") % {"day": found.set.comment_until},
            _("Wait, or ask for an answer."),
        )  # fmt: skip
    return found


def round_of(one: EvidenceSheet) -> AnyRound:
    """The round a sheet is of; the table has exactly one."""
    found = one.set.round or one.set.named_round
    assert found is not None
    return found


def is_own(one: EvidenceSheet, actor: Actor) -> bool:
    """Whether it is the actor's own sheet."""
    member = member_of(actor)
    return member is not None and member.pk == one.member_id


def is_open(one: EvidenceSheet, day: date) -> bool:
    """Whether others may see it on a day."""
    return one.answered_on is not None or day > one.set.comment_until


def hands_over(one: EvidenceSheet, actor: Actor) -> bool:
    """Whether the actor prints the sheet for somebody without an account: who leads the body, at once."""
    return one.member.account_id is None and may(actor, "branch.lead", one.set)


def of_member(row: AnyRound, member_id: int) -> EvidenceSheet | None:
    """Somebody's sheet of the set that counts; who may see it is asked when it is read."""
    made = latest(row)
    return made.sheets.select_related("set", "member").filter(member_id=member_id).first() if made else None


@transaction.atomic
def answer(one: EvidenceSheet, /, *, text: str, by: Actor, on: datetime) -> None:
    """Say what one has to say of one's own sheet, or that it is right (no text); then others see it.

    It may be changed until the round is told. Raises NotYours, WrongMoment.
    """
    if not is_own(one, by):
        raise NotYours(_("Only the person himself answers his sheet."))
    if round_of(one).state in ENDED:
        raise WrongMoment(_("The round is over: no evidence is added."))
    clean, day = text.strip()[:LONGEST], habits(one.set.district_id).day(on)
    one.comment = seal(clean, bound_to=f"evidence:{one.pk}") if clean else None
    one.answered_on = day
    one.save(update_fields=["comment", "answered_on"])
    record(
        district_id=one.set.district_id, thing="evidence", thing_id=one.set_id, step="answer", by=by, on=on,
        facts={"kept": bool(clean)},
    )  # fmt: skip


def comment(one: EvidenceSheet) -> str:
    """What the person says of a sheet that was read by `sheet`."""
    return open_sealed(bytes(one.comment), bound_to=f"evidence:{one.pk}") if one.comment else ""

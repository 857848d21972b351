"""What the rules of practice ask of a body in this period and the last, and what was held.

Told to the body itself, with a place for its reason; nothing here counts bodies against each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.branch.organisation.models import Body, BodyRole, Held, MissingReason, PracticeRule
from chengzhi.branch.organisation.practice import Verdict, frequency, rule, rules_in_force
from chengzhi.branch.organisation.problems import BadMemberChange
from chengzhi.branch.organisation.rules import in_force, require
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor

KIND = "frequency"
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Due:
    """One rule in one period of a body: what was held, and the reason given where it was not."""

    body: Body
    rule: PracticeRule
    first: date
    last: date
    held: int
    reason: str
    over: bool

    @property
    def times(self) -> int:
        """How often the rule asks for it."""
        return int(self.rule.parameters["times"])

    @property
    def done(self) -> bool:
        """Whether it was held often enough."""
        return self.held >= self.times

    @property
    def verdict(self) -> Verdict:
        """The sentence that explains itself."""
        return frequency(self.rule, held=self.held)


def period(per: str, day: date) -> tuple[date, date]:
    """The first and last day of the month, quarter or year around a day."""
    months = MONTHS[per]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _later(first, months) - timedelta(days=1)


def _later(first: date, months: int) -> date:
    count = first.month - 1 + months
    return date(first.year + count // 12, count % 12 + 1, 1)


def due(bodies: Iterable[Body], day: date) -> list[Due]:
    """This period of every rule, and the last one where it was missed; four statements for any number."""
    asked = list(bodies)
    if not asked:
        return []
    rules = {pack: _frequencies(asked[0].district_id, pack, day) for pack in {one.pack for one in asked}}
    since = date(day.year - 1, 1, 1)
    held = list(
        Held.objects.filter(body__in=asked, on__gte=since, on__lte=day).values_list("body_id", "form", "on")
    )
    reasons = {
        (body, key, first): said
        for body, key, first, said in MissingReason.objects.filter(
            body__in=asked, period_from__gte=since
        ).values_list("body_id", "rule", "period_from", "reason")
    }
    seats = set(
        BodyRole.objects.filter(in_force(day), body__in=asked, role="committee_member").values_list(
            "body_id", flat=True
        )
    )
    found = [
        one
        for body in asked for each in rules[body.pack] if _asks(each, body, seats)
        for one in _periods(body, each, day, held, reasons)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.body.code, not one.over, one.last, one.rule.key))


def _frequencies(district_id: int, pack: str, day: date) -> list[PracticeRule]:
    return [one for one in rules_in_force(district_id, pack, day) if one.kind == KIND]


def _asks(each: PracticeRule, body: Body, seats: set[int]) -> bool:
    asked = body.kind in each.parameters.get("body_kinds", ())
    return asked and (not each.parameters.get("only_with_committee") or body.pk in seats)


def _periods(
    body: Body, each: PracticeRule, day: date, held: list[tuple[int, str, date]],
    reasons: Mapping[tuple[int, str, date], str],
) -> Iterable[Due]:  # fmt: skip
    now = period(each.parameters["per"], day)
    before = period(each.parameters["per"], now[0] - timedelta(days=1))
    counted = Counter(
        first for first, last in (now, before)
        for where, form, on in held
        if where == body.pk and form == each.parameters["form"] and first <= on <= last
    )  # fmt: skip
    for first, last in (before, now):
        said = reasons.get((body.pk, each.key, first), "")
        one = Due(body, each, first, last, counted[first], said, last < day)
        began = max(body.valid_from, each.valid_from)
        if not one.over or (not one.done and began <= first):
            yield one


@transaction.atomic
def give_reason(*, body: Body, key: str, first: date, reason: str, by: Actor, on: datetime) -> MissingReason:
    """Why something due was not held in a period; a later reason replaces the earlier.

    Raises NotAllowed, NoRule, BadMemberChange for an empty reason or a day that begins no period.
    """
    require(by, "branch.committee", body)
    found = rule(body.district_id, key, by.day, pack=body.pack)
    words = " ".join(reason.split())
    if (
        not words
        or len(words) > 500
        or found.kind != KIND
        or period(found.parameters["per"], first)[0] != first
    ):
        raise BadMemberChange(_("A reason of at most 500 signs, for a period of a rule, is needed."))
    made, _new = MissingReason.objects.update_or_create(
        body=body, rule=key, period_from=first, defaults={"reason": words, "entered_at": on}
    )
    record(
        district_id=body.district_id, thing="body", thing_id=body.pk, step="reason", by=by, on=on,
        facts={"rule": key, "period_from": first.isoformat()},
    )  # fmt: skip
    return made

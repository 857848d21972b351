"""What the rules of practice say of counts: verdicts that explain themselves.

`rule` finds the version in force on a day; each `judge_…` below reads one kind of rule. Nothing
here knows what the organisation is: numbers, texts and names come from the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import get_language

from chengzhi.branch.organisation.formulas import BadCount, Share, cap, share
from chengzhi.branch.organisation.models import PracticeRule
from chengzhi.branch.organisation.rules import in_force
from chengzhi.errors import Problem, Sentence
from chengzhi.errors import sentence as _

EXPLAINED = {
    "seen": _("seen in a copy of the text"), "secondary": _("seen in a secondary page only"),
    "unverified": _("unverified"), "local": _("set locally"),
}  # fmt: skip


class NoRule(Problem):
    """No version of a rule was in force on a day, or the organisation has no such rule."""

    code: ClassVar[str] = "branch.no_rule"
    status: ClassVar[int] = 404


class NotSet(Problem):
    """A rule leaves its number to the district, and nobody has set it."""

    code: ClassVar[str] = "branch.not_set"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Basis:
    """The text, article and standing of a rule, in the language of whoever reads it."""

    rule: PracticeRule
    article: str = ""
    status: str = ""

    def __str__(self) -> str:
        article = self.article or self.rule.article
        status = EXPLAINED[self.status or self.rule.status]
        parts = [self.rule.key, self.rule.text_version if not self.article else "", article, str(status)]
        return ("，" if _zh() else ", ").join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class RuleName:
    """The name of a rule in the language of whoever reads it."""

    rule: PracticeRule

    def __str__(self) -> str:
        return self.rule.name if _zh() else self.rule.name_en


def _zh() -> bool:
    return (get_language() or "zh").startswith("zh")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says: whether it holds (None: only a hint), and a sentence that explains itself."""

    rule: PracticeRule
    holds: bool | None
    says: Sentence


def rule(district_id: int, key: str, day: date, *, pack: str = "") -> PracticeRule:
    """The version of a rule in force on a day. Raises NoRule, also for days before its text."""
    rows = PracticeRule.objects.filter(in_force(day), district_id=district_id, key=key)
    found = (rows.filter(pack=pack) if pack else rows).order_by("-valid_from", "-id").first()
    if found is None:
        raise NoRule(
            _("No rule %(key)s was in force on %(day)s.", key=key, day=day),
            _("Each rule counts from the day of its text; older texts are not in the pack."),
            _("Judge that day by the text of its time, or add it to the pack with its days."),
        )
    return found


def rules_in_force(district_id: int, pack: str, day: date) -> list[PracticeRule]:
    """Every rule of a pack that counts on a day, by key; the version that began last wins."""
    rows = PracticeRule.objects.filter(in_force(day), district_id=district_id, pack=pack)
    return list({row.key: row for row in rows.order_by("key", "valid_from", "id")}.values())


def _counts(**counts: int) -> None:
    if any(value < 0 for value in counts.values()):
        raise BadCount(_("A count cannot be below zero."))


def _expected(expected: int, present: int) -> None:
    _counts(expected=expected, present=present)
    if present > expected:
        raise BadCount(
            _(
                "%(present)d are present, but only %(expected)d should attend.",
                present=present,
                expected=expected,
            ),
            _("Those who should attend are the members with a vote on that day."),
            _("Correct the numbers, or the list of members."),
        )


def _more(one: Share) -> Sentence:
    values = {"over": one.over, "under": one.under}
    return (
        _("more than %(over)d/%(under)d", **values)
        if one.strict
        else _("at least %(over)d/%(under)d", **values)
    )


def _yes(holds: bool) -> Sentence:
    return _("holds") if holds else _("does not hold")


def quorum(found: PracticeRule, *, expected: int, present: int, purpose: str = "") -> Verdict:
    """Whether enough of 应到会 came (到会). `purpose` picks a stricter share the rule names, as for admission.

    Raises BadCount for more present than expected.
    """
    _expected(expected, present)
    stricter: Mapping[str, Any] = found.parameters.get("stricter", {}).get(purpose, {})
    asked = share(stricter or found.parameters.get("quorum", found.parameters))
    holds = asked.met(present, expected)
    basis = Basis(found, str(stricter.get("article", "")), str(stricter.get("status", "")))
    return Verdict(found, holds, _(
        "%(name)s %(yes)s: expected to attend %(expected)d, present %(present)d; %(share)s must be present, that is %(least)d (%(basis)s).",
        name=RuleName(found), yes=_yes(holds), expected=expected, present=present, share=_more(asked),
        least=asked.least(expected), basis=basis,
    ))  # fmt: skip


def passes(found: PracticeRule, *, expected: int, present: int, yes: int) -> Verdict:
    """Whether a resolution passes: the share is of those who should attend (应到会), not of those present.

    Raises BadCount for more votes than present.
    """
    _expected(expected, present)
    if not 0 <= yes <= present:
        raise BadCount(_("%(yes)d votes in favour, but %(present)d are present.", yes=yes, present=present),
                       "", _("Count the votes again."))  # fmt: skip
    asked = share(found.parameters)
    holds = asked.met(yes, expected)
    return Verdict(found, holds, _(
        "%(name)s %(yes)s: expected to attend %(expected)d, present %(present)d, in favour %(votes)d; %(share)s of those expected is needed, that is %(least)d (%(basis)s).",
        name=RuleName(found), yes=_yes(holds), expected=expected, present=present, votes=yes, share=_more(asked),
        least=asked.least(expected), basis=Basis(found),
    ))  # fmt: skip


def top_share(found: PracticeRule, *, whole: int, given: int) -> Verdict:
    """Whether at most the allowed number got the capped grade; the margin is told, nobody is picked."""
    _counts(whole=whole, given=given)
    most, holds = cap(whole, found.parameters), given <= cap(whole, found.parameters)
    rounding = str(found.parameters.get("rounding_status", found.status))
    return Verdict(found, holds, _(
        "%(name)s %(yes)s: of %(whole)d at most %(most)d, given %(given)d; the rounding is declared (%(rounding)s) (%(basis)s).",
        name=RuleName(found), yes=_yes(holds), whole=whole, most=most, given=given,
        rounding=EXPLAINED[rounding], basis=Basis(found),
    ))  # fmt: skip


def frequency(found: PracticeRule, *, held: int) -> Verdict:
    """Whether something was held often enough in one period of the rule."""
    _counts(held=held)
    times, per = int(found.parameters["times"]), found.parameters["per"]
    return Verdict(found, held >= times, _(
        "%(name)s %(yes)s: held %(held)d, normally %(times)d in %(per)s (%(basis)s).",
        name=RuleName(found), yes=_yes(held >= times), held=held, times=times, per=PERIODS[per], basis=Basis(found),
    ))  # fmt: skip


PERIODS = {"month": _("one month"), "quarter": _("one quarter"), "year": _("one year")}


def hours(found: PracticeRule, *, done: float, exempt: str = "") -> Verdict:
    """Whether the legal minimum of study was met; met or not met, nothing else is counted.

    `exempt` is the kind of reason a person is exempt for; where the rule names it, nothing is asked.
    """
    if exempt and exempt in found.exemptions:
        return Verdict(found, None, _("%(name)s: not asked of this person, who is exempt (%(basis)s).",
                                         name=RuleName(found), basis=Basis(found)))  # fmt: skip
    least = found.parameters["least"]
    return Verdict(found, done >= least, _(
        "%(name)s %(yes)s: at least %(least)s %(unit)s (%(basis)s).",
        name=RuleName(found), yes=_yes(done >= least), least=least, unit=found.parameters["unit"], basis=Basis(found),
    ))  # fmt: skip


def establishment(found: PracticeRule, *, formal: int) -> Verdict:
    """Whether there are enough formal members for a body of its own."""
    _counts(formal=formal)
    least = int(found.parameters["formal_min"])
    return Verdict(found, formal >= least, _(
        "%(name)s %(yes)s: %(formal)d formal members, at least %(least)d (%(basis)s).",
        name=RuleName(found), yes=_yes(formal >= least), formal=formal, least=least, basis=Basis(found),
    ))  # fmt: skip


def committee(found: PracticeRule, *, formal: int, seats: int) -> Verdict:
    """Whether a body of that size has a committee of the right size; below the threshold it needs none."""
    _counts(formal=formal, seats=seats)
    threshold, least, most = (int(found.parameters[name]) for name in ("formal_min", "least", "most"))
    holds = seats == 0 if formal < threshold else least <= seats <= most
    return Verdict(found, holds, _(
        "%(name)s %(yes)s: %(formal)d formal members, %(seats)d on the committee; from %(threshold)d members on a committee of %(least)d to %(most)d (%(basis)s).",
        name=RuleName(found), yes=_yes(holds), formal=formal, seats=seats, threshold=threshold, least=least,
        most=most, basis=Basis(found),
    ))  # fmt: skip


def notice(found: PracticeRule, *, event: date, told: date) -> Verdict:
    """Whether a report came in time before or after an event. Raises NotSet where nobody set the days."""
    parameters = found.parameters
    before = parameters["when"] == "before"
    days = parameters.get("least" if before else "most")
    if days is None:
        raise NotSet(
            _("%(key)s has no number of days.", key=found.key),
            _("The text was not seen; local rules differ."),
            _("Set the number in the rules of the pack."),
        )
    gap = (event - told).days if before else (told - event).days
    holds = gap >= days if before else gap <= days
    told_then = NOTICED["before" if before else "after"]
    values = {"name": RuleName(found), "yes": _yes(holds), "gap": gap, "days": days, "basis": Basis(found)}
    return Verdict(found, holds, _(told_then.message, **values))


NOTICED = {
    "before": _("%(name)s %(yes)s: told %(gap)d days before, at least %(days)d are asked (%(basis)s)."),
    "after": _("%(name)s %(yes)s: told %(gap)d days after, at most %(days)d are allowed (%(basis)s)."),
}


def term(found: PracticeRule, *, months: int) -> Verdict:
    """Whether a term is no longer than allowed."""
    _counts(months=months)
    most = int(found.parameters["most"])
    return Verdict(found, months <= most, _(
        "%(name)s %(yes)s: a term of %(months)d months, at most %(most)d (%(basis)s).",
        name=RuleName(found), yes=_yes(months <= most), months=months, most=most, basis=Basis(found),
    ))  # fmt: skip


def alert(found: PracticeRule, *, months: int, exempt: str = "") -> Verdict:
    """A hint for people to look at; it decides nothing and starts nothing."""
    _counts(months=months)
    if months < int(found.parameters["least"]) or (exempt and exempt in found.exemptions):
        return Verdict(found, True, _("%(name)s: nothing to look at (%(basis)s).",
                                         name=RuleName(found), basis=Basis(found)))  # fmt: skip
    return Verdict(found, None, _(
        "%(name)s: %(months)d months; people decide whether there is a good reason, nothing follows by itself (%(basis)s).",
        name=RuleName(found), months=months, basis=Basis(found),
    ))  # fmt: skip

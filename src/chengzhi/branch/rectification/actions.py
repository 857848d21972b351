"""Writes to the ledger: entering a gap, its steps, evidence, own words, reopening."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.numbering import save_numbered
from chengzhi.branch.organisation.rules import may, member_of, require
from chengzhi.branch.rectification import figure, queries
from chengzhi.branch.rectification.figure import Figure
from chengzhi.branch.rectification.life import CHECK, ITEM_LIFE, MEMBER, STRIKE
from chengzhi.branch.rectification.models import Evidence, Item
from chengzhi.branch.rectification.problems import (
    BadFigure,
    CannotReopen,
    CheckedByOneself,
    EmptyGap,
    NoBenchmark,
    NoSuchEvidence,
    NotYourWords,
    UnsafeLink,
)
from chengzhi.branch.rectification.terms import recurrence_months, recurrence_since
from chengzhi.branch.rectification.workings import concerned
from chengzhi.cases import rules as case_rules
from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.domains import DOMAINS
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.machine import Outcome, advance
from chengzhi.people.actor import Actor
from chengzhi.people.sealing import seal

CHECKING = frozenset({"strike_off", "send_back"})


@dataclass(frozen=True, slots=True)
class Gap:
    """What is wrong, by what it is measured: an article or a speech, its date, its official address."""

    title: str
    gap: str
    benchmark: str
    benchmark_on: date
    benchmark_link: str = ""
    domain: str = ""


@transaction.atomic
def find(
    said: Gap, *, body: Body, by: Actor, on: datetime, carries: Figure | None = None, words: str = ""
) -> Item:
    """Enter a gap in the ledger of a body; with a figure, it is read at once if figures are prepared.

    `words` are the finder's own and are sealed. Raises NotAllowed, EmptyGap, NoBenchmark, UnsafeLink, BadFigure.
    """
    require(by, MEMBER, body)
    _sound(said, habits(body.district_id).day(on))
    item = Item(
        district_id=body.district_id, body=body, title=said.title.strip()[:120], gap=said.gap.strip(), domain=said.domain,
        benchmark=said.benchmark.strip(), benchmark_on=said.benchmark_on, benchmark_link=said.benchmark_link.strip(),
    )  # fmt: skip
    if carries is not None:
        _carry(item, carries)
    made = _born(item, "find", {}, by, on)
    if words.strip():
        say(made.number, words, by=by, on=on)
    return made


def _sound(said: Gap, today: date) -> None:
    if not said.title.strip() or not said.gap.strip():
        raise EmptyGap(_("The item does not say what is wrong."), "", _("Write a title and the gap itself."))
    if not said.benchmark.strip() or said.benchmark_on > today:
        raise NoBenchmark(
            _("The gap has no benchmark."),
            _("It is measured by an article or a speech that exists: its name and its date."),
            _("Name it with its date."),
        )
    parts = urlsplit(said.benchmark_link.strip())
    if said.benchmark_link.strip() and (parts.scheme != "https" or not parts.hostname):
        raise UnsafeLink(
            _("The link is not an https address."),
            _("An official text is quoted from an address that nobody can change on the way."),
            _("Give the https address of the text, or leave it empty."),
        )
    if said.domain and said.domain not in {one.key for one in DOMAINS}:
        raise EmptyGap(_("There is no domain “%(key)s”.") % {"key": said.domain[:24]})


def _carry(item: Item, said: Figure) -> None:
    figure.require_readable(said, item.district_id)
    if said.domain and said.domain not in {one.key for one in DOMAINS}:
        raise BadFigure(_("There is no domain “%(key)s”.") % {"key": said.domain[:24]})
    item.metric, item.bound, item.bound_kind, item.metric_days = said.metric, said.bound, said.kind, said.days
    item.metric_area_id, item.metric_unit_id, item.metric_domain = said.area_id, said.unit_id, said.domain


def _born(item: Item, step: str, notes: dict[str, Any], by: Actor, on: datetime) -> Item:
    born = ITEM_LIFE.step(step)
    item.state = str(born.after)
    item.found_by, item.found_at, item.updated_at = by.account_id, on, on
    save_numbered(item, "ZG", habits(item.district_id).day(on))
    record(
        district_id=item.district_id, thing=ITEM_LIFE.name, thing_id=item.pk, step=step, after=item.state, by=by, on=on,
        article=born.article, facts={"notes": {"number": item.number, **notes}, "version": 0},
    )  # fmt: skip
    if item.metric:
        figure.keep(figure.read(item.district, [item], on))
    return item


def advance_item(number: str, step: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Take a step of the life. Raises NoSuchItem, CheckedByOneself, and as `lifecycle.machine.advance`."""
    item = queries.item(number, by=by)
    if (
        step in CHECKING
        and item.state == "asked"
        and may(by, CHECK, item)
        and by.account_id in concerned(item)
    ):
        raise CheckedByOneself(
            _("You own this item, or asked to strike it off yourself."),
            _("It is struck off only after a check by another person: %(article)s") % {"article": STRIKE},
            _("Ask another member of the committee, or the discipline member, to check it."),
        )
    return advance(item, step, by=by, on=on, **facts)


def attach(
    number: str, *, by: Actor, on: datetime, case_number: str = "", other_number: str = ""
) -> Evidence:
    """Link a case, or another item of a body one belongs to, as evidence; twice is once.

    Raises NoSuchItem, NotAllowed, NoSuchEvidence.
    """
    item = queries.item(number, by=by)
    require(by, MEMBER, item)
    case = Case.objects.filter(district_id=item.district_id, number=case_number.strip()).first()
    other = queries.items(by).filter(number=other_number.strip()).exclude(pk=item.pk).first()
    seen = case is not None and case_rules.may(by, "case.view", case)
    if not (seen if case_number.strip() else other is not None):
        raise NoSuchEvidence(
            _("There is neither a case nor an item of that number."), "",
            _("Give the number of a case you may open, or of another item of your body."),
        )  # fmt: skip
    link = {"case": case} if case_number.strip() else {"other": other}
    with transaction.atomic():
        made, new = Evidence.objects.get_or_create(
            item=item, **link, defaults={"added_by": by.account_id, "added_at": on}
        )
        if new:
            record(
                district_id=item.district_id, thing=ITEM_LIFE.name, thing_id=item.pk, step="attach", by=by, on=on,
                facts={"case": made.case_id, "other": made.other_id},
            )  # fmt: skip
    return made


@transaction.atomic
def say(number: str, words: str, /, *, by: Actor, on: datetime) -> None:
    """Set down a member's own words, sealed and bound to the item; the record holds that, never what.

    Only a member of the body itself, and only over his own. Raises NoSuchItem, NotYourWords.
    """
    item = queries.item(number, by=by)
    member = member_of(by)
    if member is None or not queries.belongs(by, item) or item.words_by_id not in (None, member.pk):
        raise NotYourWords(_("These are another member's words, or you are no member of this body."))
    sealed = seal(words.strip(), bound_to=queries.binding(item)) if words.strip() else None
    Item.objects.filter(pk=item.pk).update(words=sealed, words_by=member if sealed else None)
    record(
        district_id=item.district_id, thing=ITEM_LIFE.name, thing_id=item.pk, step="words", by=by, on=on,
        facts={"kept": sealed is not None},
    )  # fmt: skip


_COPIED = (
    "district_id", "body_id", "title", "gap", "domain", "benchmark", "benchmark_on", "benchmark_link", "metric",
    "metric_days", "metric_area_id", "metric_unit_id", "metric_domain", "bound", "bound_kind",
)  # fmt: skip


@transaction.atomic
def reopen(number: str, *, by: Actor, on: datetime) -> Item:
    """The gap came back: a new item linked to the one that was struck off, within the district's months.

    Raises NoSuchItem, NotAllowed, CannotReopen.
    """
    former = queries.item(number, by=by)
    require(by, MEMBER, former)
    since = recurrence_since(former.district_id, on)
    ended = former.ended_at and habits(former.district_id).day(former.ended_at)
    if ended is None or ended < since or Item.objects.filter(earlier=former).exists():
        raise CannotReopen(
            _("Item %(number)s cannot be reopened.") % {"number": former.number},
            _("Only an item that was struck off within %(months)s months, and only once.")
            % {"months": recurrence_months(former.district_id, on)},
            _("Enter the gap as a new item."),
        )
    item = Item(earlier=former, **{name: getattr(former, name) for name in _COPIED})
    return _born(item, "reopen", {"earlier": former.number}, by, on)

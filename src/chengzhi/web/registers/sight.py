"""All that the page of one object shows, read in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import shapely
import shapely.geometry
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from chengzhi.cases.about import cases_of
from chengzhi.domains.kinds import Kind
from chengzhi.inspections.models import Visit
from chengzhi.people.actor import Actor
from chengzhi.places.placement import FLAG_LABELS
from chengzhi.registers import kinds, queries
from chengzhi.registers.models import ObjectPhoto, PartySaid, Permit, RegisteredObject
from chengzhi.registers.plans import plans_in_force
from chengzhi.registers.rules import may
from chengzhi.web.desk.asking import state_words as case_state
from chengzhi.web.desk.asking import today
from chengzhi.web.field.done import secret
from chengzhi.web.registers import words
from chengzhi.web.registers.offers import Offers, offers
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.telling import Told, object_history

MOST = 20
MARGIN = 0.2
STAGES = {
    "before": pgettext_lazy("photo", "before"),
    "after": pgettext_lazy("photo", "after"),
    "check": pgettext_lazy("photo", "at a check"),
    "record": pgettext_lazy("photo", "for the register"),
}
FLAGS = {
    **FLAG_LABELS,
    "incomplete": gettext_lazy("facts are missing"),
    "possible_double": gettext_lazy("possibly a double"),
}


@dataclass(frozen=True)
class Shown:
    """A photo with its words."""

    photo: ObjectPhoto
    words: str


@dataclass(frozen=True)
class Series:
    """The photos of one fixed point: the last pair before and after, and all others."""

    name: str
    before: Shown | None
    after: Shown | None
    others: tuple[Shown, ...]


@dataclass(frozen=True)
class Plan:
    """How often one checklist is due."""

    name: str
    every_days: int


class Sight:
    """What one person sees of one object at one moment; each part is read when it is shown."""

    def __init__(self, thing: RegisteredObject, actor: Actor, now: datetime) -> None:
        self.thing, self.actor, self.now = thing, actor, now
        self.kind: Kind = kinds.kind(thing.kind)
        self.domain = kinds.domain_of_kind(thing.kind)
        self.today: date = today(thing.district.zone, now)

    @cached_property
    def kind_name(self) -> str:
        """The kind in words."""
        return words.kind_name(self.kind)

    @cached_property
    def state(self) -> str:
        """The state in words."""
        return state_words(self.kind, self.thing.state)

    @cached_property
    def flags(self) -> list[str]:
        """What is doubtful about it, in words."""
        return [str(FLAGS.get(one, one)) for one in self.thing.flags]

    @cached_property
    def bounds(self) -> str:
        """The box of its line or area with a margin, as the map takes it; empty for a point."""
        if not self.thing.shape:
            return ""
        west, south, east, north = shapely.geometry.shape(self.thing.shape).bounds
        rim = max(east - west, north - south) * MARGIN
        return f"{west - rim:.6f},{south - rim:.6f},{east + rim:.6f},{north + rim:.6f}"

    @cached_property
    def facts(self) -> list[words.Said]:
        """The declared facts."""
        return words.facts_of(self.kind, self.thing.facts)

    @cached_property
    def party_kind(self) -> str:
        """What the responsible party is called."""
        return words.party_kind_name(self.kind.party)

    @cached_property
    def permit_name(self) -> str:
        """What its permit is called."""
        return words.permit_name(self.kind)

    @cached_property
    def permits(self) -> list[Permit]:
        """The permits, the newest first."""
        return queries.permits_of(self.thing.pk)[:MOST]

    @cached_property
    def family(self) -> list[int]:
        """The object and the doubles merged into it."""
        return queries.family(self.thing.pk)

    @property
    def permit_late(self) -> bool:
        """Whether the permit has run out."""
        until = self.thing.permit_until
        return until is not None and until < self.today

    @property
    def check_late(self) -> bool:
        """Whether a check is overdue."""
        due = self.thing.check_due_on
        return due is not None and due < self.today

    @cached_property
    def plans(self) -> list[Plan]:
        """The check plan in force."""
        rows = plans_in_force(self.thing.district_id, self.thing.kind, self.today)
        return [Plan(self.checklist(one.checklist), one.every_days) for one in rows]

    def checklist(self, key: str) -> str:
        """The name of a checklist."""
        found = self.domain.checklist(key)
        return words.local_name(found) if found else key

    @cached_property
    def visits(self) -> list[tuple[Visit, str, int]]:
        """The last visits, the name of their checklist, and how many lines failed.

        A first look stays hidden from whoever may take the second.
        """
        rows: QuerySet[Visit] = Visit.objects.filter(object__in=self.family).order_by("-visited_at", "-id")
        rows = rows.select_related("account", "point__round").prefetch_related("findings", "readings")
        found = [one for one in rows[:MOST] if not secret(one, self.actor)]
        return [(one, self.checklist(one.checklist), _failed(one)) for one in found]

    @cached_property
    def cases(self) -> list[tuple[Any, str]]:
        """The cases about it that the person may see, with their states in words."""
        if "case.view" not in self.actor.permissions:
            return []
        return [(one, case_state(one.state)) for one in cases_of(self.thing.pk, limit=MOST)]

    @cached_property
    def series(self) -> list[Series]:
        """The photos by fixed point, those without one at the end."""
        rows = ObjectPhoto.objects.filter(object__in=self.family).select_related("point", "file", "masked")
        by_point: dict[Any, list[ObjectPhoto]] = {}
        for one in self.thing.photo_points.filter(active=True).order_by("id"):
            by_point[one] = []
        for photo in rows[: MOST * 5]:
            by_point.setdefault(photo.point, []).append(photo)
        ordered = sorted(by_point.items(), key=lambda pair: pair[0] is None)
        return [_series(point, photos) for point, photos in ordered]

    @cached_property
    def said(self) -> list[PartySaid]:
        """What its party said of it on its own page, the newest first."""
        return list(PartySaid.objects.filter(object__in=self.family).order_by("-id")[:MOST])

    @cached_property
    def documents(self) -> list[Any]:
        """Its documents."""
        return list(self.thing.documents.select_related("file")[:MOST])

    @cached_property
    def history(self) -> list[Told]:
        """What happened, oldest first."""
        return object_history(self.thing, on=self.now)

    @cached_property
    def undo(self) -> Told | None:
        """The last step while it may be taken back."""
        return next((one for one in reversed(self.history) if one.undo_until), None)

    @cached_property
    def offers(self) -> Offers:
        """The steps of this person."""
        return offers(self.actor, self.thing, on=self.now)

    @cached_property
    def doubles(self) -> list[RegisteredObject]:
        """What was merged into it."""
        return list(RegisteredObject.objects.filter(merged_into=self.thing).only("number", "name")[:MOST])

    def may(self, permission: str) -> bool:
        """Whether the person may do something here."""
        return may(self.actor, permission, self.thing)

    @property
    def may_photo(self) -> bool:
        """Whether photos may be added."""
        return self.may("photo.add")

    @property
    def may_edit(self) -> bool:
        """Whether the entry may be changed."""
        return self.may("register.edit") and self.thing.merged_into_id is None

    @property
    def may_release(self) -> bool:
        """Whether photos may be masked and released."""
        return self.may("photo.release")

    @property
    def may_contact(self) -> bool:
        """Whether one may ask how to reach the party."""
        return "party.view" in self.actor.permissions

    @property
    def public(self) -> bool:
        """Whether it has a public card and a label."""
        return self.kind.public and not self.kind.sensitive


def _failed(visit: Visit) -> int:
    answers: Iterable[Any] = visit.findings.all()
    readings: Iterable[Any] = visit.readings.all()
    failed = [one for one in answers if one.answer == "failed"]
    return len(failed) + len([one for one in readings if one.passed is False])


def _series(point: Any, photos: list[ObjectPhoto]) -> Series:
    shown = [Shown(one, str(STAGES.get(one.stage, STAGES["record"]))) for one in photos]
    after = next((one for one in shown if one.photo.stage == "after"), None)
    before = next((one for one in shown if one.photo.stage == "before" and _earlier(one, after)), None)
    rest = tuple(one for one in shown if one not in (before, after))
    return Series(point.name if point else "", before, after, rest)


def _earlier(one: Shown, after: Shown | None) -> bool:
    return after is None or one.photo.taken_at <= after.photo.taken_at

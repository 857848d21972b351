"""A new object before it is saved: all that is said of it checked at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Kind
from chengzhi.ledger.models import Entry
from chengzhi.lifecycle.problems import CannotUndo
from chengzhi.people.models import Unit
from chengzhi.registers import components, placing, plans
from chengzhi.registers.courses import course_of
from chengzhi.registers.fields import missing_faults, try_facts
from chengzhi.registers.kinds import domain_of_kind
from chengzhi.registers.lives import THING
from chengzhi.registers.models import Party, RegisteredObject
from chengzhi.registers.policies import day_in, district_of
from chengzhi.registers.problems import AlreadyRegistered, BadFields, FieldFault
from chengzhi.registers.words import pieces

LONGEST = {"name": 120, "address": 250, "source_system": 40, "source_number": 60}


@dataclass(frozen=True, slots=True)
class New:
    """What somebody says of a new object."""

    name: str
    facts: Mapping[str, Any]
    lon: float | None
    lat: float | None
    shape: Any
    address: str
    party_id: int | None
    unit_id: int | None
    component_code: str
    source: tuple[str, str]


def row_of(kind: Kind, district_id: int, new: New, on: datetime) -> RegisteredObject:
    """The row it will be, without number and code. Raises as `actions.register`."""
    name, address = plain(new.name), plain(new.address)
    facts, faults = try_facts(kind, new.facts)
    code = new.component_code.strip()
    faults += [*text_faults("name", name, needed=True), *text_faults("address", address)]
    unread = {fault.field for fault in faults}
    faults += [fault for fault in missing_faults(kind, facts) if fault.field not in unread]
    faults += components.faults(kind, district_of(district_id), code)
    faults += components.taken_faults(district_id, code)
    faults += [*party_faults(kind, district_id, new.party_id), *unit_faults(district_id, new.unit_id)]
    if faults:
        raise BadFields(faults)
    _refuse_known(kind, district_id, new.source)
    place = placing.placed(district_id, new.lon, new.lat, placing.read_shape(kind, new.shape), strict=True)
    course, day = course_of(kind), day_in(district_id, on)
    live = course.start in course.live
    return RegisteredObject(
        district_id=district_id, kind=kind.key, domain=domain_of_kind(kind.key).key, name=name,
        bigrams=pieces(kind, name, address, facts), state=course.start, live=live, party_id=new.party_id,
        unit_id=new.unit_id, component_code=code, component_status="intact" if code else "",
        place_kind=place_kind(kind, place), address=address, facts=facts, started_on=day if live else None,
        check_due_on=plans.first_due(district_id, kind.key, day) if live else None,
        source_system=new.source[0], source_number=new.source[1], created_at=on, updated_at=on, **place,
    )  # fmt: skip


def place_kind(kind: Kind, place: Mapping[str, Any]) -> str:
    """Line or area where one is drawn; else a point (or a body standing at one)."""
    if place.get("shape") is None:
        return "body" if kind.place == "body" else "point"
    return kind.place


def plain(text: str) -> str:
    """One line without control signs and doubled blanks."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())


def text_faults(field: str, text: str, *, needed: bool = False) -> Iterator[FieldFault]:
    """Too long, or empty where it is needed."""
    words = {"name": _("Name"), "address": _("Address")}.get(field, field)
    if needed and not text:
        yield FieldFault(field, "missing", _("%(field)s is missing.") % {"field": words})
    if len(text) > LONGEST[field]:
        values = {"field": words, "longest": LONGEST[field]}
        yield FieldFault(field, "long", _("%(field)s is longer than %(longest)s signs.") % values)


def party_faults(kind: Kind, district_id: int, party_id: int | None) -> Iterator[FieldFault]:
    """A party that is not there, or of another kind than the one that answers for such things."""
    if party_id is None:
        return
    here = Party.objects.filter(pk=party_id, district_id=district_id, kind=kind.party, state="active")
    if kind.party is None or not here.exists():
        says = _("The party must be one of the district, of the kind that answers for this.")
        yield FieldFault("party_id", "party", says)


def unit_faults(district_id: int, unit_id: int | None) -> Iterator[FieldFault]:
    """A unit that is not in use in the district."""
    if unit_id is None:
        return
    if not Unit.objects.filter(pk=unit_id, district_id=district_id, active=True).exists():
        yield FieldFault("unit_id", "unit", _("This is no unit of the district in use."))


def _refuse_known(kind: Kind, district_id: int, source: tuple[str, str]) -> None:
    if not source[1]:
        return
    known = RegisteredObject.objects.filter(
        district_id=district_id, kind=kind.key, source_system=source[0], source_number=source[1]
    ).exclude(state="merged")
    other = known.values_list("number", flat=True).first()
    if other is not None:
        raise AlreadyRegistered(
            _("“%(source)s” is in the register already.") % {"source": source[1]},
            _("It is %(number)s.") % {"number": other},
            _("Correct that one instead."),
        )


def last_step(thing: RegisteredObject, step: str) -> Entry | None:
    """The newest entry of the object, if it is this step and nothing has happened since."""
    last = Entry.objects.filter(thing=THING, thing_id=thing.pk).order_by("-id").first()
    return last if last is not None and last.step == step else None


def moved_on() -> CannotUndo:
    """The refusal to take back one half of a step on two objects."""
    return CannotUndo(
        _("This step cannot be taken back."),
        _("Something has happened since to the other object it concerned."),
        _("Take the step that corrects it instead."),
    )

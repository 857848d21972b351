"""How to reach a responsible party, kept sealed; shown for a stated purpose only, and every look is recorded."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.phones import is_phone, normal_phone
from chengzhi.people.rules import refusal
from chengzhi.people.sealing import open_sealed, same_phone_mark, seal
from chengzhi.registers.birth import plain
from chengzhi.registers.models import Party, PartyView
from chengzhi.registers.problems import ContactErased, FieldFault, PurposeMissing
from chengzhi.registers.rules import may

LEAST_PURPOSE = 4
LONGEST = {"person": 60, "phone": 40, "address": 250}


@dataclass(frozen=True, slots=True)
class Contact:
    """A person, a telephone number, an address; all of it optional."""

    person: str = ""
    phone: str = ""
    address: str = ""

    def __bool__(self) -> bool:
        return bool(self.person or self.phone or self.address)

    def columns(self, district_id: int) -> dict[str, bytes | None]:
        """As it may lie in the table of parties."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        return {
            "contact": seal(text, bound_to=binding(district_id)) if self else None,
            "phone_mark": same_phone_mark(self.phone) if self.phone else None,
        }


def binding(district_id: int) -> str:
    """What a sealed contact opens with."""
    return f"party:{district_id}"


def read_contact(given: Mapping[str, Any]) -> tuple[Contact, list[FieldFault]]:
    """A contact from what somebody typed, and what is wrong with it."""
    said = {name: plain(str(given.get(name) or "")) for name in LONGEST}
    said["phone"] = normal_phone(said["phone"])
    return Contact(**said), list(_faults(said))


def _faults(said: Mapping[str, str]) -> Iterator[FieldFault]:
    words = {"person": _("Person"), "phone": _("Telephone"), "address": _("Address")}
    for name, longest in LONGEST.items():
        if len(said[name]) > longest:
            values = {"field": words[name], "longest": longest}
            yield FieldFault(name, "long", _("%(field)s is longer than %(longest)s signs.") % values)
    if said["phone"] and not is_phone(said["phone"]):
        yield FieldFault("phone", "phone", _("This is not a telephone number: it needs 5 to 15 digits."))


def opened(party: Party) -> Contact:
    """The contact in clear, without a trace: for those who may change it, never for showing."""
    if party.contact is None:
        return Contact()
    return Contact(**json.loads(open_sealed(bytes(party.contact), bound_to=binding(party.district_id))))


def contact_of(party: Party, *, by: Actor, on: datetime, purpose: str) -> Contact:
    """The contact in clear. The look is recorded, with its purpose, before anything is shown.

    Raises NotAllowed, PurposeMissing, ContactErased, SealBroken.
    """
    if not may(by, "party.view", party) or by.account_id is None:
        raise refusal("party.view")
    why = plain(purpose)[:200]
    if len(why) < LEAST_PURPOSE:
        raise PurposeMissing(
            _("Say what you need it for."),
            _("Every look at the contact of a party is recorded with its purpose."),
            _("Write a few words, such as “announce the check of 5 May”."),
        )
    if party.contact is None:
        raise ContactErased(
            _("There is no contact of this party."),
            _("None was given, or its retention has ended."),
            _("Ask on the spot and enter it."),
        )
    with transaction.atomic():
        PartyView.objects.create(party=party, account_id=by.account_id, purpose=why, viewed_at=on)
        record(
            district_id=party.district_id, thing="party", thing_id=party.pk, step="reveal", by=by, on=on,
            facts={"purpose": why},
        )  # fmt: skip
    return opened(party)

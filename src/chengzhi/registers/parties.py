"""Writes to responsible parties: shops, stallholders, sites, hauliers, advertisers, property managers …"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import PARTY_KINDS
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.problems import Conflict
from chengzhi.lifecycle.snapshot import hidden
from chengzhi.people.actor import Actor
from chengzhi.places.words import bigrams
from chengzhi.registers.birth import plain, text_faults
from chengzhi.registers.contact import Contact, contact_of, opened, read_contact
from chengzhi.registers.credit import credit_fault
from chengzhi.registers.getting import party_of
from chengzhi.registers.models import Party, Permit, RegisteredObject
from chengzhi.registers.numbers import ALPHABET
from chengzhi.registers.party_before import remember
from chengzhi.registers.party_queries import PartyPage, party_page
from chengzhi.registers.problems import BadFields, CannotMerge, FieldFault, NothingChanged, PartyExists
from chengzhi.registers.rules import Belongs, require

__all__ = [
    "Contact",
    "PartyPage",
    "contact_of",
    "correct_party",
    "merge_parties",
    "new_page_code",
    "party_by_code",
    "party_of",
    "party_page",
    "register_party",
    "withdraw_page_code",
]

PAGE_SIGNS = 26  # 31^26 > 2^128: not to be guessed however many ask
_CONTACT = ("person", "phone", "address")


def register_party(
    *,
    district_id: int,
    kind: str,
    name: str,
    by: Actor,
    on: datetime,
    credit_code: str = "",
    person: str = "",
    phone: str = "",
    address: str = "",
) -> Party:
    """Enter a responsible party. Its person, telephone and address are sealed.

    Raises NotAllowed, BadFields (all faults at once), PartyExists (same kind and credit code).
    """
    require(by, "register.edit", Belongs(district_id))
    title, code = plain(name), credit_code.strip().upper()
    contact, faults = read_contact({"person": person, "phone": phone, "address": address})
    faults += [*text_faults("name", title, needed=True), *credit_fault(code), *_kind_fault(kind)]
    if faults:
        raise BadFields(faults)
    row = Party(
        district_id=district_id, kind=kind, name=title, bigrams=bigrams(title), credit_code=code,
        created_at=on, updated_at=on, **contact.columns(district_id),
    )  # fmt: skip
    with transaction.atomic():
        _saved(row)
        _note(row, "register", by, on, kind=kind)
    return row


def _kind_fault(kind: str) -> list[FieldFault]:
    if kind in PARTY_KINDS:
        return []
    known = "、".join(word.name for word in PARTY_KINDS.values())
    return [FieldFault("kind", "choice", _("The kind of party is one of: %(known)s.") % {"known": known})]


def _saved(row: Party) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise PartyExists(
            _("This party is in the list already."),
            _("Another of its kind has the credit code %(code)s.") % {"code": row.credit_code},
            _("Use that one, or correct the code."),
        ) from error


@transaction.atomic
def correct_party(
    party_id: int, *, changes: Mapping[str, Any], version: int | None, by: Actor, on: datetime
) -> Party:
    """Correct name, credit_code, person, phone or address.

    Raises NoSuchParty, NotAllowed, Conflict, BadFields, PartyExists, NothingChanged.
    """
    party = _locked(party_id, by, version)
    faults = [FieldFault(name, "unknown", _("The register knows nothing of “%(field)s”.") % {"field": name})
              for name in sorted(set(changes) - {"name", "credit_code", *_CONTACT})]  # fmt: skip
    fields: dict[str, Any] = {}
    if "name" in changes:
        fields["name"] = plain(changes["name"] or "")
        faults += text_faults("name", fields["name"], needed=True)
    if "credit_code" in changes:
        fields["credit_code"] = str(changes["credit_code"] or "").strip().upper()
        faults += credit_fault(fields["credit_code"])
    fields, more = _with_contact(party, changes, fields)
    if faults + more:
        raise BadFields(faults + more)
    changed = {name: value for name, value in fields.items() if getattr(party, name) != value}
    if not changed:
        raise NothingChanged(_("Nothing was changed."), "", _("Change something, or leave the form."))
    before = hidden(party.name, None) if "name" in changed else ""
    former = {name: getattr(party, name) for name in changed}
    write(party, changed, on)
    remember("correct", party, former, on=on)
    _note(party, "correct", by, on, fields=sorted(changed.keys() - {"phone_mark"}), before=before)
    return party


def _with_contact(
    party: Party, changes: Mapping[str, Any], fields: dict[str, Any]
) -> tuple[dict[str, Any], list[FieldFault]]:
    if not set(_CONTACT) & set(changes):
        return fields, []
    known = opened(party)
    contact, faults = read_contact({name: changes.get(name, getattr(known, name)) for name in _CONTACT})
    same = contact == known
    flags = [flag for flag in party.flags if flag != "contact_erased"]
    more = {} if same or faults else {**contact.columns(party.district_id), "flags": flags}
    return fields | more, faults


def write(party: Party, fields: Mapping[str, Any], on: datetime) -> None:
    """Write fields of a locked party, with what follows from them. Raises PartyExists."""
    for name, value in fields.items():
        setattr(party, name, value)
    party.bigrams = bigrams(party.name)
    party.version += 1
    party.updated_at = on
    _saved(party)


def _locked(party_id: int, by: Actor, version: int | None) -> Party:
    found = party_of(party_id, by=by)
    party = Party.objects.select_for_update().get(pk=found.pk)
    require(by, "register.edit", Belongs(party.district_id))
    if version is not None and party.version != version:
        raise Conflict(
            _("This has changed since you opened it."),
            _("You saw version %(seen)s, it is at %(now)s.") % {"seen": version, "now": party.version},
            _("Reload, look at what changed, and decide again."),
        )
    return party


@transaction.atomic
def merge_parties(keep_id: int, double_id: int, *, by: Actor, on: datetime, reason: str = "") -> Party:
    """Make one of two: objects and permits of the double go to the one that stays, which takes over
    a contact or credit code it lacks.

    Raises NoSuchParty, NotAllowed, CannotMerge.
    """
    first, second = sorted(
        (keep_id, double_id)
    )  # locked in one order, so that two mergers never wait in a ring
    rows = {number: _locked(number, by, None) for number in (first, second)}
    keep, double = rows[keep_id], rows[double_id]
    alike = (keep.district_id, keep.kind) == (double.district_id, double.kind)
    if keep.pk == double.pk or not alike or "merged" in (keep.state, double.state):
        raise CannotMerge(
            _("These two cannot be merged."),
            _("They must be two different active parties of one kind and district."),
            _("Choose two that stand for the same one."),
        )
    objects = RegisteredObject.objects.filter(party=double)
    moved = list(objects.values_list("pk", flat=True))
    objects.update(party=keep, updated_at=on)
    permits = Permit.objects.filter(party=double)
    moved_permits = list(permits.values_list("pk", flat=True))
    permits.update(party=keep)
    taken = {name: getattr(double, name) for name in ("contact", "phone_mark", "credit_code", "page_hash")
             if not getattr(keep, name) and getattr(double, name)}  # fmt: skip
    gone = {"state": "merged", "merged_into": keep, "contact": None, "phone_mark": None, "page_hash": None}
    former = {name: getattr(double, name) for name in ("contact", "phone_mark", "page_hash")}
    given = {name: getattr(keep, name) for name in taken}
    write(double, gone, on)
    write(keep, taken, on)
    remember("merge", keep, given, on=on, other=double, others=former, objects=moved, permits=moved_permits)
    _note(double, "merge", by, on, into=keep.pk, objects=moved, reason=hidden(plain(reason), None))
    _note(keep, "absorb", by, on, other=double.pk, objects=moved)
    return keep


@transaction.atomic
def new_page_code(party: Party, *, by: Actor, on: datetime) -> str:
    """A new code for the party's own page, to be shown this once; an older one ends with it.

    Raises NotAllowed.
    """
    require(by, "register.edit", Belongs(party.district_id))
    code = "".join(secrets.choice(ALPHABET) for _sign in range(PAGE_SIGNS))
    _set_code(party, hashlib.sha256(code.encode()).digest(), "new_page_code", by, on)
    return code


@transaction.atomic
def withdraw_page_code(party: Party, *, by: Actor, on: datetime) -> None:
    """End the code of the party's own page. Raises NotAllowed."""
    require(by, "register.edit", Belongs(party.district_id))
    _set_code(party, None, "withdraw_page_code", by, on)


def _set_code(party: Party, digest: bytes | None, step: str, by: Actor, on: datetime) -> None:
    party.page_hash = digest
    Party.objects.filter(pk=party.pk).update(page_hash=digest, updated_at=on)
    _note(party, step, by, on)


def party_by_code(code: str) -> Party | None:
    """The party whose own page a code opens; None for an unknown, ended or mistyped one."""
    plain_code = "".join(sign for sign in code.lower() if sign in ALPHABET)
    if len(plain_code) != PAGE_SIGNS:
        return None
    digest = hashlib.sha256(plain_code.encode()).digest()
    return Party.objects.filter(page_hash=digest, state="active").first()


def _note(party: Party, step: str, by: Actor, on: datetime, **facts: Any) -> None:
    record(
        district_id=party.district_id, thing="party", thing_id=party.pk, step=step, by=by, on=on,
        after=party.state, facts={name: value for name, value in facts.items() if value != ""},
    )  # fmt: skip

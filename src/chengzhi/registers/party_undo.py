"""Taking back a correction or a merger of parties."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.ledger.actions import record
from chengzhi.lifecycle.problems import CannotUndo
from chengzhi.people.actor import Actor
from chengzhi.registers.getting import party_of
from chengzhi.registers.models import Party, PartyBefore, Permit, RegisteredObject
from chengzhi.registers.parties import write
from chengzhi.registers.party_before import undoable, unpacked
from chengzhi.registers.rules import Belongs, require


@transaction.atomic
def undo_party(party_id: int, *, by: Actor, on: datetime) -> Party:
    """Take back the last correction of a party, or the last merger into it, while that is allowed.

    Objects and permits that a merger moved go back, those that moved on since stay where they are.
    Raises NoSuchParty, NotAllowed, CannotUndo, PartyExists (its credit code was given away).
    """
    found = party_of(party_id, by=by)
    require(by, "register.edit", Belongs(found.district_id))
    kept = PartyBefore.objects.filter(party=found).order_by("-id").first()
    numbers = sorted({found.pk, kept.other_id or found.pk} if kept else {found.pk})
    rows = {one.pk: one for one in Party.objects.select_for_update().filter(pk__in=numbers).order_by("pk")}
    party = rows[found.pk]
    last = undoable(party, on)
    if last is None:
        raise CannotUndo(
            _("This step cannot be taken back."),
            _("Its time has run out, or something has happened since."),
            _("Correct the party instead."),
        )
    _note(party, last.step, by, on)
    write(party, _given_back(party, last), on)
    if last.other_id is not None:
        _part(party, rows[last.other_id], last, by, on)
    PartyBefore.objects.filter(pk=last.pk).delete()
    return party


def _given_back(party: Party, last: PartyBefore) -> dict[str, Any]:
    """The former values; a page code that was given out after a merger stays."""
    fields = unpacked(last.before["fields"])
    taken = unpacked(last.before.get("others", {})).get("page_hash")
    if "page_hash" in fields and bytes(party.page_hash or b"") != (taken or b""):
        del fields["page_hash"]
    return fields


def _part(keep: Party, double: Party, last: PartyBefore, by: Actor, on: datetime) -> None:
    write(double, {"state": "active", "merged_into": None, **unpacked(last.before["others"])}, on)
    things = RegisteredObject.objects.filter(pk__in=last.before["objects"], party=keep)
    things.update(party=double, updated_at=on)
    Permit.objects.filter(pk__in=last.before["permits"], party=keep).update(party=double)
    _note(double, last.step, by, on)


def _note(party: Party, step: str, by: Actor, on: datetime) -> None:
    record(
        district_id=party.district_id, thing="party", thing_id=party.pk, step=f"undo_{step}", by=by, on=on,
        after="active",
    )  # fmt: skip

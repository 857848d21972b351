"""One object, party or permit, as far as the person may see it."""

from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from chengzhi.people.actor import Actor
from chengzhi.registers.models import Party, Permit, RegisteredObject
from chengzhi.registers.problems import NoSuchObject, NoSuchParty, NoSuchPermit
from chengzhi.registers.rules import may, require

Row = TypeVar("Row", bound=models.Model)


def object_of(object_id: int, *, by: Actor | None = None) -> RegisteredObject:
    """An object, in the actor's district if one is given. Raises NoSuchObject."""
    found = RegisteredObject.objects.filter(pk=object_id).first()
    if found is None or (by is not None and not _here(by, found.district_id)):
        raise NoSuchObject(_("There is no such entry in the register."), "", _("Look at the number again."))
    return found


def object_to_change(object_id: int, *, by: Actor, permission: str = "register.edit") -> RegisteredObject:
    """An object that the person may change. Raises NoSuchObject, NotAllowed."""
    found = object_of(object_id, by=by)
    require(by, permission, found)
    return found


def party_of(party_id: int, *, by: Actor | None = None) -> Party:
    """A party, in the actor's district if one is given. Raises NoSuchParty."""
    found = Party.objects.filter(pk=party_id).first()
    if found is None or (by is not None and not _here(by, found.district_id)):
        raise NoSuchParty(_("There is no such responsible party."), "", _("Look at the name again."))
    return found


def permit_of(permit_id: int, *, by: Actor) -> Permit:
    """A permit with its object. Raises NoSuchPermit."""
    found = Permit.objects.select_related("object").filter(pk=permit_id).first()
    if found is None or not _here(by, found.object.district_id):
        raise NoSuchPermit(_("There is no such permit or agreement."), "", _("Look at the number again."))
    return found


def may_see(actor: Actor, thing: RegisteredObject) -> bool:
    """Whether the person may look at the object's page."""
    return may(actor, "register.view", thing)


def _here(by: Actor, district_id: int) -> bool:
    return by.kind == "system" or by.district_id == district_id

"""Writes about units."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.models import Unit

FIELDS = ("code", "name", "name_en", "kind", "parent_id", "credit_code", "handles_cases", "active")


class UnitLoop(Problem):
    """A unit would lie below itself."""

    code = "people.unit_loop"


@transaction.atomic
def save_unit(*, unit: Unit, by: Actor, on: datetime) -> Unit:
    """Write a new or changed unit with what changed in the ledger. Raises UnitLoop."""
    _check_parents(unit)
    old = Unit.objects.filter(pk=unit.pk).values(*FIELDS).first() if unit.pk else None
    unit.save()
    new = {name: getattr(unit, name) for name in FIELDS}
    changed = {name: [old[name], new[name]] for name in FIELDS if old[name] != new[name]} if old else new
    if changed:
        record(
            district_id=unit.district_id,
            thing="unit",
            thing_id=unit.pk,
            step="unit_changed" if old else "unit_added",
            by=by,
            on=on,
            facts=changed,
        )
    return unit


def _check_parents(unit: Unit) -> None:
    parents = dict(Unit.objects.filter(district_id=unit.district_id).values_list("pk", "parent_id"))
    above = unit.parent_id
    while above is not None:
        if above == unit.pk:
            raise UnitLoop(
                _("A unit cannot lie below itself."), "", _("Choose a unit that is not below this one.")
            )
        above = parents.get(above)

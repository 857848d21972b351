"""What a correction or a merger changes of an object: checked all at once, nothing saved."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.domains.kinds import COMPONENT_STATUS, Kind
from chengzhi.places.placement import PLACE_FLAGS
from chengzhi.registers import components, placing
from chengzhi.registers.birth import party_faults, place_kind, plain, text_faults, unit_faults
from chengzhi.registers.fields import missing, missing_faults, try_facts
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.policies import district_of
from chengzhi.registers.problems import BadFields, CannotMerge, FieldFault, NothingChanged

_PLAIN = ("name", "address", "party_id", "unit_id", "component_code", "component_status")
_PLACE = frozenset({"lon", "lat", "shape"})
CLEAR = "clear_flags"
KNOWN = frozenset({*_PLAIN, *_PLACE, "facts", CLEAR})


def fields_of(thing: RegisteredObject, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that really change. Raises BadFields, BadShape, BadCoordinates, NothingChanged."""
    kind = kind_of(thing.kind)
    fields, faults = _plain_fields(changes)
    facts, fact_faults = _facts(thing, kind, changes.get("facts") or {})
    faults += [*_faults(thing, kind, fields), *fact_faults]
    if faults:
        raise BadFields(faults)
    fields |= {"facts": facts} | _place(thing, kind, changes)
    fields["flags"] = _flags(thing, kind, fields, changes.get(CLEAR) or ())
    if "component_code" in fields and not thing.component_status and fields["component_code"]:
        fields.setdefault("component_status", "intact")
    changed = {name: value for name, value in fields.items() if getattr(thing, name) != value}
    if not changed:
        raise NothingChanged(_("Nothing was changed."), "", _("Change something, or leave the form."))
    return changed


def _flags(
    thing: RegisteredObject, kind: Kind, fields: Mapping[str, Any], cleared: Iterable[str]
) -> list[str]:
    """Flags somebody has looked at go; those of the place are told anew with the place alone."""
    gone = {flag for flag in cleared if flag not in PLACE_FLAGS}
    if not missing(kind, fields["facts"]):
        gone.add("incomplete")
    return [flag for flag in fields.get("flags", thing.flags) if flag not in gone]


def _plain_fields(changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldFault]]:
    unknown = sorted(set(changes) - KNOWN)
    says = _("The register knows nothing of “%(field)s”.")
    faults = [FieldFault(name, "unknown", says % {"field": name}) for name in unknown]
    given = {name: changes[name] for name in _PLAIN if name in changes}
    texts = ("name", "address", "component_code", "component_status")
    return {name: plain(value or "") if name in texts else value for name, value in given.items()}, faults


def _facts(
    thing: RegisteredObject, kind: Kind, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldFault]]:
    read, faults = try_facts(kind, given)
    kept = {key: value for key, value in thing.facts.items() if key not in given} | read
    gone = {key for key in given if key in thing.facts and key not in read}
    unread = {fault.field for fault in faults}
    faults += [f for f in missing_faults(kind, kept) if f.field in gone and f.field not in unread]
    return kept, faults


def _faults(thing: RegisteredObject, kind: Kind, fields: Mapping[str, Any]) -> Iterator[FieldFault]:
    if "name" in fields:
        yield from text_faults("name", fields["name"], needed=True)
    if "address" in fields:
        yield from text_faults("address", fields["address"])
    if fields.get("party_id") != thing.party_id:
        yield from party_faults(kind, thing.district_id, fields.get("party_id"))
    if fields.get("unit_id") != thing.unit_id:
        yield from unit_faults(thing.district_id, fields.get("unit_id"))
    code = fields.get("component_code", "")
    if code and code != thing.component_code:
        yield from components.faults(kind, district_of(thing.district_id), code)
        yield from components.taken_faults(thing.district_id, code, thing.pk)
    status = fields.get("component_status", "")
    if status and status not in COMPONENT_STATUS:
        known = "、".join(word.name for word in COMPONENT_STATUS.values())
        yield FieldFault(
            "component_status", "choice", _("The component's status is one of: %(known)s.") % {"known": known}
        )


def _place(thing: RegisteredObject, kind: Kind, changes: Mapping[str, Any]) -> dict[str, Any]:
    if not _PLACE & set(changes):
        return {}
    lon, lat = changes.get("lon", thing.lon), changes.get("lat", thing.lat)
    said = changes.get("shape", thing.shape)
    if "shape" in changes and "lon" not in changes:
        lon = lat = None  # the point follows the new shape
    place = placing.placed(thing.district_id, lon, lat, placing.read_shape(kind, said), strict=True)
    place["flags"] = sorted({*place["flags"], *placing.other_flags(thing.flags)})
    return place | {"place_kind": place_kind(kind, place)}


def names(thing: RegisteredObject, fields: Mapping[str, Any]) -> Iterator[str]:
    """What was corrected, as keys: columns, and `facts.area` for a single fact."""
    for name in fields:
        if name == "facts":
            now = fields["facts"]
            keys = {*thing.facts, *now}
            yield from (f"facts.{key}" for key in keys if thing.facts.get(key) != now.get(key))
        elif name not in ("zkey", "cell_id", "area_id", "street_area_id", "road_kind", "flags", "place_kind"):
            yield name


def filled(keep: RegisteredObject, double: RegisteredObject) -> dict[str, Any]:
    """What the kept one lacks and its double has. Raises CannotMerge."""
    if keep.pk == double.pk or (keep.kind, keep.district_id) != (double.kind, double.district_id):
        raise CannotMerge(
            _("These two cannot be merged."),
            _("They must be two different entries of one register of one district."),
            _("Choose two that stand for the same thing."),
        )
    fields: dict[str, Any] = {}
    for name in ("address", "party_id", "unit_id", "component_code", "component_status", "source_number"):
        if not getattr(keep, name) and getattr(double, name):
            fields[name] = getattr(double, name)
    if "source_number" in fields:
        fields["source_system"] = double.source_system
    more = {key: value for key, value in double.facts.items() if key not in keep.facts}
    if more:
        fields["facts"] = {**double.facts, **keep.facts}
    if double.permit_until and (keep.permit_until is None or double.permit_until > keep.permit_until):
        fields["permit_until"] = double.permit_until
    flags = [flag for flag in keep.flags if flag != "possible_double"]
    return fields | ({"flags": flags} if flags != keep.flags else {}) | _point(keep, double)


def _point(keep: RegisteredObject, double: RegisteredObject) -> dict[str, Any]:
    if keep.lon is not None or double.lon is None:
        return {}
    names_ = (
        "lon",
        "lat",
        "zkey",
        "cell_id",
        "area_id",
        "street_area_id",
        "road_kind",
        "shape",
        "place_kind",
    )
    placed = {name: getattr(double, name) for name in names_}
    placed["flags"] = sorted({*placing.other_flags(keep.flags), *double.flags} - {"possible_double"})
    return placed

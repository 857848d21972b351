"""`chengzhi api-key`: staff keys of the JSON API."""

from typing import Any

import click

from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation
from chengzhi.errors import sentence as _


@click.group()
def command() -> None:
    """Make, list and revoke staff keys of the JSON API."""


@command.command()
@click.option("--district", required=True, help="Slug of the district.")
@click.option("--role", default="intake_clerk", show_default=True, help="Role the key works in.")
@click.option("--name", default="", help="What the key is for; stands in the history of every case it makes.")
@click.option("--unit", default="", help="Code of the unit; needed where the role sees its own unit only.")
@click.option("--scope", "scopes", multiple=True, default=("reports:write", "cases:read"), show_default=True)
@json_option
def create(district: str, role: str, name: str, unit: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make a key. It is shown this once."""
    with installation():
        from chengzhi import clock
        from chengzhi.people.actor import Actor
        from chengzhi.people.keys import create_key

        here = _district(district)
        row, key = create_key(
            district=here, unit=_unit(here, unit), name=name or f"command line, {role}", role=role, scopes=scopes,
            by=Actor.system(), on=clock.now(),
        )  # fmt: skip
        said = {
            "id": row.pk, "district": district, "role": role, "unit": unit or None, "scopes": list(scopes),
            "key": key,
        }  # fmt: skip
        report(as_json, said, f"Key {row.pk} of {district}, role {role}. It is shown this once:\n{key}")


@command.command("list")
@click.option("--district", required=True, help="Slug of the district.")
@json_option
def list_keys(district: str, as_json: bool) -> None:
    """List the keys of a district, without the keys themselves."""
    with installation():
        from chengzhi.people.models import ApiKey

        rows = [
            {
                "id": row.pk, "name": row.name, "role": row.role, "scopes": row.scopes, "start": row.start,
                "unit": row.unit.code if row.unit else None, "last_used_on": row.last_used_on,
                "created_at": row.created_at, "valid_to": row.valid_to, "revoked_at": row.revoked_at,
            }
            for row in ApiKey.objects.filter(district=_district(district)).select_related("unit")
        ]  # fmt: skip
        lines = [f"{r['id']:>4}  {r['start']}…  {r['role']}  {r['name']}" for r in rows]
        report(as_json, {"keys": rows}, "\n".join(lines) or "No keys.")


@command.command()
@click.argument("number", type=int)
@json_option
def revoke(number: int, as_json: bool) -> None:
    """End a key; running processes notice within half a minute."""
    with installation():
        from chengzhi import clock
        from chengzhi.people.actor import Actor
        from chengzhi.people.keys import NoSuchKey, revoke_key
        from chengzhi.people.models import ApiKey

        row = ApiKey.objects.filter(pk=number).first()
        if row is None:
            raise NoSuchKey(
                _("There is no key %(number)s.", number=number), cure=_("See “chengzhi api-key list”.")
            )
        revoke_key(row, by=Actor.system(), on=clock.now())
        report(as_json, {"id": row.pk, "revoked": True}, f"Key {row.pk} is revoked.")


def _district(slug: str) -> Any:
    from chengzhi.people.keys import NoSuchDistrict
    from chengzhi.places.models import District

    found = District.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(District.objects.order_by("slug").values_list("slug", flat=True))
        raise NoSuchDistrict(
            _("There is no district “%(slug)s”.", slug=slug),
            cure=_("Loaded are: %(known)s.", known=known) if known else _("None is loaded."),
        )
    return found


def _unit(district: Any, code: str) -> Any:
    from chengzhi.people.keys import BadKeyRequest
    from chengzhi.people.models import Unit

    found = Unit.objects.filter(district=district, code=code).first() if code else None
    if code and found is None:
        raise BadKeyRequest(
            _("There is no unit “%(code)s”.", code=code), cure=_("The page /manage/units/ lists the codes.")
        )
    return found

"""Writes about accounts, posts and roles that need no ledger row of a person."""

from datetime import date

from chengzhi.people.models import RolePermission
from chengzhi.people.roles import roles


def ensure_roles(*, district_id: int, since: date) -> int:
    """Copy the shipped roles into a district's dated table; only for roles it has no row of.

    Returns the number of rows written. What an administrator has changed stays.
    """
    present = set(
        RolePermission.objects.filter(district_id=district_id).values_list("role", flat=True).distinct()
    )
    rows = [
        RolePermission(district_id=district_id, role=key, permission=permission, valid_from=since)
        for key, role in roles().items()
        if key not in present
        for permission in sorted(role.permissions)
    ]
    return len(RolePermission.objects.bulk_create(rows))

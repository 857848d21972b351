"""Who belongs to a body on a day, and who of them has a vote."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from chengzhi.branch.organisation.models import Body, BodyRole, Exemption, Member, Membership
from chengzhi.branch.organisation.rules import in_force


def bodies(district_id: int, day: date) -> "QuerySet[Body]":
    """The bodies of a district that exist on a day, those above first."""
    return Body.objects.filter(in_force(day), district_id=district_id).select_related("unit").order_by("code")


def members_in(body_id: int, day: date, *, standing: str | None = None) -> list[Member]:
    """The members of a body on a day (of one standing), by name."""
    rows = Membership.objects.filter(in_force(day), in_force(day, "member__"), body_id=body_id)
    rows = rows.filter(standing=standing) if standing else rows
    found = rows.select_related("member__account").order_by("member__name", "member_id")
    return list(dict.fromkeys(row.member for row in found))


def expected(body_id: int, day: date, *, exempt: Collection[str] = ()) -> list[Member]:
    """应到会: the formal members with a vote, without those exempt for one of the reasons named.

    Probationary members take part but have no vote. Who is aged or ill keeps his vote; a rule
    that leaves such members out of its denominator names the reasons in `exempt`.
    """
    left_out = set(
        Exemption.objects.filter(in_force(day), reason__in=list(exempt)).values_list("member_id", flat=True)
    )
    formal = members_in(body_id, day, standing=Membership.Standing.FORMAL)
    return [one for one in formal if one.pk not in left_out]


def holders(body_id: int, role: str, day: date) -> list[Member]:
    """Who holds a role in a body on a day."""
    rows = BodyRole.objects.filter(in_force(day), body_id=body_id, role=role).select_related("member")
    return [row.member for row in rows.order_by("member__name", "member_id")]

"""Duty areas of a post: where an inspector or handler is at home, from a day on."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.people import problems
from chengzhi.people.actions import note
from chengzhi.people.actor import Actor
from chengzhi.people.models import Post
from chengzhi.people.rules import require
from chengzhi.places.models import Area


@transaction.atomic
def set_areas(*, post: Post, area_ids: Iterable[int], first_day: date, by: Actor, on: datetime) -> Post:
    """From `first_day` the post has these duty areas; returns the post that has them.

    A post that has begun ends the day before and goes on as a new one, so that the past keeps its
    areas. Raises NotAllowed, BadPeriod after the post's last day, WrongUnit for a foreign area.
    """
    require(by, "people.manage", post)
    areas = list(Area.objects.filter(pk__in=set(area_ids), district_id=post.district_id).order_by("code"))
    if len(areas) != len(set(area_ids)):
        raise problems.WrongUnit(_("An area is not one of the district."), "", _("Choose areas of the list."))
    if post.valid_to is not None and first_day > post.valid_to:
        raise problems.BadPeriod(
            _("The post has ended by then."), "", _("Choose an earlier day, or give a new post.")
        )
    if first_day > post.valid_from:
        post = _successor(post, first_day)
    post.areas.set(areas)
    facts = {"post": post.pk, "role": post.role, "areas": [area.name for area in areas], "from": first_day}
    note(post.account, "duty_areas_changed", by, on, post.district_id, facts)
    return post


def _successor(post: Post, first_day: date) -> Post:
    last = post.valid_to
    post.valid_to = first_day - timedelta(days=1)
    post.save(update_fields=["valid_to"])
    return Post.objects.create(
        account_id=post.account_id, district_id=post.district_id, unit_id=post.unit_id, role=post.role,
        valid_from=first_day, valid_to=last,
    )  # fmt: skip

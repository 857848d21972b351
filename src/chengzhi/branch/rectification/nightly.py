"""What happens without anybody's doing: figures read, gaps that came back reopened, suspensions that end."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from chengzhi.branch.rectification import figure
from chengzhi.branch.rectification.actions import reopen
from chengzhi.branch.rectification.models import Item, Reading
from chengzhi.branch.rectification.terms import recurrence_since
from chengzhi.cases.habits import habits
from chengzhi.lifecycle.machine import advance
from chengzhi.people.actor import Actor
from chengzhi.places.models import District


def read_figures(district: District, *, on: datetime) -> list[Reading]:
    """Read the figure of every item that runs or could still recur; keep one reading a day.

    A struck-off item whose figure is outside its bound again is reopened, once.
    """
    since = recurrence_since(district.pk, on)
    carrying = Item.objects.filter(district=district).exclude(metric="")
    carrying = carrying.filter(Q(ended_at=None) | Q(ended_at__date__gte=since))
    rows = list(carrying.select_related("metric_area").defer("metric_area__outline").order_by("pk"))
    readings = figure.read(district, rows, on)
    figure.keep(readings)
    for one in readings:
        if one.within is False and one.item.ended_at is not None:
            _come_back(one, on)
    return readings


def _come_back(reading: Reading, on: datetime) -> None:
    """Reopen it, unless it was already or the cases counted still lie before it was struck off."""
    ended = reading.item.ended_at
    if ended is None or reading.first < habits(reading.item.district_id).day(ended):
        explained = bool(reading.item.exception)
        if explained:  # it was struck off although outside: the same days cannot show a return
            return
    if not Item.objects.filter(earlier=reading.item).exists():
        reopen(reading.item.number, by=Actor.system(), on=on)


def end_suspensions(*, on: datetime) -> int:
    """Resume what was suspended until yesterday or earlier; returns how many."""
    waiting = defaultdict(list)
    for item in Item.objects.filter(state="suspended").order_by("pk"):
        waiting[item.district_id].append(item)
    done = 0
    for district_id, items in waiting.items():
        today = habits(district_id).day(on)
        for item in items:
            if item.suspended_until is not None and item.suspended_until < today:
                with transaction.atomic():
                    advance(item, "resume", by=Actor.system(), on=on)
                done += 1
    return done

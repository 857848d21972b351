"""What a web process reads once before the first report needs it.

The first call of a new process would else pay for the addresses, the tree of cells, the
calendar and the list of types: seconds in which, after a restart in a storm, others queue.
"""

import logging

from django.db import DatabaseError
from django.urls import get_resolver

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.law.deadlines import deadline
from chengzhi.law.units import Limit, Unit
from chengzhi.places.addresses import read_ahead
from chengzhi.places.index import place_index
from chengzhi.places.models import District
from chengzhi.reports.suggestions import domains_of_types, type_of_code, types_of

log = logging.getLogger(__name__)


def warm() -> list[str]:
    """Read what the intake of each district needs into this process; the districts' slugs.

    A database that is away only costs the warmth: it is logged, the first call reads instead.
    """
    get_resolver().url_patterns  # noqa: B018 - imports every view
    done = []
    try:
        for district in District.objects.order_by("id"):
            _warm(district)
            done.append(district.slug)
    except DatabaseError as error:
        log.warning("nothing was read ahead: %s", error)
    return done


def _warm(district: District) -> None:
    place_index(district.pk)
    read_ahead(district.pk)
    # A first deadline builds the day table of the calendar.
    now = clock.now()
    deadline(now, Limit(1, Unit.WORKING_HOURS), habits(district.pk).calendar_on(now))
    types_of(district.pk)
    domains_of_types(district.pk)
    type_of_code(district.pk, "")

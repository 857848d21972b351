"""What the first evaluation page of a process would else wait for: two engines and their queries."""

import logging
import time

from django.db import DatabaseError, connection

from chengzhi import clock
from chengzhi.jobs.queries import worker_lives
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.outcomes.figures import By, NoFigures
from chengzhi.places.models import District
from chengzhi.web.evaluation.choosing import usual_period

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 60.0
LEVELS = (By.DEPARTMENT, By.STREET)


def await_service(patience: float = PATIENCE_SECONDS) -> bool:
    """Wait until the worker gives a sign of life, so that the start itself has both processors.

    False when none came in time: then whoever waits goes on all the same.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if worker_lives(on=clock.now()):
                return True
        except DatabaseError as error:
            log.warning("the database is away: %s", error)
        connection.close()  # others need it more while this one sleeps
        time.sleep(0.5)
    return False


def warm() -> list[str]:
    """Import the engines and count what the evaluation page shows first; slugs of the districts with figures."""
    from chengzhi.analytics.engines import duckdb, expression  # noqa: F401 - a second of libraries

    try:
        districts = list(District.objects.defer("outline", "not_geocoded").order_by("pk"))
        return [district.slug for district in districts if _counted(district)]
    except DatabaseError as error:
        log.warning("no figures were read ahead: %s", error)
        return []


def _counted(district: District) -> bool:
    try:
        period = usual_period(district)
        for by in LEVELS:
            evaluate(district, period, by)
            evaluate(district, period.previous(), by)
    except NoFigures:
        return False
    return True

"""How much one passer-by may send. Counted in the database, so that all processes share it.

A passer-by is known by a mark of the network address that changes every day with a key of
this installation: enough to slow a flood down, useless to follow anybody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from chengzhi.reports.problems import LooksAutomatic, TooManyReports
from chengzhi.reports.sealing import passer_by_mark


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `most` within a window of `seconds`."""

    most: int
    seconds: int


# Several people may share one address (a mobile network, an office): generous, but finite.
RATES: dict[str, Rate] = {
    "report": Rate(20, 3600),
    "photo": Rate(60, 3600),
    "note": Rate(10, 3600),
    "look_up": Rate(120, 3600),
}
LEAST_SECONDS = 3
MOST_SECONDS = 24 * 3600

_COUNT = """
INSERT INTO reports_sendcount (mark, "window", count) VALUES (%s, %s, 1)
ON CONFLICT (mark, "window") DO UPDATE SET count = reports_sendcount.count + 1
RETURNING count
"""


def rate_of(what: str) -> Rate:
    """The rate in force for `what`; `settings.SEND_RATES` overrides single ones."""
    changed: dict[str, tuple[int, int]] = getattr(settings, "SEND_RATES", {})
    return Rate(*changed[what]) if what in changed else RATES[what]


def count_send(what: str, who: str, *, on: datetime) -> None:
    """Count one sending of `what` by `who` (an address, or a link's token).

    Raises TooManyReports, which says when it goes on.
    """
    rate = rate_of(what)
    window = int(on.timestamp()) // rate.seconds
    mark = passer_by_mark(f"{what}\x1f{who}", on.astimezone(UTC).date().isoformat())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, (mark, window))
        count = int(cursor.fetchone()[0])
    if count > rate.most:
        raise too_many(rate, (window + 1) * rate.seconds - int(on.timestamp()))


def too_many(rate: Rate, seconds_left: int) -> TooManyReports:
    """The Problem with the time until the next window."""
    return TooManyReports(
        _("Too much was sent from your network address in a short time."),
        _("At most %(most)d in %(minutes)d minutes are taken, so that the service stays open for everybody.")
        % {"most": rate.most, "minutes": rate.seconds // 60},
        _("Nothing you sent before is lost. Try again in %(minutes)d minutes, or call the hotline.")
        % {"minutes": max(1, -(-seconds_left // 60))},
    )


def forget_counts(*, on: datetime) -> int:
    """Drop counts of past days; for the worker."""
    oldest = int(on.timestamp()) // max(rate.seconds for rate in RATES.values()) - 24
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM reports_sendcount WHERE "window" < %s', (oldest,))
        return int(cursor.rowcount)


def check_person(*, opened_at: datetime, trap: str, on: datetime) -> None:
    """Raise LooksAutomatic when the trap field is filled or the form came back too soon."""
    passed = (on - opened_at).total_seconds()
    if trap:
        raise _automatic(_("A field that people do not see was filled in."))
    if passed < LEAST_SECONDS:
        raise _automatic(_("It was sent faster than a person can write."))
    if passed > MOST_SECONDS:
        raise _automatic(_("The page was open for more than a day."))


def _automatic(why: str) -> LooksAutomatic:
    return LooksAutomatic(
        _("The report was not sent yet."),
        why,
        _("Look it over and send it once more; what you typed is still there."),
    )

"""Reading reports: by follow-up link, for staff, and the public picture of a district."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import connection
from django.utils.translation import gettext as _

from chengzhi.cases.filters import visible
from chengzhi.cases.models import Case, CasePhoto
from chengzhi.people.actor import Actor
from chengzhi.reports.contact import contact
from chengzhi.reports.intake import follow_hash
from chengzhi.reports.models import Report
from chengzhi.reports.problems import NoSuchReport

_SALT = "chengzhi.follow"
# A link got by number and telephone is good for this visit only; the first link stays good.
FOUND_SECONDS = 3600


def by_token(token: str) -> Report:
    """The report of a follow-up link, or of a short-lived one. Raises NoSuchReport."""
    rows = Report.objects.select_related("case", "case__type", "case__area", "case__street_area", "reporter")
    if token.startswith("f:"):
        try:
            number = signing.loads(token[2:], salt=_SALT, max_age=FOUND_SECONDS)
        except signing.BadSignature:
            raise no_such_report() from None
        found = rows.filter(pk=number).first()
    else:
        found = rows.filter(follow_hash=follow_hash(token)).first()
    if found is None:
        raise no_such_report()
    return found


def find(district_id: int, number: str, phone: str) -> str:
    """A short-lived token for whoever knows case number and telephone. Raises NoSuchReport.

    One answer for a wrong number, a wrong telephone and an erased contact: it tells nobody
    whether a number is known here.
    """
    mark = contact(phone=phone).phone_mark() if phone.strip() else None
    rows = Report.objects.filter(district_id=district_id, case__number=number.strip())
    for report in rows.select_related("reporter"):
        known = report.reporter.phone_hmac if report.reporter else None
        if mark and known and hmac.compare_digest(bytes(known), mark):
            return "f:" + signing.dumps(report.pk, salt=_SALT)
    raise no_such_report()


def of_same_reporter(report: Report, *, by: Actor, limit: int = 20) -> list[Report]:
    """Other reports from the same telephone, newest first, on cases the person may see.

    Only the marks of the numbers are compared. Empty without a number, and for an erased contact.
    Call it where the person may see who reported, and has said why (`revealing.reveal`).
    """
    mark = report.reporter.phone_hmac if report.reporter else None
    if not mark:
        return []
    rows = Report.objects.filter(
        reporter__phone_hmac=mark, reporter__district_id=report.district_id,
        case__in=Case.objects.filter(visible(by)),
    ).exclude(pk=report.pk)  # fmt: skip
    return list(rows.select_related("case", "case__type").order_by("-received_at", "-id")[:limit])


def no_such_report() -> NoSuchReport:
    """The Problem of a link or number that leads nowhere."""
    return NoSuchReport(
        _("No report was found."),
        _("The link is incomplete, or number and telephone do not belong together."),
        _("Copy the whole link, or find the report by number and telephone."),
    )


@dataclass(frozen=True, slots=True)
class Happened:
    """One public step of a case."""

    step: str
    on: datetime


def public_history(case: Case) -> list[Happened]:
    """Steps of a case with their times, oldest first; no names, no texts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT step, happened_at FROM ledger_entry WHERE thing = 'case' AND thing_id = %s "
            "ORDER BY happened_at, id",
            [case.pk],
        )
        return [Happened(step, on) for step, on in cursor.fetchall()]


def released_photos(case: Case) -> Sequence[CasePhoto]:
    """Photos the public may see: masked and released."""
    return list(
        CasePhoto.objects.filter(case=case, masked__isnull=False, released_at__isnull=False).order_by("id")
    )


def following(case: Case) -> int:
    """How many reports tell of this case."""
    return Report.objects.filter(case=case, withdrawn_at=None).count()


@dataclass(frozen=True, slots=True)
class Figures:
    """A district's last days in numbers: reported, of these closed, of these in time; open now."""

    days: int
    reported: int
    closed: int
    due: int
    in_time: int
    open: int


_FIGURES = """
SELECT count(*),
       count(*) FILTER (WHERE state = 'closed'),
       count(*) FILTER (WHERE due_at IS NOT NULL AND (due_at < %(on)s OR handled_at IS NOT NULL)),
       count(*) FILTER (WHERE due_at IS NOT NULL AND handled_at <= due_at),
       (SELECT count(*) FROM cases_case o WHERE o.district_id = %(district)s AND o.closed_at IS NULL)
FROM cases_case WHERE district_id = %(district)s AND reported_at >= %(since)s AND reported_at <= %(on)s
"""


def figures(district_id: int, *, on: datetime, days: int = 30) -> Figures:
    """Count what was reported in the last days and what became of it."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"district": district_id, "on": on, "since": on - timedelta(days=days)})
        return Figures(days, *cursor.fetchone())


def newest(district_id: int, *, on: datetime, limit: int = 12) -> list[Case]:
    """The cases reported last, whatever became of them."""
    rows = Case.objects.filter(district_id=district_id, reported_at__lte=on).exclude(state="void")
    return list(
        rows.select_related("type", "area", "street_area")
        .defer("bigrams", "due_why", "text", "address")
        .order_by("-reported_at", "-id")[:limit]
    )


def latest_moment(district_id: int) -> datetime | None:
    """When the newest case was reported: a district of past data is shown as of then."""
    return (
        Case.objects.filter(district_id=district_id)
        .order_by("-reported_at", "-id")
        .values_list("reported_at", flat=True)
        .first()
    )

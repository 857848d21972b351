"""The month of all domains on one sheet of A4: visits, share in order, what came of it, what was measured."""

import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter
from django.db.models import Avg, Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.domains import DOMAINS
from chengzhi.inspections.checklists import measurement, named
from chengzhi.inspections.models import Finding, Reading, RoundPoint, Visit
from chengzhi.places.models import District
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import amount, domain_named, local, month_words
from chengzhi.web.manage.days import district_of, today_in
from chengzhi.web.rounds.figures import Shown, plain_share
from chengzhi.web.rounds.workbook import answer, sheet

CLOSED = ("closed", "forced_closed")


@dataclass
class Line:
    """One checklist in the month."""

    domain: str
    name: str
    key: str = ""
    visits: int = 0
    drawn: int = 0
    judged: int = 0
    passed: int = 0
    failed: int = 0
    excused: int = 0
    left_out: int = 0
    persuaded: int = 0
    corrected: int = 0
    filed: int = 0
    cases: set[int] = field(default_factory=set)
    closed: int = 0
    seconds: int = 0
    first: bool = False
    span: int = 1

    @property
    def share(self) -> Shown:
        """Share in order of the places drawn at random; nothing else is a sample."""
        return plain_share(self.passed, self.judged)


@dataclass(frozen=True)
class Month:
    """A month of the district: its first day and the moments between which it lies."""

    first: date
    begin: datetime
    end: datetime

    @property
    def label(self) -> str:
        """As in an address: 2026-11."""
        return f"{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        """As people say it."""
        return month_words(self.first)

    @property
    def before(self) -> str:
        """The month before, for an address."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after, for an address."""
        return f"{_next(self.first):%Y-%m}"


def _next(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_of(district: District, said: str) -> Month:
    """The month asked for as 2026-11, else the running one."""
    try:
        first = date.fromisoformat(f"{said}-01") if said else today_in(district).replace(day=1)
        after = _next(first)
    except (ValueError, OverflowError):
        first = today_in(district).replace(day=1)
        after = _next(first)
    zone = habits(district.pk).zone
    return Month(first, datetime.combine(first, time(), zone), datetime.combine(after, time(), zone))


def lines_of(district: District, month: Month, domain: str = "") -> list[Line]:
    """A line for every checklist of every domain (or of one), seen in the month or not."""
    lines = {
        one.key: Line(local(domain), named(one), domain.key)
        for domain in DOMAINS
        for one in domain.checklists
    }
    within = {"district": district, "visited_at__gte": month.begin, "visited_at__lt": month.end}
    _count_visits(lines, within)
    _count_cases(lines, within)
    left = RoundPoint.objects.filter(
        round__district=district, skipped_at__gte=month.begin, skipped_at__lt=month.end
    )
    for key, count in left.values_list("round__checklist").annotate(n=Count("pk")):
        lines[key].left_out = count
    found = [line for line in lines.values() if domain in ("", line.key)]
    _span(found)
    return found


def _count_visits(lines: dict[str, Line], within: dict[str, Any]) -> None:
    firsts = Visit.objects.filter(recheck_of=None, **within)
    random = Q(point__isnull=False, excused=False)
    counted = firsts.values("checklist").annotate(
        n=Count("pk"), points=Count("pk", filter=Q(point__isnull=False)),
        judged=Count("pk", filter=random & Q(passed__isnull=False)), good=Count("pk", filter=random & Q(passed=True)),
        bad=Count("pk", filter=Q(passed=False)), excuses=Count("pk", filter=Q(excused=True)),
        persuaded=Count("pk", filter=Q(result="persuaded")), corrected=Count("pk", filter=Q(result="corrected")),
        filed=Count("pk", filter=Q(result="filed")),
    )  # fmt: skip
    for row in counted:
        line = lines[row["checklist"]]
        line.visits, line.drawn, line.judged, line.passed = (
            row["n"],
            row["points"],
            row["judged"],
            row["good"],
        )
        line.failed, line.excused = row["bad"], row["excuses"]
        line.persuaded, line.corrected, line.filed = row["persuaded"], row["corrected"], row["filed"]
    again = Visit.objects.filter(recheck_of__isnull=False, **within)
    for key, count in again.values_list("checklist").annotate(n=Count("pk")):
        lines[key].seconds = count


def _count_cases(lines: dict[str, Line], within: dict[str, Any]) -> None:
    visits = {f"visit__{name}": value for name, value in within.items()}
    for rows in (Finding.objects.filter(case__isnull=False, **visits),
                 Reading.objects.filter(case__isnull=False, **visits)):  # fmt: skip
        for key, case in rows.values_list("visit__checklist", "case_id").distinct():
            lines[key].cases.add(case)
    numbers = {case for line in lines.values() for case in line.cases}
    done = set(Case.objects.filter(pk__in=numbers, state__in=CLOSED).values_list("pk", flat=True))
    for line in lines.values():
        line.closed = len(line.cases & done)


def _span(lines: list[Line]) -> None:
    """The first line of each domain carries the domain's name over all of them."""
    for at, line in enumerate(lines):
        line.first = at == 0 or lines[at - 1].domain != line.domain
        line.span = sum(1 for other in lines if other.domain == line.domain)


def readings_of(district: District, month: Month, domain: str = "") -> list[dict[str, Any]]:
    """What was measured in the month: number, plain mean, share within the limit."""
    rows = Reading.objects.filter(
        visit__district=district, visit__visited_at__gte=month.begin, visit__visited_at__lt=month.end,
        visit__recheck_of=None, visit__excused=False,
    ).values("visit__domain", "measurement", "unit")  # fmt: skip
    rows = rows.filter(visit__domain=domain) if domain else rows
    counted = rows.annotate(
        n=Count("pk"), mean=Avg("value"), judged=Count("pk", filter=Q(passed__isnull=False)),
        good=Count("pk", filter=Q(passed=True)), doubtful=Count("pk", filter=Q(doubtful=True)),
    )  # fmt: skip
    names = {domain.key: local(domain) for domain in DOMAINS}
    order = list(names)
    found = sorted(counted, key=lambda row: (order.index(row["visit__domain"]), row["measurement"]))
    return [
        {"domain": names[row["visit__domain"]], "name": named(measurement(row["measurement"])), "n": row["n"],
         "mean": amount(round(row["mean"], 2), row["unit"]), "kept": plain_share(row["good"], row["judged"]),
         "doubtful": row["doubtful"]}
        for row in found
    ]  # fmt: skip


def _asked(request: Request) -> tuple[District, Month, str]:
    """District, month and domain ("" for all) of a page or workbook."""
    district = district_of(request)
    domain = request.GET.get("domain", "")
    known = domain if domain_named(domain) else ""
    return district, month_of(district, request.GET.get("month", "")), known


@permitted("inspection.view")
@require_GET
def page(request: Request) -> HttpResponse:
    """`?month=2026-11`, `?domain=` for one alone; made to be printed on A4."""
    district, month, domain = _asked(request)
    lines = lines_of(district, month, domain)
    chosen = domain_named(domain)
    facts = {
        "month": month, "lines": lines, "readings": readings_of(district, month, domain),
        "visits": sum(line.visits for line in lines), "cases": len({c for line in lines for c in line.cases}),
        "closed": sum(line.closed for line in lines), "failed": sum(line.failed for line in lines),
        "seconds": sum(line.seconds for line in lines), "domain": domain, "only": local(chosen) if chosen else "",
        "domains": [(one.key, local(one)) for one in DOMAINS if one.checklists],
    }  # fmt: skip
    return render(request, "rounds/month.html", facts)


@permitted("inspection.view")
@require_GET
def workbook(request: Request) -> HttpResponse:
    """The same as a workbook."""
    district, month, domain = _asked(request)
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    title = _("Checks in %(month)s") % {"month": month.words}
    with xlsxwriter.Workbook(kept, options) as book:
        heads = [
            _("Domain"), _("Checklist"), _("Visits"), _("Drawn at random"), _("In order, %"), _("95 % from"),
            _("95 % to"), _("n"), _("Not in order"), _("Excused"), _("Left out"), _("Persuaded"), _("Corrected"),
            _("Filed"), _("Cases opened"), _("Cases closed"), _("Second looks"),
        ]  # fmt: skip
        rows = [
            [one.domain, one.name, one.visits, one.drawn, one.share.scaled, one.share.low, one.share.high,
             one.judged, one.failed, one.excused, one.left_out, one.persuaded, one.corrected, one.filed,
             len(one.cases), one.closed, one.seconds]
            for one in lines_of(district, month, domain)
        ]  # fmt: skip
        sheet(book, _("Checks"), district, title, heads, rows)
        heads = [_("Domain"), _("Measured"), _("n"), _("Mean"), _("Limit kept, %"), _("95 % from"),
                 _("95 % to"), _("Doubtful")]  # fmt: skip
        rows = [
            [one["domain"], one["name"], one["n"], one["mean"], one["kept"].scaled, one["kept"].low,
             one["kept"].high, one["doubtful"]]
            for one in readings_of(district, month, domain)
        ]  # fmt: skip
        sheet(book, _("Measured"), district, title, heads, rows)
    return answer(kept.getvalue(), f"checks-{district.slug}-{month.label}.xlsx")

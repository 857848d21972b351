"""Which period, and whose figures, a page was asked for."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.analytics.manifest import load
from chengzhi.analytics.metric import POSTS, Metric, Subject
from chengzhi.analytics.metrics import of
from chengzhi.analytics.periods import Period, PeriodKind, UnknownPeriod, parse, period_of
from chengzhi.analytics.refresh import folder_of
from chengzhi.outcomes.figures import By
from chengzhi.places.models import District
from chengzhi.web.access import Request

BY_NAMES: dict[By, Promise] = {
    By.DEPARTMENT: _("Departments"),
    By.STREET: _("Streets and towns"),
    By.COMMUNITY: _("Communities"),
    By.CELL: _("Unit cells"),
    By.POST: _("Posts"),
}
KIND_NAMES: dict[PeriodKind, Promise] = {
    PeriodKind.DAY: _("Day"),
    PeriodKind.WEEK: _("Week"),
    PeriodKind.MONTH: _("Month"),
    PeriodKind.QUARTER: _("Quarter"),
    PeriodKind.YEAR: _("Year"),
}


@dataclass(frozen=True)
class Choice:
    """District, period and kind of unit of a page."""

    district: District
    period: Period
    by: By

    def query(self, **changed: str) -> str:
        """The query string of this choice, with some of it changed."""
        return urlencode({"period": self.period.label, "by": self.by.value, **changed})

    def address(self, name: str, *args: str, **changed: str) -> str:
        """The address of an evaluation page for this choice."""
        return f"{reverse(f'evaluation:{name}', args=args)}?{self.query(**changed)}"

    @property
    def by_name(self) -> Promise:
        """What the rows are, in words."""
        return BY_NAMES[self.by]

    @property
    def kinds(self) -> list[tuple[str, Promise, bool]]:
        """The five kinds of period for the form."""
        return [(kind.value, name, kind is self.period.kind) for kind, name in KIND_NAMES.items()]

    @property
    def bys(self) -> list[tuple[str, Promise, bool, str]]:
        """The kinds of unit for the tabs."""
        return [(by.value, name, by is self.by, self.query(by=by.value)) for by, name in BY_NAMES.items()]

    @property
    def before(self) -> str:
        """Query of the period before."""
        return self.query(period=self.period.previous().label)

    @property
    def after(self) -> str:
        """Query of the period after."""
        return self.query(period=self.period.following().label)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that have rows here."""
        if self.by is By.POST:
            return tuple(metric for subject in POSTS for metric in of(subject))
        return of(Subject.DEPARTMENT if self.by is By.DEPARTMENT else Subject.AREA)


def _period(request: Request, district: District) -> Period:
    said = request.GET.get("period", "").strip()
    day = request.GET.get("day", "").strip()
    try:
        if day:
            return period_of(request.GET.get("kind", "month"), date.fromisoformat(day))
        return parse(said) if said else usual_period(district)
    except (ValueError, OverflowError, UnknownPeriod):
        raise UnknownPeriod(
            gettext("That is not a period."),
            gettext("A period is a year, quarter, month, week or day."),
            gettext("Write 2011, 2011-Q4, 2011-10, 2011-W40 or 2011-10-05."),
        ) from None


def usual_period(district: District) -> Period:
    """The last whole month with cases, or last month."""
    today = clock.now().astimezone(ZoneInfo(district.zone)).date()
    last = period_of("month", today).previous()
    manifest = load(folder_of(district.slug))
    months = [p.month for p in manifest.pieces if p.table == "cases_flat"] if manifest else []
    past = [month for month in months if month <= last.label]
    return parse(max(past)) if past else last


def choose(request: Request) -> Choice:
    """Read period and kind of unit from the address. Raises UnknownPeriod."""
    district = get_object_or_404(District.objects.defer("outline"), pk=request.actor.district_id)
    asked = request.GET.get("by", By.DEPARTMENT.value)
    by = By(asked) if asked in set(By) else By.DEPARTMENT
    return Choice(district, _period(request, district), by)

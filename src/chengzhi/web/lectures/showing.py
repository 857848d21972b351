"""A lecture, its figures, cases and map in the words of the page; the page and the printed pack share them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians, sqrt
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.branch.lectures import drawing, figures
from chengzhi.branch.lectures.drawing import Drawn, Square
from chengzhi.branch.lectures.figures import Shown
from chengzhi.branch.lectures.life import LECTURE_LIFE, PAPER
from chengzhi.branch.lectures.models import Decision, Lecture, Sight
from chengzhi.branch.lectures.workings import is_late, today
from chengzhi.cases.states import STATES
from chengzhi.people.actor import Actor
from chengzhi.places.models import District
from chengzhi.web.field.wording import domain_named, local

WIDTH = 360
MOST_CORNERS = 400
LARGEST = 13.0
SMALLEST = 3.0


def language() -> str:
    """The language of the page."""
    return get_language() or "zh"


def form_words(form: str) -> str:
    """A form in words."""
    return {"ten_minutes": _("Ten-minute lecture"), "on_site": _("On-site lecture")}.get(form, form)


def labels_of(lecture: Lecture) -> list[str]:
    """How the attendance was written down, where that was not on the day itself."""
    found = [_("from paper")] if lecture.entry == PAPER else []
    return found + ([_("entered later")] if is_late(lecture) else [])


def label_words() -> dict[str, str]:
    """The keys of the record in words."""
    later, paper = _("entered later"), _("from paper")
    return {
        "label:late": f"（{later}）",
        "label:paper": f"（{paper}）",
        "label:paper_late": f"（{paper}，{later}）",
    }


def row(lecture: Lecture) -> dict[str, Any]:
    """A lecture as a list says it."""
    domain = domain_named(lecture.domain)
    return {
        "lecture": lecture, "state": LECTURE_LIFE.state_words(lecture.state, language()),
        "domain": local(domain) if domain else lecture.domain, "form": form_words(lecture.form),
        "labels": labels_of(lecture),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A figure in words: its value, how many cases it is of, its interval."""

    name: str
    value: str
    n: int
    interval: str
    enough: bool


def said(one: Shown) -> Said:
    """A figure in words; a share of too few has no value."""
    if not one.metric.is_rate:
        return Said(one.metric.name(language()), f"{one.above:,}", one.below, "", True)
    value = "—" if one.value is None else f"{100 * one.value:.1f} %"
    low_high = one.interval
    interval = f"{100 * low_high[0]:.1f}–{100 * low_high[1]:.1f} %" if low_high else ""
    return Said(one.metric.name(language()), value, one.below, interval, one.enough)


@dataclass(frozen=True, slots=True)
class Told:
    """A drawn case in words."""

    case: Drawn
    type: str
    place: str
    state: str
    hours: str


def told(one: Drawn) -> Told:
    """A drawn case in words: community and street, no house number."""
    zh = language().startswith("zh")
    place = " ".join(part for part in (local(one.area) if one.area else "", one.street) if part)
    return Told(
        one, one.type if zh else one.type_en or one.type, place or "—", STATES[one.state][0 if zh else 1],
        "—" if one.hours is None else f"{one.hours:.1f}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dot:
    """A square of the map on paper: where, how large, how many."""

    x: float
    y: float
    r: float
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A small map: the outline of the district and a dot a square."""

    width: int
    height: int
    outline: str
    dots: tuple[Dot, ...]
    total: int


def picture(squares: Iterable[Square], district: District) -> Picture:
    """Squares as dots whose area grows with their number, in the district's bounds."""
    found = list(squares)
    wide = max(district.max_lon - district.min_lon, 1e-6)
    shrink = cos(radians((district.min_lat + district.max_lat) / 2))
    scale = WIDTH / (wide * shrink)
    height = max(1, round((district.max_lat - district.min_lat) * scale))

    def place(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - district.min_lon) * shrink * scale, 1), round((district.max_lat - lat) * scale, 1)

    most = max((one.count for one in found), default=1)
    dots = [
        Dot(*place(one.lon, one.lat), round(max(SMALLEST, LARGEST * sqrt(one.count / most)), 1), one.count)
        for one in found
    ]
    paths = []
    for ring in _rings(District.objects.values_list("outline", flat=True).get(pk=district.pk)):
        corners = [place(lon, lat) for lon, lat, *_rest in ring[:: max(1, len(ring) // MOST_CORNERS)]]
        paths.append("M" + "L".join(f"{x} {y}" for x, y in corners) + "Z")
    return Picture(WIDTH, height, " ".join(paths), tuple(dots), sum(one.count for one in found))


def _rings(outline: dict[str, Any]) -> list[list[list[float]]]:
    """The outer rings of a polygon or of several."""
    corners = outline.get("coordinates") or []
    if outline.get("type") == "MultiPolygon":
        return [polygon[0] for polygon in corners if polygon]
    return [corners[0]] if corners else []


@dataclass(frozen=True, slots=True)
class Changed:
    """A decision with what was seen before and after; never a word on why."""

    decision: Decision
    metric: str
    before: Said | None
    after: Said | None
    windows: tuple[Sight | None, Sight | None]


def changed(decision: Decision) -> Changed:
    """A decision in words."""
    metric = figures.offered().get(decision.metric)
    sights = {one.when: one for one in decision.sights.all()}
    pair = (sights.get(Sight.When.BEFORE), sights.get(Sight.When.AFTER))
    before, after = (said(Shown(metric, one.above, one.below)) if metric and one else None for one in pair)
    return Changed(decision, metric.name(language()) if metric else "", before, after, pair)


def of_domain(lecture: Lecture, *, by: Actor | None, on: datetime) -> dict[str, Any]:
    """Figures, map and drawn cases of the domain in the last quarter; `by` None for paper."""
    period = figures.quarter_of(lecture, today(lecture.district_id, on))
    found = figures.of_quarter(lecture, period)
    return {
        "period": period, "figures": found, "said": [said(one) for one in found.rows] if found else [],
        "cases": [told(one) for one in drawing.draw(lecture, period, by=by)],
        "drawn_from": drawing.population(lecture, period).count(),
        "map": picture(drawing.squares(lecture, period), lecture.district),
    }  # fmt: skip

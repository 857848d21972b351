"""Grades on the map: the rows from which the areas are coloured, where the areas have shapes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chengzhi.outcomes.figures import By
from chengzhi.places.models import Area
from chengzhi.web.evaluation.choosing import Choice
from chengzhi.web.evaluation.showing import Shown

LAYERS = {By.STREET: "streets-areas", By.COMMUNITY: "communities"}
FEW = "few"


@dataclass(frozen=True)
class Line:
    """One area: what stands in the list and, coloured, on the map."""

    code: str
    name: str
    url: str
    shown: Shown
    tone: str
    mark: str


@dataclass(frozen=True)
class GradeMap:
    """The map of one level of areas: `layer` names their shapes, `title` says what is graded."""

    layer: str
    title: str
    lines: tuple[Line, ...]


def grade_map(choice: Choice, title: str, rows: Iterable[tuple[str, str, Shown]]) -> GradeMap | None:
    """The map of rows (name, address, figure); None where areas have no shapes to be coloured."""
    layer = LAYERS.get(choice.by)
    if layer is None or not _shaped(choice):
        return None
    lines = tuple(_line(*row) for row in rows if row[2].figure.unit)
    return GradeMap(layer, title, lines)


def _shaped(choice: Choice) -> bool:
    areas = Area.objects.filter(district=choice.district, level=choice.by.value, valid_to=None)
    return areas.filter(outline__isnull=False).exists()


def _line(name: str, url: str, shown: Shown) -> Line:
    tone = shown.colour if shown.grade else FEW
    return Line(shown.figure.unit or "", name, url, shown, tone, shown.grade or _("too few"))

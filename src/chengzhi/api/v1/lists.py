"""What the district consists of, how it did, and what came of an import."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from chengzhi.analytics.periods import parse
from chengzhi.api.v1 import errors
from chengzhi.api.v1.calling import REFUSALS, caller, reader
from chengzhi.api.v1.shapes import ErrorOut
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.people.models import Unit
from chengzhi.people.rules import may
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.runs import report
from chengzhi.places.models import Area, District

router = Router()


class UnitOut(Schema):
    """A department, squad, contractor … `parent` is a code."""

    id: int
    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None
    handles_cases: bool
    active: bool


class AreaOut(Schema):
    """A street or community. `parent` is a code; `class` decides which limits count."""

    id: int
    code: str
    level: str
    name: str
    name_en: str
    parent: str | None
    area_class: int
    origin: str


class FigureOut(Schema):
    """One number of one unit, as `chengzhi evaluate --json` gives it."""

    unit: str | None
    name: str
    indicator: str
    numerator: int | None
    denominator: int | None
    value: float | None
    points: float | None
    grade: str | None
    n: int
    interval: list[float] | None


class EvaluationOut(Schema):
    """Every indicator and the composite of a period; `as_of` is the moment of the figures."""

    as_of: datetime
    rows: list[FigureOut]


class ImportOut(Schema):
    """An import: read = loaded + rejected + existing."""

    run: int
    state: str
    mapping: str
    started_at: datetime
    finished_at: datetime | None
    read: int
    loaded: int
    rejected: int
    existing: int
    flagged: int
    flags: dict[str, int]
    seconds: float


@router.get("/units", response={200: list[UnitOut], **REFUSALS}, summary="Units of the district")
def get_units(request: HttpRequest) -> Any:
    """Every unit, by code; those out of use too, for cases refer to them."""
    rows = Unit.objects.filter(district_id=caller(request).district_id).select_related("parent")
    return [_with_parent(row, UnitOut) for row in rows.order_by("code")]


@router.get("/areas", response={200: list[AreaOut], **REFUSALS}, summary="Areas of the district")
def get_areas(request: HttpRequest) -> Any:
    """Streets and communities in force, by code."""
    rows = Area.objects.filter(district_id=caller(request).district_id, valid_to=None)
    rows = rows.select_related("parent").defer("outline", "parent__outline")
    return [_with_parent(row, AreaOut) for row in rows.order_by("code", "level")]


def _with_parent(row: Any, shape: type[Schema]) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in shape.model_fields if name != "parent"}
    return {**fields, "parent": row.parent.code if row.parent else None}


@router.get(
    "/evaluation",
    response={200: EvaluationOut, 400: ErrorOut, 409: ErrorOut, **REFUSALS},
    summary="Evaluation of a period",
)
def get_evaluation(
    request: HttpRequest,
    period: str,
    by: Literal["area", "street", "community", "cell", "department", "post"] = "department",
    district: str = "",
    indicator: str = "",
) -> Any:
    """2011, 2011-Q4, 2011-10, 2011-W40 or 2011-10-05; as fresh as the last refresh, see `as_of`."""
    who = reader(request, "evaluation.view")
    own = District.objects.get(pk=who.district_id)
    if district not in ("", own.slug):
        raise errors.not_found()
    found = evaluate(own, parse(period), "street" if by == "area" else by)
    rows = [row.as_json() for row in found.rows if indicator in ("", row.indicator)]
    return {"as_of": found.as_of, "rows": rows}


@router.get("/imports/{int:run}", response={200: ImportOut, **REFUSALS}, summary="One import")
def get_import(request: HttpRequest, run: int) -> Any:
    """How far it is, and what came of it."""
    who = reader(request, "report.import")
    found = ImportRun.objects.filter(pk=run, district_id=who.district_id).first()
    if found is None or not may(who.actor, "report.import"):
        raise errors.not_found()
    more = ("state", "mapping", "started_at", "finished_at", "flags")
    return {**report(found), **{name: getattr(found, name) for name in more}}

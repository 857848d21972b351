"""The addresses of version 1."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Header, NinjaAPI

from chengzhi import clock
from chengzhi.api.v1 import cases, errors, lists
from chengzhi.api.v1.calling import REFUSALS, StaffKey, caller
from chengzhi.api.v1.shapes import (
    DistrictOut,
    ReportIn,
    ReportOut,
    TypeOut,
)
from chengzhi.cases.models import CaseType
from chengzhi.places.models import District
from chengzhi.reports.contact import Contact, contact
from chengzhi.reports.intake import NewReport, Receipt, receive
from chengzhi.reports.problems import UnknownType
from chengzhi.reports.suggestions import type_of_code

JSON = "application/json; charset=utf-8"
api = NinjaAPI(
    title="Chengzhi 城治",
    version="1",
    urls_namespace="api-v1",
    auth=StaffKey(),
    openapi_url="/openapi.json",
    docs_url=None,  # the viewer would load scripts from other servers
)
errors.install(api)


def _contact(said: ReportIn) -> Contact:
    if said.contact is None:
        return Contact()
    return contact(name=said.contact.name, phone=said.contact.phone, email=said.contact.email)


def _type(district_id: int, code: str | None) -> int | None:
    if not code:
        return None
    found = type_of_code(district_id, code)
    if found is None:
        raise UnknownType(
            _("There is no such kind of problem in this district."),
            _("The code is not in the district's list, or no longer."),
            _("Choose from /api/v1/types."),
        )
    return found


@cache
def _follow_path() -> tuple[str, str]:
    before, _mark, after = reverse("public:follow", args=["~"]).partition("~")
    return before, after


def _receipt(receipt: Receipt) -> HttpResponse:
    """The answer as bytes: made from checked values, so it is not checked a second time."""
    before, after = _follow_path()
    said = ReportOut.model_construct(
        number=receipt.number,
        follow=f"{before}{receipt.follow_token}{after}",
        received_at=receipt.received_at,
        first_due_at=receipt.first_due_at,
        repeated=receipt.repeated,
    )
    return HttpResponse(said.__pydantic_serializer__.to_json(said), content_type=JSON, status=201)


@api.post("/reports", response={201: ReportOut, **REFUSALS}, summary="Send a report")
def post_report(
    request: HttpRequest,
    body: ReportIn,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", min_length=1, max_length=64),  # type: ignore[type-arg]
) -> Any:
    """Take in one report; the same Idempotency-Key again gets the first answer, not a second case."""
    who = caller(request)
    who.need("reports:write")
    receipt = receive(
        NewReport(
            district_id=who.district_id,
            channel=body.channel,
            text=body.text,
            type_id=_type(who.district_id, body.type),
            address=body.address,
            lon=body.lon,
            lat=body.lat,
            cell_id=body.cell,
            area_id=body.area,
            urgent=body.urgent,
            contact=_contact(body),
            language=body.language,
            idempotency_key=f"k{who.key_id}-{idempotency_key}" if idempotency_key else None,
        ),
        by=who.actor,
        on=clock.now(),
    )
    return _receipt(receipt)


@api.get("/types", response={200: list[TypeOut], **REFUSALS}, summary="Case types of the district")
def get_types(request: HttpRequest) -> Any:
    """Every type in force, by code."""
    rows = CaseType.objects.filter(district_id=caller(request).district_id, valid_to__isnull=True)
    return [{name: getattr(row, name) for name in TypeOut.model_fields} for row in rows.order_by("code")]


@api.get("/districts", response={200: list[DistrictOut], **REFUSALS}, summary="The district of the key")
def get_districts(request: HttpRequest) -> Any:
    """One district: a key never reaches further."""
    rows = District.objects.filter(pk=caller(request).district_id)
    return [
        {
            **{name: getattr(row, name) for name in DistrictOut.model_fields if name != "bounds"},
            "bounds": [row.min_lon, row.min_lat, row.max_lon, row.max_lat],
        }
        for row in rows
    ]


for router in (cases.router, lists.router):
    api.add_router("", router)

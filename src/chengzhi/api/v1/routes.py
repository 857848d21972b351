"""The addresses of version 1."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Header, NinjaAPI, Query
from ninja.security import HttpBearer

from chengzhi import clock
from chengzhi.api import keys
from chengzhi.api.keys import Caller
from chengzhi.api.v1 import errors
from chengzhi.api.v1.shapes import (
    CaseOut,
    CasePage,
    DistrictOut,
    ErrorOut,
    ReportIn,
    ReportOut,
    TypeOut,
)
from chengzhi.cases import worklist
from chengzhi.cases.filters import read as read_filter
from chengzhi.cases.filters import visible
from chengzhi.cases.models import Case, CaseType
from chengzhi.cases.states import STATES
from chengzhi.places.models import District
from chengzhi.reports.contact import Contact, contact
from chengzhi.reports.intake import NewReport, receive
from chengzhi.reports.problems import UnknownType
from chengzhi.reports.suggestions import type_of_code

MOST_PER_PAGE = 200
REFUSALS: dict[Any, Any] = {401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 422: ErrorOut, 503: ErrorOut}


class StaffKey(HttpBearer):
    """`Authorization: Bearer cz_…`, made by `chengzhi api-key create`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller; raises KeyRefused."""
        return keys.caller_of(f"Bearer {token}", on=clock.now())


api = NinjaAPI(
    title="Chengzhi 城治",
    version="1",
    urls_namespace="api-v1",
    auth=StaffKey(),
    openapi_url="/openapi.json",
    docs_url=None,  # the viewer would load scripts from other servers
)
errors.install(api)


def caller(request: HttpRequest) -> Caller:
    """Who calls."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


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


@api.post("/reports", response={201: ReportOut, **REFUSALS}, summary="Send a report")
def post_report(
    request: HttpRequest,
    response: HttpResponse,
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
    return 201, {
        "number": receipt.number,
        "follow": reverse("public:follow", args=[receipt.follow_token]),
        "received_at": receipt.received_at,
        "first_due_at": receipt.first_due_at,
        "repeated": receipt.repeated,
    }


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


@api.get("/cases", response={200: CasePage, **REFUSALS}, summary="Cases, newest first")
def get_cases(
    request: HttpRequest,
    after: str | None = None,
    limit: int = Query(50, ge=1, le=MOST_PER_PAGE),  # type: ignore[type-arg]
    state: str | None = None,
    domain: str | None = None,
    open: bool | None = None,  # noqa: A002 -- the name of the parameter outside
    q: str = "",
) -> Any:
    """A keyset page: costs the same however deep; rows that come in meanwhile do not shift it."""
    who = caller(request)
    who.need("cases:read")
    district = District.objects.get(pk=who.district_id)
    asked = read_filter(
        {
            "state": (state,) if state else None, "domain": (domain,) if domain else None,
            "open": open, "q": q, "order": "newest",
        }
    )  # fmt: skip
    page = worklist.page(asked, who.actor, district.zone, now=clock.now(), after=after, limit=limit)
    return {"items": [case_out(case, district) for case in page.cases], "next": page.next}


@api.get("/cases/{path:number}", response={200: CaseOut, **REFUSALS}, summary="One case")
def get_case(request: HttpRequest, number: str) -> Any:
    """A case by its number."""
    who = caller(request)
    who.need("cases:read")
    rows = Case.objects.filter(visible(who.actor), number=number).select_related(
        "type", "unit", "cell", "district"
    )
    case = rows.first()
    if case is None:
        raise errors.not_found()
    return case_out(case, case.district)


def case_out(case: Case, district: District) -> dict[str, Any]:
    """A case in the shape of CaseOut."""
    name, name_en = STATES[case.state]
    plain = (
        "number", "state", "channel", "domain", "text", "address", "lon", "lat", "flags", "reported_at",
        "filed_at", "dispatched_at", "handled_at", "closed_at", "stage_due_at", "due_at", "outcome",
    )  # fmt: skip
    return {
        **{field: getattr(case, field) for field in plain},
        "state_name": name,
        "state_name_en": name_en,
        "type": case.type.code if case.type else None,
        "cell": case.cell.code if case.cell else None,
        "unit": case.unit.name if case.unit else None,
        "simulated": district.simulated,
    }

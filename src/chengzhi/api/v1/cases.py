"""Cases: the list, one case, its history, its steps and taking them back."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Header, Query, Router

from chengzhi import clock
from chengzhi.api.v1 import errors
from chengzhi.api.v1.answers import once
from chengzhi.api.v1.calling import MOST_PER_PAGE, REFUSALS, caller, reader
from chengzhi.api.v1.shapes import CasePage, ErrorOut
from chengzhi.api.v1.shapes_cases import CaseQuery, EventOut, StepIn, TakenOut, WholeCaseOut
from chengzhi.cases import plain, worklist
from chengzhi.cases.actions import undo_step
from chengzhi.cases.filters import BadFilter, Filter, visible
from chengzhi.cases.filters import read as read_filter
from chengzhi.cases.models import Case
from chengzhi.cases.stated import take_step, taken
from chengzhi.people.keys import Caller
from chengzhi.places.models import District

router = Router()
RELATED = (*worklist.RELATED, "cell", "district", "parent", "merged_into")
CHANGED: dict[Any, Any] = {**REFUSALS, 409: ErrorOut}


def _case(who: Caller, number: str) -> Case:
    rows = Case.objects.filter(visible(who.actor), number=number).select_related(*RELATED)
    case = rows.defer("bigrams").first()
    if case is None:
        raise errors.not_found()
    return case


@router.get("/cases", response={200: CasePage, 400: ErrorOut, **REFUSALS}, summary="Cases of a filter")
def get_cases(
    request: HttpRequest,
    asked: Query[CaseQuery],
    after: str | None = None,
    limit: int = Query(50, ge=1, le=MOST_PER_PAGE),  # type: ignore[type-arg]
) -> Any:
    """A keyset page: costs the same however deep; rows that come in meanwhile do not shift it."""
    who = caller(request)
    who.need("cases:read")
    _only_known(request)
    district = District.objects.defer("outline").get(pk=who.district_id)
    wanted = read_filter(asked.dict())
    page = worklist.page(wanted, who.actor, district.zone, now=clock.now(), after=after, limit=limit)
    for case in page.cases:
        case.district = district
    return {"items": [plain.listed(case) for case in page.cases], "next": page.next}


def _only_known(request: HttpRequest) -> None:
    """A filter with a slip of the pen must not answer with every case."""
    unknown = sorted(set(request.GET) - set(Filter.model_fields) - {"after", "limit"})
    if unknown:
        raise BadFilter(
            _("There is no filter “%(name)s”.") % {"name": unknown[0][:40]},
            "",
            _("Known: %(known)s.") % {"known": ", ".join(Filter.model_fields)},
        )


@router.get(
    "/cases/{path:number}/history", response={200: list[EventOut], **REFUSALS}, summary="History of a case"
)
def get_history(request: HttpRequest, number: str, language: str = "zh-hans") -> Any:
    """What happened, oldest first, in sentences of the language (zh-hans or en)."""
    who = caller(request)
    who.need("cases:read")
    return plain.told(_case(who, number), on=clock.now(), language=language)


@router.post(
    "/cases/{path:number}/steps/{step}", response={200: TakenOut, **CHANGED}, summary="Take a step on a case"
)
def post_step(
    request: HttpRequest,
    number: str,
    step: str,
    body: StepIn,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", min_length=1, max_length=64),  # type: ignore[type-arg]
) -> Any:
    """The same Idempotency-Key again gets the first answer and changes nothing."""
    who = _writer(request)
    case = _case(who, number)

    def take() -> dict[str, Any]:
        done = take_step(case, step, body.facts, by=who.actor, on=clock.now(), version=body.version)
        return done.as_json(case.number)

    asked = {"number": number, "step": step, **body.dict()}
    return once(who.key_id, idempotency_key, asked, take, on=clock.now())


@router.post(
    "/cases/{path:number}/undo/{int:event}", response={200: TakenOut, **CHANGED}, summary="Take a step back"
)
def post_undo(
    request: HttpRequest,
    number: str,
    event: int,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", min_length=1, max_length=64),  # type: ignore[type-arg]
) -> Any:
    """Only the last step, within the undo period; `event` stands in the step's answer and the history."""
    who = _writer(request)
    case = _case(who, number)

    def take() -> dict[str, Any]:
        return taken(undo_step(case.pk, event, by=who.actor, on=clock.now())).as_json(case.number)

    return once(who.key_id, idempotency_key, {"number": number, "undo": event}, take, on=clock.now())


@router.get("/cases/{path:number}", response={200: WholeCaseOut, **REFUSALS}, summary="One case")
def get_case(request: HttpRequest, number: str, language: str = "zh-hans") -> Any:
    """All facts of a case and the steps the key's role may take from here."""
    who = reader(request, "case.view")
    return plain.whole(_case(who, number), by=who.actor, on=clock.now(), language=language)


def _writer(request: HttpRequest) -> Caller:
    who = caller(request)
    who.need("cases:write")
    return who

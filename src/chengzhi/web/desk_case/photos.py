"""Photos of a case: added with a trace, together with a step or alone. `web.photos` serves them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases.models import Case, CasePhoto
from chengzhi.cases.rules import may
from chengzhi.errors import Problem
from chengzhi.files.actions import keep, store
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk_case.finding import case_of

MOST = 4
_SALT = "chengzhi.step-photos"
STAGES: dict[str, Any] = {
    "report": pgettext_lazy("photo", "before: report"),
    "verify": pgettext_lazy("photo", "before: verification"),
    "handle": pgettext_lazy("photo", "after: handling"),
    "check": pgettext_lazy("photo", "after: check"),
    "other": pgettext_lazy("photo", "other"),
}
OF_STEP = {
    "verify": "verify",
    "reply": "handle",
    "cohandled": "handle",
    "check_pass": "check",
    "check_fail": "check",
}
"""Steps with which photos are sent in one go, and the stage they then show."""


class TooManyPhotos(Problem):
    """More photos at once than a step takes."""

    code = "desk.too_many_photos"
    status = 422


def stage_words(stage: str) -> str:
    """What a photo shows, in words."""
    return str(STAGES.get(stage, STAGES["other"]))


def photos_of(case: Case) -> list[CasePhoto]:
    """The photos of a case, oldest first."""
    return list(CasePhoto.objects.filter(case=case).select_related("file").order_by("id"))


def keep_for_now(
    sent: Sequence["UploadedFile[Any]"], token: str, *, case: Case, by: Actor, on: datetime
) -> tuple[list[int], str]:
    """Store what was sent as drafts, with what an earlier attempt kept; numbers and their token.

    So a step that is refused loses no photo. Raises TooManyPhotos and the Problems of `files`.
    """
    kept = _read(token, case)
    if len(sent) + len(kept) > MOST:
        raise TooManyPhotos(
            _("At most %(most)s photos go with one step.") % {"most": MOST},
            _("%(sent)s were chosen.") % {"sent": len(sent) + len(kept)},
            _("Choose the clearest ones; more can be added on the case page."),
        )
    kept += [
        store(one, district_id=case.district_id, kind="photo", by=by.account_id, on=on,  # type: ignore[arg-type]
              name=one.name or "", draft=True).file.pk
        for one in sent
    ]  # fmt: skip
    return kept, signing.dumps([case.pk, *kept], salt=_SALT) if kept else ""


def _read(token: str, case: Case) -> list[int]:
    if not token:
        return []
    try:
        number, *kept = signing.loads(token, salt=_SALT, max_age=86_400)
    except signing.BadSignature:
        return []
    return [int(one) for one in kept] if number == case.pk else []


def attach(case: Case, numbers: Iterable[int], stage: str, *, by: Actor, on: datetime) -> int:
    """Make stored photos photos of the case, each once; how many were new. Within a transaction."""
    wanted = list(numbers)
    there = set(CasePhoto.objects.filter(file_id__in=wanted).values_list("file_id", flat=True))
    fresh = [one for one in wanted if one not in there]
    keep(fresh)
    CasePhoto.objects.bulk_create(
        CasePhoto(case=case, file_id=one, stage=stage, added_by=by.account_id, added_at=on) for one in fresh
    )
    return len(fresh)


@permitted("case.view")
@require_POST
def add(request: Request, number: str) -> HttpResponse:
    """Add photos without taking a step."""
    case, on = case_of(request, number), clock.now()
    if not may(request.actor, "photo.add", case):
        raise Http404
    stage = request.POST.get("stage", "")
    numbers, _token = keep_for_now(request.FILES.getlist("photos"), "", case=case, by=request.actor, on=on)
    with transaction.atomic():
        count = attach(case, numbers, stage if stage in STAGES else "other", by=request.actor, on=on)
        if count:
            record(
                district_id=case.district_id, thing="case", thing_id=case.pk, step="add_photos",
                by=request.actor, on=on, facts={"count": count},
            )  # fmt: skip
    return redirect("desk:case", case.number)

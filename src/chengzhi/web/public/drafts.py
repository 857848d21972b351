"""Photos that were uploaded while the form is still open.

The page carries a signed token per photo; what the camera knew of place and time travels in
it, back to the person who took it, and nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.files.actions import store
from chengzhi.files.limits import limits
from chengzhi.files.models import StoredFile
from chengzhi.files.problems import FileTooLarge
from chengzhi.places.models import District
from chengzhi.reports.rates import count_send

_SALT = "chengzhi.report-photo"
MOST_PHOTOS = 3
MAX_AGE_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Draft:
    """One uploaded photo: its file, its token, and where it was taken if the camera knew."""

    file_id: int
    token: str
    lon: float | None
    lat: float | None
    taken: str

    @property
    def has_place(self) -> bool:
        """Whether there is a place to offer."""
        return self.lon is not None and self.lat is not None


def check_length(request: HttpRequest) -> None:
    """Refuse before reading when more comes than the photos may have together."""
    most = limits().photo_bytes * MOST_PHOTOS + 1_000_000
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = 0
    if length > most:
        raise FileTooLarge(
            _("What you sent is too large: %(size)d MB.") % {"size": length // 1_000_000},
            _("All photos together may have %(most)d MB.") % {"most": most // 1_000_000},
            _("Choose fewer or smaller photos."),
        )


def kept(request: HttpRequest) -> list[Draft]:
    """The drafts a form carries along; damaged or old tokens are left out."""
    found = [read(token) for token in request.POST.getlist("kept")]
    removed = set(request.POST.getlist("remove"))
    return [draft for draft in found if draft and draft.token not in removed][:MOST_PHOTOS]


def read(token: str) -> Draft | None:
    """The draft of a token, None when it is damaged, old or swept."""
    try:
        file_id, lon, lat, taken = signing.loads(token, salt=_SALT, max_age=MAX_AGE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not StoredFile.objects.filter(pk=file_id).exists():
        return None
    return Draft(file_id, token, lon, lat, taken)


def upload(
    request: HttpRequest, district: District, *, who: str, on: datetime
) -> tuple[list[Draft], list[Problem]]:
    """Store what was sent now, after what is kept; each photo that fails says why."""
    drafts, problems = kept(request), list[Problem]()
    for sent in request.FILES.getlist("photo")[: MOST_PHOTOS - len(drafts)]:
        try:
            count_send("photo", who, on=on)
            drafts.append(_store(sent, district, on))
        except Problem as problem:
            problems.append(problem)
    return drafts, problems


def _store(sent: "UploadedFile[bytes]", district: District, on: datetime) -> Draft:
    made = store(sent, district_id=district.pk, kind="photo", by=None, on=on, draft=True)  # type: ignore[arg-type]
    taken = made.taken.time.isoformat() if made.taken.time else ""
    facts = [made.file.pk, made.taken.lon, made.taken.lat, taken]
    return Draft(made.file.pk, signing.dumps(facts, salt=_SALT), made.taken.lon, made.taken.lat, taken)

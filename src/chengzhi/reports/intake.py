"""One report in, in one statement: report, case, task and ledger entry, or none of them.

The hot path asks the database nothing beforehand: types, limits, calendar and cells are held
in process. A repeat with the same idempotency key inserts nothing and gets the first answer.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases.birth import NewCase, Statement, statement
from chengzhi.cases.models import CasePhoto
from chengzhi.files.actions import keep
from chengzhi.files.models import StoredFile
from chengzhi.notices.actions import About, tell_reporters
from chengzhi.people.actor import Actor
from chengzhi.places.addresses import WrittenPlace, place_text
from chengzhi.places.models import Area, Cell, District, RoadKind
from chengzhi.places.placement import demand_placeable
from chengzhi.places.zorder import zkey
from chengzhi.reports import prepared, sealing
from chengzhi.reports.contact import Contact
from chengzhi.reports.models import Report, Reporter, ReportPhoto
from chengzhi.reports.problems import KeyReused, NoPlace, NothingSaid, UnknownPhoto, UnknownType
from chengzhi.reports.retention import erase_after
from chengzhi.reports.suggestions import domains_of_types
from chengzhi.reports.wording import clean_line, clean_text


@dataclass(frozen=True, slots=True)
class NewReport:
    """What somebody says. Texts are cleaned here; ids are checked against the district here.

    One of point, cell, area or address must be given, and one of text, type or photo.
    """

    district_id: int
    channel: str
    text: str = ""
    type_id: int | None = None
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    cell_id: int | None = None
    area_id: int | None = None
    urgent: bool = False
    contact: Contact = field(default_factory=Contact)
    photo_ids: tuple[int, ...] = ()
    language: str = "zh-hans"
    idempotency_key: str | None = None

    def mark(self) -> bytes:
        """Hash of the content, to tell a repeat from another report with the same key."""
        said = [
            self.channel, self.text, self.type_id, self.address, self.lon, self.lat, self.cell_id,
            self.area_id, self.urgent, self.contact.name, self.contact.phone, self.contact.email,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets: the case, the secret of the follow-up link, the first deadline.

    `repeated` says that this request had come before and nothing new was made.
    """

    case_id: int
    number: str
    follow_token: str
    received_at: datetime
    first_due_at: datetime | None
    repeated: bool = False


_GATE = """INSERT INTO reports_report (district_id, case_id, channel, text, address, lon, lat,
  reporter_id, language, follow_hash, idempotency_key, content_mark, supports, received_at, received_by)
SELECT %(district_id)s, fresh.id, %(r_channel)s, %(r_text)s, %(r_address)s, %(r_lon)s::float8,
  %(r_lat)s::float8, %(r_reporter)s::bigint, %(r_language)s, %(r_follow)s::bytea, %(r_key)s, %(r_mark)s::bytea, false,
  %(on)s, %(actor_id)s::bigint FROM fresh
ON CONFLICT (district_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
RETURNING id"""


def receive(new: NewReport, *, by: Actor, on: datetime, step: str = "report") -> Receipt:
    """Take in one report and open its case.

    Raises NothingSaid, NoPlace, UnknownType, UnknownPhoto, KeyReused, TextTooLong, the
    placement's Problems, NotAllowed. Nothing is written when it raises.
    """
    if not (new.text.strip() or new.type_id or new.photo_ids):
        raise nothing_said()
    case = _placed(new)
    token = follow_token(new.district_id, new.idempotency_key)
    params = {
        "r_channel": case.channel, "r_text": case.text, "r_address": case.address, "r_lon": new.lon,
        "r_lat": new.lat, "r_reporter": None, "r_language": new.language, "r_follow": follow_hash(token),
        "r_key": new.idempotency_key, "r_mark": new.mark() if new.idempotency_key else None,
    }  # fmt: skip
    made = statement(step, case, by=by, on=on, gate=_GATE, gate_params=params)
    if not new.contact and not new.photo_ids:
        row = prepared.run(made)  # autocommit: one round trip, one commit
    else:
        row = _run_with_extras(made, new, on, by)
    if row is None:
        return repeat(new)
    return Receipt(row[0], row[1], token, on, made.params.get("stage_due_at"))


class _RepeatedError(Exception):
    """Rolls back what was written for a request that turns out to be a repeat."""


def _run_with_extras(made: Statement, new: NewReport, on: datetime, by: Actor) -> tuple[int, str] | None:
    try:
        with transaction.atomic():
            reporter = new_reporter(new, on) if new.contact else None
            made.params["r_reporter"] = reporter.pk if reporter else None
            row = prepared.run(made)
            if row is None:
                raise _RepeatedError
            if reporter and new.contact.email:
                _tell_received(reporter, row[0], row[1], new.language, on=on)
            _attach_photos(new, row[0], on, by)
    except _RepeatedError:
        return None
    return row


def _tell_received(reporter: Reporter, case_id: int, number: str, language: str, *, on: datetime) -> None:
    """Confirm a report by mail where an address was given."""
    about = About(reporter.district_id, "case", case_id, None, {"number": number})
    tell_reporters("report_received", [(reporter.pk, language)], about, on=on)


def new_reporter(new: NewReport, on: datetime) -> Reporter:
    """Store the contact, sealed, with the day of its erasure."""
    district = District.objects.get(pk=new.district_id)
    return Reporter.objects.create(
        district=district,
        contact=new.contact.sealed(district.pk),
        phone_hmac=new.contact.phone_mark(),
        created_at=on,
        erase_after=erase_after(district, on),
    )


def _attach_photos(new: NewReport, case_id: int, on: datetime, by: Actor) -> None:
    if not new.photo_ids:
        return
    report = Report.objects.get(case_id=case_id, received_at=on, supports=False)
    attach_photos(report, new.photo_ids, by=by, on=on)


def attach_photos(report: Report, photo_ids: tuple[int, ...], *, by: Actor, on: datetime) -> None:
    """Photos of a report become photos of its case; drafts are kept from now on.

    Raises UnknownPhoto when one is not there, belongs elsewhere or is used already.
    """
    files = StoredFile.objects.select_for_update().filter(pk__in=photo_ids, district_id=report.district_id)
    if len(files) != len(set(photo_ids)) or ReportPhoto.objects.filter(file__in=photo_ids).exists():
        raise UnknownPhoto(
            _("A photo is no longer there."),
            _("Photos that are not sent are kept for two days; or it was sent with another report."),
            _("Choose the photo again."),
        )
    keep(photo_ids)
    for file_id in photo_ids:
        ReportPhoto.objects.create(report=report, file_id=file_id)
        CasePhoto.objects.create(
            case_id=report.case_id, file_id=file_id, stage="report", added_by=by.account_id, added_at=on
        )


def repeat(new: NewReport) -> Receipt:
    """The answer of the first request with this key. Raises KeyReused for another content."""
    first = Report.objects.select_related("case").get(
        district_id=new.district_id, idempotency_key=new.idempotency_key
    )
    if first.content_mark is not None and bytes(first.content_mark) != new.mark():
        raise KeyReused(
            _("This key was used for another report."),
            _("An idempotency key stands for one content; this one came with something else."),
            _("Send the report with a new key."),
        )
    token = follow_token(new.district_id, new.idempotency_key)
    due = first.case.register_due_at or first.case.stage_due_at
    return Receipt(first.case_id, first.case.number, token, first.received_at, due, repeated=True)


def follow_token(district_id: int, idempotency_key: str | None) -> str:
    """The secret of a follow-up link; a repeat of the same request gets the same one."""
    if idempotency_key is None:
        return secrets.token_urlsafe(18)
    made = sealing.follow_secret(district_id, idempotency_key)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def follow_hash(token: str) -> bytes:
    """What the database holds of a follow-up link."""
    return hashlib.sha256(token.encode()).digest()


def nothing_said() -> NothingSaid:
    """The Problem of an empty report."""
    return NothingSaid(
        _("The report says nothing yet."),
        _("Without words, a kind or a photo nobody can act on it."),
        _("Say what it is in a few words."),
    )


def _placed(new: NewReport) -> NewCase:
    """The case as it will begin: cleaned, typed, placed."""
    case = NewCase(
        district_id=new.district_id,
        channel=new.channel,
        text=clean_text(new.text),
        address=clean_line(new.address),
        type_id=new.type_id,
        domain=_domain(new),
        urgent=new.urgent,
    )
    if new.lon is not None and new.lat is not None:
        _place_point(case, new.lon, new.lat)
    elif new.cell_id is not None:
        _place_cell(case, *_cell(new.district_id, new.cell_id))
    elif new.area_id is not None:
        _place_area(case, new.area_id)
    elif not case.address:
        raise NoPlace(
            _("The report has no place."),
            _("Without a place nobody can go there."),
            _("Give a point, a street or landmark, a community or a grid cell."),
        )
    else:
        place_by_text(case)
    return case


def _domain(new: NewReport) -> str:
    if new.type_id is None:
        return ""
    domains = domains_of_types(new.district_id)
    if new.type_id not in domains:
        raise UnknownType(
            _("There is no such kind of problem in this district."),
            _("The list may have changed since."),
            _("Choose from the present list."),
        )
    return domains[new.type_id]


def _place_point(case: NewCase, lon: float, lat: float) -> None:
    placed = demand_placeable(case.district_id, lon, lat)
    case.lon, case.lat, case.zkey = lon, lat, placed.zkey
    case.cell_id, case.area_id = placed.cell_id, placed.area_id
    case.street_area_id, case.road_kind = placed.street_area_id, placed.road_kind
    case.flags = placed.flags


def place_by_text(case: NewCase) -> None:
    """Place a case without a point by the words of its address; without a sure answer it is flagged."""
    found = place_text(case.district_id, case.address) if case.address else None
    if found is None:
        case.flags = ("not_geocoded",)
    else:
        _take_place(case, found)


def _take_place(case: NewCase, found: WrittenPlace) -> None:
    case.lon, case.lat, case.zkey = found.lon, found.lat, found.zkey
    case.cell_id, case.area_id = found.cell_id, found.area_id
    case.street_area_id, case.road_kind = found.street_area_id, found.road_kind
    case.flags = found.flags


@lru_cache(maxsize=4096)
def _cell(district_id: int, cell_id: int) -> tuple[int, int, int | None, str, float, float]:
    """A chosen cell: id, area, street area, road kind and a point within it."""
    cell = Cell.objects.select_related("area").filter(pk=cell_id, district_id=district_id).first()
    if cell is None:
        raise _unknown_place()
    point = shapely.geometry.shape(cell.outline).representative_point()
    return cell.pk, cell.area_id, cell.area.parent_id, cell.road_kind, float(point.x), float(point.y)


def forget_cells() -> None:
    """Drop what is remembered of cells (tests; after a pack was loaded)."""
    _cell.cache_clear()


def _place_cell(
    case: NewCase, cell_id: int, area_id: int, street: int | None, road: str, lon: float, lat: float
) -> None:
    case.cell_id, case.area_id, case.street_area_id, case.road_kind = cell_id, area_id, street, road
    case.lon, case.lat, case.zkey = lon, lat, int(zkey(lon, lat))
    case.flags = ("cell_centre",)  # the point stands for the cell, nobody pointed there


def _place_area(case: NewCase, area_id: int) -> None:
    area = Area.objects.filter(pk=area_id, district_id=case.district_id).first()
    if area is None:
        raise _unknown_place()
    case.area_id = area.pk
    case.street_area_id = area.pk if area.level == Area.Level.STREET else area.parent_id
    case.road_kind, case.flags = RoadKind.UNKNOWN.value, ("area_only",)
    found = place_text(case.district_id, case.address) if case.address else None
    if found is not None and found.cell_id and area.pk in (found.area_id, found.street_area_id):
        _take_place(case, found)  # the words say closer where in the chosen area


def _unknown_place() -> NoPlace:
    return NoPlace(
        _("This place is not in the district's list."),
        _("The list may have changed since."),
        _("Choose from the present list."),
    )

"""What happens to reports after they came in, each step with its trace in the ledger."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chengzhi.cases.models import Case, CasePhoto
from chengzhi.cases.states import UNFILED
from chengzhi.cases.words import bigrams
from chengzhi.files.actions import keep
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.machine import advance
from chengzhi.people.actor import Actor
from chengzhi.reports.intake import (
    NewReport,
    Receipt,
    attach_photos,
    follow_hash,
    follow_token,
    new_reporter,
    nothing_said,
    receive,
    repeat,
)
from chengzhi.reports.models import Report, ReportNote
from chengzhi.reports.problems import TooLateToChange
from chengzhi.reports.wording import clean_line, clean_text

__all__ = [
    "NewReport",
    "Receipt",
    "add_note",
    "correct",
    "erase_contact",
    "receive",
    "support",
    "withdraw",
]


def support(new: NewReport, case: Case, *, by: Actor, on: datetime) -> Receipt:
    """The same problem again: the report joins an open case and its sender follows that."""
    token = follow_token(new.district_id, new.idempotency_key)
    try:
        with transaction.atomic():
            report = Report.objects.create(
                district_id=case.district_id, case=case, channel=new.channel, text=clean_text(new.text),
                address=clean_line(new.address), lon=new.lon, lat=new.lat, language=new.language,
                reporter=new_reporter(new, on) if new.contact else None, follow_hash=follow_hash(token),
                idempotency_key=new.idempotency_key, content_mark=new.mark(), supports=True,
                received_at=on, received_by=by.account_id,
            )  # fmt: skip
            attach_photos(report, new.photo_ids, by=by, on=on)
            _note(report, "support", by, on)
    except IntegrityError:
        if new.idempotency_key is None:
            raise
        return repeat(new)
    return Receipt(case.pk, case.number, token, on, case.stage_due_at)


def add_note(report: Report, text: str, *, file_id: int | None, by: Actor, on: datetime) -> ReportNote:
    """More words or a photo from the reporter. Raises NothingSaid, TextTooLong."""
    said = clean_text(text)
    if not said and file_id is None:
        raise nothing_said()
    with transaction.atomic():
        note = ReportNote.objects.create(report=report, text=said, file_id=file_id, added_at=on)
        if file_id is not None:
            keep([file_id])
            CasePhoto.objects.create(case_id=report.case_id, file_id=file_id, stage="report", added_at=on)
        _note(report, "add_information", by, on)
    return note


def correct(
    report: Report, *, text: str, address: str, lon: float | None, lat: float | None, by: Actor, on: datetime
) -> Report:
    """Repair one's own words or pin, until the case is filed. Raises TooLateToChange.

    The words of the case are those of the report that opened it; a supporter corrects their own
    report only. The old words are overwritten everywhere: that is the purpose.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=report.case_id)
        if case.state not in UNFILED:
            raise TooLateToChange(
                _("The case has been taken on; your words are part of its record now."),
                _("Until then they can be changed by you, afterwards by the centre only."),
                _("Add what is missing below, or ask the centre to remove something private."),
            )
        report.text, report.address = clean_text(text), clean_line(address)
        moved = (lon, lat) != (report.lon, report.lat) and lon is not None and lat is not None
        if moved:
            report.lon, report.lat = lon, lat
        report.save(update_fields=["text", "address", "lon", "lat"])
        if not report.supports:
            _correct_case(case, report, moved, on)
        _note(report, "correct", by, on)
    return report


def _correct_case(case: Case, report: Report, moved: bool, on: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(
        text=report.text, address=report.address, bigrams=bigrams(report.text, report.address), updated_at=on
    )
    if moved:
        case.refresh_from_db()
        facts = {"lon": report.lon, "lat": report.lat, "address": report.address}
        advance(case, "change_place", by=Actor.system(), on=on, **facts)


def withdraw(report: Report, *, by: Actor, on: datetime) -> None:
    """The reporter no longer stands by the report. The case stays: the problem may be real."""
    if report.withdrawn_at is None:
        with transaction.atomic():
            report.withdrawn_at = on
            report.save(update_fields=["withdrawn_at"])
            _note(report, "withdraw", by, on)


def erase_contact(report: Report, *, by: Actor, on: datetime) -> bool:
    """Erase the reporter's contact at once, on their own wish; False when there was none."""
    reporter = report.reporter
    if reporter is None or reporter.erased_at is not None:
        return False
    with transaction.atomic():
        reporter.contact, reporter.phone_hmac, reporter.erased_at = b"", None, on
        reporter.save(update_fields=["contact", "phone_hmac", "erased_at"])
        record(
            district_id=report.district_id, thing="reporter", thing_id=reporter.pk, step="erase", by=by, on=on,
            rule="own wish",
        )  # fmt: skip
    return True


def _note(report: Report, step: str, by: Actor, on: datetime) -> None:
    record(
        district_id=report.district_id, thing="case", thing_id=report.case_id, step=step, by=by, on=on,
        facts={"report": report.pk},
    )  # fmt: skip

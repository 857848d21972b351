"""Balances, meters and samplers: their calibration, and whether a reading of them counts on a day."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chengzhi.domains.domain import Measurement
from chengzhi.inspections.checklists import INSTRUMENT_KINDS, named
from chengzhi.inspections.models import Instrument
from chengzhi.inspections.problems import (
    BadLimit,
    EntryProblem,
    InstrumentMissing,
    NotCalibrated,
    WrongInstrument,
    missing,
)
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require


@transaction.atomic
def register_instrument(
    *, district_id: int, kind: str, name: str, serial: str, by: Actor, on: datetime
) -> Instrument:
    """A new instrument; its readings count once it is calibrated. Raises NotAllowed, BadLimit."""
    made = Instrument(district_id=district_id, kind=kind, name=name.strip(), serial=serial.strip())
    require(by, "checks.manage", made)
    if kind not in INSTRUMENT_KINDS:
        raise BadLimit(
            _("There is no kind of instrument “%(kind)s”.") % {"kind": kind[:40]},
            "",
            _("Known: %(known)s.") % {"known": ", ".join(INSTRUMENT_KINDS)},
        )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise BadLimit(
            _("An instrument of this kind with the serial number %(serial)s is registered already.")
            % {"serial": made.serial}
        ) from None
    _note(made, "instrument_registered", by, on)
    return made


@transaction.atomic
def calibrate(
    instrument_id: int,
    *,
    calibrated_on: date,
    calibrated_until: date,
    certificate: str,
    by: Actor,
    on: datetime,
) -> Instrument:
    """Record a calibration: first and last day on which readings count. Raises NotAllowed, BadLimit."""
    found = _found(instrument_id, by)
    if calibrated_until < calibrated_on:
        raise BadLimit(_("The calibration ends before it begins."))
    found.calibrated_on, found.calibrated_until = calibrated_on, calibrated_until
    found.certificate, found.active = certificate.strip(), True
    found.save()
    _note(found, "instrument_calibrated", by, on)
    return found


@transaction.atomic
def retire(instrument_id: int, *, by: Actor, on: datetime) -> Instrument:
    """The instrument is used no more; its former readings stay. Raises NotAllowed."""
    found = _found(instrument_id, by)
    found.active = False
    found.save(update_fields=["active"])
    _note(found, "instrument_retired", by, on)
    return found


def usable(district_id: int, day: date) -> list[Instrument]:
    """The instruments whose readings count on the day."""
    return list(
        Instrument.objects.filter(
            district_id=district_id, active=True, calibrated_on__lte=day, calibrated_until__gte=day
        ).order_by("kind", "name", "pk")
    )


def fault(one: Measurement, instrument: Instrument | None, day: date) -> EntryProblem | None:
    """Why a reading with this instrument on this day does not count; None when it does."""
    if not one.instrument:
        return None
    needed = str(INSTRUMENT_KINDS[one.instrument])
    if instrument is None:
        return InstrumentMissing(
            _("%(name)s is measured with a %(kind)s: say which.") % {"name": named(one), "kind": needed},
            _("Without it nobody can tell whether the value can be trusted."),
            _("Choose the instrument that was used."),
            field=one.key,
        )
    if instrument.kind != one.instrument or not instrument.active:
        return WrongInstrument(
            _("%(instrument)s does not measure %(name)s, or is no longer in use.")
            % {"instrument": instrument, "name": named(one)},
            "",
            _("Choose a %(kind)s.") % {"kind": needed},
            field=one.key,
        )
    return None if _calibrated(instrument, day) else _not_calibrated(one, instrument, day)


def _calibrated(instrument: Instrument, day: date) -> bool:
    start, end = instrument.calibrated_on, instrument.calibrated_until
    return start is not None and end is not None and start <= day <= end


def _not_calibrated(one: Measurement, instrument: Instrument, day: date) -> NotCalibrated:
    until = instrument.calibrated_until
    why = (
        _("Its calibration counted until %(day)s.") % {"day": until}
        if until is not None
        else _("No calibration of it is recorded.")
    )
    return NotCalibrated(
        _("%(instrument)s was not calibrated on %(day)s.") % {"instrument": instrument, "day": day},
        why,
        _("Measure again with a calibrated one, or have the calibration recorded and send the entry again."),
        field=one.key,
    )


def _found(instrument_id: int, by: Actor) -> Instrument:
    found = Instrument.objects.select_for_update().filter(pk=instrument_id).first()
    if found is None:
        raise missing(_("instrument"))
    require(by, "checks.manage", found)
    return found


def _note(one: Instrument, step: str, by: Actor, on: datetime) -> None:
    record(
        district_id=one.district_id, thing="instrument", thing_id=one.pk, step=step, by=by, on=on,
        facts={"kind": one.kind, "serial": one.serial, "from": one.calibrated_on,
               "until": one.calibrated_until, "certificate": one.certificate},
    )  # fmt: skip

"""Writing the objects of a filter into a table: streamed, in constant memory, marked when simulated."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from chengzhi import clock
from chengzhi.domains.kinds import Field, Kind
from chengzhi.jobs.actions import progress
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.people.rules import require
from chengzhi.places.models import District
from chengzhi.registers import queries
from chengzhi.registers.exchange import targets
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.placing import as_wkt
from chengzhi.web.desk.asking import today
from chengzhi.web.desk.exporting import WRITERS, NoSuchAccount, note_of, path_of
from chengzhi.web.registers.asking import read
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.words import choice_text, fact_text, label_of, language

KIND = "registers.export"
EVERY = 1000
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet holds; a blank cell changes nothing when the table comes back."""


@dataclass(frozen=True)
class Column:
    """One column of the table."""

    label: str
    value: Callable[[RegisteredObject], Any]


def columns_of(kind: Kind) -> list[Column]:
    """All that is known of an object but its party's contact, under the names the import knows again."""
    names = {one.key: one.words(language()) for one in targets(kind)}
    values: dict[str, Callable[[RegisteredObject], Any]] = {
        "number": lambda one: one.number,
        "name": lambda one: one.name,
        "state": lambda one: state_words(kind, one.state),
        "address": lambda one: one.address,
        "lon": lambda one: one.lon,
        "lat": lambda one: one.lat,
        "shape": lambda one: _shape(one.shape),
        "unit": lambda one: one.unit.name if one.unit else "",
        "component_code": lambda one: one.component_code,
        "party": lambda one: one.party.name if one.party else "",
        "credit_code": lambda one: one.party.credit_code if one.party else "",
    }
    general = [Column(names[key], value) for key, value in values.items() if key in names]
    return [*general, *(_fact(field) for field in kind.fields), *_dates(kind)]


def _dates(kind: Kind) -> list[Column]:
    """What the calendars read, and where the entry came from; the import does not take these."""
    permit = [Column(_("Permit until"), lambda one: _day(one.permit_until))] if kind.permit else []
    return [
        *permit,
        Column(_("Next check"), lambda one: _day(one.check_due_on)),
        Column(_("Flags"), lambda one: " ".join(one.flags)),
        Column(_("Source"), lambda one: one.source_system),
        Column(_("Number at the source"), lambda one: one.source_number),
    ]


def _fact(field: Field) -> Column:
    return Column(label_of(field), lambda one: _plain(field, one.facts.get(field.key)))


def _plain(field: Field, value: Any) -> Any:
    """Numbers stay numbers and days are written so that a table reads them; the rest in words."""
    if value is None or field.type in ("number", "date", "text"):
        return value
    return choice_text(field, value) if field.type == "choice" else fact_text(field, value)


def _shape(said: dict[str, Any] | None) -> str:
    """A line or area as the import reads it again; one that no cell of a table holds stays out."""
    text = as_wkt(said)
    return text if len(text) <= LONGEST_CELL else ""


def _day(day: date | None) -> str:
    return "" if day is None else _("without end") if day == date.max else day.isoformat()


def export(run: JobRun) -> dict[str, Any]:
    """Write the file of one export. The rights are those the asker has now."""
    account = Account.objects.filter(pk=run.started_by or 0).first()
    if account is None:
        raise NoSuchAccount(_("Who asked for this export no longer has an account."))
    actor = actor_of(account, run.district_id, clock.now())
    district = District.objects.get(pk=run.district_id or 0)
    require(actor, "register.view")
    with override(run.arguments.get("language", "zh-hans")):
        rows = _write(run, actor, district)
    record(
        district_id=district.pk, thing="export", thing_id=run.pk, step="export", by=actor, on=clock.now(),
        facts={**{name: run.arguments[name] for name in ("kind", "query", "format")}, "rows": rows},
    )  # fmt: skip
    return {"rows": rows, "simulated": district.simulated}


def _write(run: JobRun, actor: Actor, district: District) -> int:
    kind = kind_of(run.arguments["kind"])
    asked = read(QueryDict(run.arguments["query"]), kind).filter
    rows = queries.every(asked, actor, today=today(district.zone, run.created_at))
    columns, total, target = columns_of(kind), rows.count(), path_of(run)
    part = target.with_name(f"{target.name}.part")
    writer = WRITERS[run.arguments["format"]](part, [one.label for one in columns], note_of(district))
    try:
        done = _rows(run, writer, columns, rows, total)
        writer.close()
    except BaseException:
        with contextlib.suppress(Exception):
            writer.close()
        part.unlink(missing_ok=True)
        raise
    _keep(part, target)
    progress(run, done, done)
    return done


def _rows(run: JobRun, writer: Any, columns: Sequence[Column], rows: Any, total: int) -> int:
    done = 0
    progress(run, 0, total)
    for done, thing in enumerate(rows.iterator(chunk_size=2000), start=1):
        writer.row([column.value(thing) for column in columns])
        if done % EVERY == 0:
            progress(run, done, max(total, done))
    return done


def _keep(part: Path, target: Path) -> None:
    part.chmod(0o600)
    part.replace(target)

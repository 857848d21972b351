"""Load whole district packs: places, people and cases in one transaction, noted in the ledger."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from chengzhi.branch.organisation.packs import BranchRows, load_branch, read_branch
from chengzhi.cases.packs import CaseRows, load_cases, read_cases
from chengzhi.law.calendars import load_calendar
from chengzhi.ledger.actions import record
from chengzhi.people.actions import OFFERED
from chengzhi.people.actor import Actor
from chengzhi.people.packs import PeopleRows, load_people, read_people
from chengzhi.people.permissions import ALL
from chengzhi.people.rules import require
from chengzhi.places import index
from chengzhi.places.manifest import read_manifest
from chengzhi.places.models import District
from chengzhi.places.packfile import Pack, pack_folders, pack_version, read_pack
from chengzhi.places.packs import load_places


@dataclass(slots=True)
class LoadedPack:
    """What became of one pack."""

    slug: str
    district_id: int | None
    version: str
    changed: bool
    counts: dict[str, int]
    ended: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """For commands and pages."""
        return {
            "slug": self.slug, "district": self.district_id, "version": self.version,
            "changed": self.changed, "counts": self.counts, "ended": self.ended,
            "warnings": self.warnings, "seconds": round(self.seconds, 3),
        }  # fmt: skip


@dataclass(frozen=True)
class CheckedPack:
    """A pack of which every table has been read and checked."""

    pack: Pack
    people: PeopleRows
    cases: CaseRows
    branch: BranchRows | None = None


def check_pack(path: Path) -> CheckedPack:
    """Read and check all of a pack without the database. Raises a Problem naming file and field."""
    pack = read_pack(path)
    calendar = pack.manifest.calendar
    load_calendar(calendar.name, calendar.hours, pack.manifest.zone)
    people = read_people(pack)
    units = [row.code for row in people.units]
    return CheckedPack(pack, people, read_cases(pack, units), read_branch(path, set(units)))


def load_pack(path: Path, *, by: Actor, on: datetime, demo: bool = True, force: bool = False) -> LoadedPack:
    """Load one pack, all or nothing. The same version again changes nothing, unless `force`.

    `demo` also makes the demo accounts of posts.csv. Raises NotAllowed without packs.manage.
    """
    started = time.perf_counter()
    require(by, "packs.manage")
    manifest = read_manifest(path)
    before = District.objects.filter(slug=manifest.slug).first()
    if before and not force and _is_loaded(before, path, manifest.version, demo):
        flagged = list(before.settings.get("warnings", []))
        seconds = time.perf_counter() - started
        return LoadedPack(before.slug, before.pk, before.pack_version, False, {}, {}, flagged, seconds)
    checked = check_pack(path)
    loaded = _write(checked, before.pack_version if before else None, by=by, on=on, demo=demo)
    index.forget()
    loaded.seconds = time.perf_counter() - started
    return loaded


def load_all(root: Path | None = None, *, by: Actor, on: datetime, demo: bool = True) -> list[LoadedPack]:
    """Load every pack of a folder (default: the shipped ones), the sample district first."""
    return [load_pack(folder, by=by, on=on, demo=demo) for folder in pack_folders(root)]


def _is_loaded(district: District, path: Path, version: str, demo: bool) -> bool:
    """The same files, and the demo accounts too where they are wanted."""
    has_accounts = bool(district.settings.get("demo")) or not (path / "posts.csv").exists()
    return district.pack_version == pack_version(path, version) and (has_accounts or not demo)


@transaction.atomic
def _write(checked: CheckedPack, before: str | None, *, by: Actor, on: datetime, demo: bool) -> LoadedPack:
    pack = checked.pack
    places = load_places(pack, on=on)
    people = load_people(pack, checked.people, places.district, on=on, demo=demo)
    cases = load_cases(pack, checked.cases, places.district, on=on)
    district = places.district
    branch = _write_branch(checked, district, on)
    district.settings |= {"demo": demo, OFFERED: sorted(ALL)}  # the roles were offered with the people
    district.save(update_fields=["settings"])
    counts, ended = {**places.counts, **people.counts, **cases, **branch}, {**places.ended, **people.ended}
    record(
        district_id=district.pk, thing="district", thing_id=district.pk, step="load_pack",
        before=before, after=pack.version, by=by, on=on,
        facts={"counts": counts, "ended": ended, "warnings": pack.warnings},
    )  # fmt: skip
    return LoadedPack(district.slug, district.pk, pack.version, True, counts, ended,
                      pack.warnings + people.warnings)  # fmt: skip


def _write_branch(checked: CheckedPack, district: District, on: datetime) -> dict[str, int]:
    if checked.branch is None:
        return {}
    today = on.astimezone(ZoneInfo(district.zone)).date()
    since = checked.pack.manifest.valid_from or today
    return load_branch(checked.branch, district, today=today, since=since)

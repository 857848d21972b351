"""The Parquet files follow the database month by month, each state whole."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import connection, transaction

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.manifest import Manifest
from chengzhi.analytics.refresh import folder_of, refresh
from chengzhi.cases.models import Case
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.places.models import District

pytestmark = pytest.mark.django_db(transaction=True)
SEPTEMBER, OCTOBER = datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return District.objects.create(
        slug="town", name="镇", name_en="Town", zone="Asia/Shanghai", code_set="local", min_lon=0, max_lon=1,
        min_lat=0, max_lat=1, outline={}, pack_version="1", loaded_at=OCTOBER,
    )  # fmt: skip


def _case(district: District, reported: datetime, **fields: object) -> Case:
    with transaction.atomic():
        case = Case.objects.create(
            district=district, number="x", state="handling", channel="web", reported_at=reported,
            updated_at=reported, **fields,
        )  # fmt: skip
        _note(district, case)
    return case


def _note(district: District, case: Case) -> None:
    record(
        district_id=district.pk,
        thing="case",
        thing_id=case.pk,
        step="t",
        by=Actor.system(),
        on=case.reported_at,
    )


def _pieces(manifest: Manifest | None) -> dict[str, str]:
    assert manifest is not None
    return {piece.month: piece.file for piece in manifest.pieces if piece.table == "cases_flat"}


def test_only_touched_months_are_rewritten(district: District) -> None:
    _case(district, SEPTEMBER)
    later = _case(district, OCTOBER)
    first = _pieces(refresh(district))
    assert set(first) == {"2026-09", "2026-10"}
    with transaction.atomic():
        Case.objects.filter(pk=later.pk).update(state="closed", closed_at=OCTOBER)
        _note(district, later)
    second = _pieces(refresh(district))
    assert second["2026-09"] == first["2026-09"]
    assert second["2026-10"] != first["2026-10"]
    row = pl.read_parquet(folder_of("town") / second["2026-10"]).to_dicts()[0]
    assert (row["state"], row["closed_at"]) == ("closed", int(OCTOBER.timestamp() * 1_000_000))


def test_nothing_touched_keeps_the_files_and_moves_the_moment(district: District) -> None:
    _case(district, OCTOBER)
    first, second = refresh(district), refresh(district)
    assert first is not None
    assert second is not None
    assert _pieces(first) == _pieces(second)
    assert second.as_of > first.as_of


def test_what_commits_after_the_snapshot_is_found_by_the_next(district: District) -> None:
    _case(district, SEPTEMBER)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:  # begun before the snapshot, committed after it
            cursor.execute("UPDATE cases_case SET state = 'closed'")
            cursor.execute(
                "INSERT INTO ledger_entry (district_id, thing, thing_id, step, happened_at)"
                " SELECT district_id, 'case', id, 't', now() FROM cases_case"
            )
            during = _pieces(refresh(district))
            other.commit()
    finally:
        other.close()
    assert pl.read_parquet(folder_of("town") / during["2026-09"])["state"].to_list() == ["handling"]
    after = _pieces(refresh(district))
    assert pl.read_parquet(folder_of("town") / after["2026-09"])["state"].to_list() == ["closed"]


def test_a_reader_of_the_last_manifest_still_finds_its_files(district: District) -> None:
    case = _case(district, OCTOBER)
    folder = folder_of("town")
    held = refresh(district)
    assert held is not None
    for turn in range(3):
        with transaction.atomic():
            _note(district, case)
        refresh(district)
        there = all(path.exists() for paths in held.files(folder).values() for path in paths)
        assert there is (turn == 0)
    assert len(list(folder.glob("cases_flat-*.parquet"))) == 2


def test_a_second_refresher_steps_back(district: District) -> None:
    import fcntl

    _case(district, OCTOBER)
    first = refresh(district)
    with (folder_of("town") / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert refresh(district) == first


def test_files_of_another_layout_are_written_anew(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    _case(district, OCTOBER)
    first = _pieces(refresh(district))
    folder = folder_of("town")
    text = (folder / manifests.NAME).read_text("utf-8").replace("cases_flat:id,", "cases_flat:")
    (folder / manifests.NAME).write_text(text, encoding="utf-8")
    assert _pieces(refresh(district)) != first


def test_awkward_text_and_missing_values_survive(district: District) -> None:
    case = _case(district, OCTOBER, domain='a,"b"', lon=None, lat=31.5)
    row = pl.read_parquet(folder_of("town") / _pieces(refresh(district))["2026-10"]).to_dicts()[0]
    assert (row["id"], row["domain"], row["lon"], row["lat"], row["unit"]) == (
        case.pk,
        'a,"b"',
        None,
        31.5,
        None,
    )


def test_other_districts_stay_out(district: District) -> None:
    other = District.objects.create(
        slug="other", name="他", name_en="Other", zone="UTC", code_set="local", min_lon=0, max_lon=1,
        min_lat=0, max_lat=1, outline={}, pack_version="1", loaded_at=OCTOBER,
    )  # fmt: skip
    _case(other, OCTOBER)
    manifest = refresh(district)
    assert manifest is not None
    assert manifest.rows == 0

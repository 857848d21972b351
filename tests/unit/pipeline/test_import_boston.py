"""The real file of 2011 with all its traps: every row accounted for, nothing loaded twice."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from chengzhi.cases.models import Case, Task
from chengzhi.ledger.queries import history
from chengzhi.pipeline import sources
from chengzhi.pipeline.loading import load_file
from chengzhi.pipeline.models import ImportReject, ImportRun
from chengzhi.places.models import District
from tests.unit.pipeline.real_files import BOSTON, NOW

KEYS = ("read", "loaded", "rejected", "existing")


def load(path: Path, mapping: str = "boston-2011", **more: Any) -> dict[str, Any]:
    return load_file(path, mapping=mapping, slug="boston", rejects=None, on=NOW, say=lambda *_: None, **more)


def counts(done: dict[str, Any]) -> tuple[int, ...]:
    return tuple(done[key] for key in KEYS)


def flags() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT f, count(*) FROM cases_case, unnest(flags) f GROUP BY f")
        return dict(cursor.fetchall())


def test_whole_file_is_loaded_flagged_and_loaded_once(boston: District) -> None:
    assert counts(load(BOSTON)) == (58_251, 58_251, 0, 0)
    found = flags()
    # the figures of the data set's own notes
    assert (found["not_geocoded"], found["no_postcode"], found["no_address"]) == (4_775, 11_847, 2_829)
    assert found["far_deadline"] == 18
    assert found["repeated_hour"] == 4
    assert Case.objects.filter(due_at__isnull=True).count() == 10_981
    assert Case.objects.filter(state="closed").count() == 54_570
    assert Case.objects.filter(merged_into__isnull=False).count() == 220
    assert Task.objects.filter(kind="handle", done_at=None).count() == 3_681
    assert counts(load(BOSTON)) == (58_251, 0, 0, 58_251)


def test_true_times_and_places_are_kept(boston: District, rows: pl.DataFrame, tmp_path: Path) -> None:
    rows.filter(pl.col("case_enquiry_id") == "101000295613").write_parquet(tmp_path / "one.parquet")
    load(tmp_path / "one.parquet")
    case = Case.objects.get(number="101000295613")
    # opened 2011-07-01 01:32:33, due 07-15 01:32:32, closed 05:06:58 on the day, New York time
    assert case.reported_at.isoformat() == "2011-07-01T05:32:33+00:00"
    assert case.due_at is not None
    assert case.due_at.isoformat() == "2011-07-15T05:32:32+00:00"
    assert case.closed_at is not None
    assert case.closed_at.isoformat() == "2011-07-01T09:06:58+00:00"
    assert (case.state, case.channel, case.unit and case.unit.code) == ("closed", "staff", "PWDx")
    assert case.street_area is not None
    assert case.street_area.name_en == "Greater Mattapan"
    assert [e.step for e in history("case", case.pk)] == ["imported"]


def test_newer_format_is_read_from_csv(boston: District, rows: pl.DataFrame, tmp_path: Path) -> None:
    def spelled(name: str) -> pl.Expr:
        return pl.col(name).dt.strftime("%m/%d/%Y %I:%M:%S %p")

    newer = rows.head(500).with_columns(
        spelled("open_dt"), spelled("closed_dt"), spelled("target_dt").alias("sla_target_dt")
    )
    newer.drop("target_dt").write_csv(tmp_path / "newer.csv")
    assert counts(load(tmp_path / "newer.csv", "boston")) == (500, 500, 0, 0)
    case = Case.objects.get(number="101000295613")
    assert case.due_at is not None
    assert case.due_at.isoformat() == "2011-07-15T05:32:32+00:00"
    # the same requests in the old format are recognised
    rows.head(500).write_parquet(tmp_path / "old.parquet")
    assert counts(load(tmp_path / "old.parquet")) == (500, 0, 0, 500)


def test_bad_rows_are_rejected_with_number_and_reason(
    boston: District, rows: pl.DataFrame, tmp_path: Path
) -> None:
    good = rows.head(4).with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"))
    lines = good.write_csv().splitlines()
    impossible = lines[2].replace(rows["open_dt"][1].strftime("%Y-%m-%d"), "2011-02-30", 1)
    blank = "," + lines[3].split(",", 1)[1]
    future = lines[4].replace(rows["open_dt"][3].strftime("%Y-%m-%d"), "2031-07-01", 1)
    path = tmp_path / "bad.csv"
    path.write_text("\n".join([lines[0], lines[1], impossible, blank, future, lines[1], "a,b"]) + "\n")
    done = load(path)
    assert counts(done) == (6, 1, 5, 0)
    kept = ImportReject.objects.order_by("row").values_list("row", "code")
    assert list(kept) == [
        (2, "bad_date"), (3, "no_number"), (4, "future_date"), (5, "repeat"), (6, "ragged"),
    ]  # fmt: skip
    text = Path(done["rejects"]).read_text(encoding="utf-8")
    assert text.splitlines()[0].startswith("row,reject_code,reject_reason,case_enquiry_id")
    assert "open_dt = 2011-02-30" in text


def test_odd_text_and_coordinates_are_loaded_and_flagged(
    boston: District, rows: pl.DataFrame, tmp_path: Path
) -> None:
    odd = rows.head(4).with_columns(
        pl.Series("case_title", ["积水😀", "a\x00b\x07c", "\u202eevil", "ok"]),
        pl.Series("latitude", [42.2715, float("nan"), -71.0772, 200.0]),
        pl.Series("longitude", [-71.0772, -71.0772, 42.2715, 0.0]),
    )
    odd.write_parquet(tmp_path / "odd.parquet")
    assert counts(load(tmp_path / "odd.parquet")) == (4, 4, 0, 0)
    cases = list(Case.objects.order_by("id"))
    assert [case.text for case in cases] == ["积水😀", "abc", "evil", "ok"]
    assert ["swapped" in case.flags for case in cases] == [False, False, True, False]
    assert "bad_coordinates" in cases[3].flags
    assert [case.cell_id is None for case in cases] == [False, True, True, True]


def test_run_that_was_cut_off_goes_on_where_it_stopped(
    boston: District, rows: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "CHUNK", 100)
    path = tmp_path / "many.parquet"
    rows.head(350).write_parquet(path)

    def die(done: int, total: int | None) -> None:
        if done == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_file(path, mapping="boston-2011", slug="boston", rejects=None, on=NOW, say=die)
    assert Case.objects.count() == 200
    assert counts(load(path)) == (350, 350, 0, 0)
    assert Case.objects.count() == 350
    assert ImportRun.objects.get().state == "done"


def test_xlsx_is_read(boston: District, rows: pl.DataFrame, tmp_path: Path) -> None:
    text = rows.head(50).with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"))
    text.write_excel(tmp_path / "sheet.xlsx")
    assert counts(load(tmp_path / "sheet.xlsx")) == (50, 50, 0, 0)

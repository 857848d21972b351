"""A district with Boston's real cases of September to November 2011, written without our importer."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection

from chengzhi.cases.models import Case
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District

FILE = Path(__file__).resolve().parents[2] / "packs" / "boston" / "data" / "boston311_2011.parquet"
ZONE = "America/New_York"
PUBLIC = {"Constituent Call", "Self Service", "Citizens Connect App", "Twitter"}
CHANNEL = {
    "Constituent Call": "hotline", "Employee Generated": "staff", "Self Service": "web",
    "Citizens Connect App": "app", "Maximo Integration": "system", "Twitter": "social",
}  # fmt: skip


def source() -> pl.DataFrame:
    """The rows opened in three months, times as instants, closed duplicates marked as merged."""
    local = [
        pl.col(f"{name}_dt").dt.replace_time_zone(ZONE, ambiguous="earliest", non_existent="null").alias(name)
        for name in ("open", "target", "closed")
    ]
    rows = pl.read_parquet(FILE).with_columns(local)
    return rows.filter(pl.col("open_dt").is_between(datetime(2011, 9, 1), datetime(2011, 11, 30)))


def district() -> District:
    """Boston without its pack: only what an evaluation reads."""
    return District.objects.create(
        slug="boston", name="波士顿", name_en="Boston", zone=ZONE, code_set="local", min_lon=-72, max_lon=-70,
        min_lat=42, max_lat=43, outline={}, pack_version="t", loaded_at=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip


def load(home: District, rows: pl.DataFrame) -> None:
    """Units, neighbourhoods and cases; set-based, one statement."""
    units = {
        code: Unit.objects.create(district=home, code=code, name=code, kind="department").pk
        for code in rows["department"].unique().drop_nulls().sort()
    }
    areas = {
        name: Area.objects.create(
            district=home, level="street", code=name[:20], name=name, origin="generated",
            valid_from=date(2011, 1, 1),
        ).pk
        for name in rows["neighborhood"].unique().drop_nulls().sort()
        if name.strip()
    }  # fmt: skip
    template = Case.objects.create(
        district=home, number="template", state="closed", channel="web",
        reported_at=datetime(2011, 1, 1, tzinfo=UTC), updated_at=datetime(2011, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE arriving (id bigint, number text, state text, channel text, unit_id bigint,"
            " street_area_id bigint, reported_at timestamptz, filed_at timestamptz, dispatched_at timestamptz,"
            " due_at timestamptz, handled_at timestamptz, closed_at timestamptz, overdue_excused boolean)"
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY arriving FROM STDIN") as copy:
            for place, row in enumerate(rows.iter_rows(named=True), template.pk + 1):
                copy.write_row(_line(place, row, units, areas))
        cursor.execute(
            "INSERT INTO cases_case SELECT (jsonb_populate_record(c, to_jsonb(a))).*"
            " FROM arriving a, cases_case c WHERE c.id = %s",
            [template.pk],
        )
    Case.objects.filter(pk=template.pk).delete()


def _line(place: int, row: dict[str, Any], units: dict[str, int], areas: dict[str, int]) -> list[Any]:
    closed = row["closed"] if row["case_status"] == "Closed" else None
    state = "handling" if closed is None else "merged" if row["closure_class"] == "duplicate" else "closed"
    return [
        place, row["case_enquiry_id"], state, CHANNEL[row["source"]], units.get(row["department"]),
        areas.get(row["neighborhood"]), row["open"], row["open"], row["open"], row["target"],
        closed, closed, False,
    ]  # fmt: skip

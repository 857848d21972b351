"""The flat tables a metric may read: one row a case, a task, a visit, a reading; each column described.

Columns are integers, floats, dates and text only (yes/no is 0/1): booleans and decimals differ
between engines. Times are microseconds since 1970 UTC, so that "handled at the very deadline"
means the same everywhere. A row holds ids, never names; names are looked up when shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ColumnType = Literal["int", "float", "date", "text"]

ARROW: Mapping[ColumnType, str] = {
    "int": "int64",
    "float": "float64",
    "date": "date32",
    "text": "string",
}
IBIS: Mapping[ColumnType, str] = {
    "int": "int64",
    "float": "float64",
    "date": "date",
    "text": "string",
}
POSTGRES: Mapping[ColumnType, str] = {
    "int": "bigint",
    "float": "double precision",
    "date": "date",
    "text": 'text COLLATE "C"',
}


@dataclass(frozen=True)
class Column:
    """One column: its type, meaning, unit, constraint and the SQL it is made by."""

    name: str
    type: ColumnType
    meaning: str
    sql: str
    unit: str = ""
    constraint: str = ""


@dataclass(frozen=True)
class FlatTable:
    """A table of plain columns, made by one SELECT from the tables of the street loop."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def times(self) -> tuple[str, ...]:
        """Columns that hold instants; the manifest keeps their smallest and largest value."""
        return tuple(column.name for column in self.columns if column.unit == "µs")

    def ibis_schema(self) -> dict[str, str]:
        """Column name to Ibis type."""
        return {column.name: IBIS[column.type] for column in self.columns}

    def arrow_schema(self) -> Any:
        """The pyarrow schema of the Parquet files."""
        import pyarrow as pa  # 165 MB of library: only where a file is read or written

        return pa.schema([(c.name, pa.type_for_alias(ARROW[c.type])) for c in self.columns])

    def select(self) -> str:
        """SQL that makes the table; `{where}` in it stands for the condition on the case."""
        shown = ",\n  ".join(f"{column.sql} AS {column.name}" for column in self.columns)
        return f"SELECT\n  {shown}\n{self.source}"

    def create(self) -> str:
        """SQL for a temporary PostgreSQL table of the same columns."""
        shown = ", ".join(f"{c.name} {POSTGRES[c.type]}" for c in self.columns)
        return f"CREATE TEMPORARY TABLE {self.name} ({shown})"


def _time(name: str, meaning: str, sql: str, constraint: str = "") -> Column:
    # extract(epoch) is numeric: exact to the microsecond
    return Column(name, "int", meaning, f"(extract(epoch FROM {sql}) * 1000000)::bigint", "µs", constraint)


def _flag(name: str, meaning: str, sql: str) -> Column:
    return Column(name, "int", meaning, f"CASE WHEN {sql} THEN 1 ELSE 0 END", "0/1", "0 or 1")


def _id(name: str, meaning: str, sql: str, constraint: str = "may be empty") -> Column:
    return Column(name, "int", meaning, sql, "id", constraint)


def _count(name: str, meaning: str, sql: str) -> Column:
    return Column(name, "int", meaning, f"{sql}::bigint", "times", "0 or more")


# A case handled in time is to be closed when its check and closing clocks end; one handled late
# or not at all was to be closed by the handling deadline, and stays so when it is handled later.
CLOSE_DUE = (
    "CASE WHEN coalesce(c.handled_at, c.closed_at) <= c.due_at"
    " THEN greatest(c.due_at, c.check_due_at, c.close_due_at) ELSE c.due_at END"
)
FROM_PATROL = "c.channel IN ('patrol','inspector','inspection','field')"
FROM_PUBLIC = (
    "c.channel IN ('resident','web','app','hotline','phone','telephone','12345','social','wechat',"
    "'letter','visit','media')"
)

CASES_FLAT = FlatTable(
    "cases_flat",
    "One row per case, with the state it is in now and the true times of its stages.",
    (
        _id("id", "the case", "c.id", "unique"),
        _id("area", "community the case lies in", "c.area_id"),
        _id("street", "street or town the case lies in", "c.street_area_id"),
        _id("cell", "unit grid cell", "c.cell_id"),
        _id("unit", "department it is dispatched to", "c.unit_id"),
        _id("type", "case type", "c.type_id"),
        Column("domain", "text", "governance domain", "c.domain"),
        Column("channel", "text", "how it came in", "c.channel"),
        Column("state", "text", "state now", "c.state"),
        Column("road", "text", "main street, back lane or unknown", "c.road_kind"),
        Column("lon", "float", "longitude", "c.lon", "degrees", "-180 to 180 or empty"),
        Column("lat", "float", "latitude", "c.lat", "degrees", "-90 to 90 or empty"),
        _flag("public", "reported by a member of the public", FROM_PUBLIC),
        _flag("patrol", "reported by an inspector on patrol", FROM_PATROL),
        _flag(
            "needs_verify",
            "has to be verified on site before filing",
            "c.verify_sent_at IS NOT NULL OR"
            f" (NOT ({FROM_PATROL}) AND c.state IN ('reported','pending_verify'))",
        ),
        _time("reported_at", "when it was reported", "c.reported_at", "never empty"),
        _time("verify_sent_at", "when verification was last sent out", "c.verify_sent_at"),
        _time("verified_at", "when it was verified 核实", "c.verified_at"),
        _time("filed_at", "when it was filed 立案", "c.filed_at"),
        _time("dispatched_at", "when it was last dispatched 派遣", "c.dispatched_at"),
        _time(
            "handled_at",
            "when handling was last finished 处置 (if unknown: closing)",
            "coalesce(c.handled_at, CASE WHEN c.state NOT IN ('void','merged','not_accepted')"
            " THEN c.closed_at END)",
        ),
        _time("check_sent_at", "when the check was last sent out", "c.check_sent_at"),
        _time(
            "closed_at",
            "when it was closed 结案; empty for void and merged cases",
            "CASE WHEN c.state NOT IN ('void','merged','not_accepted') THEN c.closed_at END",
        ),
        _time(
            "register_due",
            "deadline of taking in: registering it or sending it out to be verified",
            "c.register_due_at",
        ),
        _time("send_check_due", "deadline for sending the check out", "c.send_check_due_at"),
        _time("file_due", "filing deadline", "c.file_due_at"),
        _time("dispatch_due", "dispatch deadline", "c.dispatch_due_at"),
        _time("due", "handling deadline, extensions and pauses included", "c.due_at"),
        _time(
            "close_due",
            "closing deadline: the end of the check and closing clocks if handled in"
            " time, else the handling deadline",
            f"({CLOSE_DUE})",
        ),
        _id("reported_by", "post holder who reported it", "c.reported_by"),
        _id("taken_by", "post holder who took it in", "c.taken_by"),
        _id(
            "verify_sent_by",
            "post holder who sent the verification out, else who took it in",
            "coalesce(k.verify_sent_by, c.taken_by)",
        ),
        _id(
            "check_sent_by",
            "post holder who sent the check out, else who took it in",
            "coalesce(k.check_sent_by, c.taken_by)",
        ),
        _id("filed_by", "post holder who filed it", "c.filed_by"),
        _id("dispatched_by", "post holder who dispatched it", "c.dispatched_by"),
        _id("closed_by", "post holder who closed it", "c.closed_by"),
        _count("extensions", "extensions granted 延期", "c.extensions"),
        _count("suspensions", "suspensions 挂账", "c.suspensions"),
        _count("returns", "returns by the department 回退", "c.returns"),
        _count("reworks", "second dispatches to the same department after a check 返工", "c.reworks"),
        _count("dispatches", "dispatches", "c.dispatches"),
        _count("misdispatches", "dispatches to a further department 错派", "c.misdispatches"),
        _flag("missed", "public report that patrol should have found 漏报", "c.missed_by_patrol"),
        _flag("self_handled", "trifle handled by the inspector on the spot", "c.self_handled"),
        _flag("excused", "overdue appeal granted: counts as in time", "c.overdue_excused"),
        _flag("void", "voided 作废", "c.state = 'void'"),
        _flag("merged", "merged into another case", "c.state = 'merged'"),
        _flag("forced", "closed by order 强制结案", "c.state = 'forced_closed'"),
        _flag("paused", "suspended now: its clock stands still", "c.state = 'suspended'"),
    ),
    """FROM cases_case c
LEFT JOIN (
  SELECT t.case_id,
    (array_agg(t.sent_by ORDER BY t.sent_at DESC, t.id DESC)
      FILTER (WHERE t.kind = 'verify'))[1] AS verify_sent_by,
    (array_agg(t.sent_by ORDER BY t.sent_at DESC, t.id DESC)
      FILTER (WHERE t.kind = 'check'))[1] AS check_sent_by
  FROM cases_task t JOIN cases_case c ON c.id = t.case_id
  WHERE {where} AND t.kind IN ('verify','check')
  GROUP BY t.case_id
) k ON k.case_id = c.id
WHERE {where}""",
)

TASKS_FLAT = FlatTable(
    "tasks_flat",
    "One row per task within a case: 核实 verify, 核查 check, handling, co-handling.",
    (
        _id("id", "the task", "t.id", "unique"),
        _id("case_id", "its case", "t.case_id", "never empty"),
        Column("kind", "text", "verify, check, handle or cohandle", "t.kind"),
        _id("unit", "department or centre it was sent to", "t.unit_id"),
        _id("account", "post holder it was sent to", "t.account_id"),
        _id("sent_by", "post holder who sent it", "t.sent_by"),
        _time("sent_at", "when it was sent", "t.sent_at", "never empty"),
        _time("due", "its deadline", "t.due_at"),
        _time("done_at", "when it was answered", "t.done_at"),
        _flag("cancelled", "called back before it was answered", "t.cancelled_at IS NOT NULL"),
        Column("result", "text", "the answer", "t.result"),
    ),
    """FROM cases_task t JOIN cases_case c ON c.id = t.case_id
WHERE {where}""",
)

# Visits are the cases of their tables: the month they fall into is that of the visit. Who made a
# visit is not among the columns: no figure is about an inspector.
_VISITS = "(SELECT v.*, v.visited_at AS reported_at FROM inspections_visit v WHERE v.withdrawn_at IS NULL) c"
_PLACES = """LEFT JOIN places_area a ON a.id = c.area_id
LEFT JOIN inspections_roundpoint p ON p.id = c.point_id
LEFT JOIN registers_registeredobject o ON o.id = c.object_id
WHERE {where}"""


def _of_visit() -> tuple[Column, ...]:
    """Where a visit was to, and whether it counts as a first look in fair weather."""
    return (
        _id("area", "community it was in", "c.area_id"),
        _id(
            "street", "street or town it was in",
            "CASE WHEN a.level = 'street' THEN a.id ELSE a.parent_id END",
        ),
        _id("cell", "unit grid cell", "coalesce(p.cell_id, o.cell_id)"),
        _id("object", "the object looked at", "c.object_id"),
        Column("domain", "text", "governance domain", "c.domain"),
        Column("checklist", "text", "checklist looked through", "c.checklist"),
        Column("road", "text", "main street, back lane or unknown", "c.road_kind"),
        _flag("second", "an independent second look", "c.recheck_of_id IS NOT NULL"),
        _flag("excused", "excused by the weather, with its reason", "c.excused"),
    )  # fmt: skip


VISITS_FLAT = FlatTable(
    "visits_flat",
    "One row per visit of an inspection: a look through a checklist at one place.",
    (
        _id("id", "the visit", "c.id", "unique"),
        _id(
            "case_id",
            "a case it opened, 0 for none",
            "coalesce((SELECT min(f.case_id) FROM inspections_finding f WHERE f.visit_id = c.id), 0)",
            "never empty",
        ),
        _time("visited_at", "when it was", "c.visited_at", "never empty"),
        *_of_visit(),
        _flag("judged", "there was something to pass or fail", "c.passed IS NOT NULL"),
        _flag("passed", "everything was in order", "c.passed"),
    ),
    f"FROM {_VISITS}\n{_PLACES}",
)

READINGS_FLAT = FlatTable(
    "readings_flat",
    "One row per measured value of a visit, with what it was held against.",
    (
        _id("id", "the reading", "r.id", "unique"),
        _id("case_id", "the case it opened, 0 for none", "coalesce(r.case_id, 0)", "never empty"),
        _time("measured_at", "when it was", "c.visited_at", "never empty"),
        *_of_visit(),
        Column("measurement", "text", "what was measured", "r.measurement"),
        Column("value", "float", "the value, in the measurement's own unit", "r.value"),
        _flag("judged", "there was a limit to keep to", "r.passed IS NOT NULL"),
        _flag("passed", "it kept to the limit", "r.passed"),
        _flag("doubtful", "so high that it is to be measured again", "r.doubtful"),
    ),
    f"FROM inspections_reading r JOIN {_VISITS} ON c.id = r.visit_id\n{_PLACES}",
)

TABLES: Mapping[str, FlatTable] = {
    table.name: table for table in (CASES_FLAT, TASKS_FLAT, VISITS_FLAT, READINGS_FLAT)
}

Row = Mapping[str, Any]
"""One row of a flat table in plain Python: numbers, dates, text and None."""

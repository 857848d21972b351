"""Cases, their steps and their history as they go out of the API."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from chengzhi.api.v1.shapes import CaseOut
from chengzhi.cases.filters import Filter


class FactOut(Schema):
    """Something a step asks for. An `id` may be sent as a number or as a code."""

    name: str
    kind: str
    label: str
    label_en: str
    choices: list[str]


class UnmetOut(Schema):
    """A need of a step that does not hold yet."""

    need: str
    says: str
    article: str


class StepOut(Schema):
    """A step the key's role may take from here; `possible` once `unmet` is empty."""

    name: str
    label: str
    label_en: str
    possible: bool
    late: bool
    undo: bool
    final: bool
    article: str
    wants: list[FactOut]
    optional: list[FactOut]
    unmet: list[UnmetOut]


class WholeCaseOut(CaseOut):
    """All facts of a case but the reporters. `version` is what a step sends back."""

    version: int
    condition: str
    urgent: bool
    place_kind: str
    road_kind: str
    area: str | None
    street_area: str | None
    unit_code: str | None
    handler: str | None
    parent: str | None
    merged_into: str | None
    verified_at: datetime | None
    check_sent_at: datetime | None
    checked_at: datetime | None
    suspended_until: datetime | None
    limit_amount: float | None
    limit_unit: str
    lamp: str
    why_due: str
    extensions: int
    suspensions: int
    returns: int
    reworks: int
    dispatches: int
    reopened: int
    overdue_excused: bool
    source_system: str
    source_number: str
    steps: list[StepOut]


class StepIn(Schema):
    """Facts of a step, and the version of the case it was decided on (409 when it has changed)."""

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, str | int | float | bool | None] = Field(
        default_factory=dict, description="By name; see `wants` and `optional` of the step in /cases/{number}"
    )
    version: int | None = Field(None, ge=0)


class TakenOut(Schema):
    """What a step did. `undo_until` is null when it cannot be taken back.

    `born` is the number of the case a split made. `condition`, `limit_amount` and `limit_unit` say
    by which filing condition and handling limit the case goes on.
    """

    number: str
    step: str
    before: str
    after: str
    event: int
    version: int
    due: datetime | None
    late: bool
    undo_until: datetime | None
    born: str | None
    condition: str
    limit_amount: float | None
    limit_unit: str
    repeated: bool


class EventOut(Schema):
    """One thing that happened, as a sentence."""

    event: int
    at: datetime
    step: str
    label: str
    who: str
    sentence: str
    before: str | None
    after: str | None
    late: bool
    due: datetime | None
    article: str
    undone: bool
    undo_until: datetime | None


_DEFAULTS: dict[str, Any] = {"order": "newest"}
_WORDS = {"order": "due, newest or closed", "q": "Words of text, address or number; two characters at least"}

_FIELDS: dict[str, Any] = {
    name: (str | None, Field(_DEFAULTS.get(name), description=_WORDS.get(name, "Filter of the work list")))
    for name in Filter.model_fields
}
_SAYS = "The filters of the work list. Several values stand in one, with commas between them."
CaseQuery: Any = create_model("CaseQuery", __base__=Schema, __doc__=_SAYS, **_FIELDS)

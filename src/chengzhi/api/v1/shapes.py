"""What goes in and out of the API, typed; the OpenAPI document is made from it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Degrees = Annotated[float, Field(allow_inf_nan=False)]
Channel = Literal["api", "hotline", "patrol", "video", "media", "resident", "leader", "other"]


class ContactIn(Schema):
    """Who reported. Stored encrypted, apart from the case; never comes out of this API."""

    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=120)


class ReportIn(Schema):
    """A report. A place is needed (point, cell, area or address) and one of text and type."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=4000)
    type: str | None = Field(None, max_length=40, description="Code of a case type, see /types")
    channel: Channel = "api"
    address: str = Field("", max_length=1000)
    lon: Degrees | None = Field(None, description="WGS-84, degrees east")
    lat: Degrees | None = Field(None, description="WGS-84, degrees north")
    cell: int | None = None
    area: int | None = None
    urgent: bool = False
    contact: ContactIn | None = None
    language: Literal["zh-hans", "en"] = "zh-hans"


class ReportOut(Schema):
    """The receipt. `follow` is the secret path of the page on which the reporter follows it."""

    number: str
    follow: str
    received_at: datetime
    first_due_at: datetime | None
    repeated: bool


class TypeOut(Schema):
    """A case type of the district. Filters take the `id`, reports and steps the `code`."""

    id: int
    code: str
    kind: str
    code_set: str
    name: str
    name_en: str
    domain: str


class DistrictOut(Schema):
    """The district of the key."""

    slug: str
    code: str
    name: str
    name_en: str
    zone: str
    simulated: bool
    schematic: bool
    bounds: list[float]


class CaseOut(Schema):
    """A case as the key's role may see it; nothing about the reporter."""

    number: str
    state: str
    state_name: str
    state_name_en: str
    channel: str
    type: str | None
    domain: str
    text: str
    address: str
    lon: float | None
    lat: float | None
    cell: str | None
    flags: list[str]
    unit: str | None
    reported_at: datetime
    filed_at: datetime | None
    dispatched_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    stage_due_at: datetime | None
    due_at: datetime | None
    outcome: str
    simulated: bool


class CasePage(Schema):
    """One page; send `next` as `after` to get the following one, null on the last."""

    items: list[CaseOut]
    next: str | None


class ErrorBody(Schema):
    """What happened, why, and what to do about it."""

    code: str
    what: str
    why: str
    cure: str
    fields: list[dict[str, Any]] | None = None


class ErrorOut(Schema):
    """Every refusal has this shape."""

    error: ErrorBody

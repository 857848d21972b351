"""What names in a file mean in a district: its types, units, areas."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from chengzhi.cases.models import CaseType
from chengzhi.people.models import Unit
from chengzhi.pipeline.mappings import Match
from chengzhi.places.models import Area


@dataclass
class Lookup:
    """Text → number, as a frame to join with; several spellings may mean one thing."""

    names: pl.DataFrame
    extra: dict[int, dict[str, Any]] = field(default_factory=dict)


def types(district_id: int, match: Match) -> Lookup:
    """Case types by code or name, with their domain."""
    rows = list(CaseType.objects.filter(district_id=district_id, valid_to=None))
    extra = {row.pk: {"domain": row.domain} for row in rows}
    return Lookup(_names([(getattr(row, match.by), row.pk) for row in rows], match), extra)


def units(district_id: int, match: Match) -> Lookup:
    """Departments by code or name."""
    rows = Unit.objects.filter(district_id=district_id)
    return Lookup(_names([(getattr(row, match.by), row.pk) for row in rows], match))


def areas(district_id: int, match: Match) -> Lookup:
    """Areas by code or name; ``extra`` tells the street each one belongs to."""
    rows = list(Area.objects.filter(district_id=district_id, valid_to=None).order_by("level", "pk"))
    extra = {row.pk: {"street": row.pk if row.level == Area.Level.STREET else row.parent_id} for row in rows}
    return Lookup(_names([(getattr(row, match.by), row.pk) for row in rows], match), extra)


def _names(pairs: list[tuple[str, int]], match: Match) -> pl.DataFrame:
    """The first thing of a name wins; the mapping's own spellings go before the district's."""
    known = {name.strip().casefold(): number for name, number in reversed(pairs) if name}
    own = {k.strip().casefold(): known[v.strip().casefold()] for k, v in match.values.items()
           if v.strip().casefold() in known}  # fmt: skip
    both = known | own
    return pl.DataFrame(
        {"name": list(both), "id": list(both.values())}, schema={"name": pl.String, "id": pl.Int64}
    )

"""The part that is split off a case, as the case it will be."""

from chengzhi.cases.birth import NewCase
from chengzhi.cases.models import Case, CaseType

PLACE = ("place_kind", "address", "lon", "lat", "zkey", "cell_id", "area_id", "street_area_id", "street_id",
         "road_kind")  # fmt: skip


def part_of(case: Case, *, text: str, kind: CaseType | None) -> NewCase:
    """A second problem at the place of `case`; its place is that of the old one until it is corrected."""
    return NewCase(
        case.district_id, case.channel, text, type_id=kind.pk if kind else None,
        domain=kind.domain if kind else "", urgent=case.urgent, flags=tuple(case.flags),
        **{name: getattr(case, name) for name in PLACE},
    )  # fmt: skip

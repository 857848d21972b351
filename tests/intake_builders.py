"""A small real district for tests of what comes in: two streets, four cells of about 1 km, a few types."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from chengzhi.cases import habits
from chengzhi.cases.models import CaseLimit, CaseType, StageLimit
from chengzhi.people.actor import Actor
from chengzhi.people.models import RolePermission
from chengzhi.people.roles import roles
from chengzhi.places import index
from chengzhi.places.models import Area, Cell, District
from chengzhi.reports import intake, suggestions

NOW = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)  # Friday 16:30 in Liuzhou, before 清明节
WEST, SOUTH, SIZE = 109.40, 24.30, 0.01


def square(column: int, row: int, size: float = SIZE) -> dict[str, object]:
    """GeoJSON of one square of the grid."""
    left, low = WEST + column * SIZE, SOUTH + row * SIZE
    ring = [[left, low], [left + size, low], [left + size, low + size], [left, low + size], [left, low]]
    return {"type": "Polygon", "coordinates": [ring]}


@dataclass
class Place:
    """What was built."""

    district: District
    streets: list[Area] = field(default_factory=list)
    communities: list[Area] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    types: dict[str, CaseType] = field(default_factory=dict)


TYPES = {
    "05011": ("暴露垃圾", "Exposed rubbish", "cleanliness"),
    "02007": ("路灯不亮", "Street light out", "appearance"),
    "06001": ("占道经营", "Stall blocking the road", "stalls"),
    "07001": ("非法小广告", "Illegal sticker", "advertising"),
}


def build_district(slug: str = "sample", **facts: object) -> Place:
    """Store the district; everything that processes remember of districts is dropped."""
    district = District.objects.create(
        **{
            "slug": slug, "code": "459904", "name": "示例区", "name_en": "Sample District",
            "zone": "Asia/Shanghai", "code_set": "GB/T 47678.5-2026", "simulated": True, "case_prefix": "示",
            "min_lon": WEST, "min_lat": SOUTH, "max_lon": WEST + 2 * SIZE, "max_lat": SOUTH + 2 * SIZE,
            "outline": square(0, 0, 2 * SIZE), "pack_version": f"test-{slug}", "loaded_at": NOW,
            "settings": {"calendar": {"name": "cn-gx", "hours": [["08:00", "12:00"], ["14:00", "18:00"]]}},
            **facts,
        }
    )  # fmt: skip
    place = Place(district)
    _add_places(place)
    _add_types(place)
    _add_rights(district)
    forget()
    return place


def _add_places(place: Place) -> None:
    """Two streets with a community each, of two cells one above the other."""
    district = place.district
    for column, name in enumerate(("城东街道", "城西街道")):
        street = Area.objects.create(
            district=district, level="street", code=f"45990400{column}", name=name,
            name_en=("East", "West")[column], origin="generated",
        )  # fmt: skip
        place.streets.append(street)
        community = Area.objects.create(
            district=district, parent=street, level="community", code=f"45990400{column}001",
            name=f"{name[:2]}社区", name_en=f"{street.name_en} community", origin="generated",
        )  # fmt: skip
        place.communities.append(community)
        for row in range(2):
            place.cells.append(
                Cell.objects.create(
                    district=district,
                    area=community,
                    code=f"45990400{column}0010{row}",
                    outline=square(column, row),
                    origin="generated",
                )
            )


def _add_types(place: Place) -> None:
    """The types with a limit each, and the clocks of the stages."""
    district = place.district
    for code, (name, name_en, domain) in TYPES.items():
        kind = CaseType.objects.create(
            district=district,
            code_set="GB/T 47678.5-2026",
            code=code,
            name=name,
            name_en=name_en,
            domain=domain,
        )
        CaseLimit.objects.create(
            type=kind, amount=8, unit="working_hours", valid_from=date(2026, 1, 1), source="test"
        )
        place.types[code] = kind
    for stage in ("register", "verify", "file", "dispatch", "send_check", "check", "close"):
        StageLimit.objects.create(
            district=district, stage=stage, amount=2, unit="working_hours", valid_from=date(2026, 1, 1)
        )


def _add_rights(district: District) -> None:
    """What each role may do, as shipped."""
    for role in roles().values():
        RolePermission.objects.bulk_create(
            RolePermission(district=district, role=role.key, permission=name, valid_from=date(2020, 1, 1))
            for name in sorted(role.permissions)
        )


def forget() -> None:
    """Drop what this process remembers: a new test has new ids."""
    index.forget()
    habits.forget()
    suggestions.forget_types()
    intake.forget_cells()


def clerk(district: District, account_id: int | None = None, *, role: str = "intake_clerk") -> Actor:
    """An actor in a role of the district."""
    held = roles()[role].permissions
    wide = held if "case.view_all_units" in held else frozenset()
    return Actor(account_id, role, district.pk, roles=(role,), permissions=held, district_wide=wide)

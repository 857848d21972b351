"""A small district with people of every role, as packs and pages would make it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from chengzhi.cases import habits
from chengzhi.cases.models import Case, CaseLimit, CaseRequest, CaseType, StageLimit, Task
from chengzhi.cases.states import ENDS, FILED, TASK_OF
from chengzhi.cases.words import bigrams
from chengzhi.people.actions import ensure_roles
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account, Post, Unit
from chengzhi.places.models import Area, Cell, District

# Friday 3 April 2026, 16:30 in Shanghai; Qingming is from Saturday to Monday.
FRIDAY = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
SQUARE = [[109.30, 24.30], [109.40, 24.30], [109.40, 24.40], [109.30, 24.40], [109.30, 24.30]]
ROLES = (
    "inspector", "intake_clerk", "shift_leader", "dispatcher", "handler", "contractor", "evaluator",
    "head", "administrator", "auditor",
)  # fmt: skip
_numbers = count(1)


@dataclass
class Town:
    district: District
    centre: Unit
    squad: Unit
    sanitation: Unit
    area: Area
    cell: Cell
    litter: CaseType
    manhole: CaseType
    actors: dict[str, Actor]
    accounts: dict[str, Account]

    def __getattr__(self, name: str) -> Actor:
        return self.actors[name]


def build(slug: str = "sample", settings: dict | None = None) -> Town:
    """The district with its units, one account per role, two types and the usual clocks."""
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    hours = [["08:00", "12:00"], ["14:00", "18:00"]]
    district = District.objects.create(
        slug=slug, name="示例区", name_en="Sample district", zone="Asia/Shanghai", code_set="local:x",
        case_prefix="柳数管", min_lon=109.3, min_lat=24.3, max_lon=109.4, max_lat=24.4, outline=shape,
        settings={"calendar": {"name": "cn", "hours": hours}, **(settings or {})},
        pack_version="1", loaded_at=FRIDAY,
    )  # fmt: skip
    ensure_roles(district_id=district.pk, since=LONG_AGO)
    units = {
        code: Unit.objects.create(district=district, code=code, name=name, name_en=name, kind=kind)
        for code, name, kind in (
            ("00", "监督指挥中心", "centre"), ("01", "启明中队", "squad"), ("02", "环卫所", "sanitation"),
        )
    }  # fmt: skip
    area = Area.objects.create(
        district=district, level="community", code="1", name="甲社区", area_class=1, origin="generated"
    )
    cell = Cell.objects.create(
        district=district, area=area, code="450204001001001", outline=shape, origin="generated"
    )
    types = [
        CaseType.objects.create(
            district=district, code_set="local:x", code=code, name=name, name_en=name, domain=domain
        )
        for code, name, domain in (("0110", "暴露垃圾", "appearance"), ("0101", "窨井盖", "utilities"))
    ]
    limit(types[0], 8, "working_hours")
    limit(types[1], 2, "urgent_hours", "missing")
    limit(types[1], 5, "working_days")
    for stage, hours_ in (("register", 1), ("verify", 24), ("file", 1), ("dispatch", 1),
                          ("send_check", 1), ("check", 2), ("close", 4)):  # fmt: skip
        StageLimit.objects.create(
            district=district, stage=stage, amount=hours_, unit="urgent_hours", valid_from=LONG_AGO
        )
    town = Town(district, units["00"], units["01"], units["02"], area, cell, *types, {}, {})
    for role in ROLES:
        unit = units["01"] if role in ("handler", "contractor") else units["00"]
        person(town, role, role, unit)
    habits.forget()
    return town


def person(town: Town, name: str, role: str, unit: Unit) -> Actor:
    """Somebody more with a post."""
    account = Account.objects.create(
        username=f"{name}-t{next(_numbers)}", name=f"{name}先生", created_at=FRIDAY
    )
    Post.objects.create(account=account, district=town.district, unit=unit, role=role, valid_from=LONG_AGO)
    town.accounts[name] = account
    town.actors[name] = actor_of(account, town.district.pk, FRIDAY)
    return town.actors[name]


def limit(kind: CaseType, amount: float, unit: str, condition: str = "default", **more: object) -> CaseLimit:
    since = more.pop("valid_from", LONG_AGO)
    return CaseLimit.objects.create(
        type=kind, amount=amount, unit=unit, condition=condition, valid_from=since, **more
    )


def case_in(town: Town, state: str, on: datetime = FRIDAY, **facts: object) -> Case:
    """A case as it stands in a state, with the task that belongs to it."""
    filed = state in FILED or state in ("closed", "forced_closed")
    values: dict[str, object] = {
        "number": f"T{next(_numbers)}", "channel": "web", "type": town.litter, "domain": "appearance",
        "text": "路边有垃圾", "bigrams": bigrams("路边有垃圾"), "cell": town.cell, "area": town.area, "lon": 109.35, "lat": 24.35,
        "reported_at": on, "updated_at": on, "stage_from": on, "unit": town.squad if filed else None,
        "dispatches": 1 if filed and state != "pending_dispatch" else 0, "dispatched_at": on if filed else None, "limit_unit": "",
    }  # fmt: skip
    if filed:
        values |= {"clock_from": on, "due_at": datetime(2026, 4, 7, 8, 30, tzinfo=UTC),
                   "limit_amount": 8, "limit_unit": "working_hours", "due_why": {}}  # fmt: skip
    if state in ENDS:
        values["closed_at"] = on
    if state == "suspended":
        values |= {"suspended_at": on, "suspended_until": on.replace(month=6), "suspensions": 1}
    case = Case.objects.create(district=town.district, state=state, **{**values, **facts})
    if state in TASK_OF:
        Task.objects.create(
            case=case, district=town.district, kind=TASK_OF[state], sent_at=on,
            unit=town.squad if TASK_OF[state] == "handle" else None,
        )  # fmt: skip
    return Case.objects.get(pk=case.pk)


def ask(case: Case, kind: str, on: datetime = FRIDAY, **facts: object) -> CaseRequest:
    """A request that waits for its decision."""
    return CaseRequest.objects.create(
        case=case,
        district_id=case.district_id,
        kind=kind,
        asked_at=on,
        reason="人手不足",
        unit=case.unit,
        **facts,
    )


def as_row(case: Case) -> dict:
    """All columns of the stored case but those that count its changes."""
    row = Case.objects.filter(pk=case.pk).values().get()
    return {name: value for name, value in row.items() if name not in ("version", "updated_at")}


def tasks_of(case: Case) -> list[tuple]:
    rows = Task.objects.filter(case=case).order_by("id")
    return list(
        rows.values_list("kind", "unit_id", "account_id", "due_at", "done_at", "cancelled_at", "note")
    )


def requests_of(case: Case) -> list[tuple]:
    rows = CaseRequest.objects.filter(case=case).order_by("id")
    return list(rows.values_list("kind", "decision", "level", "reason", "decision_reason"))


def later(hours: float = 0, minutes: float = 0, days: float = 0, of: datetime = FRIDAY) -> datetime:
    from datetime import timedelta

    return of + timedelta(hours=hours, minutes=minutes, days=days)

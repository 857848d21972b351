"""The demand map: busy cells without a free stall place near, from the prepared figures."""

from datetime import timedelta
from pathlib import Path

import pytest

from chengzhi import clock
from chengzhi.analytics.refresh import refresh
from chengzhi.cases.models import CaseType
from chengzhi.domains.beside import Demand
from chengzhi.outcomes.demand import wish
from tests.unit.cases.test_beside import thing
from tests.unit.cases.town import Town, build, case_in

DEMAND = Demand("stall_place", ("09001",), ("free",), least=3)


@pytest.fixture
def town(transactional_db: None, tmp_path: Path, settings: object) -> Town:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    return build()


def hawkers(town: Town, count: int) -> None:
    kind = CaseType.objects.create(
        district=town.district, code_set="local:x", code="09001", name="x", name_en="x", domain="stalls"
    )
    now = clock.now()
    for n in range(count):
        case_in(town, "handling", now - timedelta(days=n), type=kind, domain="stalls")
    case_in(town, "handling", now - timedelta(days=400), type=kind, domain="stalls")


def test_a_busy_cell_without_a_place_is_proposed_until_one_is_free_near(town: Town) -> None:
    assert wish(town.district, DEMAND) is None
    hawkers(town, 4)
    thing(town, "stall_place", "stalls", 1, 109.35, state="in_use")
    refresh(town.district, full=True)
    said = wish(town.district, DEMAND)
    assert said is not None
    assert [(row.cell, row.cases, row.days, row.free_metres) for row in said.rows] == [
        (town.cell, 4, 4, None)
    ]
    thing(town, "stall_place", "stalls", 2, 109.36, state="free")  # a kilometre away
    assert wish(town.district, DEMAND).rows[0].free_metres == pytest.approx(1014, abs=10)  # type: ignore[union-attr]
    thing(town, "stall_place", "stalls", 3, 109.351, state="free")
    assert wish(town.district, DEMAND).rows == ()  # type: ignore[union-attr]


def test_few_cases_propose_nothing(town: Town) -> None:
    hawkers(town, 2)
    refresh(town.district, full=True)
    assert wish(town.district, DEMAND).rows == ()  # type: ignore[union-attr]

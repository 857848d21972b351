from typing import Any

import pytest


@pytest.fixture
def town(db: None) -> Any:
    # Django is set up after the first conftest files are read.
    from chengzhi.cases import habits
    from tests.unit.cases.town import build

    habits.forget()
    made = build()
    made.district.code = "450204"
    made.district.save(update_fields=["code"])
    return made

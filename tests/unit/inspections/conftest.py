from typing import Any

import pytest


@pytest.fixture
def yard(db: None) -> Any:
    # Django is set up after the first conftest files are read.
    from chengzhi.cases import habits

    from .yard import build

    habits.forget()
    return build()

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def town(db: None) -> Any:
    # Django is set up after the first conftest files are read.
    from chengzhi.cases import habits
    from tests.unit.cases.town import build

    habits.forget()
    return build()


@pytest.fixture
def entered(town: Any) -> Callable[[str], Any]:
    """`entered("handler")`: a client signed in as the town's person of that role."""
    from django.test import Client

    def enter(role: str) -> Any:
        client = Client()
        client.force_login(town.accounts[role], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter

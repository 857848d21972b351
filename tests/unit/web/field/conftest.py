from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def yard(db: None) -> Any:
    # Django is set up after the first conftest files are read.
    from chengzhi.cases import habits
    from tests.unit.inspections.yard import build

    habits.forget()
    return build()


@pytest.fixture
def enter(yard: Any) -> Any:
    """`enter("inspector")`: a browser signed in as the person of that role, in English."""

    def sign_in(who: str) -> Client:
        from chengzhi.people.models import Account

        client = Client()
        account = Account.objects.get(pk=getattr(yard, who).account_id)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["language"] = "en"
        return client

    return sign_in

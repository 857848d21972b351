"""The small district of the desk's tests, and a home folder of their own."""

import pytest


@pytest.fixture
def town(db):
    from chengzhi.cases import habits
    from tests.unit.cases.town import build

    habits.forget()
    return build()


@pytest.fixture
def home_folder(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path

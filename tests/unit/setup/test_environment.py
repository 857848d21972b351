"""Tests of the declared settings."""

from pathlib import Path

import pytest
from django.utils.translation import override

from chengzhi.environment import SETTINGS, BadSetting, read_settings


def test_defaults_are_usable_as_they_stand() -> None:
    values = read_settings({"CHENGZHI_HOME": "/srv/chengzhi"})
    assert set(values) == {setting.name for setting in SETTINGS}
    assert values["CHENGZHI_HOME"] == Path("/srv/chengzhi")
    assert values["CHENGZHI_DEBUG"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://host/base"),
        ("CHENGZHI_DATABASE_ROLE", "root"),
        ("CHENGZHI_DATABASE_POOL", "0"),
        ("CHENGZHI_DATABASE_POOL", "many"),
        ("CHENGZHI_DEBUG", "maybe"),
        ("CHENGZHI_PUBLIC_URL", "city.example"),
        ("CHENGZHI_SMTP_URL", "http://mail"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_a_hint(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({name: value})
    assert name in caught.value.what
    with override("en"):
        assert caught.value.cure.startswith("Correct it: write ")
    with override("zh-hans"):
        assert caught.value.cure.startswith("请改正：应填")


def test_every_setting_says_what_it_is_for() -> None:
    assert [setting.name for setting in SETTINGS if not setting.help.message.endswith(".")] == []

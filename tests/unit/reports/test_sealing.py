"""Reporter data apart, sealed, and openable after the keys were rotated."""

import pytest
from django.utils.translation import override

from chengzhi.reports import sealing
from chengzhi.reports.contact import Contact, contact
from chengzhi.reports.problems import BadEmail, BadPhone, SealBroken


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    (tmp_path / "keys").mkdir()
    settings.HOME = tmp_path
    return tmp_path


def test_sealed_value_tells_nothing_and_opens():
    person = contact(name="张三", phone="138 0000 0000", email="zhang@example.org")
    sealed = person.sealed(3)
    for part in ("张三".encode(), b"13800000000", b"zhang"):
        assert part not in sealed
    assert Contact.opened(sealed, 3) == Contact("张三", "13800000000", "zhang@example.org")


def test_same_value_is_sealed_differently_each_time():
    assert sealing.seal("x", bound_to="a") != sealing.seal("x", bound_to="a")


def test_another_district_cannot_open_it():
    with pytest.raises(SealBroken):
        Contact.opened(contact(name="x").sealed(3), 4)


@pytest.mark.parametrize("place", [0, 1, 2, 20, -1])
def test_one_changed_byte_is_noticed(place):
    sealed = bytearray(contact(name="x").sealed(3))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        Contact.opened(bytes(sealed), 3)


def test_erased_value_does_not_open():
    with pytest.raises(SealBroken):
        Contact.opened(b"", 3)


def test_new_key_seals_and_the_old_one_still_opens(home):
    old = sealing.seal("before", bound_to="a")
    assert sealing.add_key() == 2
    new = sealing.seal("after", bound_to="a")
    assert (sealing.key_number_of(old), sealing.key_number_of(new)) == (1, 2)
    assert sealing.open_sealed(old, bound_to="a") == "before"
    assert sealing.open_sealed(new, bound_to="a") == "after"
    assert (home / "keys" / "field_key.2").stat().st_mode & 0o077 == 0


def test_missing_key_says_which(home):
    sealing.add_key()
    sealed = sealing.seal("x", bound_to="a")
    (home / "keys" / "field_key.2").unlink()
    with override("en"), pytest.raises(SealBroken, match="number 2"):
        sealing.open_sealed(sealed, bound_to="a")


@pytest.mark.parametrize(
    "typed",
    ["13800000000", "138-0000-0000", "+86 138 0000 0000", "１３８００００００００", "0086138 0000 0000"],
)
def test_same_phone_is_the_same_however_typed(typed):
    assert contact(phone=typed).phone_mark() == contact(phone="13800000000").phone_mark()


def test_mark_of_another_phone_differs():
    assert contact(phone="13800000001").phone_mark() != contact(phone="13800000000").phone_mark()


@pytest.mark.parametrize("wrong", [{"phone": "12"}, {"phone": "call me"}, {"email": "a@"}, {"email": "no"}])
def test_contact_nobody_can_use_is_refused_kindly(wrong):
    with pytest.raises((BadPhone, BadEmail)) as caught:
        contact(**wrong)
    assert caught.value.cure


def test_passer_by_mark_changes_with_the_day():
    first = sealing.passer_by_mark("203.0.113.7", "2026-04-03")
    assert first == sealing.passer_by_mark("203.0.113.7", "2026-04-03")
    assert first != sealing.passer_by_mark("203.0.113.7", "2026-04-04")
    assert first != sealing.passer_by_mark("203.0.113.8", "2026-04-03")

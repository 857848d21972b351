"""Parties: sealed contacts, logged looks, codes for their page, mergers, erasure."""

from datetime import date, timedelta

import pytest

from chengzhi.files.actions import store
from chengzhi.files.models import StoredFile
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import CannotUndo, Conflict
from chengzhi.people import sealing
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed
from chengzhi.registers import actions, parties, retention, said
from chengzhi.registers.credit import is_credit_code
from chengzhi.registers.models import Party, PartyView, RegisteredObject
from chengzhi.registers.party_queries import objects_of_party
from chengzhi.registers.party_undo import undo_party
from chengzhi.registers.problems import (
    BadFields,
    CannotMerge,
    ContactErased,
    NothingChanged,
    PartyExists,
    PurposeMissing,
)
from tests.photo_samples import jpeg

from ..cases.town import FRIDAY
from .things import thing

pytestmark = pytest.mark.django_db
CODE = "91450200MA5K00001A"


def code(start: str) -> str:
    """A made-up code that checks."""
    return next(start + sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_credit_code(start + sign))


def shop(town, name="启明面馆", **more):
    said = {"person": "王某", "phone": "０７７２-123 4567", "address": "启明路 1 号", **more}
    return parties.register_party(
        district_id=town.district.pk, kind="shop", name=name, by=town.shift_leader, on=FRIDAY, **said
    )


def test_the_credit_code_checks_itself():
    good = code("91450200MA5K00001")
    assert is_credit_code(good)
    spoilt = [good[:5] + ("1" if good[5] != "1" else "2") + good[6:], good[:17], good + "0", "I" + good[1:]]
    assert not any(is_credit_code(one) for one in spoilt)


def test_a_contact_lies_sealed_and_is_shown_for_a_purpose_with_a_trace(town):
    row = shop(town)
    stored = Party.objects.get(pk=row.pk)
    assert "0772" not in str(bytes(stored.contact))
    with pytest.raises(PurposeMissing):
        parties.contact_of(stored, by=town.handler, on=FRIDAY, purpose=" ? ")
    with pytest.raises(NotAllowed):
        parties.contact_of(stored, by=town.inspector, on=FRIDAY, purpose="通知检查时间")
    assert not PartyView.objects.exists()
    shown = parties.contact_of(stored, by=town.handler, on=FRIDAY, purpose="通知检查时间")
    assert (shown.person, shown.phone, shown.address) == ("王某", "07721234567", "启明路 1 号")
    view = PartyView.objects.get()
    assert (view.purpose, view.account_id) == ("通知检查时间", town.handler.account_id)
    steps = [(entry.step, entry.facts) for entry in history("party", row.pk)]
    assert steps[-1] == ("reveal", {"purpose": "通知检查时间"})
    assert all("0772" not in str(facts) and "王某" not in str(facts) for _, facts in steps)


def test_all_faults_of_a_party_are_told_at_once(town):
    with pytest.raises(BadFields) as caught:
        parties.register_party(
            district_id=town.district.pk, kind="king", name="", by=town.shift_leader, on=FRIDAY,
            credit_code="123", phone="eleven", person="x" * 61,
        )  # fmt: skip
    assert {fault.code for fault in caught.value.faults} == {
        "choice", "missing", "credit_code", "phone", "long",
    }  # fmt: skip


def test_a_credit_code_is_entered_once_per_kind(town):
    same = code("91450200MA5K00001")
    shop(town, credit_code=same)
    with pytest.raises(PartyExists):
        shop(town, "另一家", credit_code=same.lower())
    assert Party.objects.count() == 1


def test_a_correction_reseals_and_keeps_what_it_does_not_name(town):
    row = shop(town)
    parties.correct_party(row.pk, changes={"phone": "13800001111"}, version=0, by=town.handler, on=FRIDAY)
    shown = parties.contact_of(Party.objects.get(pk=row.pk), by=town.handler, on=FRIDAY, purpose="核对电话")
    assert (shown.person, shown.phone) == ("王某", "13800001111")
    with pytest.raises(Conflict):
        parties.correct_party(row.pk, changes={"name": "新名"}, version=0, by=town.handler, on=FRIDAY)
    with pytest.raises(NothingChanged):
        parties.correct_party(
            row.pk, changes={"phone": "138 0000 1111"}, version=1, by=town.handler, on=FRIDAY
        )
    parties.correct_party(row.pk, changes={"name": "新面馆"}, version=1, by=town.handler, on=FRIDAY)
    assert all("启明面馆" not in str(entry.facts) for entry in history("party", row.pk))
    assert [p.pk for p in parties.party_page(town.handler, text="新面").rows] == [row.pk]


def test_parties_are_found_by_words_code_and_telephone(town):
    row, other = shop(town, credit_code=code("91450200MA5K00002")), shop(town, "河堤粉店", phone="")
    found = lambda text, actor=town.handler: [p.pk for p in parties.party_page(actor, text=text).rows]  # noqa: E731
    assert found("面馆") == [row.pk]
    assert found(row.credit_code.lower()) == [row.pk]
    assert found("0772 1234567") == [row.pk]
    assert found("0772 1234567", town.inspector) == []
    first = parties.party_page(town.handler, limit=1)
    second = parties.party_page(town.handler, limit=1, after=first.next)
    assert ([p.pk for p in first.rows], [p.pk for p in second.rows]) == ([row.pk], [other.pk])
    assert (first.total, second.next) == (2, None)


def test_the_code_of_the_own_page_is_kept_as_a_hash_and_replaced(town):
    row = shop(town)
    old = parties.new_page_code(row, by=town.handler, on=FRIDAY)
    assert parties.party_by_code(f" {old[:7].upper()}-{old[7:]} ") == row
    assert old.encode() not in bytes(Party.objects.get(pk=row.pk).page_hash)
    new = parties.new_page_code(row, by=town.handler, on=FRIDAY)
    assert parties.party_by_code(old) is None
    assert parties.party_by_code(new) == row
    parties.withdraw_page_code(row, by=town.handler, on=FRIDAY)
    assert parties.party_by_code(new) is None
    assert parties.party_by_code("") is None
    with pytest.raises(NotAllowed):
        parties.new_page_code(row, by=town.inspector, on=FRIDAY)


def test_merging_moves_what_the_double_answers_for(town):
    keep, double = shop(town, phone="", person="", address=""), shop(town, "启明 面馆")
    sign = thing(town, "shop_sign", facts={"text": "启明面馆"}, party_id=double.pk)
    actions.grant_permit(sign.pk, starts_on=date(2026, 1, 1), by=town.shift_leader, on=FRIDAY)
    parties.merge_parties(keep.pk, double.pk, by=town.shift_leader, on=FRIDAY)
    assert [row.pk for row in objects_of_party(keep.pk)] == [sign.pk]
    assert sign.permits.get().party_id == keep.pk
    gone = Party.objects.get(pk=double.pk)
    assert (gone.state, gone.merged_into_id, gone.contact) == ("merged", keep.pk, None)
    kept = Party.objects.get(pk=keep.pk)
    assert parties.contact_of(kept, by=town.handler, on=FRIDAY, purpose="核对电话").phone == "07721234567"
    for pair in ((keep.pk, keep.pk), (keep.pk, double.pk)):
        with pytest.raises(CannotMerge):
            parties.merge_parties(*pair, by=town.shift_leader, on=FRIDAY)


def test_a_contact_is_erased_after_the_last_object_has_been_gone_long_enough(town):
    busy, gone, idle = shop(town, "在营"), shop(town, "已撤"), shop(town, "从无")
    thing(town, "shop_sign", facts={"text": "x"}, party_id=busy.pk)
    ended = thing(town, "shop_sign", facts={"text": "y"}, party_id=gone.pk)
    actions.advance_object(
        ended.pk, "remove", by=town.shift_leader, on=FRIDAY + timedelta(days=30), reason="停业"
    )
    assert retention.erase_due(on=FRIDAY + timedelta(days=365)) == 0
    assert retention.erase_due(on=FRIDAY + timedelta(days=366)) == 1
    assert Party.objects.get(pk=idle.pk).flags == ["contact_erased"]
    town.district.settings |= {"rules": {"contact_days": 400}}
    town.district.save()
    assert retention.erase_due(on=FRIDAY + timedelta(days=400)) == 0
    assert retention.erase_due(on=FRIDAY + timedelta(days=431)) == 1
    assert RegisteredObject.objects.get(pk=ended.pk).party_id == gone.pk
    with pytest.raises(ContactErased):
        parties.contact_of(Party.objects.get(pk=gone.pk), by=town.handler, on=FRIDAY, purpose="通知检查")
    assert history("party", gone.pk)[-1].rule == "registers/contact_days"
    assert Party.objects.get(pk=busy.pk).contact is not None


def test_contacts_are_sealed_anew_after_a_key_rotation(town, settings, tmp_path):
    settings.HOME = tmp_path
    (tmp_path / "keys").mkdir()
    sealing.forget_keys()
    row = shop(town)
    sealing.add_key()
    assert retention.reseal() == 1
    assert retention.reseal() == 0
    again = Party.objects.get(pk=row.pk)
    assert sealing.key_number_of(again.contact) == 2
    assert parties.contact_of(again, by=town.handler, on=FRIDAY, purpose="核对电话").person == "王某"
    sealing.forget_keys()


def test_a_correction_is_taken_back_for_ten_minutes(town):
    row = shop(town)
    parties.correct_party(
        row.pk, changes={"name": "新名", "phone": "13800001111"}, version=0, by=town.handler, on=FRIDAY
    )
    with pytest.raises(NotAllowed):
        undo_party(row.pk, by=town.inspector, on=FRIDAY)
    with pytest.raises(CannotUndo):
        undo_party(row.pk, by=town.handler, on=FRIDAY + timedelta(minutes=11))
    back = undo_party(row.pk, by=town.handler, on=FRIDAY + timedelta(minutes=9))
    shown = parties.contact_of(back, by=town.handler, on=FRIDAY, purpose="核对电话")
    assert (back.name, shown.phone, shown.person) == ("启明面馆", "07721234567", "王某")
    assert [p.pk for p in parties.party_page(town.handler, text="面馆").rows] == [row.pk]
    assert [entry.step for entry in history("party", row.pk)][-2:] == ["undo_correct", "reveal"]
    with pytest.raises(CannotUndo):
        undo_party(row.pk, by=town.handler, on=FRIDAY)


def test_what_was_corrected_again_since_stays(town):
    row = shop(town)
    parties.correct_party(row.pk, changes={"name": "甲"}, version=0, by=town.handler, on=FRIDAY)
    parties.correct_party(row.pk, changes={"name": "乙"}, version=1, by=town.handler, on=FRIDAY)
    assert undo_party(row.pk, by=town.handler, on=FRIDAY).name == "甲"
    with pytest.raises(CannotUndo):
        undo_party(row.pk, by=town.handler, on=FRIDAY)


def test_a_merger_is_taken_back_with_all_it_moved(town):
    keep, double = shop(town, phone="", person="", address=""), shop(town, "启明 面馆")
    page = parties.new_page_code(double, by=town.handler, on=FRIDAY)
    sign = thing(town, "shop_sign", facts={"text": "启明面馆"}, party_id=double.pk)
    own = thing(town, "shop_sign", facts={"text": "另"}, party_id=keep.pk)
    actions.grant_permit(sign.pk, starts_on=date(2026, 1, 1), by=town.shift_leader, on=FRIDAY)
    parties.merge_parties(keep.pk, double.pk, by=town.shift_leader, on=FRIDAY)
    assert parties.party_by_code(page) == keep
    undo_party(keep.pk, by=town.shift_leader, on=FRIDAY)
    assert [row.pk for row in objects_of_party(keep.pk)] == [own.pk]
    assert [row.pk for row in objects_of_party(double.pk)] == [sign.pk]
    assert sign.permits.get().party_id == double.pk
    again = Party.objects.get(pk=double.pk)
    assert (again.state, again.merged_into_id, parties.party_by_code(page)) == ("active", None, again)
    assert parties.contact_of(again, by=town.handler, on=FRIDAY, purpose="核对电话").person == "王某"
    assert Party.objects.get(pk=keep.pk).contact is None
    assert history("party", keep.pk)[-1].step == "undo_merge"


def test_what_was_replaced_is_kept_no_longer_than_it_can_be_taken_back(town):
    row = shop(town)
    parties.correct_party(row.pk, changes={"name": "甲"}, version=0, by=town.handler, on=FRIDAY)
    assert retention.drop_before(on=FRIDAY + timedelta(hours=23)) == 0
    assert retention.drop_before(on=FRIDAY + timedelta(hours=25)) == 1


def test_words_and_photos_of_a_party_go_when_their_time_is_over(town, settings, tmp_path):
    row, by = shop(town), Actor.system()
    settings.HOME = tmp_path
    photos = [
        store(jpeg(), district_id=town.district.pk, kind="photo", by=None, on=FRIDAY).file for _n in (1, 2)
    ]
    old = said.say(
        row, kind="corrected", by=by, on=FRIDAY, text="我的电话 138", file_ids=[one.pk for one in photos]
    )
    waiting = said.say(row, kind="objects", by=by, on=FRIDAY, text="还没看", file_ids=[photos[1].pk])
    said.answer(old.pk, result="cleared", text="谢谢王某", by=town.handler, on=FRIDAY)
    assert retention.erase_said(on=FRIDAY + timedelta(days=365)) == 0
    assert retention.erase_said(on=FRIDAY + timedelta(days=366)) == 1
    old.refresh_from_db()
    assert (old.text, old.answer, old.result, old.files.count()) == ("", "", "cleared", 0)
    assert not StoredFile.objects.filter(pk=photos[0].pk).exists()
    waiting.refresh_from_db()
    assert (waiting.text, waiting.files.count()) == ("还没看", 1)
    assert history("party", row.pk)[-1].rule == "registers/said_days"
    town.district.settings |= {"rules": {"said_days": 30}}
    town.district.save()
    said.answer(waiting.pk, result="noted", by=town.handler, on=FRIDAY)
    assert retention.erase_said(on=FRIDAY + timedelta(days=31)) == 1
    assert retention.erase_said(on=FRIDAY + timedelta(days=400)) == 0

"""Photos, fixed points, documents, check plans."""

from datetime import date

import pytest

from chengzhi.files.masking import Box
from chengzhi.people.rules import NotAllowed
from chengzhi.registers import actions, plans
from chengzhi.registers.models import CheckPlan, RegisteredObject
from chengzhi.registers.problems import BadFields, BadPlan, NotMasked, SecondLookMissing
from tests.photo_samples import jpeg

from ..cases.town import FRIDAY, person
from .things import thing

pytestmark = pytest.mark.django_db


def due(row):
    return RegisteredObject.objects.values_list("check_due_on", flat=True).get(pk=row.pk)


def test_a_photo_is_public_only_masked_by_one_and_released_by_another(town):
    row = thing(town, "sign")
    point = actions.add_photo_point(row.pk, name="路口北侧", bearing=270, by=town.shift_leader, on=FRIDAY)
    photo = actions.add_photo(
        row.pk, jpeg(), stage="before", point_id=point.pk, by=town.shift_leader, on=FRIDAY
    )
    with pytest.raises(NotMasked):
        actions.release_photo(photo.pk, by=town.shift_leader, on=FRIDAY)
    actions.mask_photo(photo.pk, [Box(0.1, 0.1, 0.2, 0.2)], by=town.shift_leader, on=FRIDAY)
    with pytest.raises(SecondLookMissing):
        actions.release_photo(photo.pk, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(NotAllowed):
        actions.release_photo(photo.pk, by=town.handler, on=FRIDAY)
    second = person(town, "second", "shift_leader", town.centre)
    assert actions.release_photo(photo.pk, by=second, on=FRIDAY).released_by == second.account_id
    again = actions.mask_photo(photo.pk, [], by=second, on=FRIDAY)
    assert (again.released_at, again.masked.uploaded_by) == (None, second.account_id)


def test_a_photo_from_a_point_of_another_object_or_of_no_stage_is_refused(town):
    one, other = thing(town, "sign"), thing(town, "sign")
    point = actions.add_photo_point(one.pk, name="北侧", by=town.shift_leader, on=FRIDAY)
    for stated in ({"point_id": point.pk, "stage": "before"}, {"stage": "sunset"}):
        with pytest.raises(BadFields):
            actions.add_photo(other.pk, jpeg(), by=town.shift_leader, on=FRIDAY, **stated)
    for stated in ({"name": " "}, {"name": "x", "bearing": 360}):
        with pytest.raises(BadFields):
            actions.add_photo_point(one.pk, by=town.shift_leader, on=FRIDAY, **stated)
    actions.retire_photo_point(point.pk, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(BadFields):
        actions.add_photo(one.pk, jpeg(), stage="after", point_id=point.pk, by=town.shift_leader, on=FRIDAY)


def test_a_document_has_a_title(town):
    row = thing(town, "sign")
    made = actions.add_document(row.pk, b"%PDF-1.4\n%%EOF\n", title="许可证", by=town.shift_leader, on=FRIDAY)
    assert (made.title, made.file.content_type) == ("许可证", "application/pdf")
    with pytest.raises(BadFields):
        actions.add_document(row.pk, b"%PDF-1.4\n%%EOF\n", title="", by=town.shift_leader, on=FRIDAY)


def plan(town, days, first=date(2026, 4, 1), checklist="signs", kind="sign"):
    return actions.set_plan(
        district_id=town.district.pk, kind=kind, checklist=checklist, every_days=days, first_day=first,
        by=town.evaluator, on=FRIDAY,
    )  # fmt: skip


def test_a_check_plan_gives_every_object_a_day_and_a_check_moves_it(town):
    before = thing(town, "sign")
    plan(town, 30)
    after = thing(town, "sign", "后来")
    assert date(2026, 4, 4) <= due(before) <= date(2026, 5, 3)
    assert due(after) == date(2026, 5, 3)
    assert actions.note_check(after.pk, checklist="signs", checked_on=date(2026, 4, 20)) == date(2026, 5, 20)
    assert actions.note_check(after.pk, checklist="other", checked_on=date(2026, 4, 25)) == date(2026, 5, 20)
    plan(town, 10, date(2026, 4, 10))
    rows = CheckPlan.objects.order_by("valid_from").values_list("every_days", "valid_from", "valid_to")
    assert list(rows) == [(30, date(2026, 4, 1), date(2026, 4, 9)), (10, date(2026, 4, 10), None)]
    assert plans.first_due(town.district.pk, "sign", date(2026, 4, 9)) == date(2026, 5, 9)
    plan(town, None, date(2026, 4, 2))
    assert plans.first_due(town.district.pk, "sign", date(2026, 4, 2)) is None


def test_a_plan_without_sense_or_right_is_refused(town):
    for days, checklist in ((0, "signs"), (4000, "signs"), (30, "toilet")):
        with pytest.raises(BadPlan):
            plan(town, days, checklist=checklist)
    with pytest.raises(NotAllowed):
        actions.set_plan(
            district_id=town.district.pk, kind="sign", checklist="signs", every_days=1,
            first_day=date(2026, 4, 1), by=town.handler, on=FRIDAY,
        )  # fmt: skip

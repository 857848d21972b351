"""Masking and releasing a photo: by two people, visible to those who may see the case."""

import io
import json

import pytest
from django.test import Client
from PIL import Image

from chengzhi.cases.models import CasePhoto
from chengzhi.files import actions as files
from chengzhi.files import queries
from chengzhi.people.actor import Actor
from chengzhi.people.models import Post, Unit
from chengzhi.reports.intake import NewReport, receive
from tests.intake_builders import NOW, SOUTH, WEST, Place, build_district
from tests.people_builders import account
from tests.photo_samples import jpeg


@pytest.fixture
def place(db, settings, tmp_path) -> Place:
    settings.MEDIA_ROOT = tmp_path / "files"
    return build_district()


def staff(place: Place, role: str) -> Client:
    unit = Unit.objects.get_or_create(district=place.district, code="01", name="中心", kind="centre")[0]
    person = account()
    Post.objects.create(
        account=person, district=place.district, unit=unit, role=role, valid_from="2020-01-01"
    )
    client = Client()
    client.cookies["language"] = "en"
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def photo(place) -> CasePhoto:
    file = files.store(
        jpeg(200, 100), district_id=place.district.pk, kind="photo", by=None, on=NOW, draft=True
    ).file
    said = NewReport(
        place.district.pk, "resident", text="x", lon=WEST + 0.005, lat=SOUTH + 0.005, photo_ids=(file.pk,)
    )
    receive(said, by=Actor.resident(), on=NOW)
    return CasePhoto.objects.get()


def url(photo: CasePhoto, what: str) -> str:
    return f"/desk/photos/{photo.pk}/{what}/"


def test_masked_by_one_released_by_another_then_public(place, photo):
    first, second, anyone = staff(place, "intake_clerk"), staff(place, "shift_leader"), Client()
    assert first.get(url(photo, "mask")).status_code == 200
    done = first.post(url(photo, "mask"), {"boxes": json.dumps([[0.25, 0.25, 0.5, 0.5]])})
    assert done.status_code == 303
    photo.refresh_from_db()
    with Image.open(io.BytesIO(queries.content(photo.masked))) as masked:
        assert masked.size == (200, 100)
    assert queries.content(photo.masked) != queries.content(photo.file)
    alone = first.post(url(photo, "release"))
    assert alone.status_code == 409
    assert "second person" in alone.content.decode()
    assert anyone.get(f"/photo/{photo.pk}/").status_code == 404
    assert second.post(url(photo, "release")).status_code == 303
    shown = anyone.get(f"/photo/{photo.pk}/")
    assert shown.content == queries.content(photo.masked)
    page = second.get(url(photo, "mask")).content.decode()
    assert "saved a masked copy" in page
    assert "released it to the public" in page
    second.post(url(photo, "release"), {"withhold": "1"})
    assert anyone.get(f"/photo/{photo.pk}/").status_code == 404


def test_new_mask_ends_the_release(place, photo):
    first, second = staff(place, "intake_clerk"), staff(place, "shift_leader")
    first.post(url(photo, "mask"), {"boxes": "[[0,0,1,1]]"})
    second.post(url(photo, "release"))
    first.post(url(photo, "mask"), {"boxes": "[]"})
    assert Client().get(f"/photo/{photo.pk}/").status_code == 404


def test_unmasked_photo_cannot_be_released(place, photo):
    assert staff(place, "shift_leader").post(url(photo, "release")).status_code == 409


@pytest.mark.parametrize(
    "boxes", ["x", "{}", '[["a",0,1,1]]', "[[0,0,2,1]]", "[[NaN,0,1,1]]", "[[0]]", "[1]"]
)
def test_broken_boxes_are_refused(place, photo, boxes):
    answer = staff(place, "intake_clerk").post(url(photo, "mask"), {"boxes": boxes})
    assert answer.status_code == 422
    photo.refresh_from_db()
    assert photo.masked_id is None


@pytest.mark.parametrize("role", ["dispatcher", "handler", "contractor", "auditor"])
def test_others_do_not_find_the_page(place, photo, role):
    assert staff(place, role).get(url(photo, "mask")).status_code == 404


def test_photo_is_served_to_those_who_may_see_the_case_only(place, photo):
    answer = staff(place, "auditor").get(url(photo, "original"))
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert staff(place, "handler").get(url(photo, "original")).status_code == 404
    assert staff(build_district("other"), "intake_clerk").get(url(photo, "original")).status_code == 404
    assert Client().get(url(photo, "original")).status_code == 302

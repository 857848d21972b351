"""A resident reports, without an account, a script or a cookie, and with everything going wrong."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chengzhi.cases.models import Case
from chengzhi.files.limits import MEGABYTE
from chengzhi.files.models import StoredFile
from chengzhi.reports import forms
from chengzhi.reports.models import Report, Reporter
from chengzhi.web.public import pages
from tests.intake_builders import SOUTH, WEST, Place, build_district
from tests.photo_samples import huge_png, jpeg


@pytest.fixture
def place(db, settings, tmp_path) -> Place:
    settings.MEDIA_ROOT = tmp_path / "files"
    pages.forget_pictures()
    return build_district()


@pytest.fixture
def client() -> Client:
    visitor = Client(enforce_csrf_checks=True)
    visitor.cookies["language"] = "en"
    return visitor


def form(place: Place, seconds: int = 60, **facts) -> dict:
    """What the browser of somebody who took `seconds` would send."""
    opened = timezone.now() - timedelta(seconds=seconds)
    plain = {
        "key": forms.new_form_key(opened), "text": "路灯不亮", "lon": str(WEST + 0.005),
        "lat": str(SOUTH + 0.005), "action": "send", "website": "",
    }  # fmt: skip
    return {**plain, **facts}


def photo(content: bytes, name: str = "p.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def text_of(response) -> str:
    return response.content.decode()


def test_page_opens_without_any_cookie(place, client):
    for path in ("/", "/report/", "/find/", "/about/", "/d/sample/", "/d/sample/report/"):
        response = client.get(path)
        assert response.status_code == 200, path
        assert not response.cookies, path
        assert "<script>" not in text_of(response)


def test_whole_way_without_script_and_cookie(place, client):
    page = text_of(client.get("/report/"))
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert forms.read_form_key(key)
    sent = client.post("/d/sample/report/", form(place, phone="138 0000 0000", type=place.types["02007"].pk))
    assert sent.status_code == 303
    assert not sent.cookies
    case = Case.objects.get()
    followed = client.get(sent["Location"])
    assert case.number in text_of(followed)
    assert "Thank you" in text_of(followed)
    assert "working hours" in text_of(followed)  # the promise explains itself
    assert case.cell_id == place.cells[0].pk
    assert Reporter.objects.get().erased_at is None
    assert "13800000000" not in text_of(followed)


def test_sent_twice_is_one_case_and_one_link(place, client):
    said = form(place)
    first = client.post("/report/", said)
    second = client.post("/report/", {**said, "seen_near": "1"})
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"lon": "NaN"}, "number"),
        ({"lon": "1e400"}, "number"),
        ({"lon": str(SOUTH), "lat": str(WEST)}, "swapped"),
        ({"lon": "999"}, "no place on earth"),
        ({"lon": "", "lat": ""}, "Say where it is"),
        ({"lon": "109.4", "lat": ""}, "belong together"),
        ({"text": " \u200b\u0007 "}, "Say what it is"),
        ({"text": "坑" * 2001}, "2001"),
        ({"type": "999999"}, "choose again"),
        ({"area": "999999"}, "choose again"),
        ({"phone": "12"}, "telephone number"),
        ({"email": "nobody@"}, "mail address"),
    ],
)
def test_mistakes_are_named_and_everything_typed_is_kept(place, client, facts, said):
    sent = client.post(
        "/report/",
        form(place, address="城东路 12 号", **facts)
        if "lon" not in facts or facts["lon"]
        else form(place, **facts),
    )
    assert sent.status_code == 422
    assert said in text_of(sent)
    assert not Case.objects.exists()
    if facts.get("text") is None:
        assert "路灯不亮" in text_of(sent)


def test_emoji_and_right_to_left_arrive(place, client):
    client.post("/report/", form(place, text="坑洞 🕳️ حفرة \u202egpj\x07"))
    assert Report.objects.get().text == "坑洞 🕳️ حفرة gpj"


def test_robot_in_the_trap_or_too_fast_gets_a_second_chance(place, client):
    trapped = client.post("/report/", form(place, website="http://spam"))
    fast = client.post("/report/", form(place, seconds=0))
    forged = client.post("/report/", form(place, key="made up"))
    for answer in (trapped, fast, forged):
        assert answer.status_code == 400
        assert "what you typed is still there" in text_of(answer)
    assert not Case.objects.exists()
    again = re.search(r'name="key" value="([^"]+)"', text_of(forged))[1]
    assert again != "made up"


def test_old_page_gets_a_new_key(place, client):
    old = client.post("/report/", form(place, seconds=2 * 86400))
    assert old.status_code == 400
    key = re.search(r'name="key" value="([^"]+)"', text_of(old))[1]
    assert (timezone.now() - forms.read_form_key(key)[1]).total_seconds() < 60


def test_too_many_from_one_address_are_told_so(place, client, settings):
    settings.SEND_RATES = {"report": (2, 3600)}
    answers = [client.post("/report/", form(place, seen_near="1")) for _ in range(3)]
    assert [one.status_code for one in answers] == [303, 303, 429]
    assert "Try again in" in text_of(answers[2])
    assert "路灯不亮" in text_of(answers[2])
    elsewhere = client.post("/report/", form(place, seen_near="1"), REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 303


def test_photo_is_kept_over_a_mistake_and_its_place_is_offered(place, client):
    taken = jpeg(80, 60, gps=(WEST + 0.015, SOUTH + 0.015), taken="2026:04:03 16:20:00")
    first = client.post("/report/", form(place, text="", photo=photo(taken)))
    assert first.status_code == 422
    page = text_of(first)
    token = re.search(r'name="kept" value="([^"]+)"', page)[1]
    assert "Use the place where the photo was taken" in page
    assert client.get(f"/report/photo/{token}/")["Content-Type"] == "image/webp"
    done = client.post("/report/", form(place, kept=token, photo_place="1", lon="", lat=""))
    assert done.status_code == 303
    case = Case.objects.get()
    assert case.cell_id == place.cells[3].pk
    assert case.photos.count() == 1
    assert StoredFile.objects.get().delete_after is None


def test_photo_place_is_not_taken_unasked(place, client):
    taken = jpeg(80, 60, gps=(WEST + 0.015, SOUTH + 0.015))
    client.post("/report/", form(place, photo=photo(taken), lon="", lat="", address="城东路 12 号"))
    case = Case.objects.get()
    assert (case.lon, case.lat, case.cell_id) == (None, None, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (jpeg() + bytes(50 * MEGABYTE), "too large"),
        (huge_png(30_000), "too many pixels"),
        (jpeg(400, 300)[:2000], "cannot be read to its end"),
        (b"MZ\x90\x00 a program called photo.jpg", "cannot be taken"),
    ],
    ids=["50 MB", "pixel bomb", "truncated", "program"],
)
def test_bad_photo_says_why_and_loses_nothing(place, client, content, said):
    sent = client.post("/report/", form(place, photo=photo(content)))
    assert sent.status_code in (200, 413, 415, 422)
    assert said in text_of(sent)
    assert "路灯不亮" in text_of(sent)
    assert not Case.objects.exists()
    without = client.post("/report/", form(place))
    assert without.status_code == 303


def test_zip_bomb_as_photo_is_refused(place, client):
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("x", "w", force_zip64=True) as inner,
    ):
        for _ in range(600):
            inner.write(bytes(MEGABYTE))
    sent = client.post("/report/", form(place, photo=photo(out.getvalue())))
    assert not StoredFile.objects.exists()
    assert not Case.objects.exists()
    assert "cure" not in text_of(sent)


def test_more_than_all_photos_may_have_is_refused_before_reading(place, client):
    sent = client.post(
        "/report/", b"x", content_type="multipart/form-data; boundary=y", CONTENT_LENGTH=str(200 * MEGABYTE)
    )
    assert sent.status_code == 413


def test_same_problem_nearby_is_offered_and_joined(place, client):
    kind = place.types["02007"]
    client.post("/report/", form(place, type=kind.pk))
    case = Case.objects.get()
    asked = client.post("/report/", form(place, type=kind.pk, lat=str(SOUTH + 0.0051)))
    assert asked.status_code == 200
    assert case.number in text_of(asked)
    assert "Somebody reported something here already" in text_of(asked)
    joined = client.post("/report/", form(place, same=case.number, phone="13800000000"))
    assert joined.status_code == 303
    assert Case.objects.count() == 1
    assert Report.objects.filter(case=case, supports=True).count() == 1
    assert "You now follow this case" in text_of(client.get(joined["Location"]))
    assert "2 reports tell of it" in text_of(client.get(joined["Location"]))


def test_words_of_others_are_not_shown_nearby_or_at_home(place, client):
    client.post("/report/", form(place, text="王五家门口的秘密", address="王五家"))
    asked = client.post("/report/", form(place))
    pages.forget_pictures()
    number = Case.objects.get().number
    for page in (asked, client.get("/"), client.get(f"/find/?number={number}")):
        assert page.status_code == 200
        assert "王五" not in text_of(page)
    assert number in text_of(asked)


def test_parts_answer_while_typing(place, client):
    found = text_of(client.get("/d/sample/report/types/?text=门口路灯不亮了"))
    assert "Street light out" in found
    assert "Exposed rubbish" not in found
    assert "Exposed rubbish" in text_of(client.get("/d/sample/report/types/?text=bllj"))
    assert "Street light out" in text_of(client.get("/d/sample/report/types/?text=the light is broken"))
    cells = text_of(client.get(f"/d/sample/report/cells/?area={place.communities[1].pk}"))
    assert place.cells[2].code in cells
    assert place.cells[0].code not in cells
    uploaded = client.post("/d/sample/report/photo/", {"photo": photo(jpeg())})
    assert 'name="kept"' in text_of(uploaded)


def test_no_map_is_needed(place, client):
    sent = client.post(
        "/report/", form(place, lon="", lat="", area=place.communities[1].pk, cell=place.cells[3].pk)
    )
    assert sent.status_code == 303
    assert Case.objects.get().cell_id == place.cells[3].pk


def test_public_map_stays_off_until_it_is_approved(place, client):
    assert client.get("/d/sample/map/outline.json").status_code == 404
    assert "<district-map" not in text_of(client.get("/report/"))
    place.district.public_map = True
    place.district.save()
    first = client.get("/d/sample/map/cells.json")
    assert len(first.json()["features"]) == len(place.cells)
    again = client.get("/d/sample/map/cells.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    for name in ("outline", "areas"):
        assert client.get(f"/d/sample/map/{name}.json").json()["type"] == "FeatureCollection"
    assert client.get("/d/sample/map/secrets.json").status_code == 404
    assert "<district-map" in text_of(client.get("/report/"))


def test_unknown_district_is_not_there(place, client):
    assert client.get("/d/nowhere/report/").status_code == 404

"""The pages about the upper level by real requests: list in, reply prefilled, archive out, comparison."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chengzhi.cases.models import Case
from chengzhi.pipeline.models import Mapping
from chengzhi.reports.models import UpperOrder
from tests.intake_builders import build_district
from tests.people_builders import PASSWORD, account, post

pytestmark = pytest.mark.django_db

HEADER = "工单编号,办理时限,诉求内容,地址,承办单位,办理情况"
FIRST = (
    HEADER + "\n12345-1,2030-04-05 18:00,井盖缺失,解放路1号,,\n12345-2,2030-04-04 18:00,路灯不亮,和平路,,\n"
)


@pytest.fixture
def place():
    return build_district("upper-pages")


@pytest.fixture
def clerk(place):
    person = post(account("upper-clerk"), place.district, "dispatcher").account
    client = Client()
    client.post("/account/login/", {"username": person.username, "password": PASSWORD})
    client.cookies["language"] = "en"
    return client


def text(answer):
    return answer.content.decode()


def send(client, page, content, system="12345"):
    file = SimpleUploadedFile("待办.csv", content.encode("gb18030"))
    return client.post(reverse(f"desk_upper:{page}"), {"system": system, "file": file})


def as_shown(client, address):
    """What a browser would send back of the columns page as it stands."""
    form = client.get(address).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value()}


@pytest.fixture
def taken(clerk):
    answer = send(clerk, "import", FIRST)
    assert answer.status_code == 302, text(answer)
    data = as_shown(clerk, answer["Location"])
    assert (data["number"], data["due_at"], data["text"]) == ("工单编号", "办理时限", "诉求内容")
    assert (data["reply_4"], data["reply_5"]) == ("unit", "note")
    assert clerk.post(answer["Location"], data).status_code == 302
    return UpperOrder.objects.get(number="12345-1")


def test_a_list_is_taken_and_shown_nearest_first(clerk, taken):
    page = text(clerk.get(reverse("desk_upper:index")))
    assert page.index("12345-2") < page.index("12345-1")
    assert Case.objects.filter(state="pending_dispatch", channel="upper").count() == 2
    assert "Load their list" in page
    assert Mapping.objects.get(kind="upper").name == "12345"
    again = send(clerk, "import", FIRST)
    assert "understood as last time" in text(clerk.get(again["Location"]))
    clerk.post(again["Location"], as_shown(clerk, again["Location"]))
    assert Case.objects.count() == 2
    assert Mapping.objects.filter(kind="upper").count() == 1


def test_reply_then_archive_then_answered(clerk, taken):
    Case.objects.filter(pk=taken.case_id).update(end_reason="井盖已补装")
    address = reverse("desk_upper:order", args=(taken.pk,))
    page = clerk.get(address)
    assert [one["value"] for one in page.context["fields"]] == ["", "井盖已补装"]
    assert clerk.post(reverse("desk_upper:replies"), {"format": "csv"}).status_code == 302  # nothing is ready
    assert clerk.post(address, {"column_0": "市政处", "column_1": "井盖已补装"}).status_code == 302
    answer = clerk.post(reverse("desk_upper:replies"), {"format": "csv"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["12345/replies.csv"]
        body = packed.read("12345/replies.csv").decode("utf-8-sig")
    assert body.splitlines() == ["编号,承办单位,办理情况", "12345-1,市政处,井盖已补装"]
    open_rows = clerk.get(reverse("desk_upper:index")).context["rows"]
    assert [row.order.number for row in open_rows] == ["12345-2"]
    assert "12345-1" in text(clerk.get(reverse("desk_upper:index") + "?replied=1"))
    answer = clerk.post(reverse("desk_upper:replies"), {"format": "xlsx", "again": "1"})
    assert answer["Content-Type"] == "application/zip"


def test_differences_are_shown_and_settled(clerk, taken):
    present = (
        HEADER + "\n12345-1,2030-04-09 18:00,井盖缺失,解放路1号,,\n12345-3,2030-05-01 18:00,新工单,中山路,,\n"
    )
    answer = send(clerk, "reconcile", present)
    page = text(clerk.get(answer["Location"]))
    for number in ("12345-1", "12345-2", "12345-3"):
        assert number in page
    assert Case.objects.count() == 2
    picks = ["deadline:12345-1", "only_ours:12345-2", "only_theirs:12345-3"]
    clerk.post(answer["Location"], {"pick": picks})
    assert Case.objects.count() == 3
    taken.refresh_from_db()
    assert taken.due_at.isoformat() == "2030-04-09T10:00:00+00:00"
    assert "Nothing differs" in text(clerk.get(answer["Location"]))
    open_rows = clerk.get(reverse("desk_upper:index")).context["rows"]
    assert [row.order.number for row in open_rows] == ["12345-1", "12345-3"]


def test_a_file_without_the_columns_says_so(clerk, place):
    answer = send(clerk, "import", "a,b\n1,2\n")
    assert clerk.post(answer["Location"], {}).status_code == 422
    assert clerk.get(reverse("desk_upper:order", args=(999,))).status_code == 404
    answer = send(clerk, "reconcile", "a,b\n1,2\n")
    assert clerk.get(answer["Location"]).status_code == 400

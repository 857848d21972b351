"""The import wizard from the file to the report, the export, the labels and the calendars."""

import io
from datetime import date, timedelta

import fastexcel
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chengzhi import clock
from chengzhi.jobs import execution
from chengzhi.jobs.models import JobRun
from chengzhi.pipeline.models import ImportRun, Upload
from chengzhi.registers import actions
from chengzhi.registers.kinds import kinds
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.desk.exporting import path_of
from chengzhi.web.shell import ics
from tests.photo_samples import jpeg
from tests.unit.registers.things import party, thing

HEAD = ("设施编号", "名称", "详细地址", "经度", "纬度", "形式", "面积（平方米）")
ROWS = (
    ("A-1", "启明店招", "启明路1号", 109.35, 24.35, "附着式", 12),
    ("A-2", "文澜店招", "文澜路2号", 109.36, 24.36, "附着式", "很大"),
    ("A-3", "", "文澜路3号", 109.36, 24.36, "附着式", 5),
    ("A-4", "海边店招", "", 121.0, 31.0, "附着式", 5),
)


def book(rows=ROWS, head=HEAD):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as file:
        sheet = file.add_worksheet()
        for number, values in enumerate((head, *rows)):
            sheet.write_row(number, 0, values)
    return SimpleUploadedFile("招牌.xlsx", made.getvalue())


def form_word(kind="sign", field="form"):
    """The Chinese word of the first choice, as a file would say it."""
    return kinds()[kind].field(field).choices[0].name


@pytest.fixture
def rows():
    return tuple(tuple(form_word() if value == "附着式" else value for value in row) for row in ROWS)


def sent(client, rows):
    answer = client.post(reverse("registers:import"), {"kind": "sign", "file": book(rows)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return Upload.objects.latest("pk")


def test_the_wizard_recognises_tries_loads_and_accounts_for_every_row(
    town, entered, rows, django_capture_on_commit_callbacks
):
    client = entered("shift_leader")
    upload = sent(client, rows)
    form = client.get(reverse("registers:import_mapping", args=[upload.pk]))
    chosen = {name: field.value() for name, field in ((f.name, f) for f in form.context["form"])}
    assert (chosen["name"], chosen["lon"], chosen["facts.area"]) == ("名称", "经度", "面积（平方米）")
    said = {name: value or "" for name, value in chosen.items()}
    assert client.post(reverse("registers:import_mapping", args=[upload.pk]), said).status_code == 302
    tried = client.get(reverse("registers:import_preview", args=[upload.pk]))
    assert (tried.context["tried"].fresh, tried.context["tried"].rejected) == (2, 2)
    assert "很大" in tried.content.decode()
    assert not RegisteredObject.objects.exists()
    client.post(reverse("registers:import_start", args=[upload.pk]))
    client.post(reverse("registers:import_start", args=[upload.pk]))
    assert ImportRun.objects.count() == 1
    execution._execute(JobRun.objects.get(kind="registers.import").pk)
    run = ImportRun.objects.get()
    assert (run.read, run.loaded, run.rejected) == (4, 2, 2)
    assert run.read == run.loaded + run.updated + run.existing + run.rejected
    page = client.get(reverse("registers:import_run", args=[run.pk])).content.decode()
    assert reverse("registers:import_rejects", args=[run.pk]) in page
    file = b"".join(client.get(reverse("registers:import_rejects", args=[run.pk])).streaming_content).decode()
    assert "文澜店招" in file
    assert "很大" in file
    outside = RegisteredObject.objects.get(name="海边店招")
    assert outside.flags
    assert (
        "海边店招"
        in client.get(reverse("registers:list", args=["sign"]), {"flag": outside.flags[0]}).content.decode()
    )


def test_a_mapping_without_a_name_is_not_tried(town, entered, rows):
    client = entered("shift_leader")
    upload = sent(client, rows)
    answer = client.post(reverse("registers:import_mapping", args=[upload.pk]), {"address": "详细地址"})
    assert answer.status_code == 422
    assert client.get(reverse("registers:import_preview", args=[upload.pk])).status_code == 302


def test_only_who_may_import_finds_the_wizard(town, entered, rows):
    upload = sent(entered("shift_leader"), rows)
    for name, args in (("import", ()), ("import_mapping", (upload.pk,)), ("import_preview", (upload.pk,))):
        assert entered("inspector").get(reverse(f"registers:{name}", args=args)).status_code == 404


def test_a_file_that_is_none_is_refused_beside_its_field(town, entered):
    file = SimpleUploadedFile("x.xlsx", jpeg(64, 64))
    answer = entered("shift_leader").post(reverse("registers:import"), {"kind": "sign", "file": file})
    assert answer.status_code == 422
    assert "id_file_error" in answer.content.decode()


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_has_every_object_of_the_filter_and_is_its_asker_s(town, entered, form):
    shop = party(town, "advertiser", "甲公司")
    thing(town, "sign", "店招甲", party_id=shop.pk, facts={"form": "attached", "area": 12.5})
    gone = thing(town, "sign", "店招乙")
    actions.advance_object(gone.pk, "remove", by=town.shift_leader, on=clock.now(), reason="拆除")
    client = entered("shift_leader")
    client.post(reverse("registers:exports"), {"kind": "sign", "filter": "", "format": form})
    run = JobRun.objects.get(kind="registers.export")
    execution._execute(run.pk)
    run.refresh_from_db()
    assert run.result["rows"] == 1
    file = reverse("registers:export_file", args=[run.pk])
    assert entered("head").get(file).status_code == 404
    content = b"".join(client.get(file).streaming_content)
    if form == "csv":
        _head, line = content.decode("utf-8-sig").splitlines()[:2]
        assert "店招甲" in line
        assert "甲公司" in line
    else:
        table = fastexcel.read_excel(content).load_sheet(0).to_polars()
        assert table["名称"].to_list() == ["店招甲"]
        assert table[kinds()["sign"].field("area").name + " (m²)"].to_list() == [12.5]
    path_of(run).unlink()


def test_labels_hold_the_address_of_the_card_of_each_object(town, entered, settings):
    settings.PUBLIC_URL = "https://city.example"
    one = thing(town, "bin", "文澜路箱")
    text = entered("inspector").get(reverse("registers:labels", args=["bin"])).content.decode()
    assert f"https://city.example/o/{one.public_code}/" in text
    assert text.count('class="label"') == 1
    assert "<svg" in text.split('class="labels"')[1]


def test_the_calendars_show_the_month_and_give_a_file(town, entered):
    one, client, now = thing(town, "sign", "启明店招"), entered("inspector"), clock.now()
    ends = (now + timedelta(days=40)).date()
    actions.grant_permit(one.pk, starts_on=now.date(), ends_on=ends, by=town.shift_leader, on=now)
    address = reverse("registers:calendar", args=["permits"])
    there = client.get(address, {"month": f"{ends:%Y-%m}"}).content.decode()
    assert f'id="day-{ends}"' in there
    assert one.number in there
    assert one.number not in client.get(address, {"month": "2001-01"}).content.decode()
    assert client.get(address, {"month": "nonsense"}).status_code == 200
    assert client.get(address, {"kind": "nonsense"}).status_code == 404
    file = client.get(reverse("registers:calendar_file", args=["permits"])).content
    assert f"DTSTART;VALUE=DATE:{ends:%Y%m%d}".encode() in file
    assert all(len(line) <= ics.LONGEST for line in file.split(b"\r\n"))
    assert client.get(reverse("registers:calendar", args=["weather"])).status_code == 404


def test_a_calendar_file_survives_separators_and_long_chinese():
    event = ics.Event("1@x", date(2026, 4, 3), "店招；A,B\n第二行" + "长" * 80)
    file = ics.calendar_file([event], name="日历", on=clock.now()).decode()
    unfolded = file.replace("\r\n ", "")
    assert "SUMMARY:店招；A\\,B\\n第二行" + "长" * 80 in unfolded
    assert file.startswith("BEGIN:VCALENDAR\r\n")
    assert file.endswith("END:VCALENDAR\r\n")

"""Exports: the whole filter as text, simulated data named, only for the asker and some days."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from chengzhi import clock
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.models import Entry
from chengzhi.web.desk import exporting
from tests.unit.cases.town import case_in, person
from tests.unit.web.desk.visiting import as_, run_jobs, text

pytestmark = pytest.mark.django_db


def asked(client, **facts):
    client.post("/desk/exports/", {"filter": "open=1", "format": "csv", **facts})
    run_jobs()
    return JobRun.objects.filter(kind="cases.export").latest("id")


def body(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_an_export_holds_the_whole_filter_as_text(town, home_folder):
    for number in range(70):
        case_in(town, "handling", number=f"E-{number:02d}", text="=1+1")
    case_in(town, "closed", number="CLOSED-1")
    client = as_(town, "dispatcher")
    run = asked(client, columns="all")
    answer = client.get(reverse("desk:export_file", args=(run.pk,)))
    rows = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert rows[0][:2] == ["Clock", "Number"]
    at = rows[0].index("Number")
    assert sorted(row[at] for row in rows[1:]) == [f"E-{n:02d}" for n in range(70)]
    assert rows[1][rows[0].index("Report")] == "'=1+1"
    assert (home_folder / "exports" / f"{run.pk}.csv").stat().st_mode & 0o077 == 0
    kinds = (
        Entry.objects.filter(thing="export", thing_id=run.pk).order_by("id").values_list("step", flat=True)
    )
    assert list(kinds) == ["export", "download"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_simulated_data_say_so_in_name_and_head(town, home_folder, form):
    town.district.simulated = True
    town.district.save()
    case_in(town, "handling", number="SIM-1")
    client = as_(town, "dispatcher")
    run = asked(client, format=form)
    answer = client.get(reverse("desk:export_file", args=(run.pk,)))
    assert "%E6%A8%A1%E6%8B%9F" in answer["Content-Disposition"]  # 模拟
    content = body(answer)
    if form == "csv":
        assert "Simulated data" in content.decode("utf-8-sig").splitlines()[0]
        return
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Simulated data" in sheet.split("</row>")[0]
    assert "SIM-1" in sheet
    assert "<headerFooter" in sheet
    ElementTree.fromstring(sheet)


def test_a_full_sheet_is_followed_by_another_with_its_own_head(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "SHEET_ROWS", 4)
    target = tmp_path / "x.xlsx"
    writer = exporting.XlsxWriter(target, ["A"], "Simulated")
    for number in range(5):
        writer.row([number])
    writer.close()
    with zipfile.ZipFile(target) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 3
        assert all("Simulated" in book.read(name).decode() for name in sheets)


def test_only_the_asker_fetches_and_only_for_some_days(town, home_folder):
    case_in(town, "handling")
    client = as_(town, "dispatcher")
    run = asked(client)
    where = reverse("desk:export_file", args=(run.pk,))
    assert as_(town, "head").get(where).status_code == 404
    person(town, "second", "dispatcher", town.centre)
    assert as_(town, "second").get(where).status_code == 404
    JobRun.objects.filter(pk=run.pk).update(finished_at=clock.now() - exporting.KEPT - timedelta(minutes=1))
    assert client.get(where).status_code == 404
    assert "deleted after its days" in text(client.get("/desk/exports/"))


def test_an_export_obeys_the_rights_of_the_moment_it_runs(town, home_folder):
    case_in(town, "handling", number="OWN-1")
    case_in(town, "handling", number="FOREIGN-1", unit=town.sanitation)
    run = asked(as_(town, "handler"), filter="open=1")
    content = exporting.path_of(run).read_text("utf-8-sig")
    assert "OWN-1" in content
    assert "FOREIGN-1" not in content
    as_(town, "dispatcher").post("/desk/exports/", {"filter": "open=1", "format": "csv"})
    town.accounts["dispatcher"].posts.all().delete()
    from chengzhi.people.rules import NotAllowed

    with pytest.raises(NotAllowed):
        run_jobs()


def test_an_export_begun_again_is_whole_and_leaves_no_part(town, home_folder, monkeypatch):
    for _ in range(5):
        case_in(town, "handling")
    as_(town, "dispatcher").post("/desk/exports/", {"filter": "open=1", "format": "csv"})
    run = JobRun.objects.get(kind="cases.export")
    JobRun.objects.filter(pk=run.pk).update(state="running")
    run.refresh_from_db()
    half: Path = exporting.path_of(run).with_name(f"{run.pk}.csv.part")
    half.write_text("half of an earlier try")  # what a killed worker leaves
    assert exporting.export(run)["rows"] == 5
    assert not half.exists()
    assert len(exporting.path_of(run).read_text("utf-8-sig").splitlines()) == 6


def test_expired_files_are_swept(home_folder):
    import os

    old, fresh = exporting.folder() / "1.csv", exporting.folder() / "2.csv"
    for path in (old, fresh):
        path.write_text("x")
    past = (clock.now() - exporting.KEPT - timedelta(hours=1)).timestamp()
    os.utime(old, (past, past))
    assert exporting.sweep(clock.now()) == 1
    assert not old.exists()
    assert fresh.exists()

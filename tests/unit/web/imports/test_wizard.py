"""The wizard by real requests: look, map, try, load by the real job, report; bad files say why."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from chengzhi.cases.models import Case, CaseType
from chengzhi.jobs import execution
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.queries import history
from chengzhi.pipeline.models import ImportReject, ImportRun, Mapping, Upload
from chengzhi.pipeline.rejects import write_file
from tests.people_builders import PASSWORD, account, district, post

pytestmark = pytest.mark.django_db

HEADER = "案卷编号,上报时间,问题描述,类别,经度,纬度,位置描述,处置部门,结案时间,状态,来源"
ROWS = (
    "A1,2026/04/03 09:15,垃圾未清,暴露垃圾,109.35,24.31,解放路1号,单位01,2026/04/03 11:00,已结案,12345热线",
    "A2,2026-04-03 10:00:00,路灯不亮,路灯,109.36,24.32,解放路2号,单位99,,处置中,微信",
    "A3,四月三日,占道,暴露垃圾,abc,24.32,解放路3号,单位01,,处置中,微信",
    ",2026/04/03 09:15,无编号,暴露垃圾,109.35,24.31,,单位01,,处置中,微信",
    "A1,2026/04/03 09:15,重复,暴露垃圾,109.35,24.31,,单位01,,处置中,微信",
    "A6,2026/04/03 09:15",
    "A7,2026年04月03日 08:00,=cmd,暴露垃圾,109.35,24.31,x,单位01,,神秘,其他",
)


def chinese(*rows: str) -> bytes:
    return "\n".join((HEADER, *(rows or ROWS))).encode("gb18030") + b"\n"


def town(slug="here"):
    """A district with an outline, so that points can be placed in it."""
    made = district(slug)
    left, low, right, high = made.min_lon, made.min_lat, made.max_lon, made.max_lat
    ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
    made.outline = {"type": "Polygon", "coordinates": [ring]}
    made.save()
    return made


@pytest.fixture
def here():
    made = town()
    CaseType.objects.create(district=made, code_set="local", code="0101", name="暴露垃圾")
    return made


@pytest.fixture
def clerk(here):
    person = post(account("clerk"), here, "shift_leader").account
    client = Client()
    client.post("/account/login/", {"username": person.username, "password": PASSWORD})
    client.cookies["language"] = "en"
    return client


def send(client, content, name="四月.csv"):
    return client.post(reverse("imports:index"), {"file": SimpleUploadedFile(name, content)})


def text(answer):
    return answer.content.decode()


def uploaded(client, content=None, name="四月.csv"):
    answer = send(client, content or chinese(), name)
    assert answer.status_code == 302, text(answer)
    return Upload.objects.latest("pk")


def form_of(client, upload):
    """What a browser would send back of the mapping page as it stands."""
    form = client.get(reverse("imports:mapping", args=(upload.pk,))).context["form"]
    data = {}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, False, ""):
            data[name] = value
    return data


def run_jobs():
    for job in JobRun.objects.filter(state="queued"):
        execution._execute(job.pk)  # as the worker does, but on the test's own connection


def test_from_file_to_report(clerk, here):
    upload = uploaded(clerk)
    page = text(clerk.get(reverse("imports:preview", args=(upload.pk,))))
    assert "案卷编号" in page
    assert "解放路1号" in page
    data = form_of(clerk, upload)
    assert (data["col_number"], data["col_reported_at"], data["col_lon"]) == ("案卷编号", "上报时间", "经度")
    assert (data["col_unit"], data["by_unit"]) == ("处置部门", "name")
    assert set(data["notations"]) == {"iso", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M"}
    assert clerk.post(reverse("imports:mapping", args=(upload.pk,)), data).status_code == 302
    tried = clerk.get(reverse("imports:check", args=(upload.pk,)))
    faults = {
        column: [fault.count for fault in found] for column, found in tried.context["checked"].faults.items()
    }
    # the ragged line never reaches the columns: six rows are read
    assert faults["案卷编号"] == [1, 1]
    assert faults["上报时间"] == [1]
    assert faults["经度"] == [1]
    assert faults["类别"] == [1]
    assert faults["处置部门"] == [1]
    flagged = tried.context["checked"].flagged
    assert Case.objects.count() == 0
    saved = clerk.post(reverse("imports:check", args=(upload.pk,)), {"name": "区平台"})
    assert saved.status_code == 302
    assert Mapping.objects.get().name == "区平台"
    for _ in range(2):  # a second press starts nothing more
        clerk.post(reverse("imports:start", args=(upload.pk,)))
    run = ImportRun.objects.get()
    assert run.state == "queued"
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.read, run.loaded, run.rejected, run.existing) == ("done", 7, 3, 4, 0)
    assert dict(ImportReject.objects.values_list("row", "code")) == {
        3: "bad_date", 4: "no_number", 5: "repeat", 6: "ragged"
    }  # fmt: skip
    assert flagged == run.flagged == 3  # the trial says what the import does (no cells here)
    first = Case.objects.get(source_number="A1")
    assert first.reported_at == datetime(2026, 4, 3, 1, 15, tzinfo=UTC)
    assert (first.state, first.channel, first.type.code, first.unit.code) == ("closed", "12345", "0101", "01")
    report = text(clerk.get(reverse("imports:run", args=(run.pk,))))
    assert "flag=unknown_unit" in report
    assert [entry.step for entry in history("import", run.pk)] == ["start", "finish"]


def test_rejected_rows_come_back_as_a_harmless_file(clerk, here):
    test_from_file_to_report(clerk, here)
    run = ImportRun.objects.get()
    answer = clerk.get(reverse("imports:rejects", args=(run.pk,)))
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [int(row["row"]) for row in rows] == [3, 4, 5, 6]
    assert rows[0]["上报时间"] == "四月三日"
    ImportReject.objects.create(
        run=run, row=9, code="x", reason="", content={"案卷编号": "=1+1", "经度": "-71.05"}
    )
    out = io.StringIO()
    assert write_file(run, out) == 5
    assert "'=1+1" in out.getvalue()
    assert ",-71.05," in out.getvalue()


def test_the_same_file_again_loads_nothing(clerk, here):
    test_from_file_to_report(clerk, here)
    upload = uploaded(clerk)
    clerk.post(reverse("imports:preview", args=(upload.pk,)), {"mapping": "区平台"})
    clerk.post(reverse("imports:start", args=(upload.pk,)))
    run_jobs()
    again = ImportRun.objects.latest("pk")
    assert (again.loaded, again.existing, again.read) == (0, 3, 7)
    assert text(clerk.get(reverse("imports:index"))).count("四月.csv") == 2


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01\x02\x03" * 50, "cannot be taken"),
        (b"%PDF-1.7 nothing", "cannot be taken"),
        (b"PK\x03\x04 broken", "cannot be taken"),
        (b"a,b,a\n1,2,3\n", "twice"),
        (b",,\n1,2,3\n", "no header"),
        (bomb(), "unpacks to more"),
        (b"PAR1 broken PAR1", "cannot be read"),
    ],
)
def test_a_bad_file_says_what_is_wrong_and_leaves_nothing(clerk, content, said):
    answer = send(clerk, content, "file.csv")
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Upload.objects.exists()


def test_a_file_with_a_header_only_says_so(clerk):
    upload = uploaded(clerk, (HEADER + "\n").encode())
    assert "nothing to import" in text(clerk.get(reverse("imports:preview", args=(upload.pk,))))
    clerk.get(reverse("imports:mapping", args=(upload.pk,)))


def test_a_mapping_without_anything_that_identifies_a_row_is_refused(clerk):
    upload = uploaded(clerk)
    data = form_of(clerk, upload)
    del data["col_number"]
    answer = clerk.post(reverse("imports:mapping", args=(upload.pk,)), data)
    assert answer.status_code == 422
    assert "tell rows apart" in text(answer)
    data["identity"] = ["上报时间", "问题描述"]
    assert clerk.post(reverse("imports:mapping", args=(upload.pk,)), data).status_code == 302


def test_uploads_and_runs_of_another_district_are_not_there(clerk, here):
    upload = uploaded(clerk)
    other = Client()
    person = post(account("other"), district("there"), "shift_leader").account
    other.post("/account/login/", {"username": person.username, "password": PASSWORD})
    for page in ("preview", "mapping", "check"):
        assert other.get(reverse(f"imports:{page}", args=(upload.pk,))).status_code == 404
    assert other.post(reverse("imports:start", args=(upload.pk,))).status_code == 404
    assert str(settings.HOME) in str(settings.MEDIA_ROOT)


def test_cancel_before_the_worker_comes_and_go_on(clerk, here):
    upload = uploaded(clerk)
    clerk.post(reverse("imports:mapping", args=(upload.pk,)), form_of(clerk, upload))
    clerk.post(reverse("imports:start", args=(upload.pk,)))
    run = ImportRun.objects.get()
    clerk.post(reverse("imports:cancel", args=(run.pk,)))
    run_jobs()
    assert (ImportRun.objects.get().state, Case.objects.count()) == ("cancelled", 0)
    clerk.post(reverse("imports:resume", args=(run.pk,)))
    run_jobs()
    assert (ImportRun.objects.get().state, Case.objects.count()) == ("done", 3)


KILLED = """
import os, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from chengzhi.pipeline import sources, runs
sources.CHUNK = 200
from chengzhi.pipeline import jobs
from chengzhi.jobs.execution import execute
told = jobs.progress
def report(run, done, total=None):
    told(run, done, total)
    print(done, flush=True)
jobs.progress = report
execute(int(sys.argv[2]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing_and_loads_nothing_twice(transactional_db):
    place = town()
    person = post(account("killed"), place, "shift_leader").account
    client = Client()
    client.post("/account/login/", {"username": person.username, "password": PASSWORD})
    rows = [f"K{n},2026-04-03 10:00:00,垃圾{n},暴露垃圾,109.35,24.31,,,,," for n in range(4000)]
    rows[5] = "K5,short"
    rows[3990] = "K3990,short"
    upload = uploaded(client, chinese(*rows))
    client.post(reverse("imports:mapping", args=(upload.pk,)), form_of(client, upload))
    client.post(reverse("imports:start", args=(upload.pk,)))
    job = JobRun.objects.get()
    command = [sys.executable, "-c", KILLED, str(connection.settings_dict["NAME"]), str(job.pk)]
    worker = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(Path.cwd() / "src")}
    )
    assert worker.stdout is not None
    for line in worker.stdout:
        if int(line) >= 600:
            os.kill(worker.pid, signal.SIGKILL)
            break
    worker.wait()
    time.sleep(0.3)  # the server notices that its client is gone
    run = ImportRun.objects.get()
    assert 600 <= run.read < 4000
    assert run.loaded == Case.objects.count()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          env=os.environ | {"PYTHONPATH": str(Path.cwd() / "src")})  # fmt: skip
    assert done.stdout
    run.refresh_from_db()
    assert (run.state, run.read, run.loaded, run.rejected, run.existing) == ("done", 4000, 3998, 2, 0)
    assert sorted(ImportReject.objects.values_list("row", flat=True)) == [6, 3991]
    assert Case.objects.values("source_number").distinct().count() == 3998
    JobRun.objects.get(pk=job.pk, state="done")


def test_xlsx_and_parquet_go_the_same_way(clerk, here, tmp_path):
    frame = pl.DataFrame(
        {"编号": ["X1", "X2"], "上报时间": [datetime(2026, 4, 3, 9), datetime(2026, 4, 3, 10)]}
    )
    frame.write_parquet(tmp_path / "f.parquet")
    frame.write_excel(tmp_path / "f.xlsx")
    for name in ("f.parquet", "f.xlsx"):
        upload = uploaded(clerk, (tmp_path / name).read_bytes(), name)
        answer = clerk.post(
            reverse("imports:mapping", args=(upload.pk,)), form_of(clerk, upload) | {"source_system": "x"}
        )
        assert answer.status_code == 302, text(answer)
        clerk.post(reverse("imports:start", args=(upload.pk,)))
    run_jobs()
    assert list(ImportRun.objects.order_by("pk").values_list("loaded", "existing")) == [(2, 0), (0, 2)]

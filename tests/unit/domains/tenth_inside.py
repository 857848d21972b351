"""What `test_tenth_register` runs: everything a kind of object has, for one declared in a single file."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

os.environ |= {
    "CHENGZHI_DATABASE_ROLE": "owner", "CHENGZHI_PROCESS": "test", "DJANGO_SETTINGS_MODULE": "chengzhi.settings",
}  # fmt: skip
NATIONAL = "GB/T 47678.5-2026"
FORM = {"name": "广场音箱", "lon": "109.35", "lat": "24.35", "fact_power": "800", "fact_mount": "pole",
        "fact_tested_on": "2026-03-01", "fact_limiter": "true", "address": "启明路 1 号", "party_id": "舞蹈队",
        "party_new": "on"}  # fmt: skip


def main(database: str, folder: Path) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        walk(folder)
        transaction.set_rollback(True)


def walk(folder: Path) -> None:
    from django.conf import settings
    from django.test import Client

    from chengzhi.domains import DOMAINS
    from chengzhi.registers.reference import pages
    from tests.unit.cases.town import build

    assert [one.key for one in DOMAINS][9:] == ["noise"]
    assert "`loudspeaker`" in pages()["registers.zh.md"]
    print("declared")
    town, client = build(), Client()
    client.force_login(town.accounts["shift_leader"], backend="django.contrib.auth.backends.ModelBackend")
    thing = enter(client)
    change(client, thing)
    settings.HOME = folder
    (folder / "exports").mkdir()
    files(town, folder)
    check(town, thing)
    thing.refresh_from_db()
    card = text(Client().get(f"/o/{thing.public_code}/"))
    for word in ("户外扩音设备", "功率", "900", "立杆", "已调低"):
        assert word in card, word
    assert "检测日期" not in card
    print("carded")
    home = text(client.get("/desk/domains/noise/"))
    assert "夜里安静" in home
    assert "噪声治理" in text(client.get("/desk/registers/"))
    print("told")


def text(answer: Any) -> str:
    assert answer.status_code == 200, (answer.status_code, answer.content.decode()[:3000])
    return str(answer.content.decode())


def enter(client: Any) -> Any:
    """The form, what it refuses, what it takes; the list with its filters."""
    from chengzhi.registers.models import RegisteredObject

    form = text(client.get("/desk/registers/loudspeaker/new/"))
    assert all(word in form for word in ("功率", "安装方式", "壁挂", "检测日期", "限音器"))
    assert client.post("/desk/registers/loudspeaker/new/", {**FORM, "fact_power": "9000"}).status_code == 422
    done = client.post("/desk/registers/loudspeaker/new/", FORM)
    assert done.status_code == 302, done.content.decode()[:3000]
    thing = RegisteredObject.objects.get()
    assert thing.number == "ZS-000001"
    assert thing.facts == {"power": 800, "mount": "pole", "tested_on": "2026-03-01", "limiter": True}
    assert thing.party is not None
    print("entered")
    for query in ("", "?state=loud", "?q=音箱", "?permit=none"):
        assert "广场音箱" in text(client.get(f"/desk/registers/loudspeaker/{query}")), query
    assert "广场音箱" not in text(client.get("/desk/registers/loudspeaker/?state=gone"))
    assert "使用备案" in text(client.get(f"/desk/registers/objects/{thing.number}/"))
    print("listed")
    return thing


def change(client: Any, thing: Any) -> None:
    """A correction and a step of its own life, both in its history."""
    here = f"/desk/registers/objects/{thing.number}/"
    said = {**FORM, "fact_power": "900", "party_id": f"舞蹈队 #{thing.party_id}", "party_new": ""}
    assert client.post(f"{here}correct/", said).status_code == 302
    thing.refresh_from_db()
    assert thing.facts["power"] == 900
    print("corrected")
    assert client.post(f"{here}step/turn_down/", {"reason": "居民反映"}).status_code in (302, 303)
    thing.refresh_from_db()
    assert thing.state == "turned_down"
    page = text(client.get(here))
    assert "已调低" in page
    assert "调低音量：居民反映" in page
    print("moved")


def files(town: Any, folder: Path) -> None:
    """A workbook in, one out, and that one in again without a change."""
    import xlsxwriter
    from django.utils.translation import override

    from chengzhi.jobs.models import JobRun
    from chengzhi.web.desk.exporting import path_of
    from chengzhi.web.registers.exporting import KIND, export
    from tests.unit.cases.town import FRIDAY

    path = folder / "in.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    head = ("编号", "名称", "经度", "纬度", "功率", "安装方式", "检测日期", "限音器", "备案编号", "有效期至")
    rows = (("1", "商场音箱", 109.31, 24.31, 120, "壁挂", "2026年2月1日", "是", "备1", "2027-01-31"),
            ("2", "坏行", 109.32, 24.32, 99_999, "悬空", None, None, None, None))  # fmt: skip
    for at, row in enumerate((head, *rows)):
        sheet.write_row(at, 0, ["" if one is None else one for one in row])
    book.close()
    done = load(town, path)
    assert (done["read"], done["loaded"], done["rejected"]) == (2, 1, 1), done
    print("imported")
    run = JobRun.objects.create(
        kind=KIND, title="x", district_id=town.district.pk, started_by=town.shift_leader.account_id, state="running",
        created_at=FRIDAY,
        arguments={"kind": "loudspeaker", "query": "", "format": "xlsx", "language": "zh-hans"},
    )  # fmt: skip
    with override("zh-hans"):
        assert export(run)["rows"] == 2
    print("exported")
    again = load(town, path_of(run))
    assert (again["read"], again["existing"], again["rejected"]) == (2, 2, 0), again
    print("again")


def load(town: Any, path: Path) -> dict[str, Any]:
    from chengzhi.pipeline import register_runs as runs
    from tests.unit.cases.town import FRIDAY

    by = town.shift_leader
    run = runs.start_run(
        district=town.district, path=path, kind="loudspeaker", mapping=None, by=by, on=FRIDAY
    )
    return dict(runs.report(runs.carry_out(run, by=by, on=FRIDAY)))


def check(town: Any, thing: Any) -> None:
    """The sheet on a phone; what fails opens a case of the domain's own type, about the object."""
    from django.test import Client

    from chengzhi.cases.about import cases_of
    from chengzhi.cases.models import CaseType
    from chengzhi.people.models import Account

    CaseType.objects.create(
        district=town.district,
        code_set=NATIONAL,
        kind="matter",
        code="06028",
        name="噪声扰民",
        domain="noise",
    )
    walker = Client()
    account: Account = town.accounts["inspector"]
    walker.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    sheet = text(walker.get(f"/field/object/{thing.pk}/?checklist=night"))
    assert "夜间不扰民" in sheet
    assert "声级" in sheet
    said = {"a.quiet": "failed", "n.quiet": "低音炮", "v.level": "78", "client_key": "tenth"}
    done = walker.post(f"/field/object/{thing.pk}/?checklist=night", said)
    assert done.status_code == 303, done.content.decode()[:3000]
    (case,) = cases_of(thing.pk)
    assert case.type is not None
    assert (case.type.code, case.domain, case.condition) == ("06028", "noise", "noise")
    assert "低音炮" in case.text
    assert case.reported_at.date() >= date(2026, 1, 1)
    print("checked")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

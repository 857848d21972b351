"""A run over a file of a register: cut off, taken up, refused, done by the worker."""

import csv
from datetime import timedelta

import pytest

from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import work_of
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed
from chengzhi.pipeline import register_runs as runs
from chengzhi.pipeline import uploads
from chengzhi.pipeline.register_files import load_file
from chengzhi.registers.models import RegisteredObject

from ..cases.town import FRIDAY
from .workbooks import load, objects, signs, xlsx

pytestmark = pytest.mark.django_db


def test_an_unfinished_run_goes_on_behind_its_last_chunk(town, tmp_path, monkeypatch):
    rows = [[f"A{n}", f"牌{n}", 109.3 + n / 1000, 24.31, "移动式", 1, None] for n in range(25)]
    path = signs(tmp_path, *rows)
    monkeypatch.setattr(runs, "CHUNK", 10)
    run = runs.start_run(
        district=town.district, path=path, kind="sign", mapping=None, by=town.shift_leader, on=FRIDAY
    )

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs.carry_out(run, by=town.shift_leader, on=FRIDAY, progress=stop)
    assert RegisteredObject.objects.count() == 10
    done = load_file(
        path, kind="sign", slug="sample", mapping=None, source_system="", rejects=None, on=FRIDAY,
        say=lambda done, total: None,
    )  # fmt: skip
    assert (done["run"], done["read"], done["loaded"]) == (run.pk, 25, 25)
    assert RegisteredObject.objects.count() == 25


def test_rejects_are_written_beside_the_file_with_their_content(town, tmp_path):
    path = signs(tmp_path, ["A1", "=cmd()", 109.31, 24.31, "空中", 1, None])
    mapping = tmp_path / "m.yaml"
    mapping.write_text("columns:\n  name: 名称\n  facts.form: 设置形式\n", encoding="utf-8")
    done = load_file(
        path, kind="sign", slug="sample", mapping=mapping, source_system="old", rejects=None,
        on=FRIDAY + timedelta(days=1), say=lambda done, total: None,
    )  # fmt: skip
    assert done["rejected"] == 1
    with open(done["rejects"], encoding="utf-8-sig", newline="") as file:
        head, row = csv.reader(file)
    assert head[:5] == ["row", "reject_code", "reject_reason", "编号", "名称"]
    assert (row[:2], row[3]) == (["1", "choice"], "A1")


def test_nobody_imports_into_another_district(town, tmp_path):
    path = signs(tmp_path, ["A1", "一", 109.31, 24.31, "移动式", 1, None])
    stranger = Actor(
        1, "x", town.district.pk + 1, permissions=frozenset({"register.import"}),
        district_wide=frozenset({"register.import"}),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        load(town, path, by=stranger)


def worked(asked):
    """What the worker's function of the job gives."""
    JobRun.objects.filter(pk=asked.pk).update(state="running")
    return work_of(asked.kind)(JobRun.objects.get(pk=asked.pk))


def test_a_file_sent_on_a_page_is_loaded_by_the_worker(town, tmp_path, settings):
    settings.HOME = tmp_path
    (tmp_path / "keys").mkdir()
    path = xlsx(tmp_path / "b.xlsx", [["编号", "名称"], ["1", "新箱"]])
    with path.open("rb") as file:
        upload = uploads.receive(
            file,
            "b.xlsx",
            district_id=town.district.pk,
            by=town.handler,
            on=FRIDAY,
            permission="register.import",
        )
    copy = uploads.local_copy(upload.file)
    run = runs.start_run(
        district=town.district,
        path=copy,
        file=upload.file,
        kind="bin",
        mapping=None,
        by=town.handler,
        on=FRIDAY,
    )
    begun = runs.enqueue(run, title="导入", by=town.handler, on=FRIDAY)
    assert worked(begun)["loaded"] == 1
    assert objects()["新箱"].number == "LX-000001"
    assert not copy.exists()
    with pytest.raises(NotAllowed):
        runs.enqueue(run, title="导入", by=town.inspector, on=FRIDAY)

"""The desk by real requests: home, list, search, saved filters, columns, bulk action, exports."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.cases.choices import ListChoice
from chengzhi.cases.models import BulkAction, Case, SavedFilter, Task
from chengzhi.cases.words import bigrams
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import work_of
from chengzhi.ledger.models import Entry
from chengzhi.web.desk import exporting
from tests.unit.cases.town import build, case_in, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    habits.forget()
    return build()


@pytest.fixture
def home_folder(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


def as_(town, name):
    client = Client()
    client.force_login(town.accounts[name], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


def run_jobs():
    """Do the waiting jobs as the worker does, in this process."""
    for run in JobRun.objects.filter(state="queued").order_by("id"):
        JobRun.objects.filter(pk=run.pk).update(state="running", started_at=clock.now())
        run.refresh_from_db()
        result = work_of(run.kind)(run)
        JobRun.objects.filter(pk=run.pk).update(state="done", finished_at=clock.now(), result=result)


def numbers_on(page):
    return re.findall(r'name="case" value="(\d+)"', page)


# -- home ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["inspector", "intake_clerk", "shift_leader", "dispatcher", "handler",
                                  "contractor", "evaluator", "head", "administrator", "auditor"])  # fmt: skip
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_role_has_a_first_page(town, role, language):
    case_in(town, "pending_dispatch", stage_due_at=clock.now() - timedelta(hours=3))
    client = as_(town, role)
    client.cookies["language"] = language
    assert client.get("/desk/").status_code == 200


def test_home_shows_what_burns_and_the_queues_of_ones_posts(town):
    now = clock.now()
    case_in(town, "pending_dispatch", number="LATE-1", stage_due_at=now - timedelta(hours=3))
    case_in(town, "pending_dispatch", number="FINE-1", stage_due_at=now + timedelta(hours=3))
    case_in(town, "pending_close", number="NOT-MINE", stage_due_at=now - timedelta(hours=9))
    page = text(as_(town, "dispatcher").get("/desk/"))
    assert "LATE-1" in page
    assert "overdue by 3 hours" in page
    assert "FINE-1" not in page
    assert "NOT-MINE" not in page  # the dispatcher does not close
    assert re.search(r"To dispatch</span><b>2</b>", page)
    assert "To close" not in page


def test_home_lists_tasks_given_by_name(town):
    case = case_in(town, "checking", number="CHECK-1")
    Task.objects.filter(case=case).update(account=town.accounts["inspector"])
    assert "CHECK-1" in text(as_(town, "inspector").get("/desk/"))


def test_a_department_sees_only_its_own_and_what_it_helps_with(town):
    late = clock.now() - timedelta(hours=1)
    case_in(town, "handling", number="OWN-1", stage_due_at=late)
    other = case_in(town, "handling", number="OTHER-1", unit=town.sanitation, stage_due_at=late)
    Task.objects.create(case=other, district=town.district, kind="cohandle", unit=town.squad, sent_at=late)
    client = as_(town, "handler")
    page = text(client.get("/desk/"))
    assert "OWN-1" in page
    assert "OTHER-1" not in page
    assert re.search(r"My unit helps with</span><b>1</b>", page)
    assert "OTHER-1" in text(client.get("/desk/cases/?open=1&helping=1"))
    assert "OTHER-1" not in text(client.get("/desk/cases/?open=1"))


# -- the list --------------------------------------------------------------------------


def test_the_list_filters_and_remembers_the_filter(town):
    case_in(town, "handling", number="A-1")
    case_in(town, "closed", number="A-2")
    client = as_(town, "dispatcher")
    assert "A-2" not in text(client.get("/desk/cases/"))
    assert "A-2" in text(client.get("/desk/cases/?open=0&order=closed"))
    again = text(client.get("/desk/cases/"))
    assert "A-2" in again
    assert "A-1" not in again


def test_several_states_in_one_address_stay_chosen(town):
    case_in(town, "returned", number="R-1")
    case_in(town, "handling", number="H-1")
    page = text(as_(town, "dispatcher").get("/desk/cases/?open=1&state=pending_dispatch,returned"))
    assert "R-1" in page
    assert "H-1" not in page
    assert '<option value="pending_dispatch,returned" selected>waiting to be dispatched, returned' in page


def test_pages_follow_each_other_by_key(town, monkeypatch):
    for number in range(120):
        case_in(town, "handling", stage_due_at=clock.now() + timedelta(hours=number % 7))
    client, seen, path = as_(town, "dispatcher"), [], "/desk/cases/?open=1"
    while path:
        page = text(client.get(path))
        seen += numbers_on(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/desk/cases/" + found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 120


def test_polling_answers_304_until_something_changes(town):
    case = case_in(town, "handling", number="P-1")
    client = as_(town, "dispatcher")
    first = client.get("/desk/cases/?open=1", headers={"X-Poll": "1"})
    assert "<html" not in text(first)
    tag = first["ETag"]
    again = {"X-Poll": "1", "If-None-Match": tag}
    assert client.get("/desk/cases/?open=1", headers=again).status_code == 304
    Case.objects.filter(pk=case.pk).update(version=case.version + 1, state="handled")
    assert client.get("/desk/cases/?open=1", headers=again).status_code == 200


def test_a_filter_that_cannot_be_read_says_so(town):
    answer = as_(town, "dispatcher").get("/desk/cases/?unit=abc")
    assert answer.status_code == 400
    assert "Choose the filter again" in answer.content.decode()


def test_an_empty_list_says_what_to_do(town):
    assert "No case fits" in text(as_(town, "dispatcher").get("/desk/cases/?open=1&urgent=1"))


def test_what_people_wrote_is_shown_as_text(town):
    evil = "<script>alert(1)</script>路灯"
    case_in(town, "handling", text=evil, address=evil, bigrams=bigrams(evil))
    client = as_(town, "dispatcher")
    for path in ("/desk/cases/?open=1", "/desk/search/?q=路灯", "/desk/search/?q=script"):
        page = text(client.get(path))
        assert "<script>alert" not in page
        assert "script" in page


def test_columns_are_kept_for_the_account(town):
    case_in(town, "handling", outcome="done-so")
    client = as_(town, "dispatcher")
    assert "done-so" not in text(client.get("/desk/cases/"))
    client.post("/desk/cases/columns/", {"column": ["outcome", "state", "nonsense"], "filter": "open=1"})
    assert "done-so" in text(client.get("/desk/cases/"))
    assert ListChoice.objects.get().columns == ["state", "outcome"]
    client.post("/desk/cases/columns/", {"usual": "1"})
    assert "done-so" not in text(client.get("/desk/cases/"))


def test_filters_are_saved_shared_renamed_and_deleted(town):
    mine, other = as_(town, "dispatcher"), as_(town, "head")
    mine.post("/desk/cases/saved/", {"name": "雨天", "filter": "open=1&urgent=1"})
    saved = SavedFilter.objects.get()
    assert saved.query == {"open": True, "urgent": True}
    assert "雨天" not in text(other.get("/desk/cases/"))
    change = reverse("desk:change_filter", args=(saved.pk,))
    mine.post(change, {"name": "暴雨", "shared": "1"})
    assert "暴雨" in text(other.get("/desk/cases/"))
    assert other.post(change, {"delete": "1"}).status_code == 404
    mine.post("/desk/cases/saved/", {"name": "暴雨", "filter": "open=0"})
    assert SavedFilter.objects.get().query == {"open": False}
    mine.post(change, {"delete": "1"})
    assert not SavedFilter.objects.exists()


def test_a_saved_filter_of_an_older_version_does_not_break_the_list(town):
    SavedFilter.objects.create(
        district=town.district,
        account=town.accounts["dispatcher"],
        name="old",
        query={"gone": 1},
        created_at=clock.now(),
    )
    assert "old" not in re.findall(r"</svg>(\w+)</a>", text(as_(town, "dispatcher").get("/desk/cases/")))


# -- search ----------------------------------------------------------------------------


def test_search_finds_two_characters_and_marks_them(town):
    words = "北站路的路灯不亮"
    case_in(town, "closed", number="S-1", text=words, bigrams=bigrams(words))
    assert "<mark>路灯</mark>" in text(as_(town, "dispatcher").get("/desk/search/?q=路灯"))


def test_search_with_one_character_says_what_to_do(town):
    assert "at least two characters" in text(as_(town, "dispatcher").get("/desk/search/?q=灯"))


def test_search_finds_nothing_of_another_unit_or_district(town):
    words = "独特词语"
    case_in(town, "handling", text=words, bigrams=bigrams(words), unit=town.sanitation)
    case_in(build("other"), "handling", text=words, bigrams=bigrams(words))
    assert "Nothing found" in text(as_(town, "handler").get("/desk/search/?q=独特"))
    assert text(as_(town, "dispatcher").get("/desk/search/?q=独特")).count("data-row") == 1


# -- bulk action -----------------------------------------------------------------------


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def test_a_bulk_action_is_previewed_run_and_taken_back(town, django_capture_on_commit_callbacks):
    ids = [case_in(town, "pending_dispatch").pk for _ in range(3)]
    untyped = case_in(town, "pending_dispatch", type=None, number="NO-TYPE").pk
    client = as_(town, "dispatcher")
    chosen = text(client.post("/desk/bulk/", {"case": [*ids, untyped], "filter": "open=1"}))
    assert "Preview: Dispatch" in chosen
    assert "Preview: Reply" not in chosen  # not a dispatcher's step
    facts = {"cases": hidden(chosen, "cases"), "step": "dispatch", "unit": town.squad.pk, "filter": "open=1"}
    seen = text(client.post("/desk/bulk/preview/", facts))
    assert "NO-TYPE" in seen
    assert "Dispatch: 3 cases" in seen
    assert not BulkAction.objects.exists()
    facts |= {"cases": hidden(seen, "cases"), "key": hidden(seen, "key")}
    first = client.post("/desk/bulk/run/", facts)
    second = client.post("/desk/bulk/run/", facts)
    assert first["Location"] == second["Location"]
    assert BulkAction.objects.count() == 1
    run_jobs()
    assert set(Case.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"pending_handle"}
    page = text(client.get(first["Location"]))
    assert "Take back" in page
    client.post(first["Location"] + "undo/")
    run_jobs()
    assert set(Case.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"pending_dispatch"}
    assert "Take back" not in text(client.get(first["Location"]))


def test_the_whole_filter_can_be_chosen(town):
    ids = [case_in(town, "pending_dispatch").pk for _ in range(60)]
    case_in(town, "handling")
    page = text(
        as_(town, "dispatcher").post(
            "/desk/bulk/", {"scope": "all", "filter": "open=1&state=pending_dispatch"}
        )
    )
    assert sorted(map(int, hidden(page, "cases").split(","))) == ids


def test_too_many_cases_are_refused_in_words(town, monkeypatch):
    monkeypatch.setattr("chengzhi.web.desk.bulk.MOST", 2)
    for _ in range(3):
        case_in(town, "pending_dispatch")
    answer = as_(town, "dispatcher").post("/desk/bulk/", {"scope": "all", "filter": "open=1"})
    assert answer.status_code == 422
    assert "Narrow the filter" in answer.content.decode()


def test_a_missing_fact_is_asked_for_and_the_choice_kept(town):
    number = case_in(town, "pending_dispatch").pk
    page = text(as_(town, "dispatcher").post("/desk/bulk/preview/", {"cases": number, "step": "dispatch"}))
    assert "This field is required" in page or "必填" in page
    assert hidden(page, "cases") == str(number)


def test_steps_and_actions_of_others_are_out_of_reach(town):
    number = case_in(town, "pending_close").pk
    client = as_(town, "dispatcher")
    assert client.post("/desk/bulk/preview/", {"cases": number, "step": "close"}).status_code == 404
    mine = case_in(town, "pending_dispatch").pk
    facts = {"cases": mine, "step": "dispatch", "unit": town.squad.pk, "key": "k"}
    where = client.post("/desk/bulk/run/", facts)["Location"]
    other = build("other")
    for stranger in (as_(other, "dispatcher"), as_(town, "handler"), as_(town, "auditor")):
        assert stranger.get(where).status_code == 404
        assert stranger.post(where + "undo/").status_code == 404


# -- exports ---------------------------------------------------------------------------


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


# -- background work -------------------------------------------------------------------


def test_the_map_is_counted_anew_only_when_something_was_recorded(town, monkeypatch):
    from chengzhi.cases import tiles
    from chengzhi.cases.actions import advance_case
    from chengzhi.cases.models import Tile

    monkeypatch.setattr(tiles, "_seen", {"entry": None, "at": None})
    now = clock.now()
    case = case_in(town, "pending_handle", zkey=1 << 60)
    assert tiles.refresh(on=now)
    assert Tile.objects.filter(district=town.district).count() == len(tiles.LEVELS)
    assert not tiles.refresh(on=now + timedelta(minutes=1))
    advance_case(case.pk, "accept", by=town.handler, on=now)
    assert tiles.refresh(on=now + timedelta(minutes=2))
    assert not tiles.refresh(on=now + timedelta(minutes=3))
    assert tiles.refresh(on=now + timedelta(minutes=13))  # cases become overdue although nobody acts


def test_the_worker_knows_the_desks_work():
    from chengzhi.jobs.registry import JOBS, PERIODIC, load_declarations

    load_declarations()
    assert exporting.KIND in JOBS
    assert {"desk.sweep_exports", "cases.tiles"} <= set(PERIODIC)

"""The desk by real requests: home, list, search, saved filters, columns."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases.choices import ListChoice
from chengzhi.cases.models import Case, SavedFilter, Task
from chengzhi.cases.words import bigrams
from chengzhi.web.desk import exporting
from tests.unit.cases.town import build, case_in
from tests.unit.web.desk.visiting import as_, numbers_on, text

pytestmark = pytest.mark.django_db


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

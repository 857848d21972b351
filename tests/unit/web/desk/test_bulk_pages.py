"""Acting on many cases at once: previewed, run, taken back, refused in words."""

import re

import pytest

from chengzhi.cases.models import BulkAction, Case
from tests.unit.cases.town import build, case_in
from tests.unit.web.desk.visiting import as_, run_jobs, text

pytestmark = pytest.mark.django_db


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

"""A case's life through the API: read, step, undo, history, lists; by the role of the key."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chengzhi.analytics.periods import parse
from chengzhi.analytics.refresh import refresh
from chengzhi.api import jobs
from chengzhi.api.models import Answer
from chengzhi.cases import habits
from chengzhi.cases.models import Case, CaseLimit
from chengzhi.ledger.models import Entry
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.people import keys
from chengzhi.people.actor import Actor
from chengzhi.people.models import Unit
from chengzhi.pipeline.models import ImportRun
from tests.unit.cases.town import FRIDAY, Town, build, case_in

CASES = "/api/v1/cases"


@pytest.fixture
def town(db) -> Town:
    habits.forget()
    keys.forget_callers()
    return build()


def client(town: Town, role: str = "dispatcher", scopes=keys.SCOPES) -> Client:
    unit = town.squad if role in ("handler", "contractor") else None
    key = keys.create_key(
        district=town.district, name="test", role=role, scopes=scopes, unit=unit, by=Actor.system(),
        on=timezone.now(),
    )[1]  # fmt: skip
    return Client(headers={"authorization": f"Bearer {key}"}, enforce_csrf_checks=True)


def send(caller: Client, path: str, said: object = None, **headers):
    body = json.dumps({} if said is None else said)
    return caller.post(f"{CASES}/{path}", body, content_type="application/json", headers=headers)


def code(answer) -> str:
    return answer.json()["error"]["code"]


def test_case_tells_its_facts_and_what_may_be_done(town):
    case = case_in(town, "pending_dispatch")
    said = client(town).get(f"{CASES}/{case.number}").json()
    assert (said["number"], said["version"], said["area"]) == (case.number, 0, "1")
    dispatch = next(one for one in said["steps"] if one["name"] == "dispatch")
    assert [fact["name"] for fact in dispatch["wants"]] == ["unit"]
    assert (dispatch["possible"], dispatch["label_en"] != "") == (True, True)
    seen_by_evaluator = client(town, "evaluator").get(f"{CASES}/{case.number}").json()["steps"]
    assert "dispatch" not in {one["name"] for one in seen_by_evaluator}


def test_dispatch_by_code_undo_and_history(town):
    case, caller = case_in(town, "pending_dispatch", on=timezone.now()), client(town)
    answer = send(caller, f"{case.number}/steps/dispatch", {"facts": {"unit": "02"}, "version": 0})
    assert answer.status_code == 200, answer.content
    said = answer.json()
    case.refresh_from_db()
    assert (said["before"], said["after"], case.state) == ("pending_dispatch", case.state, "pending_handle")
    assert case.unit == town.sanitation
    told = caller.get(f"{CASES}/{case.number}/history", {"language": "en"}).json()
    assert (told[-1]["event"], told[-1]["step"]) == (said["event"], "dispatch")
    assert "环卫所" in told[-1]["sentence"]
    undone = send(caller, f"{case.number}/undo/{said['event']}")
    assert (undone.status_code, undone.json()["after"]) == (200, "pending_dispatch")
    again = send(caller, f"{case.number}/undo/{said['event']}")
    assert (again.status_code, code(again)) == (409, "lifecycle.cannot_undo")


def test_the_same_key_takes_a_step_once(town):
    case, caller = case_in(town, "pending_dispatch"), client(town)
    asked = {"facts": {"unit": town.squad.pk}}
    first = send(caller, f"{case.number}/steps/dispatch", asked, idempotency_key="k1").json()
    second = send(caller, f"{case.number}/steps/dispatch", asked, idempotency_key="k1").json()
    assert (first.pop("repeated"), second.pop("repeated")) == (False, True)
    assert [first[name] for name in ("event", "version", "after")] == [
        second[name] for name in ("event", "version", "after")
    ]
    assert Entry.objects.filter(thing="case", thing_id=case.pk, step="dispatch").count() == 1
    other = send(caller, f"{case.number}/steps/dispatch", {"facts": {"unit": "02"}}, idempotency_key="k1")
    assert (other.status_code, code(other)) == (422, "api.key_reused")


def test_a_refused_step_leaves_its_key_free(town):
    case, caller = case_in(town, "pending_dispatch"), client(town)
    path = f"{case.number}/steps/dispatch"
    assert send(caller, path, {"facts": {"unit": "99"}}, idempotency_key="k2").status_code == 422
    assert not Answer.objects.exists()
    assert send(caller, path, {"facts": {"unit": "02"}}, idempotency_key="k2").status_code == 200


def test_old_answers_are_swept(town):
    case, caller = case_in(town, "pending_dispatch"), client(town)
    send(caller, f"{case.number}/steps/dispatch", {"facts": {"unit": "02"}}, idempotency_key="k3")
    assert jobs.sweep_answers(timezone.now()) == 0
    assert jobs.sweep_answers(timezone.now() + timedelta(days=8)) == 1


@pytest.mark.parametrize(
    ("step", "said", "status", "problem"),
    [
        ("dispatch", {"facts": {"unit": "02"}, "version": 7}, 409, "lifecycle.conflict"),
        ("dispatch", {"facts": {}}, 422, "lifecycle.bad_fact"),
        ("dispatch", {"facts": {"unit": 2**70}}, 422, "lifecycle.bad_fact"),
        ("dispatch", {"facts": {"unit": "02", "surprise": 1}}, 422, "lifecycle.bad_fact"),
        ("dispatch", {"unit": "02"}, 422, "api.invalid"),
        ("dispatch", {"facts": {"unit": ["02"]}}, 422, "api.invalid"),
        ("nonsense", {}, 404, "lifecycle.no_such_step"),
        ("split", {}, 404, "people.not_allowed"),
        ("absorb", {"facts": {"other": 1}}, 404, "lifecycle.no_such_step"),
        ("close", {}, 409, "lifecycle.step_not_allowed"),
    ],
)
def test_refusals_are_problems_and_change_nothing(town, step, said, status, problem):
    case = case_in(town, "pending_dispatch")
    answer = send(client(town), f"{case.number}/steps/{step}", said)
    assert (answer.status_code, code(answer)) == (status, problem), answer.content
    assert Case.objects.get(pk=case.pk).version == 0


def test_a_unit_of_another_district_is_unknown_here(town):
    case = case_in(town, "pending_dispatch")
    foreign = build("other").squad
    answer = send(client(town), f"{case.number}/steps/dispatch", {"facts": {"unit": foreign.pk}})
    assert (answer.status_code, code(answer)) == (422, "lifecycle.bad_fact")


def test_a_departments_key_works_on_the_cases_of_its_unit(town):
    own, others = case_in(town, "handling"), case_in(town, "handling", unit=town.sanitation)
    caller = client(town, "handler")
    assert caller.get(f"{CASES}/{others.number}").status_code == 404
    answer = send(caller, f"{own.number}/steps/reply", {"facts": {"note": "清理完毕"}})
    assert (answer.status_code, answer.json()["after"]) == (200, "handled"), answer.content
    assert [one["number"] for one in caller.get(CASES).json()["items"]] == [own.number]


def test_split_makes_a_case_of_its_own(town):
    case, caller = case_in(town, "pending_dispatch"), client(town, "shift_leader")
    offered = {one["name"]: one for one in caller.get(f"{CASES}/{case.number}").json()["steps"]}
    assert [fact["name"] for fact in offered["split"]["wants"]] == ["text", "type"]
    asked = {"facts": {"text": "旁边井盖破损", "type": "0101", "reason": "两个问题"}, "version": 0}
    for wrong in ({"text": "x"}, {"text": "", "type": "0101"}, {**asked["facts"], "other": 1}):
        refused = send(caller, f"{case.number}/steps/split", {"facts": wrong})
        assert (refused.status_code, code(refused)) == (422, "lifecycle.bad_fact")
    assert Case.objects.count() == 1
    first = send(caller, f"{case.number}/steps/split", asked, idempotency_key="s1").json()
    again = send(caller, f"{case.number}/steps/split", asked, idempotency_key="s1").json()
    assert (first["born"], again["born"], again["repeated"]) == (first["born"], first["born"], True)
    born = Case.objects.get(number=first["born"])
    assert (born.type, born.text, born.state, born.cell) == (
        town.manhole,
        "旁边井盖破损",
        "pending_file",
        town.cell,
    )
    assert Case.objects.count() == 2
    told = caller.get(f"{CASES}/{case.number}/history", {"language": "en"}).json()
    assert born.number in told[-1]["sentence"]


def test_filing_states_the_condition_where_the_limit_depends_on_it(town):
    CaseLimit.objects.filter(type=town.manhole, condition="default").update(condition="broken")
    case, caller = case_in(town, "pending_file", type=town.manhole), client(town, "shift_leader")
    file = next(one for one in caller.get(f"{CASES}/{case.number}").json()["steps"] if one["name"] == "file")
    assert [(fact["name"], fact["choices"]) for fact in file["wants"]] == [
        ("condition", ["broken", "missing"])
    ]
    refused = send(caller, f"{case.number}/steps/file")
    assert (refused.status_code, code(refused)) == (422, "lifecycle.bad_fact")
    assert "missing" in refused.json()["error"]["why"]
    done = send(caller, f"{case.number}/steps/file", {"facts": {"condition": "missing"}}).json()
    assert (done["after"], done["condition"]) == ("pending_dispatch", "missing")
    sent = send(client(town), f"{case.number}/steps/dispatch", {"facts": {"unit": "02"}}).json()
    assert (sent["limit_amount"], sent["limit_unit"]) == (2, "urgent_hours")


def test_filing_takes_the_only_condition_there_is(town):
    CaseLimit.objects.filter(type=town.litter).update(condition="heap")
    case = case_in(town, "pending_file")
    done = send(client(town, "shift_leader"), f"{case.number}/steps/file").json()
    assert (done["after"], done["condition"]) == ("pending_dispatch", "heap")


def test_role_scope_and_district_decide(town):
    case = case_in(town, "pending_dispatch")
    path, asked = f"{case.number}/steps/dispatch", {"facts": {"unit": "02"}}
    assert send(client(town, "evaluator"), path, asked).status_code == 404
    assert send(client(town, "handler"), path, asked).status_code == 404
    reading = send(client(town, scopes=("cases:read",)), path, asked)
    assert (reading.status_code, code(reading)) == (403, "api.scope_missing")
    stranger = client(build("other"))
    for address in (f"{case.number}", f"{case.number}/history"):
        assert stranger.get(f"{CASES}/{address}").status_code == 404
    assert send(stranger, path, asked).status_code == 404
    assert send(stranger, f"{case.number}/undo/1").status_code == 404
    assert Case.objects.get(pk=case.pk).version == 0


def test_merging_tells_both_cases(town):
    case, into = case_in(town, "pending_file"), case_in(town, "pending_file")
    answer = send(
        client(town, "shift_leader"), f"{case.number}/steps/merge", {"facts": {"other": into.number}}
    )
    assert answer.status_code == 200, answer.content
    assert Case.objects.get(pk=case.pk).merged_into == into
    assert Entry.objects.filter(thing="case", thing_id=into.pk, step="absorb").count() == 1


def test_list_takes_the_filters_of_the_work_list(town):
    squad = case_in(town, "handling")
    case_in(town, "handling", unit=town.sanitation)
    case_in(town, "closed")
    caller = client(town)

    def numbers(**asked) -> list[str]:
        answer = caller.get(CASES, asked)
        assert answer.status_code == 200, answer.content
        return [one["number"] for one in answer.json()["items"]]

    assert numbers(state="handling", unit=str(town.squad.pk)) == [squad.number]
    assert len(numbers(state="handling,closed")) == 3
    assert len(numbers(open="false")) == 1
    assert len(numbers(reported_from=str(date(2026, 4, 1)), order="due")) == 3
    for wrong in ({"stat": "handling"}, {"order": "best"}, {"unit": "x"}, {"case": "1" * 30}):
        answer = caller.get(CASES, wrong)
        assert (answer.status_code, code(answer)) == (400, "cases.bad_filter")


def test_units_areas_and_types(town):
    build("other")
    caller = client(town)
    Unit.objects.filter(pk=town.squad.pk).update(parent=town.centre)
    units = caller.get("/api/v1/units").json()
    assert [(one["code"], one["parent"]) for one in units] == [("00", None), ("01", "00"), ("02", None)]
    assert [one["code"] for one in caller.get("/api/v1/areas").json()] == ["1"]
    assert {one["id"] for one in caller.get("/api/v1/types").json()} == {town.litter.pk, town.manhole.pk}


def test_import_is_told_to_those_who_import(town):
    run = ImportRun.objects.create(
        district=town.district, sha256="0" * 64, mapping="boston-2011", started_at=timezone.now(), read=3,
        loaded=2, rejected=1, state="done",
    )  # fmt: skip
    said = client(town, "shift_leader").get(f"/api/v1/imports/{run.pk}").json()
    assert [said[name] for name in ("run", "state", "read", "loaded", "rejected")] == [
        run.pk,
        "done",
        3,
        2,
        1,
    ]
    assert client(town, "dispatcher").get(f"/api/v1/imports/{run.pk}").status_code == 404
    assert client(build("other"), "shift_leader").get(f"/api/v1/imports/{run.pk}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_evaluation_is_that_of_the_command(town, tmp_path, settings):
    settings.HOME = tmp_path
    case_in(town, "closed", filed_at=FRIDAY, handled_at=FRIDAY)
    caller = client(town, "head")
    early = caller.get("/api/v1/evaluation", {"period": "2026-04"})
    assert (early.status_code, code(early)) == (409, "no_figures")
    refresh(town.district)
    answer = caller.get("/api/v1/evaluation", {"district": "sample", "period": "2026-04", "by": "department"})
    assert answer.status_code == 200, answer.content
    rows = evaluate(town.district, parse("2026-04"), "department").rows
    assert answer.json()["rows"] == json.loads(json.dumps([row.as_json() for row in rows]))
    assert len(rows) > 0
    assert caller.get("/api/v1/evaluation", {"period": "2026-04", "district": "other"}).status_code == 404
    assert caller.get("/api/v1/evaluation", {"period": "soon"}).status_code == 422
    assert client(town, "contractor").get("/api/v1/evaluation", {"period": "2026-04"}).status_code == 404

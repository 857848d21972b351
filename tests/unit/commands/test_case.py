"""`chengzhi case` on a real district: shown, listed, taken as an account, with its rights only."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from chengzhi.cases import habits
from chengzhi.cases.models import Case
from chengzhi.cli import group, main
from chengzhi.ledger.models import Entry
from tests.unit.cases.town import Town, build, case_in

Run = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("CHENGZHI_DATABASE_ROLE", os.environ["CHENGZHI_DATABASE_ROLE"])  # a command sets it
    habits.forget()
    return build()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, status: int = 0) -> dict[str, Any]:
        with pytest.raises(SystemExit) as end:
            main(["case", *words, "--district", "sample", "--json"])
        out = capsys.readouterr().out
        assert (end.value.code, out.count("\n")) == (status, 1), out
        said: dict[str, Any] = json.loads(out)
        return said

    return call


def test_a_step_is_taken_as_an_account_and_recorded(town: Town, run: Run) -> None:
    case = case_in(town, "pending_dispatch", on=timezone.now())
    name = town.accounts["dispatcher"].username
    before = run("show", case.number, "--as", name)
    assert "dispatch" in {one["name"] for one in before["steps"]}
    done = run("step", case.number, "dispatch", "--as", name, "--fact", "unit=02")
    assert (done["before"], done["after"], done["by"]) == ("pending_dispatch", "pending_handle", name)
    assert Entry.objects.get(pk=done["event"]).actor_id == town.accounts["dispatcher"].pk
    after = run("show", case.number)
    assert (after["unit_code"], after["state"]) == ("02", "pending_handle")
    assert after["history"][-1]["step"] == "dispatch"
    plain = CliRunner().invoke(group, ["case", "show", case.number, "--district", "sample"])
    assert plain.exit_code == 0
    assert after["history"][-1]["sentence"] in plain.stdout


def test_an_account_without_the_right_changes_nothing(town: Town, run: Run) -> None:
    case = case_in(town, "pending_dispatch")
    for role in ("evaluator", "handler"):
        words = ("step", case.number, "dispatch", "--as", town.accounts[role].username, "--fact", "unit=02")
        assert run(*words, status=1)["error"]["code"] in ("people.not_allowed", "cases.no_such_case")
    assert run("show", "nothing", status=1)["error"]["code"] == "cases.no_such_case"
    assert run("show", case.number, "--as", "nobody", status=1)["error"]["code"] == "people.unknown_account"
    words = ("step", case.number, "dispatch", "--as", town.accounts["dispatcher"].username)
    assert run(*words, "--fact", "unit=99", status=1)["error"]["code"] == "lifecycle.bad_fact"
    assert Case.objects.get(pk=case.pk).version == 0


def test_cases_are_listed_by_filter_and_page(town: Town, run: Run) -> None:
    made = {case_in(town, "handling").number for _ in range(3)}
    case_in(town, "closed")
    build("other")
    first = run("list", "state=handling", "order=due", "--limit", "2")
    second = run("list", "state=handling", "order=due", "--limit", "2", "--after", first["next"])
    assert {one["number"] for one in first["items"] + second["items"]} == made
    assert (len(first["items"]), second["next"]) == (2, None)
    own = run("list", "open=true", "--as", town.accounts["handler"].username)
    assert {one["number"] for one in own["items"]} == made
    assert run("list", "stat=handling", status=1)["error"]["code"] == "cases.bad_filter"
    usage = CliRunner().invoke(group, ["case", "list", "handling", "--district", "sample"])
    assert usage.exit_code == 2

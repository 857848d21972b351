"""Tests of what commands print."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click
import numpy as np
import pytest

from chengzhi.cli import CommandFolder, group, main
from chengzhi.commands._output import plain, report
from tests.installation import Installation


def _commands(
    command: click.Command, words: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        return [(words, command)]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        found += _commands(child, (*words, name))
    return found


ALL = _commands(group)
REPORTING = [words for words, command in ALL if any(p.name == "as_json" for p in command.params)]
# They run until stopped and have nothing to report.
SERVING = {("up",), ("worker",)}


def test_every_command_reports_in_json_or_serves() -> None:
    assert {words for words, _ in ALL} - set(REPORTING) == SERVING


def test_every_command_says_what_it_does() -> None:
    assert [words for words, command in ALL if not command.help] == []


@pytest.mark.parametrize("words", REPORTING, ids=" ".join)
def test_wrong_usage_is_exit_2_and_nothing_on_stdout(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--json", "--no-such-option"])
    assert (ended.value.code, capsys.readouterr().out) == (2, "")


def test_a_problem_is_one_line_of_json_and_exit_1(installation: Installation) -> None:
    done = installation.command(
        "database", "start", "--json", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    )
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1)
    assert set(json.loads(done.stdout)["error"]) == {"code", "what", "why", "cure"}


def test_a_bad_setting_is_one_line_of_json_and_exit_1(installation: Installation) -> None:
    done = installation.command("database", "status", "--json", CHENGZHI_DEBUG="perhaps")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "settings.bad_value")


def test_numbers_that_are_not_finite_become_null(capsys: pytest.CaptureFixture[str]) -> None:
    report(True, {"a": float("nan"), "b": [float("inf"), np.float64("nan"), np.int64(3)]}, "text")
    assert capsys.readouterr().out == '{"a": null, "b": [null, null, 3]}\n'


def test_everything_becomes_a_type_of_json() -> None:
    moment = datetime(2026, 4, 3, 16, 30, tzinfo=UTC)
    value = {"when": moment, "path": Path("/a"), "share": Decimal("0.5"), 1: {"x"}, "no": None, "yes": True}
    assert plain(value) == {
        "when": "2026-04-03T16:30:00+00:00", "path": "/a", "share": 0.5, "1": ["x"], "no": None, "yes": True,
    }  # fmt: skip


def test_the_folder_lists_its_files_as_commands() -> None:
    assert isinstance(group, CommandFolder)
    assert {"up", "worker", "check", "backup", "restore", "database", "migrate"} <= {
        words[0] for words, _ in ALL
    }

"""A command speaks as its terminal does, whether or not Django could be started."""

import json

import pytest

from chengzhi.cli import main
from chengzhi.commands._language import of_terminal
from tests.installation import Installation


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh-hans"),
    ],
)
def test_the_first_variable_that_is_set_decides(environment, language):
    assert of_terminal(environment) == language


@pytest.mark.parametrize(
    ("terminal", "words"), [("zh_CN.UTF-8", "设置项 DATABASE_URL"), ("C", "The setting")]
)
def test_a_refusal_before_anything_runs(tmp_path, terminal, words):
    done = Installation(tmp_path).command(
        "database", "start", "--json", DATABASE_URL="mysql://host/base", LC_ALL=terminal
    )
    said = json.loads(done.stdout)["error"]
    assert (done.returncode, said["code"]) == (1, "settings.bad_value")
    assert said["what"].startswith(words)


@pytest.mark.parametrize(
    ("terminal", "words"),
    [("zh_CN.UTF-8", "GB/T 30428.2-2013 中没有代码为“99999”的事件"), ("C", "GB/T 30428.2-2013 has no")],
)
def test_a_refusal_of_a_command_that_ran(monkeypatch, capsys, terminal, words):
    monkeypatch.setenv("LC_ALL", terminal)
    with pytest.raises(SystemExit) as ended:
        main(["catalogue", "map", "99999", "--json"])
    said = json.loads(capsys.readouterr().out)["error"]
    assert (ended.value.code, said["code"]) == (1, "unknown_code")
    assert said["what"].startswith(words)

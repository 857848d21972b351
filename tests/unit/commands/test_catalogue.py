"""The catalogue is searched and mapped from the command line."""

import json

from click.testing import CliRunner

from chengzhi.cli import group


def said(*words: str) -> dict[str, object]:
    done = CliRunner().invoke(group, ["catalogue", *words, "--json"])
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_pinyin_initials_find_exposed_refuse() -> None:
    entries = said("search", "bllj", "--code-set", "GB/T 47678.5-2026")["entries"]
    assert isinstance(entries, list)
    assert (entries[0]["code"], entries[0]["name"]) == ("06010", "暴露垃圾")


def test_code_of_2013_leads_to_that_of_2026() -> None:
    entry = said("map", "E01-10")["entry"]
    assert isinstance(entry, dict)
    assert (entry["code_set"], entry["code"]) == ("GB/T 47678.5-2026", "06010")


def test_swapped_class_of_2013_leads_to_street_order() -> None:
    entry = said("map", "E04-01")["entry"]
    assert isinstance(entry, dict)
    assert (entry["code"], entry["name"]) == ("09001", "无照经营游商")

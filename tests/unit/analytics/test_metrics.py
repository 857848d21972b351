"""What may be a metric, and what each must say."""

import dataclasses
import subprocess
import sys

import pytest

from chengzhi.analytics.metric import BadMetric, BannedMetric, Metric, Subject, Words, register, registered
from chengzhi.analytics.metrics import METRICS, UnknownMetric, metric
from chengzhi.analytics.tables import TABLES
from chengzhi.law.rules import RULES

SAMPLE = METRICS["area_filed_count"]


def _renamed(key: str, zh: str = "数", en: str = "Number") -> Metric:
    return dataclasses.replace(SAMPLE, key=key, name=Words(zh, en))


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("department_fines", "数", "Number"),
        ("department_money", "罚款金额", "Money"),
        ("department_logins", "数", "Log-ins"),
        ("inspector_presence", "在线时长", "Hours online"),
        ("area_likes", "点赞数", "Likes"),
        ("area_show", "会议次数", "Meetings held"),
        ("inspector_traces", "上传照片数", "Photos uploaded"),
    ],
)
def test_a_banned_figure_cannot_be_registered(key: str, zh: str, en: str) -> None:
    before = dict(registered())
    with pytest.raises(BannedMetric):
        register(_renamed(key, zh, en))
    assert registered() == before


def test_a_metric_stands_once() -> None:
    with pytest.raises(BadMetric, match="twice"):
        register(SAMPLE)


def test_a_metric_says_what_it_means_in_both_languages() -> None:
    with pytest.raises(BadMetric, match="languages"):
        register(_renamed("area_mute", zh=" "))


def test_a_metric_reads_a_known_table() -> None:
    with pytest.raises(BadMetric, match="unknown table"):
        register(dataclasses.replace(SAMPLE, key="area_other", table="accounts"))


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(UnknownMetric, match="area_filed_count"):
        metric("nonsense")


@pytest.mark.parametrize("key", METRICS)
def test_a_metric_is_complete(key: str) -> None:
    found = METRICS[key]
    assert found.key == f"{found.subject.value}_{found.indicator}"
    assert found.source
    assert found.smallest >= 5
    assert any("\u4e00" <= sign <= "\u9fff" for sign in found.formula("zh-hans"))
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in found.formula("en"))
    if found.below and found.below.zh.startswith("本期应"):
        assert found.due is not None, "says due in the period without saying what that means"


def test_every_weight_of_the_rules_has_its_metric() -> None:
    subjects = {subject.value: subject for subject in Subject}
    for path in RULES:
        name = path.removeprefix("evaluation/").removesuffix("_weights")
        if path.endswith("_weights") and (name in subjects or name == "jinniu"):
            subject = subjects.get(name, Subject.DEPARTMENT)
            value = next(iter(RULES[path].values)).value
            for weights in value.get("choices", {"only": value}).values():
                assert {f"{subject.value}_{indicator}" for indicator in weights} <= set(METRICS), path


def test_the_rules_and_the_metrics_agree_what_is_inverse() -> None:
    inverse = RULES["evaluation/inverse_indicators"].values[0].value
    for found in METRICS.values():
        if found.indicator in inverse:
            assert found.better == "fewer", found.key


@pytest.mark.parametrize("name", TABLES)
def test_a_flat_table_is_described_and_plain(name: str) -> None:
    table = TABLES[name]
    assert len(set(table.names)) == len(table.names)
    for column in table.columns:
        assert column.type in {"int", "float", "date", "text"}
        assert column.meaning


def test_metrics_and_reference_never_import_django() -> None:
    code = (
        "import sys, chengzhi.analytics.metrics, chengzhi.analytics.engines.reference\n"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

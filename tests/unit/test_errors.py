"""A refusal is read in the language of whoever reads it, not of whoever raised it."""

import pickle

import pytest
from django.utils.translation import override

from chengzhi.errors import Problem, Sentence, sentence
from chengzhi.law.units import BadLimit, Limit


def refusal() -> BadLimit:
    with pytest.raises(BadLimit) as caught:
        Limit(4, "fortnights")
    return caught.value


def test_one_refusal_reads_in_both_languages():
    problem = refusal()
    with override("en"):
        assert problem.what == "“fortnights” is not a unit of time."
        assert problem.as_json()["error"]["what"] == problem.what
    with override("zh-hans"):
        assert problem.what == "“fortnights”不是有效的时间单位。"
        assert str(problem).startswith(problem.what)


def test_a_value_is_put_into_words_with_its_sentence():
    about = sentence("“%(text)s” is no %(what)s.", text="12", what=sentence("matter code"))
    with override("zh-hans"):
        assert str(about) == "“12”不是有效的事件代码。"


def test_a_sentence_without_values_may_hold_percent_signs():
    assert str(Sentence("All 100 % of it.", {})) == "All 100 % of it."


def test_other_text_stays_as_it_is():
    problem = Problem("原文", "", "stderr: 3 %(lost)s")
    assert (problem.what, problem.why, problem.cure) == ("原文", "", "stderr: 3 %(lost)s")


def test_a_refusal_survives_the_way_between_processes():
    problem = pickle.loads(pickle.dumps(refusal()))
    with override("en"):
        assert problem.what == "“fortnights” is not a unit of time."

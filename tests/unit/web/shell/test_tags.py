"""What the tags say, in both languages, and how they stay readable without colour."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from chengzhi.web.shell import wording
from chengzhi.web.shell.icons import UnknownIconError, icon_svg

NOW = datetime(2026, 4, 3, 8, 0, tzinfo=UTC)  # Friday 16:00 in Shanghai


def render(source: str, language: str = "en", **values: Any) -> str:
    district = SimpleNamespace(zone="Asia/Shanghai", name="试验区", name_en="Trial district")
    with translation.override(language):
        return Template("{% load chengzhi %}" + source).render(
            Context({"now": NOW, "district": district, **values})
        )


@dataclass
class Limit:
    """The shape of a deadline value."""

    due: datetime
    provisional: bool = False

    def explain(self, language: str) -> str:
        return f"because ({language})"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (20, "less than a minute", "不到1分钟"),
        (60, "1 minute", "1分钟"),
        (5400, "1 hour 30 minutes", "1小时30分钟"),
        (86400 * 3 + 7200 + 60, "3 days 2 hours", "3天2小时"),
        (-3600, "1 hour", "1小时"),
    ],
)
def test_lengths_of_time(seconds: int, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert wording.span(seconds) == english
    with translation.override("zh-hans"):
        assert wording.span(seconds) == chinese


def test_when_shows_the_district_clock_in_both_languages() -> None:
    moment = NOW + timedelta(days=3, minutes=30)
    assert "in 3 days · Mon 6 April 16:30" in render("{% when m %}", m=moment)
    assert "3天后 · 4月6日（周一）16:30" in render("{% when m %}", "zh-hans", m=moment)
    assert 'datetime="2026-04-06T08:30:00+00:00"' in render("{% when m %}", m=moment)


def test_when_far_away_says_the_year_and_nothing_says_a_dash() -> None:
    assert "2027" in render("{% when m %}", m=NOW + timedelta(days=300))
    assert render("{% when m %}", m=None) == "—"


def test_when_follows_the_zone_of_the_district() -> None:
    boston = SimpleNamespace(zone="America/New_York")
    assert "04:00" in render('{% when m style="absolute" %}', m=NOW, district=boston)


def test_due_counts_down_counts_up_and_stops() -> None:
    assert "(2 hours left)" in render("{% due d %}", d=Limit(NOW + timedelta(hours=2)))
    late = render("{% due d %}", d=Limit(NOW - timedelta(hours=2)))
    assert "overdue by 2 hours" in late
    assert "due-late" in late
    met = render("{% due d done=m %}", d=Limit(NOW - timedelta(hours=2)), m=NOW - timedelta(hours=3))
    assert "done 1 hour early" in met
    assert "due-late" not in met
    assert "3 working hours left" in render(
        '{% due d remaining="3 working hours" %}', d=Limit(NOW + timedelta(days=3))
    )


def test_due_says_when_the_calendar_is_provisional_and_why() -> None:
    limit = Limit(NOW + timedelta(days=1), provisional=True)
    assert "暂定" in render("{% due d %}", "zh-hans", d=limit)
    assert "because (zh)" in render("{% deadline_why d %}", "zh-hans", d=limit)
    assert "because (en)" in render("{% deadline_why d %}", d=limit)


@pytest.mark.parametrize("colour", ["green", "amber", "red", "grey"])
def test_a_lamp_has_a_shape_and_a_word_of_its_own(colour: str) -> None:
    shown = {c: render("{% lamp c %}", c=c) for c in ("green", "amber", "red", "grey")}
    others = [html for c, html in shown.items() if c != colour]
    shape = shown[colour].split("<svg")[1].split("</svg>")[0]
    word = shown[colour].split("</svg>")[1]
    assert word.removesuffix("</span>").strip()
    assert all(shape not in html and word not in html for html in others)


def test_yellow_is_amber_and_unknown_is_grey() -> None:
    assert render('{% lamp "yellow" %}') == render('{% lamp "amber" %}')
    assert "lamp-grey" in render('{% lamp "blue" %}')


def test_percent_shows_its_sample_and_refuses_small_ones() -> None:
    assert "82.4%" in render("{% percent 42 51 %}")
    assert "n=51" in render("{% percent 42 51 %}")
    few = render("{% percent 2 3 minimum=5 %}")
    assert "%" not in few
    assert "n=3" in few
    assert "—" in render("{% percent 0 0 %}")


@pytest.mark.parametrize(
    ("value", "shown"), [(58251, "58,251"), (0, "0"), (None, "—"), (float("nan"), "—"), (float("inf"), "—")]
)
def test_numbers_are_grouped_and_never_nan(value: object, shown: str) -> None:
    assert render("{% number v %}", v=value) == shown


def test_an_icon_is_decoration_or_has_a_name() -> None:
    assert 'aria-hidden="true"' in icon_svg("search")
    assert 'aria-label="a &quot;b&quot;"' in icon_svg("search", 'a "b"')


def test_a_misspelt_icon_is_found() -> None:
    with pytest.raises(UnknownIconError):
        icon_svg("no-such-icon")


class Sample(forms.Form):
    word = forms.CharField(label="Word", help_text="One word.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    told = forms.BooleanField(required=False)


def test_help_and_error_are_tied_to_their_field() -> None:
    html = render("{% form_fields f %}", f=Sample({"kind": "a"}))
    control = html.split('name="word"')[1].split(">")[0]
    assert 'aria-invalid="true"' in control
    for part in ("id_word_helptext", "id_word_error"):
        assert part in control
        assert f'id="{part}"' in html
    assert "One field needs another look" in html
    assert "<legend>" in html


def test_a_job_asks_again_only_while_it_moves() -> None:
    running = render(
        '{% job_progress j "/x/" %}', j={"title": "t", "done": 1, "total": 4, "state": "running"}
    )
    assert 'hx-get="/x/"' in running
    assert 'value="1"' in running
    assert "hx-get" not in render('{% job_progress j "/x/" %}', j={"title": "t", "state": "done"})


def test_text_of_people_is_escaped() -> None:
    bad = "<script>alert(1)</script>"
    for source in (
        "{% lamp 'red' text=t %}",
        "{% empty t hint=t %}",
        "{% timeline e %}",
        "{% localname d %}",
    ):
        html = render(
            source, t=bad, e=[{"happened_at": NOW, "sentence": bad}], d=SimpleNamespace(name=bad, name_en=bad)
        )
        assert "<script>" not in html


def test_names_follow_the_language() -> None:
    assert render("{% localname district %}") == "Trial district"
    assert render("{% localname district %}", "zh-hans") == "试验区"

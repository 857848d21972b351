"""Effects are bound by name; a name without a function refuses the start."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from chengzhi.cases.life import CASE_WORKINGS
from chengzhi.lifecycle import effects
from chengzhi.lifecycle.problems import UnboundEffect

NOW = datetime(2026, 4, 3, tzinfo=UTC)
HAPPENED = effects.Happening("case", 1, 1, "close", 1, None, NOW, NOW)


def test_an_unbound_name_refuses_the_start() -> None:
    with pytest.raises(UnboundEffect, match="send_pigeon"):
        effects.require({"tell_unit", "send_pigeon"})


def test_every_effect_of_a_case_is_bound() -> None:
    assert set(effects.bound()) >= CASE_WORKINGS.effect_names
    effects.require(CASE_WORKINGS.effect_names)


@pytest.mark.django_db
def test_a_failing_effect_is_logged_and_the_others_still_run(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []

    def breaks(happening: effects.Happening) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    before = dict(effects.bound())
    effects.bind({"breaks_here": breaks, "runs_here": lambda happening: ran.append(happening.step)})
    try:
        effects.run(("breaks_here", "runs_here"), HAPPENED)
    finally:
        effects._BOUND.clear()
        effects.bind(before)
    assert ran == ["close"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the step's transaction goes on
    assert "breaks_here" in caplog.text

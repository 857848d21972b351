"""Work beside the first answers: in order, and none keeps the others from being done."""

import gc
from collections.abc import Iterator
from threading import current_thread

import pytest

from chengzhi.web.beside import beside


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_works_are_done_in_order_in_one_thread_of_their_own() -> None:
    done: list[tuple[str, str]] = []

    def note(name: str) -> None:
        done.append((name, current_thread().name))

    def first() -> None:
        note("first")

    def second() -> None:
        note("second")

    beside(first, second).join(10)
    assert done == [("first", "beside"), ("second", "beside")]


def test_a_work_that_fails_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ValueError("no such thing")

    def follow() -> None:
        done.append("follow")

    beside(fail, follow).join(10)
    assert done == ["follow"]
    assert "no such thing" in caplog.text


def test_what_was_made_is_left_alone_by_the_collector() -> None:
    before = gc.get_freeze_count()
    kept: list[list[object]] = []
    beside(lambda: kept.extend([] for _ in range(5000))).join(10)
    assert gc.get_freeze_count() - before > 5000

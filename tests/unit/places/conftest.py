"""The shipped packs, loaded once per module and rolled back after it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chengzhi.places.packfile import Pack, read_pack

if TYPE_CHECKING:
    from chengzhi.places.models import District

PACKS = Path(__file__).resolve().parents[3] / "packs"
ON = datetime(2026, 11, 23, 8, tzinfo=UTC)


def _loaded(name: str, blocker: Any) -> Iterator["District"]:
    from django.db import transaction

    from chengzhi.places import index, packs

    with blocker.unblock(), transaction.atomic():
        index.forget()
        yield packs.load_places(read_pack(PACKS / name), on=ON).district
        transaction.set_rollback(True)
    index.forget()


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator["District"]:
    yield from _loaded("sample", django_db_blocker)


@pytest.fixture(scope="module")
def boston(django_db_setup: None, django_db_blocker: Any) -> Iterator["District"]:
    yield from _loaded("boston", django_db_blocker)


@pytest.fixture(scope="module")
def liunan(django_db_setup: None, django_db_blocker: Any) -> Iterator["District"]:
    yield from _loaded("liunan", django_db_blocker)


@pytest.fixture(scope="session")
def sample_pack() -> Pack:
    return read_pack(PACKS / "sample")


@pytest.fixture(scope="module", autouse=True)
def english() -> Iterator[None]:
    """The tests quote the English sentences, whether or not the Chinese ones are compiled."""
    from django.utils import translation

    with translation.override("en"):
        yield

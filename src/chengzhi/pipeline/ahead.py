"""Working one step ahead: the next chunk is made ready while the database takes the present one."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(items: Iterable[Item], work: Callable[[Item], Made]) -> Iterator[tuple[Item, Made]]:
    """Each item, in order, with what ``work`` makes of it; ``work`` must write nothing.

    Within a transaction everything is done here: another thread has a connection of its own
    and would not see what the transaction has written.
    """
    if connection.in_atomic_block:
        yield from ((item, work(item)) for item in items)
        return
    with ThreadPoolExecutor(1, "import-ahead") as pool:
        before: tuple[Item, Future[Made]] | None = None
        for item in items:
            coming = (item, pool.submit(_alone, work, item))
            if before is not None:
                yield before[0], before[1].result()
            before = coming
        if before is not None:
            yield before[0], before[1].result()


def _alone(work: Callable[[Item], Made], item: Item) -> Made:
    """In the other thread: its connection, if it needed one, is given back."""
    try:
        return work(item)
    finally:
        connection.close()

"""Work that a new web process does beside its first answers."""

import gc
import logging
from collections.abc import Callable
from threading import Thread

from django.db import connections

log = logging.getLogger(__name__)


def beside(*works: Callable[[], object]) -> Thread:
    """Do the works one after the other in a thread, so that the process answers meanwhile.

    What stands in memory after each stays there: the collector need not walk through it
    again and again (a full pass over libraries and place indexes takes longer than a page).
    """

    def work() -> None:
        for one in works:
            _do(one)
            gc.freeze()

    thread = Thread(target=work, name="beside", daemon=True)
    thread.start()
    return thread


def _do(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # warmth is no promise: the request that needs it will say what is wrong
        log.exception("%s was not done beside the start", work.__name__)
    finally:
        connections.close_all()

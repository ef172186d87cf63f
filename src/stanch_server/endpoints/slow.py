"""Callers who send slowly: they may not take all threads, or nobody else would be answered.

The web server hands a request on before its body is there, so a thread waits for it. Some threads are kept from
that: who comes then is told to come again.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from stanch_server.endpoints.problems import busy

THREADS: Final = "STANCH_WEB_THREADS"
"""The variable in which `stanch serve` tells the web how many threads it has."""

KEPT: Final = 2
PATIENCE: Final = 0.2
COME_AGAIN: Final = 1
"""Threads that never wait for a body, and seconds."""


@contextmanager
def waiting_for_a_body() -> Iterator[None]:
    """Wait for a body within this.

    Raises
    ------
    ProblemError
        503 if too many wait already.
    """
    places = _places()
    if not places.acquire(timeout=PATIENCE):
        raise busy(COME_AGAIN)
    try:
        yield
    finally:
        places.release()


@cache
def _places() -> threading.BoundedSemaphore:
    threads = int(os.environ.get(THREADS, "") or 64)
    return threading.BoundedSemaphore(max(1, threads - KEPT))

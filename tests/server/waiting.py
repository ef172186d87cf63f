"""For tests in which threads wait for each other."""

from collections.abc import Sized
from threading import Event

PATIENCE = 60
"""Seconds after which a test has failed."""


def wait_for(waiting: Sized, count: int) -> None:
    """Return once so many wait."""
    pause = Event()
    for _ in range(PATIENCE * 100):
        if len(waiting) == count:
            return
        pause.wait(0.01)
    raise AssertionError(len(waiting))

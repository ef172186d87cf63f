"""Waking a worker of this process, so that it does not sleep out its pause. Nothing depends on it."""

import threading

WAKE = threading.Event()


def wake() -> None:
    """Say that something was committed. Workers of other processes find it at their next look."""
    WAKE.set()

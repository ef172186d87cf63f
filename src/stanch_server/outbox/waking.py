"""Waking the workers of this process, so that they do not sleep out their pause. Nothing depends on it."""

import threading

WAKE = threading.Event()  # the worker's own thread
WAKE_COURIERS = threading.Event()  # the thread that hands out what is delivered in others


def wake() -> None:
    """Say that something was committed. Workers of other processes find it at their next look."""
    WAKE.set()
    WAKE_COURIERS.set()

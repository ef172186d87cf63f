"""A queue for one thing that only one thread may have at a time: whoever came first has it next."""

import time
from collections import deque
from threading import Lock

LONG = 0.02
"""Seconds for which threads may hand it to each other before others, outside of this process, are let in."""


class Queue:
    """Where threads wait, in the order in which they came.

    A lock of Python's gives itself to whoever asks when it is free, which is often the thread that had it before.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken = False
        self._since = 0.0
        self._waiting: deque[Lock] = deque()

    def enter(self, patience: float) -> bool:
        """Wait until it is this thread's turn, which then lasts until it leaves; return False if that is too long.

        Parameters
        ----------
        patience : seconds.
        """
        mine = Lock()
        mine.acquire()
        with self._lock:
            if not self._taken:
                self._taken, self._since = True, time.monotonic()
                return True
            self._waiting.append(mine)
        try:
            came = mine.acquire(timeout=patience)
        except BaseException:  # something interrupts the main thread
            if self._given_up(mine):
                self.leave()
            raise
        return came or self._given_up(mine)

    def leave(self) -> None:
        """Hand it to whoever waits longest."""
        with self._lock:
            self._hand_on()

    def is_long(self) -> bool:
        """Whether threads have handed it to each other for `LONG`; from then on it is counted anew.

        Only the thread whose turn it is may ask.
        """
        now = time.monotonic()
        long = now - self._since > LONG
        if long:
            self._since = now
        return long

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def _given_up(self, mine: Lock) -> bool:
        """Leave the queue; return True if the turn came just then."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
            return True

    def _hand_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._taken = False

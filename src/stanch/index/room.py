"""What kernels write to, lent to one search after the other, so that none has to ask for memory of its own."""

from collections import deque
from collections.abc import Callable
from itertools import pairwise
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from stanch.index.rows import Hits, no_hits

NO_LIMIT = int(np.iinfo(np.int64).max)

ROOM = 1 << 14
"""For so many hits there is room at first."""

KEPT = 1 << 20
"""Room for more hits than these is not kept."""

T = TypeVar("T")


class Lender(Generic[T]):
    """Lends what takes time to make, to one borrower at a time; any thread may borrow.

    Whoever is interrupted gives nothing back, and another is made in its place.

    Parameters
    ----------
    make : makes one, when all there are have been lent.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._free = deque[T]()

    def lent(self) -> T:
        """Return what nobody else has at this time."""
        try:
            return self._free.pop()
        except IndexError:
            return self._make()

    def give_back(self, lent: T) -> None:
        """Take back what was lent, as it was then."""
        self._free.append(lent)


class Room:
    """Room for the hits of several parts of an index, of which no two hold one entry.

    Parameters
    ----------
    size : for so many hits; more is made as it is needed.
    """

    def __init__(self, size: int = ROOM) -> None:
        self._hits = np.empty((4, size), np.int64)
        self._at = np.empty(size)
        self._ends = [0]

    @property
    def hits(self) -> NDArray[np.int64]:
        """What is there of all hits, shape (4, size)."""
        return self._hits

    @property
    def entry(self) -> NDArray[np.int64]:
        """The entry of each hit, and what else there is room for."""
        entry: NDArray[np.int64] = self._hits[2]
        return entry

    @property
    def at(self) -> NDArray[np.float64]:
        """Where each hit begins, as `entry`."""
        return self._at

    def write(self, kernel: Callable[..., int], *args: object) -> slice:
        """Let a kernel write the hits of a part behind those that are there, and return where they are.

        Parameters
        ----------
        kernel : called with the arguments, where to write hits and their places, and from where on; returns where
            they end, or less than 0 if there is no room for all of them.
        """
        begin = self._ends[-1]
        while (end := kernel(*args, self._hits, self._at, begin)) < 0:
            self._grow()
        self._ends.append(end)
        return slice(begin, end)

    def joined(self, limit: int | None) -> Hits:
        """Return the hits of all parts, in order, in memory of their own, and forget them.

        Parameters
        ----------
        limit : how many entries of a bank to return for each query; for each part it was the same.
        """
        parts = [end for begin, end in pairwise(self._ends) if end > begin]
        self._ends = [0]
        if not parts:
            return no_hits()
        if len(parts) == 1:
            return Hits.of_columns(self._hits[:, : parts[0]].copy(), self._at[: parts[0]].copy())
        from stanch.kernels.hits_numba import merged  # noqa: PLC0415 - only large indexes need numba

        columns, at = np.empty((4, parts[-1]), np.int64), np.empty(parts[-1])
        count = merged(np.array(parts), self._hits, self._at, NO_LIMIT if limit is None else limit, columns, at)
        return Hits.of_columns(columns[:, :count], at[:count])

    def filled(self, kernel: Callable[..., int], *args: object) -> int:
        """Let a kernel write what it likes; return what it returns, which is less than 0 where there is no room.

        Parameters
        ----------
        kernel : called with the arguments, and where to write hits and their places.
        """
        while (count := kernel(*args, self._hits, self._at)) < 0:
            self._grow()
        return count

    def _grow(self) -> None:
        hits, at, used = self._hits, self._at, self._ends[-1]
        self._hits, self._at = np.empty((4, 2 * len(at)), np.int64), np.empty(2 * len(at))
        self._hits[:, :used], self._at[:used] = hits[:, :used], at[:used]


_ROOMS = Lender(Room)


def lent_room() -> Room:
    """Return room for the hits of a search."""
    return _ROOMS.lent()


def give_back(room: Room) -> None:
    """Take back a room, unless it has become large."""
    if len(room.at) <= KEPT:
        _ROOMS.give_back(room)

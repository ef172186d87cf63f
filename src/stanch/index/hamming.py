"""Every stored feature within a radius: the plain index, which scans all rows."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError, ShapeMismatchError
from stanch.index.rows import Hits, Rows, as_hits

MAX_RADIUS = 64


class HammingIndex:
    """Find every stored feature within a radius; none is missed.

    Scans all rows: the reference that faster indexes are tested against.

    Parameters
    ----------
    words : how many 64-bit words a feature takes.
    """

    def __init__(self, words: int) -> None:
        self._words = words
        self._rows = Rows.empty(words)
        self._waiting: list[Rows] = []

    def __len__(self) -> int:
        return len(self._settled())

    def add(self, rows: Rows) -> None:
        """Store features; they are found from now on.

        Raises
        ------
        ShapeMismatchError
            If they are of another width.
        """
        rows.check(self._words)
        self._waiting.append(rows)

    def remove(self, entries: Iterable[int]) -> int:
        """Forget all features of these entries, and return how many they were."""
        rows = self._settled()
        gone = np.isin(rows.entry, np.fromiter(entries, dtype=np.int64))
        self._rows = rows.take(~gone)
        return int(gone.sum())

    def search(
        self,
        queries: NDArray[np.uint64],
        *,
        radius: Mapping[int, int],
        limit: int | None = None,
        now: int = 0,
    ) -> Hits:
        """Return every stored feature of the banks named in `radius` that is near a query.

        Parameters
        ----------
        queries : uint64 array, shape (queries, words).
        radius : for each bank number to be searched, how many bits (0 to 64) a feature may differ by.
        limit : at most so many entries for each query and bank, nearest first; None for all.
        now : seconds since 1970; entries that expired by then are passed over.

        Raises
        ------
        ShapeMismatchError
            If the queries are of another width.
        InvalidValueError
            If a radius is out of range or the limit is below 1.
        """
        check_search(queries, words=self._words, radius=radius, limit=limit)
        rows = self._settled()
        allowed = radius_of_rows(rows, radius, now)
        found, query, distance = [], [], []
        for number, bits in enumerate(queries):
            away = np.bitwise_count(rows.bits ^ bits).sum(axis=1, dtype=np.int64)
            near = np.flatnonzero(away <= allowed)
            found.append(near)
            distance.append(away[near])
            query.append(np.full(len(near), number))
        chosen = _joined(found)
        return as_hits(rows.take(chosen), query=_joined(query), distance=_joined(distance), limit=limit)

    def _settled(self) -> Rows:
        if self._waiting:
            self._rows = Rows.joined([self._rows, *self._waiting])
            self._waiting = []
        return self._rows


def check_search(queries: NDArray[np.uint64], *, words: int, radius: Mapping[int, int], limit: int | None) -> None:
    """Refuse a search that no index could answer; the errors are those of `HammingIndex.search`."""
    if queries.ndim != 2 or queries.shape[1] != words:
        raise ShapeMismatchError(what="queries", expected=f"(queries, {words})", actual=queries.shape)
    for bank, bits in radius.items():
        if not 0 <= bits <= MAX_RADIUS:
            raise InvalidValueError(what=f"radius of bank {bank}", problem=f"{bits} is not 0 to {MAX_RADIUS}")
    if limit is not None and limit < 1:
        raise InvalidValueError(what="limit", problem=f"{limit} is below 1")


def radius_of_rows(rows: Rows, radius: Mapping[int, int], now: int) -> NDArray[np.int64]:
    """Return how far each row may be from a query; -1 for rows that are not to be searched."""
    allowed = np.full(len(rows), -1, dtype=np.int64)
    for bank, bits in radius.items():
        allowed[rows.bank == bank] = bits
    allowed[rows.expires <= now] = -1
    return allowed


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

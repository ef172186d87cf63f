"""Every stored feature that is equal: the plain index, a dictionary."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError
from stanch.index.hamming import check_search
from stanch.index.rows import Hits, Rows, as_hits


class PostingsIndex:
    """Find every stored feature that equals a query's; none is missed.

    How rare a feature is follows from the hit itself: its `total` is the number of entries of the bank that
    hold the feature.

    Parameters
    ----------
    words : how many 64-bit words a feature takes.
    """

    def __init__(self, words: int) -> None:
        self._words = words
        self._places: dict[bytes, list[tuple[int, int, float, int]]] = defaultdict(list)
        self._keys_of: dict[int, set[bytes]] = defaultdict(set)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Rows) -> None:
        """Store features; they are found from now on.

        Raises
        ------
        ShapeMismatchError
            If they are of another width.
        """
        rows.check(self._words)
        columns = (rows.entry.tolist(), rows.bank.tolist(), rows.at.tolist(), rows.expires.tolist())
        for key, entry, *place in zip(_keys(rows.bits), *columns, strict=True):
            self._places[key].append((entry, *place))
            self._keys_of[entry].add(key)
        self._count += len(rows)

    def remove(self, entries: Iterable[int]) -> int:
        """Forget all features of these entries, and return how many they were."""
        before = self._count
        for entry in set(entries):
            for key in self._keys_of.pop(entry, ()):
                self._forget(key, entry)
        return before - self._count

    def search(
        self,
        queries: NDArray[np.uint64],
        *,
        radius: Mapping[int, int],
        limit: int | None = None,
        now: int = 0,
    ) -> Hits:
        """Return every stored feature of the banks named in `radius` that equals a query's.

        Parameters and errors are those of `HammingIndex.search`; every radius must be 0.
        """
        check_search(queries, words=self._words, radius=radius, limit=limit)
        if any(radius.values()):
            raise InvalidValueError(what="radius", problem="only equal features are found here; give 0")
        found = [
            (number, *place)
            for number, key in enumerate(_keys(queries))
            if key in self._places
            for place in self._places[key]
            if place[1] in radius and place[3] > now
        ]
        return _as_hits(found, limit)

    def holders(self, queries: NDArray[np.uint64], *, bank: int, now: int = 0) -> list[frozenset[int]]:
        """Return, for each feature, which entries of a bank hold it.

        Parameters
        ----------
        queries : uint64 array, shape (queries, words).
        now : seconds since 1970; entries that expired by then do not count.
        """
        held = (self._places.get(key, ()) for key in _keys(queries))
        return [frozenset(place[0] for place in places if place[1] == bank and place[3] > now) for places in held]

    def _forget(self, key: bytes, entry: int) -> None:
        places = self._places.pop(key)
        kept = [place for place in places if place[0] != entry]
        self._count -= len(places) - len(kept)
        if kept:
            self._places[key] = kept


def _keys(bits: NDArray[np.uint64]) -> list[bytes]:
    """Return each row's bytes, by which it is looked up."""
    rows = np.ascontiguousarray(bits)
    keys: list[bytes] = rows.view(f"V{rows.shape[1] * 8}").ravel().tolist()
    return keys


def _as_hits(found: list[tuple[int, int, int, float, int]], limit: int | None) -> Hits:
    query, entry, bank, at, expires = zip(*found, strict=True) if found else ((),) * 5
    rows = Rows(
        bits=np.empty((len(found), 0), dtype=np.uint64),
        entry=np.array(entry, dtype=np.int64),
        bank=np.array(bank, dtype=np.int64),
        at=np.array(at, dtype=np.float64),
        expires=np.array(expires, dtype=np.int64),
    )
    exact = np.zeros(len(found), dtype=np.int64)
    return as_hits(rows, query=np.array(query, dtype=np.int64), distance=exact, limit=limit)

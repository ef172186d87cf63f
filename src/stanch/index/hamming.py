"""Every stored feature within a radius, exactly, while features come and go."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError, ShapeMismatchError
from stanch.index.rows import Hits, Rows, as_hits, joined_hits, merged_hits
from stanch.index.sealed import Sealed
from stanch.index.sealing import seal

MAX_RADIUS = 64

SMALL = 50_000
"""Up to so many rows a plain scan by numpy is fast enough, and nothing has to be compiled."""

TAIL = 1024
"""So many rows are scanned before tables are made of them."""

GROWTH = 16
"""Rows are put into the tables of the part before, made anew, once they are a sixteenth as many as are in it."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Part:
    """Rows that do not change, and which of their entries were removed: bits that only ever become set.

    Parameters
    ----------
    kept : whether it stays as it is, however small: it was made elsewhere.
    """

    sealed: Sealed
    dead: NDArray[np.uint8]
    kept: bool = False

    def without(self, entries: Iterable[int]) -> tuple[Self, int]:
        """Return the part with these entries marked as removed, and how many rows are found no longer."""
        places = self.sealed.holders.find(entries)
        places = places[self.dead[places >> 3] >> (places & 7).astype(np.uint8) & 1 == 0]
        if not len(places):
            return self, 0
        dead = self.dead.copy()  # a search that has begun goes on with the old one
        np.bitwise_or.at(dead, places >> 3, np.uint8(1) << (places & 7).astype(np.uint8))
        return replace(self, dead=dead), self.sealed.holders.rows_held(places)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _View:
    """What one search sees: parts, and the rows that are in none yet, ready to be scanned if there are parts.

    Parameters
    ----------
    apart : whether no entry has two rows, so that each part may keep its nearest by itself.
    """

    parts: tuple[_Part, ...]
    tail: Rows
    scanned: _Part | None
    apart: bool

    @classmethod
    def of(cls, parts: tuple[_Part, ...], tail: Rows, *, apart: bool) -> Self:
        if not parts or not len(tail):
            return cls(parts=parts, tail=tail, scanned=None, apart=apart)
        sealed = Sealed.plain(tail)
        return cls(
            parts=parts, tail=tail, scanned=_Part(sealed=sealed, dead=sealed.holders.no_dead()), apart=apart
        )


class HammingIndex:
    """Find every stored feature within a radius; none is missed.

    Up to 50,000 rows are scanned. Beyond, nearly all lie in tables that do not change (`stanch.kernels.ring` says
    how they are searched); rows that are added wait beside them, are scanned, and are put into tables when there
    are enough of them. What is removed is marked, and left out when tables are made anew.

    Any thread may search, while one adds or removes; a search sees each addition whole or not at all, and never
    waits for tables to be made.

    Parameters
    ----------
    words : how many 64-bit words a feature takes.
    radius : the radius that tables are made for; others are answered too, as exactly.
    sealed : parts that were made before, of which no two hold one entry; entries that are added get higher
        numbers.
    """

    def __init__(self, words: int, *, radius: int = 31, sealed: Iterable[Sealed] = ()) -> None:
        self._words = words
        self._radius = radius
        parts = tuple(_Part(sealed=part, dead=part.holders.no_dead(), kept=True) for part in sealed)
        self._apart = all(part.sealed.holders.single for part in parts)
        self._view = _View.of(parts, Rows.empty(words), apart=self._apart)
        self._waiting: list[Rows] = []
        self._lock = threading.Lock()
        self._count = sum(len(part.sealed) for part in parts)
        self._pending = 0
        self._highest = max((part.sealed.holders.highest for part in parts), default=-1)

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
        if not len(rows):
            return
        with self._lock:
            self._apart = self._apart and bool(rows.entry[0] > self._highest and (np.diff(rows.entry) > 0).all())
            self._highest = max(self._highest, int(rows.entry.max()))
            self._waiting.append(rows)
            self._count += len(rows)
            self._pending += len(rows)
            if self._pending > (TAIL if self._view.parts else SMALL):
                self._settled()  # so that a search need not wait for the tables
                self._seal()

    def remove(self, entries: Iterable[int]) -> int:
        """Forget all features of these entries, and return how many they were."""
        entries = set(entries)
        with self._lock:
            view = self._settled()
            parts = [part.without(entries) for part in view.parts]
            kept = ~np.isin(view.tail.entry, np.fromiter(entries, dtype=np.int64))
            gone = sum(count for _, count in parts) + int((~kept).sum())
            left = tuple(part for part, _ in parts)
            self._view = _View.of(left, view.tail.take(kept), apart=view.apart)
            self._pending = len(self._view.tail)
            self._count -= gone
        return gone

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
        view = self._current()
        if not self._count or not radius:
            return joined_hits([], limit)
        if not view.parts:
            return scan(view.tail, queries, radius=radius, limit=limit, now=now)
        parts = view.parts if view.scanned is None else (*view.parts, view.scanned)
        cut = limit if view.apart else None
        found = [
            hits
            for part in parts
            if (hits := part.sealed.search(queries, radius=radius, dead=part.dead, limit=cut, now=now))
        ]
        return merged_hits(found, limit) if view.apart else joined_hits(found, limit)

    def sealed(self) -> list[Rows]:
        """Return all rows that are stored, part by part."""
        view = self._current()
        return [*(part.sealed.rows(dead=part.dead) for part in view.parts), view.tail]

    def _current(self) -> _View:
        """Return what is stored now."""
        if self._waiting:
            with self._lock:
                return self._settled()
        return self._view

    def _settled(self) -> _View:
        """Put what waits behind the tail. For whoever holds the lock."""
        if self._waiting:
            tail = Rows.joined([self._view.tail, *self._waiting])
            self._view = _View.of(self._view.parts, tail, apart=self._apart)
            self._waiting = []
        return self._view

    def _seal(self) -> None:
        """Make tables of the tail, and of the parts before it that are small beside it. For whoever holds the
        lock.
        """
        parts, rows = list(self._view.parts), [self._view.tail]
        while parts and not parts[-1].kept and len(parts[-1].sealed) < GROWTH * sum(map(len, rows)):
            part = parts.pop()
            rows.insert(0, part.sealed.rows(dead=part.dead))
        sealed = seal(_by_entry(Rows.joined(rows)), radius=self._radius)
        part = _Part(sealed=sealed, dead=sealed.holders.no_dead())
        self._view = _View.of((*parts, part), Rows.empty(self._words), apart=self._apart)
        self._pending = 0


def scan(
    rows: Rows, queries: NDArray[np.uint64], *, radius: Mapping[int, int], limit: int | None, now: int
) -> Hits:
    """Search by looking at every row: what all faster ways are tested against. Parameters as in `HammingIndex`."""
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


def _by_entry(rows: Rows) -> Rows:
    """Return rows in order of their entries, so that these need no column of their own if they can do without."""
    if bool((np.diff(rows.entry) >= 0).all()):
        return rows
    return rows.take(np.argsort(rows.entry, kind="stable"))


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

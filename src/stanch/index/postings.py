"""Every stored feature that is equal, while features come and go."""

import threading
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError
from stanch.index.counted import joined_parts
from stanch.index.hamming import SMALL, check_search
from stanch.index.handles import Handles
from stanch.index.key_order import with_keys
from stanch.index.part import NO_HANDLES, HandlesOfParts, Part, are_apart, worth_searching
from stanch.index.room import give_back, lent_room
from stanch.index.rows import Hits, Rows, no_hits
from stanch.index.sealed_grams import SealedGrams
from stanch.index.sealed_postings import SealedPostings
from stanch.index.several import Several, different, each_of
from stanch.index.shown import Shown

TAIL = 4096
"""Up to so many rows are sorted anew when a search comes after an addition; it takes about half a millisecond."""

GROWTH = 4
"""Rows take in the part before them, unless that is at least so many times as large and no tail."""


class PostingsIndex:
    """Find every stored feature that equals a query's; none is missed.

    How rare a feature is follows from the hit itself: its `total` is the number of entries of the bank that
    hold the feature.

    All rows lie in parts that do not change, see `SealedPostings`. What is added waits until a search comes, or
    until it is much; then a part is made of it and of those before it that are small. What is removed is marked,
    and left out when parts are made anew.

    Any thread may search, while one adds or removes. A search sees what is stored at one moment, each addition and
    each removal whole or not at all, and waits for no more than `tail` rows to be sorted.

    Parameters
    ----------
    words : how many 64-bit words a feature takes.
    sealed : parts that were made before, which stay as they are, of which no two hold one entry.
    tail : up to so many rows are sorted anew when a search comes after an addition.
    small : up to so many rows are looked up by numpy, and nothing has to be compiled.
    """

    def __init__(
        self,
        words: int,
        *,
        sealed: Iterable[SealedPostings | SealedGrams] = (),
        tail: int = TAIL,
        small: int = SMALL,
    ) -> None:
        self._words = words
        self._tail = tail
        self._small = small
        self._parts = tuple(Part.of(part, kept=True) for part in sealed)
        self._waiting: list[Rows] = []
        self._pending = 0
        self._count = sum(map(len, self._parts))
        self._lock = threading.Lock()
        self._handles = NO_HANDLES

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
            self._count += len(rows)
            if self._loose() + self._pending + len(rows) <= self._tail:
                self._waiting.append(rows)
                self._pending += len(rows)
            else:
                self._settle()  # so that no search has to wait for the rest
                self._parts = self._with([rows], merge=True)

    def remove(self, entries: Iterable[int]) -> int:
        """Forget all features of these entries, and return how many they were."""
        entries = set(entries)
        with self._lock:
            self._settle()
            left = tuple(part.without(entries) for part in self._parts)
            gone = sum(map(len, self._parts)) - sum(map(len, left))
            if gone:
                self._handles = NO_HANDLES  # which would keep in memory what was removed
                self._parts = tuple(slim for part in left if len(slim := part.slimmed()) or slim.kept)
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
        """Return every stored feature of the banks named in `radius` that equals a query's.

        Parameters and errors are those of `HammingIndex.search`; every radius must be 0.
        """
        self._check(queries, radius, limit)
        return self._found(queries, radius, now, limit, told=True)

    def handles(self, banks: Iterable[int]) -> Handles | None:
        """Return all that is stored now, for kernels that look it up by themselves.

        Parameters
        ----------
        banks : which are searched.

        Returns
        -------
        None where numpy does as well, or parts may share an entry. What is added or removed later is not seen.
        """
        parts, asked = self._current(), tuple(banks)
        known = self._handles
        if known.parts is not parts:
            known = self._handles = HandlesOfParts(parts, worth_it=self._count > self._small and self._words == 1)
        return known.of(asked)

    def holders(self, queries: NDArray[np.uint64], *, bank: int, now: int = 0) -> list[frozenset[int]]:
        """Return, for each feature, which entries of a bank hold it.

        Parameters
        ----------
        queries : uint64 array, shape (queries, words).
        now : seconds since 1970; entries that expired by then do not count.
        """
        held: list[list[int]] = [[] for _ in range(len(queries))]
        for query, entry in zip(
            *(column.tolist() for column in self.held(queries, bank=bank, now=now)), strict=True
        ):
            held[query].append(entry)
        return [frozenset(entries) for entries in held]

    def held(
        self, queries: NDArray[np.uint64], *, bank: int, now: int = 0
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what `holders` does as pairs of a query and an entry, in order.

        Returns
        -------
        int64 arrays, shape (pairs,): which query, and the entry that holds its feature.
        """
        hits = self._found(queries, {bank: 0}, now, None, told=False)
        new = np.ones(len(hits), dtype=np.bool_)
        new[1:] = (hits.query[1:] != hits.query[:-1]) | (hits.entry[1:] != hits.entry[:-1])
        return hits.query[new], hits.entry[new]

    def others(
        self, grams: NDArray[np.uint64], several: Several, *, bank: int, now: int
    ) -> NDArray[np.int64] | None:
        """Return how many entries of a bank hold each feature of some of them, but for the entry and its kin.

        Counted by a kernel, in some nanoseconds for each that holds one.

        Parameters
        ----------
        grams : uint64 array, shape (grams, 1), the features of these entries, one entry behind the other.
        several : whose they are.
        now : seconds since 1970; entries that expired by then do not count.

        Returns
        -------
        int64 array, shape (grams,); None where numpy does as well with what `held` returns: of few rows, or of
        parts that may share an entry.
        """
        parts = self._current()
        if self._count <= self._small or not are_apart(parts):
            return None
        queries, keys, of = different(grams) if len(several.numbers) > 1 else each_of(grams)
        out = np.zeros(len(grams), np.int64)
        for part in parts:
            part.sealed.count_others(queries, keys, of, several, bank=bank, dead=part.buried, now=now, out=out)
        return out

    @property
    def shows(self) -> bool:
        """Whether `show` has an answer: there are many rows, and no two parts share an entry."""
        return self._count > self._small and are_apart(self._current())

    def show(
        self,
        asked: NDArray[np.uint64],
        grams: NDArray[np.uint64],
        several: Several,
        *,
        bank: int,
        now: int,
        most: int,
    ) -> Shown | None:
        """Return what is shown of how many hold some features and are no kin of entries; None where `others` is.

        Parameters
        ----------
        asked : uint64 array, shape (queries, 1), the features.
        grams, several, bank, now : as for `others`, of so few entries as `Shown` takes.
        most : so many who hold a feature are enough.
        """
        if not self.shows:
            return None
        parts = self._current()
        shown = Shown.of(asked, grams, several, most)
        for part in parts:
            part.sealed.show(shown, bank=bank, dead=part.buried, now=now)
        return shown

    def sealed(self) -> list[Rows]:
        """Return all rows that are stored, part by part."""
        return [part.rows() for part in self._current()]

    def _found(
        self,
        queries: NDArray[np.uint64],
        radius: Mapping[int, int],
        now: int,
        limit: int | None,
        *,
        told: bool,
    ) -> Hits:
        """Return what is stored in these banks; the parameters are those of `search`."""
        parts = worth_searching(self._current(), queries)
        if not parts:
            return no_hits()
        compiled, apart = self._count > self._small, are_apart(parts)
        queries, keys = with_keys(queries, compiled=compiled)
        if compiled and apart:
            room = lent_room()
            for part in parts:
                part.sealed.collect(
                    queries, keys, radius=radius, dead=part.buried, now=now, limit=limit, told=told, room=room
                )
            hits = room.joined(limit)
            give_back(room)
            return hits
        cut = limit if apart else None
        found = [
            part.sealed.search(
                queries, radius=radius, dead=part.dead, now=now, keys=keys, compiled=compiled, limit=cut, told=told
            )
            for part in parts
        ]
        return joined_parts([hits for hits in found if hits is not None], limit, apart=apart)

    def _check(self, queries: NDArray[np.uint64], radius: Mapping[int, int], limit: int | None) -> None:
        check_search(queries, words=self._words, radius=radius, limit=limit)
        if any(radius.values()):
            raise InvalidValueError(what="radius", problem="only equal features are found here; give 0")

    def _current(self) -> tuple[Part, ...]:
        """Return what is stored now."""
        if self._waiting:
            with self._lock:
                self._settle()
        return self._parts

    def _loose(self) -> int:
        """Return how many rows of the last part a search would sort anew."""
        last = self._parts[-1] if self._parts else None
        return len(last) if last and not last.kept and len(last) <= self._tail else 0

    def _settle(self) -> None:
        """Make a part of what waits. For whoever holds the lock."""
        if self._waiting:
            self._parts = self._with(self._waiting, merge=False)
            self._waiting, self._pending = [], 0

    def _with(self, new: list[Rows], *, merge: bool) -> tuple[Part, ...]:
        """Return the parts with one of these rows, and of the parts before it that are small.

        Parameters
        ----------
        merge : whether this may take in more than `tail` rows.
        """
        parts, size = list(self._parts), sum(map(len, new))
        while parts and not parts[-1].kept and self._takes_in(len(parts[-1]), size, merge=merge):
            size += len(parts[-1])
            new = [parts.pop().rows(), *new]
        return *parts, Part.of(SealedPostings.of(Rows.joined(new)))

    def _takes_in(self, before: int, size: int, *, merge: bool) -> bool:
        """Whether so many rows are put together with those of the part before them."""
        return before + size <= self._tail or (merge and before < max(GROWTH * size, self._tail + 1))

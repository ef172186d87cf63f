"""Rows that no longer change, and what finds those that equal a query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.counted import ranked
from stanch.index.holders import Holders
from stanch.index.key_order import LARGE, directory, from_each, in_key_order, marks_of, with_keys
from stanch.index.room import NO_LIMIT, Lender, Room, give_back, lent_room
from stanch.index.rows import Hits, Rows
from stanch.index.sealed import still
from stanch.kernels.keys import keys_of

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
_COLUMNS = ("bits", "order", "begins", "marks")

CROWD = 2
"""A bucket of the directory holds 2 to 4 rows, as logarithms of two are rounded."""

MARKS = 5
"""A mark has so many more bits than the number of a bucket; there are 8 to 16 marks a row.

A value that nobody stored finds its mark set once in nine to seventeen times; only then is the directory asked.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class SealedPostings:
    """Rows that do not change, with what finds those that equal a query.

    Every feature has a key, see `keys_of`. A bit tells whether any row's key begins as the query's does. Where one
    does, the directory says where in `order` the rows of that beginning stand: two to four of them, which are
    compared word by word, or more, which are halved until the first and the last that equal the query are found.
    Nothing rests on features being random: a value that a million rows share is one run, and features that share
    words have keys that are far apart.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words), in the order of their entries, those of one as they came.
    order : uint32 array, shape (rows,), the rows by key, then by their words but the first, then as they stand.
    begins : uint32 array, shape (buckets + 1,), where in `order` the rows of each bucket begin. A bucket has the
        number that the first bits of a key are; there are a power of two of them.
    marks : uint8 array, a power of two in size: bit k % 8 of byte k // 8 is set if a row's key begins with k.
    holders : whose each row is.
    """

    bits: Words
    order: NDArray[np.uint32]
    begins: NDArray[np.uint32]
    marks: NDArray[np.uint8]
    holders: Holders

    def __len__(self) -> int:
        return len(self.bits)

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """Seal rows, fewer than 2 ** 32; the arrays are not copied where they are in order as they are."""
        if not bool((np.diff(rows.entry) >= 0).all()):
            rows = rows.take(np.argsort(rows.entry, kind="stable"))
        number = max(1, (len(rows) - 1).bit_length())
        width, left = max(1, number - CROWD), 64 - number
        order, cut = in_key_order(rows.bits, np.arange(len(rows), dtype=np.uint64), np.uint64(number))
        return cls(
            bits=still(np.ascontiguousarray(rows.bits).view()),
            order=still(order),
            begins=still(directory(cut >> np.uint64(left - width), 1 << width)),
            marks=still(marks_of(cut, left, min(left, width + MARKS))),
            holders=Holders.of(rows),
        )

    @classmethod
    def of_columns(cls, columns: Mapping[str, NDArray[Any]]) -> Self:
        """Take the arrays that `columns` gave; they are not copied, and must not change."""
        return cls(**{name: columns[name] for name in _COLUMNS}, holders=Holders.of_columns(columns))

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, for a file."""
        return {**{name: getattr(self, name) for name in _COLUMNS}, **self.holders.columns()}

    @property
    def places_of_banks(self) -> NDArray[np.int64]:
        """The numbers of the banks; in a file, their places among those of the segment."""
        return self.holders.banks

    def placed(self, base: int, banks: Sequence[int]) -> Self:
        """Return the same rows under other numbers of entries and banks; see `Holders.placed`."""
        return replace(self, holders=self.holders.placed(base, banks))

    @property
    def lowest(self) -> int:
        """The lowest number of an entry."""
        return self.holders.lowest

    @property
    def highest(self) -> int:
        """The highest number of an entry."""
        return self.holders.highest

    def no_dead(self) -> NDArray[np.uint8]:
        """Return a bit for each entry, none set."""
        return self.holders.no_dead()

    def find(self, entries: Iterable[int]) -> Places:
        """Return the places of those of these entries that are here."""
        return self.holders.find(entries)

    def rows_held(self, places: Places) -> int:
        """Return how many rows these entries have together."""
        return self.holders.rows_held(places)

    def rows(self, *, dead: NDArray[np.uint8]) -> Rows:
        """Return the rows in the order of their entries, without those of dead ones."""
        alive = self.holders.alive(len(self), dead)
        chosen = np.flatnonzero(alive)
        return Rows(
            bits=self.bits if alive.all() else self.bits[alive],
            entry=self.holders.entries(chosen),
            bank=self.holders.bank_numbers(chosen),
            at=self.holders.places(chosen),
            expires=self.holders.expiries(chosen),
        )

    def search(
        self,
        queries: Words,
        *,
        radius: Mapping[int, int],
        dead: NDArray[np.uint8],
        now: int,
        keys: Words | None = None,
        compiled: bool = True,
        limit: int | None = None,
        told: bool = True,
    ) -> Hits | None:
        """Return the rows that equal a query, as hits in order; None if none does.

        Parameters
        ----------
        radius : the numbers of the banks that are searched; what it says of each is not looked at.
        dead : of the entries of `holders`, a bit for each that was removed.
        keys : of the queries, if both are from `with_keys`.
        compiled : whether to look up by a kernel; without it numpy does the same.
        limit : how many entries of a bank to return for each query; None for all.
        told : whether somebody wants to know where hits begin; it is said in any case.
        """
        if keys is None:
            queries, keys = with_keys(queries, compiled=compiled)
        if compiled:
            room = lent_room()
            self.collect(queries, keys, radius=radius, dead=dead, now=now, limit=limit, told=told, room=room)
            hits = room.joined(limit)
            give_back(room)
            return hits if len(hits) else None
        asked = self.holders.among(radius)
        return None if asked is None else self._hits(*self._equal(queries, keys), asked, dead, now, limit)

    def collect(
        self,
        queries: Words,
        keys: Words,
        *,
        radius: Mapping[int, int],
        dead: NDArray[np.uint8],
        now: int,
        limit: int | None,
        told: bool,  # noqa: ARG002 - as `SealedGrams` has it
        room: Room,
    ) -> None:
        """Do what `search` does by a kernel, and leave the hits in a room."""
        from stanch.kernels.posting_owners_numba import row_hits  # noqa: PLC0415 - only large indexes need numba

        asked, holders = self.holders.among(radius), self.holders
        if asked is None:
            return
        what = holders.numbers, holders.banks, holders.at, NO_LIMIT if limit is None else limit, holders.base
        room.write(row_hits, queries, keys, *self._looked_up, asked, dead, now, *what)

    def count_others(
        self,
        queries: Words,
        keys: Words,
        *,
        bank: int,
        dead: NDArray[np.uint8],
        now: int,
        number: int,
        stretch: Places,
        least: int,
        out: Places,
    ) -> None:
        """Add to each query how many entries of a bank hold it, but for the one it is from and its kin.

        Parameters
        ----------
        number : of the entry.
        stretch, least, out : as for `kin_numba.add_others`.
        """
        from stanch.kernels.posting_owners_numba import row_others  # noqa: PLC0415 - only large indexes need numba

        asked = self.holders.among((bank,))
        if asked is None:
            return
        own = self.holders.place_of(number)
        spread = self._spreads.lent()
        what: tuple[Any, ...] = asked, dead, now, stretch, least, own, spread, out
        row_others(queries, keys, *(self._looked_up + what))
        self._spreads.give_back(spread)

    def _hits(
        self,
        query: Places,
        row: Places,
        asked: NDArray[np.bool_],
        dead: NDArray[np.uint8],
        now: int,
        limit: int | None,
    ) -> Hits | None:
        """Return which of these rows are found, as hits in order.

        Parameters
        ----------
        query, row : which query equals which row.
        """
        if not len(query):
            return None
        found = self._found(row, asked, dead, now)
        query, row = query[found], row[found]
        if not len(query):
            return None
        return ranked(
            query=query,
            bank=self.holders.bank_numbers(row),
            entry=self.holders.entries(row),
            at=self.holders.places(row),
            limit=limit,
        )

    def _equal(self, queries: Words, keys: Words) -> tuple[Places, Places]:
        """Return which queries equal which rows, whatever becomes of them, in order."""
        asked = self._marked(keys)
        if not len(asked):
            return asked, asked
        bucket = (keys[asked] >> self._to_bucket).view(np.int64)
        begin, end = self.begins[bucket].astype(np.int64), self.begins[bucket + 1].astype(np.int64)
        large = np.flatnonzero(end - begin > LARGE)
        if len(large):
            chosen = queries[asked[large]], keys[asked[large]]
            begin[large] = self._border(*chosen, begin[large], end[large], behind=False)
            end[large] = self._border(*chosen, begin[large], end[large], behind=True)
        counts = end - begin
        query, row = np.repeat(asked, counts), self.order[from_each(begin, counts)].astype(np.int64)
        equal = np.flatnonzero((self.bits[row] == queries[query]).all(axis=1))
        return query[equal], row[equal]

    def _marked(self, keys: Words) -> Places:
        """Return which queries have their mark set: all that equal a row, and a few that do not."""
        place = (keys >> self._to_mark).view(np.int64)
        return np.flatnonzero(self.marks[place >> 3] >> (place & 7).astype(np.uint8) & 1)

    def _border(self, queries: Words, keys: Words, low: Places, high: Places, *, behind: bool) -> Places:
        """Return where between `low` and `high` the rows begin that are not before a query, or that are behind it.

        Both are written to.
        """
        among = np.flatnonzero(low < high)
        while len(among):
            middle = (low[among] + high[among]) >> 1
            before = self._before(self.order[middle], queries[among], keys[among], behind=behind)
            low[among[before]] = middle[before] + 1
            high[among[~before]] = middle[~before]
            among = among[low[among] < high[among]]
        return low

    def _before(self, rows: NDArray[np.uint32], queries: Words, keys: Words, *, behind: bool) -> NDArray[np.bool_]:
        """Return which rows stand before queries; those that equal them do if `behind`."""
        stored = self.bits[rows]
        before = np.full(len(rows), behind)
        for word in range(stored.shape[1] - 1, 0, -1):
            before = _less(stored[:, word], queries[:, word], before)
        return _less(keys_of(stored), keys, before)

    def _found(
        self, row: Places, asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int
    ) -> NDArray[np.bool_]:
        """Return which rows are alive, of a bank that is asked, and not expired."""
        entry = self.holders.places_of(row)
        found: NDArray[np.bool_] = dead[entry >> 3] >> (entry & 7).astype(np.uint8) & 1 == 0
        expires, bank = self.holders.expires, self.holders.bank
        found &= (expires if len(expires) == 1 else expires[row]) > now
        if not asked.all():
            found &= asked[bank if len(bank) == 1 else bank[row]]
        return found

    @cached_property
    def _looked_up(self) -> tuple[Any, ...]:
        """What the kernels take of what does not change."""
        holders, steps = self.holders, (self._to_mark, self._to_bucket, LARGE)
        whose = np.int64(holders.count), holders.holder, holders.bank, holders.expires
        return self.bits, self.order, self.begins, self.marks, *steps, *whose

    @cached_property
    def _spreads(self) -> Lender[NDArray[np.uint8]]:
        return Lender(lambda: np.zeros(self.holders.count + 1, np.uint8))

    @cached_property
    def _to_bucket(self) -> np.uint64:
        return np.uint64(65 - (len(self.begins) - 1).bit_length())

    @cached_property
    def _to_mark(self) -> np.uint64:
        return np.uint64(65 - (8 * len(self.marks)).bit_length())


def _less(stored: Words, asked: Words, otherwise: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which are less; for those that are equal, the answer is given."""
    less: NDArray[np.bool_] = (stored < asked) | ((stored == asked) & otherwise)
    return less

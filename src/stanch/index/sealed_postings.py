"""Rows that no longer change, and what finds those that equal a query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.asked import APART
from stanch.index.counted import ranked
from stanch.index.handles import Field
from stanch.index.holders import Holders
from stanch.index.key_order import with_keys
from stanch.index.room import NO_LIMIT, Lender, Room, give_back, lent_room
from stanch.index.row_finder import RowFinder
from stanch.index.rows import Hits, Rows
from stanch.index.several import Several
from stanch.index.shown import Shown
from stanch.kernels import fields as f

Words = NDArray[np.uint64]
Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class SealedPostings:
    """Rows that do not change, with what finds those that equal a query.

    Parameters
    ----------
    finder : the rows, and what finds them.
    holders : whose each row is.
    """

    finder: RowFinder
    holders: Holders

    def __len__(self) -> int:
        return len(self.bits)

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """Seal rows, fewer than 2 ** 32; the arrays are not copied where they are in order as they are."""
        if not bool((np.diff(rows.entry) >= 0).all()):
            rows = rows.take(np.argsort(rows.entry, kind="stable"))
        return cls(finder=RowFinder.of(rows.bits), holders=Holders.of(rows))

    @classmethod
    def of_columns(cls, columns: Mapping[str, NDArray[Any]]) -> Self:
        """Take the arrays that `columns` gave; they are not copied, and must not change."""
        return cls(finder=RowFinder.of_columns(columns), holders=Holders.of_columns(columns))

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, for a file."""
        return self.finder.columns() | self.holders.columns()

    @property
    def bits(self) -> Words:
        """The features, shape (rows, words), in the order of their entries, those of one as they came."""
        return self.finder.bits

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

    def may_hold(self, words: list[int], key: int) -> bool:
        """Tell whether a row may equal a query; see `RowFinder.may_hold`."""
        return self.finder.may_hold(words, key)

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
        return (
            None if asked is None else self._hits(*self.finder.equal(queries, keys), asked.asked, dead, now, limit)
        )

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

        banks, holders = self.holders.among(radius), self.holders
        if banks is None:
            return
        what = holders.at, NO_LIMIT if limit is None else limit, banks.slots, APART, holders.base
        room.write(
            row_hits,
            queries,
            keys,
            *self._looked_up,
            banks.asked,
            dead,
            now,
            holders.numbers,
            holders.banks,
            *what,
        )

    def fields(self, radius: Mapping[int, int], dead: NDArray[np.uint8]) -> dict[int, Field] | None:
        """Return what `Handles` takes of this part, whose features are of one word; None if none of the banks is
        here.

        Parameters
        ----------
        radius, dead : as for `search`.
        """
        banks, holders = self.holders.among(radius), self.holders
        if banks is None:
            return None
        return {
            **self.finder.fields,
            f.KIND: f.ROWS,
            f.COUNT: holders.count,
            f.BASE: holders.base,
            f.HOLDER: holders.holder,
            f.HELD: holders.numbers,
            f.AT: holders.at,
            f.BANK: holders.bank,
            f.EXPIRES: holders.expires,
            f.NUMBERS: holders.banks,
            f.ASKED: banks.asked,
            f.SLOTS: banks.slots,
            f.DEAD: dead,
        }

    def count_others(
        self,
        queries: Words,
        keys: Words,
        of: Places,
        several: Several,
        *,
        bank: int,
        dead: NDArray[np.uint8],
        now: int,
        out: Places,
    ) -> None:
        """Add to each gram of several entries how many others of their bank hold it, but for kin of its entry.

        Parameters
        ----------
        queries, keys, of : from `different`.
        out : int64 array, shape (grams,), to be added to.
        """
        from stanch.kernels.posting_owners_numba import row_others  # noqa: PLC0415 - only large indexes need numba

        banks = self.holders.among((bank,))
        if banks is None:
            return
        numbers = self._numbers.lent()
        asked = several.counted(of, self.holders.each_place(several.numbers), numbers, out)
        what: tuple[Any, ...] = banks.asked, dead, now, *asked
        row_others(queries, keys, *(self._looked_up + what))
        self._numbers.give_back(numbers)

    def show(
        self,
        shown: Shown,
        *,
        bank: int,
        dead: NDArray[np.uint8],  # noqa: ARG002 - as `SealedGrams` has it
        now: int,  # noqa: ARG002 - as `SealedGrams` has it
    ) -> None:
        """Add how many rows there are; of those who hold them nothing is shown, as their rows lie apart here."""
        if self.holders.among((bank,)) is not None:
            self.finder.add_counts(shown.queries, shown.keys, shown.rows)

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
        holders = self.holders
        whose = np.int64(holders.count), holders.holder, holders.bank, holders.expires
        return *self.finder.looked_up, *whose

    @cached_property
    def _numbers(self) -> Lender[NDArray[np.uint32]]:
        return Lender(lambda: np.zeros(self.holders.count + 1, np.uint32))

"""The grams of archived texts, in little room, and what finds those that equal a query's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.asked import APART
from stanch.index.counted import ranked
from stanch.index.gram_columns import are_set
from stanch.index.gram_finder import GramFinder
from stanch.index.handles import Field
from stanch.index.key_order import from_each
from stanch.index.room import NO_LIMIT, Lender, Room, give_back, lent_room
from stanch.index.rows import Hits, Rows
from stanch.index.several import Several
from stanch.index.shown import Shown
from stanch.index.stretches import Stretches
from stanch.index.text_owners import TextOwners
from stanch.kernels import fields as f

Places = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, eq=False)
class SealedGrams:
    """Grams of texts that do not change: 12 bytes each, with what finds them and where they stand.

    It answers as `SealedPostings` does of the same rows.

    Parameters
    ----------
    finder : the grams, and what finds them.
    owners : whose they are.
    stretches : where they stand in their texts.
    """

    finder: GramFinder
    owners: TextOwners
    stretches: Stretches

    def __len__(self) -> int:
        return len(self.finder.order)

    @staticmethod
    def packed(
        bits: Words,
        kept: NDArray[np.bool_],
        firsts: Places,
        places: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    ) -> dict[str, NDArray[Any]]:
        """Return the columns of rows for a file, fewer than 2 ** 32.

        Parameters
        ----------
        bits : shape (rows, 1), text by text.
        kept : which are indexed.
        firsts : where the rows of each text begin, and where the last ends.
        places : `at`, `start` and `end` of each row.
        """
        return GramFinder.packed(bits, kept) | Stretches.of(*places, firsts).columns()

    @classmethod
    def of_columns(
        cls,
        columns: Mapping[str, NDArray[Any]],
        *,
        firsts: NDArray[Any],
        entries: NDArray[np.uint32] | None,
        bank: NDArray[np.uint16],
        expires: Places,
        banks: int,
    ) -> Self:
        """Take the arrays that `packed` gave; they are not copied, and must not change.

        Raises
        ------
        KeyError or ValueError
            If one is missing, or they do not fit each other.
        """
        finder = GramFinder.of_columns(columns)
        return cls(
            finder=finder,
            owners=TextOwners.of_columns(firsts=firsts, entries=entries, bank=bank, expires=expires, banks=banks),
            stretches=Stretches.of_columns(columns, len(finder.bits)),
        )

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which rows are indexed."""
        return self.finder.kept

    @property
    def highest(self) -> int:
        """The highest number of an entry."""
        return self.owners.highest

    @property
    def lowest(self) -> int:
        """The lowest number that an entry may have."""
        return self.owners.base

    @property
    def places_of_banks(self) -> NDArray[np.int64]:
        """The numbers of the banks; in a file, their places among those of the segment."""
        return self.owners.banks

    def words(self, first: int, last: int) -> Words:
        """Return the grams of rows, shape (last - first, 1)."""
        return self.finder.words(first, last)

    def placed(self, base: int, banks: Sequence[int]) -> Self:
        """Return the same rows under other numbers: entries from `base` on, and these banks."""
        return replace(self, owners=self.owners.placed(base, banks))

    def may_hold(self, words: list[int], key: int) -> bool:  # noqa: ARG002 - as `SealedPostings` has it
        """Tell whether a row may equal a query: always, as grams are asked by the hundred."""
        return True

    def no_dead(self) -> NDArray[np.uint8]:
        """Return a bit for each text, none set."""
        return np.zeros(self.owners.texts // 8 + 1, np.uint8)

    def find(self, entries: Iterable[int]) -> Places:
        """Return the places of those of these entries that have grams here."""
        return self.owners.find(entries)

    def rows_held(self, places: Places) -> int:
        """Return how many indexed rows these texts have together."""
        begin, end = (self.owners.firsts[places + step].astype(np.int64) for step in (0, 1))
        if len(self) == len(self.finder.bits):
            return int((end - begin).sum())
        return int(self.kept[from_each(begin, end - begin)].sum())

    def rows(self, *, dead: NDArray[np.uint8]) -> Rows:
        """Return the indexed rows in order of their entries, without those of dead ones."""
        firsts = self.owners.firsts.astype(np.int64)
        text = np.repeat(np.arange(self.owners.texts), np.diff(firsts))
        chosen = np.flatnonzero(self.kept & ~are_set(dead, text))
        text = text[chosen]
        return Rows(
            bits=self.words(0, len(self.finder.bits))[chosen],
            entry=self.owners.base + self.owners.ordinals(text),
            bank=self.owners.bank_numbers(text),
            at=self.stretches.all(firsts)[0, chosen].astype(np.float64),
            expires=self.owners.expiries(text),
        )

    def search(
        self,
        queries: Words,
        *,
        radius: Mapping[int, int],
        dead: NDArray[np.uint8],
        now: int,
        keys: Words,
        compiled: bool = True,
        limit: int | None = None,
        told: bool = True,
    ) -> Hits | None:
        """Return the rows that equal a query, as hits in order; None if none does.

        Parameters
        ----------
        radius : the numbers of the banks that are searched; what it says of each is not looked at.
        dead : of the texts, a bit for each that was removed.
        keys : of the queries, both from `with_keys`.
        compiled : whether to look up by a kernel; without it numpy does the same.
        limit : how many entries of a bank to return for each query; None for all.
        told : whether to say where hits begin; else `at` is what `place_hits` takes.
        """
        if compiled:
            room = lent_room()
            self.collect(queries, keys, radius=radius, dead=dead, now=now, limit=limit, told=told, room=room)
            hits = room.joined(limit)
            give_back(room)
            return hits if len(hits) else None
        asked = self.owners.among(radius)
        return None if asked is None else self._hits(queries, keys, asked.asked, dead, now, limit, told=told)

    def collect(
        self,
        queries: Words,
        keys: Words,
        *,
        radius: Mapping[int, int],
        dead: NDArray[np.uint8],
        now: int,
        limit: int | None,
        told: bool,
        room: Room,
    ) -> None:
        """Do what `search` does by a kernel, and leave the hits in a room."""
        from stanch.kernels.gram_owners_numba import gram_hits  # noqa: PLC0415 - only large indexes need numba

        banks = self.owners.among(radius)
        if banks is None:
            return
        what = self.owners.banks, NO_LIMIT if limit is None else limit, banks.slots, APART, self.owners.base
        own = room.write(gram_hits, queries.reshape(-1), keys, *self._looked_up, banks.asked, dead, now, *what)
        if told:
            self.place_hits(room.entry[own], room.at[own], compiled=True)

    def fields(self, radius: Mapping[int, int], dead: NDArray[np.uint8]) -> dict[int, Field] | None:
        """Return what `Handles` takes of this part; None if none of the banks is here.

        Parameters
        ----------
        radius, dead : as for `search`.
        """
        banks, owners = self.owners.among(radius), self.owners
        if banks is None:
            return None
        table, filled = self._table
        return {
            **self.finder.fields, **self.stretches.fields, f.KIND: f.GRAMS, f.COUNT: owners.texts,
            f.BASE: owners.base, f.HIGHEST: owners.highest, f.TABLE: table, f.FILLED: filled,
            f.FIRSTS: owners.firsts, f.ENTRIES: owners.entries, f.BANK: owners.bank, f.EXPIRES: owners.expires,
            f.NUMBERS: owners.banks, f.ASKED: banks.asked, f.SLOTS: banks.slots, f.DEAD: dead,
        }  # fmt: skip

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
        """Add to each gram of several texts how many others of their bank hold it, but for kin of its text.

        Parameters
        ----------
        queries, keys, of : from `different`.
        out : int64 array, shape (grams,), to be added to.
        """
        from stanch.kernels.gram_owners_numba import gram_others  # noqa: PLC0415 - only large indexes need numba

        banks = self.owners.among((bank,))
        if banks is None:
            return
        numbers = self._numbers.lent()
        asked = several.counted(of, self.owners.each_place(several.numbers), numbers, out)
        what: tuple[Any, ...] = banks.asked, dead, now, *asked
        gram_others(queries.reshape(-1), keys, *(self._looked_up + what))
        self._numbers.give_back(numbers)

    def show(self, shown: Shown, *, bank: int, dead: NDArray[np.uint8], now: int) -> None:
        """Add what the rows here show of those who hold them in a bank; `dead` as for `search`."""
        from stanch.kernels.unlike_numba import gram_unlike  # noqa: PLC0415 - only large indexes need numba

        banks = self.owners.among((bank,))
        if banks is None:
            return
        numbers = self._numbers.lent()
        own = self.owners.each_place(shown.several.numbers)
        told: tuple[Any, ...] = shown.left, shown.got, shown.rows, shown.unlike
        what: tuple[Any, ...] = banks.asked, dead, now, self.owners.firsts, *shown.noted, own, numbers, *told
        gram_unlike(shown.queries.reshape(-1), shown.keys, *(self._looked_up + what))
        self._numbers.give_back(numbers)

    def _hits(
        self,
        queries: Words,
        keys: Words,
        asked: NDArray[np.bool_],
        dead: NDArray[np.uint8],
        now: int,
        limit: int | None,
        *,
        told: bool,
    ) -> Hits | None:
        query, row = self.finder.equal(queries, keys)
        text = self.owners.texts_of(row)
        found = self.owners.found(text, asked, dead, now)
        query, row, text = query[found], row[found], text[found]
        if not len(query):
            return None
        entry, at = self.owners.base + self.owners.ordinals(text), row.astype(np.float64)
        if told:
            self.place_hits(entry, at, compiled=False)
        return ranked(query=query, bank=self.owners.bank_numbers(text), entry=entry, at=at, limit=limit)

    def place_hits(self, entry: Places, at: NDArray[np.float64], *, compiled: bool) -> None:
        """Say where hits begin, in the place of what `search` returned without telling it.

        Parameters
        ----------
        entry : of each hit; those of entries that are not here stay as they are.
        at : to be written to.
        """
        if compiled:
            from stanch.kernels.stretches_numba import placed  # noqa: PLC0415 - only large indexes need numba

            where = self.lowest, self.highest, np.int64(len(self.finder.bits)), self.owners.firsts, *self._table
            placed(entry, *where, *self.stretches.told, self.stretches.marks, at)
            return
        here = np.flatnonzero((entry >= self.lowest) & (entry <= self.highest))
        rows = at[here].astype(np.int64)
        texts = self.owners.texts_of(rows)
        at[here] = [self._begin(*pair) for pair in zip(texts.tolist(), rows.tolist(), strict=True)]

    def of_text(self, place: int, *, compiled: bool) -> tuple[Words, NDArray[np.float64]]:
        """Return the grams of a text, and where they stand: `at`, `start` and `end`, shape (3, grams)."""
        first, last = (min(int(self.owners.firsts[place + step]), len(self.finder.bits)) for step in (0, 1))
        last = max(first, last)
        return self.words(first, last), self.stretches.of_text(first, last, compiled=compiled)

    def of_texts(self, places: Places) -> list[tuple[Words, NDArray[np.float64]]]:
        """Return what `of_text` does of several texts, by a kernel; each has memory of its own."""
        from stanch.kernels.stretches_numba import unfold_each  # noqa: PLC0415 - only large indexes need numba

        rows = len(self.finder.bits)
        first, last = (np.minimum(self.owners.firsts[places + step], rows).astype(np.int64) for step in (0, 1))
        begin = np.zeros(len(places) + 1, np.int64)
        np.maximum(last - first, 0).cumsum(out=begin[1:])
        words, out = np.empty((begin[-1], 1), np.uint64), np.empty((3, begin[-1]))
        unfold_each(first, begin, self.finder.bits, *self.stretches.told, words, out)
        return [(words[low:high].copy(), out[:, low:high].copy()) for low, high in pairwise(begin.tolist())]

    def counts(self, places: Places) -> Places:
        """Return how many grams each text has."""
        first, last = (self.owners.firsts[places + step].astype(np.int64) for step in (0, 1))
        return last - first

    def _begin(self, text: int, row: int) -> float:
        first = int(self.owners.firsts[text])
        return float(self.stretches.unpacked(first, np.array([first, row + 1]))[0, -1])

    @cached_property
    def _looked_up(self) -> tuple[Any, ...]:
        """What the kernels take of what does not change."""
        owners = self.owners
        return *self.finder.looked_up, *self._table, owners.texts, owners.entries, owners.bank, owners.expires

    @cached_property
    def _table(self) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        return self.owners.table(len(self.finder.bits))

    @cached_property
    def _numbers(self) -> Lender[NDArray[np.uint32]]:
        return Lender(lambda: np.zeros(self.owners.texts + 1, np.uint32))

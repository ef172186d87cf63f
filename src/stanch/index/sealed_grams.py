"""The grams of archived texts, in little room, and what finds those that equal a query's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.counted import ranked
from stanch.index.gram_columns import (
    are_set,
    joined_words,
    narrowed,
    of_each,
    one_of,
    width_of,
)
from stanch.index.rows import Hits, Rows
from stanch.index.sealed import still
from stanch.index.sealed_postings import LARGE, directory, from_each, in_key_order
from stanch.index.stretches import Stretches

CROWD = 4
"""A bucket of the directory holds 8 to 16 rows, as logarithms of two are rounded."""

MARKS = 7
"""A mark has so many more bits than the number of a bucket, or as many as tags have: up to 16 marks a row."""

NUMBER = 32
"""Bits of a place in `order`: a row's number, and above it as many bits of its key as are left."""

NO_LIMIT = np.iinfo(np.int64).max

Places = NDArray[np.int64]
Words = NDArray[np.uint64]
_COLUMNS = ("bits", "order", "begins")


@dataclass(frozen=True, kw_only=True, eq=False)
class SealedGrams:
    """Grams of texts that do not change: 12 bytes each, with what finds them and where they stand.

    It answers as `SealedPostings` does of the same rows. A gram is one word, and most fit in 48 bits. A bucket of
    the directory leads to some ten places in `order`, in order of their keys; each holds beside a row's number
    the next bits of its key, its tag, so that few rows are looked at in vain. Whose a row is follows from where
    the rows of texts begin; bank and expiry are those of the archive's entries.

    Parameters
    ----------
    bits : the grams of texts, one text behind the other, each in order of place: uint16 array, shape (rows, 3),
        the lowest 16 bits first; uint64 array, shape (rows, 1), where one needs more than 48.
    order : uint32 array, the rows that are indexed, by key, then as they stand; tags above the numbers.
    begins : uint32 array, shape (buckets + 1,), where in `order` each bucket begins; a power of two of them.
    stretches : where the rows stand in their texts.
    firsts : uint32 or uint64 array, shape (texts + 1,), where the rows of each text begin.
    entries : uint32 array, shape (texts,), the ordinals, rising; empty where the ordinal of a text is its place.
    bank, expires : uint16 and int64 arrays, of each ordinal; one element where they say the same of all.
    banks : int64 array, the numbers of the banks.
    base : what is added to an ordinal to get the number of an entry.
    """

    bits: NDArray[Any]
    order: NDArray[np.uint32]
    begins: NDArray[np.uint32]
    stretches: Stretches
    firsts: NDArray[Any]
    entries: NDArray[np.uint32]
    bank: NDArray[np.uint16]
    expires: Places
    banks: Places
    base: int = 0

    def __len__(self) -> int:
        return len(self.order)

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
        number = width_of(len(bits))
        order, cut = in_key_order(bits, np.flatnonzero(kept).astype(np.uint64), np.uint64(number))
        width = max(1, width_of(len(order)) - CROWD)
        tags = cut >> np.uint64(NUMBER - width) & np.uint64((1 << NUMBER - number) - 1)
        return {
            "bits": narrowed(bits),
            "order": order | (tags << np.uint64(number)).astype(np.uint32),
            "begins": directory(cut >> np.uint64(64 - number - width), 1 << width),
            **Stretches.of(*places, firsts).columns(),
        }

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
        bits, order, begins = (columns[name] for name in _COLUMNS)
        kinds = [(bits.dtype.str[1:], bits.shape[1:]), (order.dtype.str[1:], order.ndim), begins.dtype.str[1:]]
        buckets = len(begins) - 1
        fit = [
            kinds[0] in [("u2", (3,)), ("u8", (1,))] and kinds[1:] == [("u4", 1), "u4"],
            begins.ndim == 1 and buckets > 1 and buckets & (buckets - 1) == 0,
            0 < len(order) <= len(bits),
        ]
        if not all(fit):
            raise ValueError(f"the index of {len(bits)} grams does not fit them")
        return cls(
            bits=bits,
            order=order,
            begins=begins,
            stretches=Stretches.of_columns(columns, len(bits)),
            firsts=firsts,
            entries=still(np.empty(0, np.uint32)) if entries is None else entries,
            bank=one_of(bank),
            expires=one_of(expires),
            banks=still(np.arange(banks)),
        )

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.firsts) - 1

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """Which rows are indexed."""
        kept = np.zeros(len(self.bits), np.bool_)
        kept[self._rows(np.arange(len(self.order)))] = True
        return kept

    @property
    def highest(self) -> int:
        """The highest number of an entry."""
        return self.base + (int(self.entries[-1]) if len(self.entries) else self.texts - 1)

    @property
    def lowest(self) -> int:
        """The lowest number that an entry may have."""
        return self.base

    def words(self, first: int, last: int) -> Words:
        """Return the grams of rows, shape (last - first, 1)."""
        rows = self.bits[first:last]
        return np.asarray(rows, np.uint64) if rows.shape[1] == 1 else joined_words(rows).reshape(-1, 1)

    @property
    def places_of_banks(self) -> NDArray[np.int64]:
        """The numbers of the banks; in a file, their places among those of the segment."""
        return self.banks

    def placed(self, base: int, banks: Sequence[int]) -> Self:
        """Return the same rows under other numbers: entries from `base` on, and these banks."""
        return replace(self, base=base, banks=still(np.array(banks, dtype=np.int64)))

    def no_dead(self) -> NDArray[np.uint8]:
        """Return a bit for each text, none set."""
        return np.zeros(self.texts // 8 + 1, np.uint8)

    def find(self, entries: Iterable[int]) -> Places:
        """Return the places of those of these entries that have grams here."""
        wanted = np.fromiter(set(entries), dtype=np.int64) - self.base
        if not len(self.entries):
            return wanted[(wanted >= 0) & (wanted < self.texts)]
        wanted = wanted[(wanted >= 0) & (wanted < 1 << 32)]
        places = np.minimum(self.entries.searchsorted(wanted.astype(np.uint32)), self.texts - 1)
        return np.asarray(places[self.entries[places] == wanted])

    def rows_held(self, places: Places) -> int:
        """Return how many indexed rows these texts have together."""
        begin, end = (self.firsts[places + step].astype(np.int64) for step in (0, 1))
        if len(self.order) == len(self.bits):
            return int((end - begin).sum())
        return int(self.kept[from_each(begin, end - begin)].sum())

    def rows(self, *, dead: NDArray[np.uint8]) -> Rows:
        """Return the indexed rows in order of their entries, without those of dead ones."""
        firsts = self.firsts.astype(np.int64)
        owner = np.repeat(np.arange(self.texts), np.diff(firsts))
        chosen = np.flatnonzero(self.kept & ~are_set(dead, owner))
        ordinals = self._ordinals(owner[chosen])
        return Rows(
            bits=self.words(0, len(self.bits))[chosen],
            entry=self.base + ordinals,
            bank=self.banks[of_each(self.bank, ordinals)],
            at=self.stretches.all(firsts)[0, chosen].astype(np.float64),
            expires=of_each(self.expires, ordinals),
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
        asked = np.array([bank in radius for bank in self.banks.tolist()])
        if not asked.any():
            return None
        if compiled:
            return self._hits_compiled(queries, keys, asked, dead, now, limit, told=told)
        return self._hits(queries, keys, asked, dead, now, limit, told=told)

    def _hits_compiled(
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
        """Return what `_hits` does."""
        from stanch.kernels.grams_numba import gathered, gram_runs  # noqa: PLC0415 - only large indexes need numba

        runs = np.empty((3, len(queries)), np.int64)
        found = gram_runs(
            queries[:, 0], keys, self.bits, self.order, self.begins, self._likely, self._width, self._to_bucket,
            self._to_bucket - self._more, LARGE, *runs,
        )  # fmt: skip
        if not found:
            return None
        which, begin, count = runs[:, :found]
        room = int(count.sum())
        hits, at = np.empty((6, room), np.int64), np.zeros(room)
        found = gathered(
            which, begin, count, self.order, self._width, np.int64(len(self.bits)), self.firsts,
            self._guesses, self.entries, self.bank, self.expires, self.banks, asked, dead, now,
            NO_LIMIT if limit is None else limit, self.base, int(told),
            *self.stretches.told, self.stretches.marks, hits, at,
        )  # fmt: skip
        if not found:
            return None
        return Hits.of_columns(hits[:4, :found], at[:found], sort=len(asked) > 1)

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
        bucket = (keys >> self._to_bucket).view(np.int64)
        begin, end = self.begins[bucket].astype(np.int64), self.begins[bucket + 1].astype(np.int64)
        query, place = np.repeat(np.arange(len(keys)), end - begin), from_each(begin, end - begin)
        tags = self.order[place] >> np.uint32(self._width) if self._width < NUMBER else np.zeros(len(place))
        tag = keys[query] >> self._to_bucket - np.uint64(NUMBER) + self._width
        alike = np.flatnonzero(tags == (tag & np.uint64((1 << NUMBER - int(self._width)) - 1)))
        query, row = query[alike], self._rows(place[alike])
        equal = np.flatnonzero(self._words_of(row) == queries[query, 0])
        query, row = query[equal], row[equal]
        text = self.firsts.searchsorted(row.astype(self.firsts.dtype), side="right") - 1
        ordinals = self._ordinals(text)
        bank = of_each(self.bank, ordinals)
        found = ~are_set(dead, text) & asked[bank] & (of_each(self.expires, ordinals) > now)
        query, row, text, ordinals, bank = (column[found] for column in (query, row, text, ordinals, bank))
        if not len(query):
            return None
        at = row.astype(np.float64)
        if told:
            at = np.array([self._begin(*pair) for pair in zip(text.tolist(), row.tolist(), strict=True)])
        return ranked(
            query=query,
            bank=self.banks[bank],
            entry=self.base + ordinals,
            at=at,
            limit=limit,
        )

    def place_hits(self, entry: Places, at: NDArray[np.float64], *, compiled: bool) -> None:
        """Say where hits begin, in the place of what `search` returned without telling it.

        Parameters
        ----------
        entry : of each hit; those of entries that are not here stay as they are.
        at : to be written to.
        """
        if compiled:
            from stanch.kernels.grams_numba import placed  # noqa: PLC0415 - only large indexes need numba

            where = self.lowest, self.highest, np.int64(len(self.bits)), self.firsts, self._guesses
            placed(entry, *where, *self.stretches.told, self.stretches.marks, at)
            return
        here = np.flatnonzero((entry >= self.lowest) & (entry <= self.highest))
        rows = at[here].astype(np.int64)
        texts = self.firsts.searchsorted(rows.astype(self.firsts.dtype), side="right") - 1
        at[here] = [self._begin(*pair) for pair in zip(texts.tolist(), rows.tolist(), strict=True)]

    def of_text(self, place: int, *, compiled: bool) -> tuple[Words, NDArray[np.float64]]:
        """Return the grams of a text, and where they stand: `at`, `start` and `end`, shape (3, grams)."""
        first, last = (min(int(self.firsts[place + step]), len(self.bits)) for step in (0, 1))
        last = max(first, last)
        return self.words(first, last), self.stretches.of_text(first, last, compiled=compiled)

    def _begin(self, text: int, row: int) -> float:
        first = int(self.firsts[text])
        return float(self.stretches.unpacked(first, np.array([first, row + 1]))[0, -1])

    def _rows(self, places: Places) -> Places:
        return self.order[places].astype(np.int64) & (1 << int(self._width)) - 1

    def _words_of(self, rows: Places) -> Words:
        if self.bits.shape[1] == 1:
            return np.asarray(self.bits[rows, 0])
        return joined_words(self.bits[rows])

    def _ordinals(self, places: Places) -> Places:
        return self.entries[places].astype(np.int64) if len(self.entries) else places

    @cached_property
    def _width(self) -> np.uint64:
        return np.uint64(width_of(len(self.bits)))

    @cached_property
    def _likely(self) -> NDArray[np.uint8]:
        """A bit for each beginning that a key may have, set where a row's key has it.

        Made when it is first asked for. In memory of its own, since that comes in large pages: a look-up in vain
        then costs one step out of the processor, and not three.
        """
        from stanch.kernels.grams_numba import fill_likely  # noqa: PLC0415 - only large indexes need numba

        likely = np.empty(max(1, (len(self.begins) - 1 << int(self._more)) >> 3), np.uint8)
        likely[:] = 0
        fill_likely(self.order, self.begins, self._width, self._more, likely)
        return still(likely)

    @cached_property
    def _guesses(self) -> NDArray[np.uint32]:
        """Which text each `GUESSED`th row belongs to; made when it is first asked for."""
        from stanch.kernels.grams_numba import GUESSED, fill_guesses  # noqa: PLC0415

        guesses = np.empty(len(self.bits) // GUESSED + 1, np.uint32)
        fill_guesses(self.firsts, guesses)
        return still(guesses)

    @cached_property
    def _more(self) -> np.uint64:
        return np.uint64(max(0, min(MARKS, NUMBER - int(self._width))))

    @cached_property
    def _to_bucket(self) -> np.uint64:
        return np.uint64(65 - (len(self.begins) - 1).bit_length())

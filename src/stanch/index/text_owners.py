"""Whose the grams of archived texts are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.asked import Banks, banks_among
from stanch.index.gram_columns import are_set, of_each, one_of
from stanch.index.sealed import still

Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class TextOwners:
    """Whose a row is follows from where the rows of texts begin; bank and expiry are those of entries.

    Parameters
    ----------
    firsts : uint32 or uint64 array, shape (texts + 1,), where the rows of each text begin.
    entries : uint32 array, shape (texts,), the ordinals, rising; empty where the ordinal of a text is its place.
    bank, expires : uint16 and int64 arrays, of each ordinal; one element where they say the same of all.
    banks : int64 array, the numbers of the banks.
    base : what is added to an ordinal to get the number of an entry.
    """

    firsts: NDArray[Any]
    entries: NDArray[np.uint32]
    bank: NDArray[np.uint16]
    expires: Places
    banks: Places
    base: int = 0

    @classmethod
    def of_columns(
        cls,
        *,
        firsts: NDArray[Any],
        entries: NDArray[np.uint32] | None,
        bank: NDArray[np.uint16],
        expires: Places,
        banks: int,
    ) -> Self:
        """Take columns of a file; `entries` is None where all entries have grams, `banks` says how many there
        are.
        """
        return cls(
            firsts=firsts,
            entries=still(np.empty(0, np.uint32)) if entries is None else entries,
            bank=one_of(bank),
            expires=one_of(expires),
            banks=still(np.arange(banks)),
        )

    def placed(self, base: int, banks: Sequence[int]) -> Self:
        """Return the same under other numbers: entries from `base` on, and these banks."""
        return replace(self, base=base, banks=still(np.array(banks, dtype=np.int64)))

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.firsts) - 1

    @cached_property
    def highest(self) -> int:
        """The highest number of an entry."""
        return self.base + (int(self.entries[-1]) if len(self.entries) else self.texts - 1)

    @property
    def lowest(self) -> int:
        """The lowest number that an entry may have."""
        return self.base

    def among(self, banks: Iterable[int]) -> Banks | None:
        """Return which of the banks are among these; None if none is."""
        return banks_among(self._numbers_of_banks, tuple(banks))

    def find(self, entries: Iterable[int]) -> Places:
        """Return the places of those of these entries that have grams here."""
        places = self.each_place(np.fromiter(set(entries), dtype=np.int64))
        return places[places >= 0]

    def each_place(self, numbers: Places) -> Places:
        """Return the place of each of these entries; -1 of those that have no grams here."""
        wanted = numbers - self.base
        if not len(self.entries):
            wanted[(wanted < 0) | (wanted >= self.texts)] = -1
            return wanted
        near = wanted.clip(0, (1 << 32) - 1).astype(np.uint32)
        places = np.minimum(self.entries.searchsorted(near), self.texts - 1)
        return np.where(self.entries[places] == wanted, places, -1)

    def texts_of(self, rows: Places) -> Places:
        """Return which text each row belongs to."""
        return self.firsts.searchsorted(rows.astype(self.firsts.dtype), side="right") - 1

    def ordinals(self, texts: Places) -> Places:
        """Return the ordinals of texts."""
        return self.entries[texts].astype(np.int64) if len(self.entries) else texts

    def found(
        self, texts: Places, asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int
    ) -> NDArray[np.bool_]:
        """Return which texts are alive, of a bank that is asked, and not expired."""
        ordinals = self.ordinals(texts)
        found: NDArray[np.bool_] = ~are_set(dead, texts) & asked[of_each(self.bank, ordinals)]
        return found & (of_each(self.expires, ordinals) > now)

    def bank_numbers(self, texts: Places) -> Places:
        """Return the numbers of the banks of texts."""
        return np.asarray(self.banks[of_each(self.bank, self.ordinals(texts))])

    def expiries(self, texts: Places) -> Places:
        """Return when texts expire."""
        return of_each(self.expires, self.ordinals(texts))

    def table(self, rows: int) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Return what tells in one step whose each of so many rows is, as `gram_owners_numba.owner_of` takes it.

        It comes in memory of its own, see `GramFinder`: a quarter of a byte a row.
        """
        from stanch.kernels.gram_owners_numba import BLOCK, fill_table  # noqa: PLC0415 - only large indexes need it

        table, filled = np.empty((rows // BLOCK + 1, 2), np.uint64), np.empty(self.texts, np.uint32)
        table[:] = 0
        count = fill_table(self.firsts, table, filled)
        return still(table), still(filled if count < self.texts else filled[:0])

    @cached_property
    def _numbers_of_banks(self) -> tuple[int, ...]:
        return tuple(self.banks.tolist())

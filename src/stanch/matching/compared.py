"""Entries that one text is compared with, one behind the other, as kernels take them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stanch.matching.candidates import Candidate
from stanch.values import Fingerprint

Column = NDArray[np.float64]
Numbers = NDArray[np.int64]
Words = NDArray[np.uint64]


class Compared(NamedTuple):
    """An entry that a text is compared with, the hits with it, and its grams."""

    hits: Candidate
    entry: Fingerprint


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Together:
    """Entries of a bank that one text is compared with, their hits and grams one behind the other.

    Parameters
    ----------
    compared : the entries.
    numbers : of these.
    begin : int64 array, shape (entries + 1,), where the hits of each begin, and those of the last end.
    query_at, at : float64 arrays, shape (hits,), where they lie in both.
    grams : int64 array, shape (entries + 1,), where the grams of each begin, and those of the last end.
    begins : float64 array, shape (grams,), where each begins.
    extents : float64 array, shape (entries,), how many symbols each has.
    """

    compared: Sequence[Compared]
    numbers: Sequence[int]
    begin: Numbers
    query_at: Column
    at: Column
    grams: Numbers
    begins: Column
    extents: Column

    @classmethod
    def of(cls, compared: Sequence[Compared]) -> Self:
        """Put entries together, at least one."""
        hits, entries = zip(*compared, strict=True)
        numbers, rows, query_at, at = zip(*hits, strict=True)
        begins = [entry.at for entry in entries]
        return cls(
            compared=compared,
            numbers=numbers,
            begin=np.array([0, *accumulate(map(len, rows))]),
            query_at=np.concatenate(query_at),
            at=np.concatenate(at),
            grams=np.array([0, *accumulate(map(len, begins))]),
            begins=np.concatenate(begins),
            extents=np.trunc([entry.extent for entry in entries]),
        )

    @property
    def rows(self) -> Numbers:
        """Which gram of the text each hit is, int64 array, shape (hits,)."""
        return np.concatenate([each.hits.rows for each in self.compared])

    @property
    def bits(self) -> Words:
        """The grams, uint64 array, shape (grams, 1)."""
        return np.concatenate([each.entry.bits for each in self.compared])

    def gram_of(self, entry: int) -> Numbers:
        """Return which gram of an entry, counted with those of the others, each hit with it is."""
        (first, last), (low, high) = self.begin[entry : entry + 2], self.grams[entry : entry + 2]
        found: Numbers = low + np.minimum(
            np.searchsorted(self.begins[low:high], self.at[first:last]), high - low - 1
        )
        return found

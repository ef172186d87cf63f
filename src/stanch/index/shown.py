"""How many holders of grams are shown to be no kin of entries: no more than are counted, and for less."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.key_order import with_keys
from stanch.index.several import Several

MOST_ENTRIES = 64
"""So many entries are asked about at a time: a byte for each is noted of whoever holds a gram."""

LOOKED_AT = 240
"""So many rows of a gram are looked at: those who hold it are counted in a byte."""

LONGEST = 2048
"""Holders of more grams are not looked at, and nothing is shown of them."""

MARKS = 1 << 13
"""Bytes of the marks of what the entries hold; see `unlike_numba.note_stretches`."""

Places = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shown:
    """What some rows of grams show of those who hold them: as much as is counted of them, or less.

    Parameters
    ----------
    queries, keys : the grams that are asked about, from `with_keys`.
    several : the entries, `MOST_ENTRIES` at most.
    noted : what kernels take of the grams of these; see `note_stretches`.
    left : int64 array, shape (queries,), how many rows of each are still looked at.
    got : int64 array, shape (queries,), how many who hold it were looked at.
    rows : int64 array, shape (queries,), how many rows of each there are in all: no fewer than entries hold it.
    unlike : uint64 array, shape (queries, 8), a byte for each entry: how many hold the gram and are neither the
        entry nor kin to it.
    """

    queries: Words
    keys: Words
    several: Several
    noted: tuple[Any, ...]
    left: Places
    got: Places
    rows: Places
    unlike: Words

    @classmethod
    def of(cls, asked: Words, grams: Words, several: Several, most: int) -> Self:
        """Ask about grams; nothing is shown yet.

        Parameters
        ----------
        asked : uint64 array, shape (queries, 1).
        grams, several : as for `PostingsIndex.others`.
        most : so many who hold a gram are enough.
        """
        from stanch.kernels.unlike_numba import LANES, note_stretches, table_for  # noqa: PLC0415 - imports numba

        queries, keys = with_keys(asked, compiled=True)
        marks, table, stretches = (
            np.zeros(MARKS, np.uint8),
            table_for(len(grams)),
            np.empty((len(grams), LANES), np.uint64),
        )
        note_stretches(np.ascontiguousarray(grams[:, 0]), several.begin, several.stretch, marks, table, stretches)
        return cls(
            queries=queries,
            keys=keys,
            several=several,
            noted=(marks, table, stretches, several.least, LONGEST, most),
            left=np.full(len(queries), LOOKED_AT),
            got=np.zeros(len(queries), np.int64),
            rows=np.zeros(len(queries), np.int64),
            unlike=np.zeros((len(queries), LANES), np.uint64),
        )

    @property
    def bytes(self) -> NDArray[np.uint8]:
        """`unlike` as numbers, shape (queries, MOST_ENTRIES): those beyond the entries mean nothing."""
        return self.unlike.view(np.uint8)

    @property
    def counts(self) -> NDArray[np.uint8]:
        """`unlike` as numbers, shape (queries, entries)."""
        return self.bytes[:, : len(self.several.numbers)]

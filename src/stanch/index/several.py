"""Entries of a bank whose grams are counted in all others, several at a time."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.index.key_order import with_keys

Places = NDArray[np.int64]
Words = NDArray[np.uint64]


class Several(NamedTuple):
    """The grams of several entries, one entry behind the other, and what is asked of them.

    Parameters
    ----------
    numbers : int64 array, shape (entries,), of the entries.
    begin : int64 array, shape (entries + 1,), where the grams of each begin, and those of the last end.
    stretch : int64 array, shape (grams,), in which of at most eight stretches of its entry each gram is.
    least : who holds grams of so many stretches of an entry, 1 to 8, is kin to it.
    """

    numbers: Places
    begin: Places
    stretch: Places
    least: int

    def counted(self, of: Places, places: Places, numbers: NDArray[np.uint32], out: Places) -> tuple[Any, ...]:
        """Return this as `others_numba.add_others` takes it.

        Parameters
        ----------
        of : which of the different grams each is.
        places : of the entries, in a part of the index.
        """
        return self.begin, of, self.stretch, self.least, places, numbers, out


def different(grams: Words) -> tuple[Words, Words, Places]:
    """Return the different grams among these with their keys, as kernels take them, and which of them each is.

    Parameters
    ----------
    grams : uint64 array, shape (grams, 1).
    """
    from stanch.kernels.others_numba import different as among  # noqa: PLC0415 - only large indexes need numba

    first, of = np.empty((2, len(grams)), np.int64)
    count = among(np.ascontiguousarray(grams[:, 0]), first, of)
    return *with_keys(grams[first[:count]], compiled=True), of


def each_of(grams: Words) -> tuple[Words, Words, Places]:
    """Return what `different` does as if no two were the same: those of one entry seldom are."""
    return *with_keys(grams, compiled=True), np.arange(len(grams))

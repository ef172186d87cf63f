"""The words of entries of archive segments, compiled; `matching.simhashes` has the plain form.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: then an entry has other words of the file, or none.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

HALF = 32
"""The upper bits of an entry's number, from this one on, say in which segment it stands."""

Places = NDArray[np.int64]


@compiled
def place_among(entries: NDArray[np.uint32], ordinal: np.int64) -> np.int64:
    """Return which of rising ordinals this one is, or -1; itself where they are not told, since all are there."""
    if not len(entries):
        return ordinal
    low, high = np.int64(0), np.int64(len(entries))
    while low < high:
        middle = (low + high) >> 1
        if np.int64(entries[middle]) < ordinal:
            low = middle + 1
        else:
            high = middle
    return low if low < len(entries) and np.int64(entries[low]) == ordinal else np.int64(-1)


@compiled
def within(number: Any, size: np.int64) -> np.int64:  # noqa: ANN401 - an unsigned number of either width
    """Return a number of words, or how many there are, if these are fewer."""
    return np.int64(min(np.uint64(number), np.uint64(size)))


@compiled
def find_words(
    numbers: Places, half: int, entries: NDArray[np.uint32], first: NDArray[Any], size: int, begin: Places,
    counts: Places,
) -> None:  # fmt: skip
    """Write where the words of those entries begin that stand in one segment, and how many each has.

    Parameters
    ----------
    numbers : int64 array, shape (asked,).
    half : the upper half of the numbers of the segment.
    entries, first : its columns; empty where they are absent.
    size : how many words it has.
    begin, counts : int64 arrays, shape (asked,), noughts, to be written to.
    """
    prints = len(first) - 1 if len(first) else size
    for asked in range(len(numbers)):
        if numbers[asked] >> HALF != half:
            continue
        place = place_among(entries, numbers[asked] & ((1 << HALF) - 1))
        if place < 0 or place >= prints:
            continue
        low, high = place, place + 1
        if len(first):
            low, high = within(first[place], size), within(first[place + 1], size)
        begin[asked] = low
        counts[asked] = high - low if low < high else 0


@compiled
def copy_words(
    numbers: Places, half: int, bits: NDArray[np.uint64], begin: Places, counts: Places, found: NDArray[np.uint64]
) -> None:
    """Write the words of those entries that stand in one segment to where they belong among those of all.

    Parameters
    ----------
    numbers, half, begin, counts : as `find_words` has them, for all segments.
    bits : the words of the segment.
    found : uint64 array, shape (counts.sum(),), to be written to.
    """
    at = np.int64(0)
    for asked in range(len(numbers)):
        if numbers[asked] >> HALF == half:
            for step in range(counts[asked]):
                found[at + step] = bits[begin[asked] + step]
        at += counts[asked]

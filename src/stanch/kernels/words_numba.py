"""The words of entries of archive segments, compiled; `matching.simhashes` has the plain form.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: then an entry has other words of the file, or none.
"""

from typing import Any

import numpy as np
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from stanch.kernels.jit import compiled, inlined
from stanch.kernels.lanes import fetch, pointer

HALF = 32
"""The upper bits of an entry's number, from this one on, say in which segment it stands."""

UPPER, ENTRIES, FIRST, WIDE, BITS, FIELDS = 0, 1, 3, 5, 6, 8
"""What stands where of a segment: the upper bits of its numbers; `entries` and `first`, empty where they are
absent, and whether the latter is of 64 bits; the words. Of arrays addresses, and behind these lengths.
"""

Places = NDArray[np.int64]
Words = NDArray[np.uint64]


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


@inlined
def within(number: Any, size: np.int64) -> np.int64:  # noqa: ANN401 - an unsigned number of either width
    """Return a number of words, or how many there are, if these are fewer."""
    return np.int64(min(np.uint64(number), np.uint64(size)))


@inlined
def first_of(line: Places, place: np.int64) -> np.int64:
    """Return where the words of a fingerprint begin, or the last ones end: among those there are."""
    if not line[FIRST + 1]:
        return place
    if line[WIDE]:
        return within(carray(pointer(line[FIRST], np.uint64), (line[FIRST + 1],))[place], line[BITS + 1])
    return within(carray(pointer(line[FIRST], np.uint32), (line[FIRST + 1],))[place], line[BITS + 1])


@compiled
def find_prints(held: Places, numbers: Places, of: Places, places: Places) -> None:
    """Write in which segment each entry has words, and which of its fingerprints that is; -1 where in none."""
    for asked in range(len(numbers)):
        of[asked], places[asked] = -1, -1
        for segment in range(len(held)):
            line = held[segment]
            if numbers[asked] >> HALF != line[UPPER]:
                continue
            entries = carray(pointer(line[ENTRIES], np.uint32), (line[ENTRIES + 1],))
            prints = line[FIRST + 1] - 1 if line[FIRST + 1] else line[BITS + 1]
            place = place_among(entries, numbers[asked] & ((1 << HALF) - 1))
            if 0 <= place < prints:
                of[asked], places[asked] = segment, place
                if line[FIRST + 1]:
                    fetch(carray(pointer(line[FIRST], np.uint32), (line[FIRST + 1],)), place << line[WIDE])


@compiled
def gather(held: Places, numbers: Places, counts: Places) -> Words:
    """Return the words of entries, one behind the other, and write how many each has.

    In loops of which no step waits for the one before, as nearly all that they read is far from the processor.

    Parameters
    ----------
    held : int64 array, shape (segments, FIELDS), of `matching.simhashes.Held`.
    numbers : int64 array, shape (asked,), of the entries.
    counts : int64 array, shape (asked,), to be written to.
    """
    of, places, begins = np.empty((3, len(numbers)), np.int64)
    find_prints(held, numbers, of, places)
    for asked in range(len(numbers)):
        counts[asked] = 0
        if of[asked] >= 0:
            line = held[of[asked]]
            begins[asked] = first_of(line, places[asked])
            counts[asked] = max(first_of(line, places[asked] + 1) - begins[asked], 0)
            bits = carray(pointer(line[BITS], np.uint64), (line[BITS + 1],))
            fetch(bits, begins[asked])
            fetch(bits, begins[asked] + 8)
    words, end = np.empty(counts.sum(), np.uint64), np.int64(0)
    for asked in range(len(numbers)):
        if counts[asked]:
            bits = carray(pointer(held[of[asked], BITS], np.uint64), (held[of[asked], BITS + 1],))
            for step in range(counts[asked]):
                words[end + step] = bits[begins[asked] + step]
        end += counts[asked]
    return words

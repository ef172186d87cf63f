"""Where grams stand in their texts, compiled; `index.stretches` has the plain form, and says what the arrays hold.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes a hit stand elsewhere.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.gram_owners_numba import AHEAD, owner_of
from stanch.kernels.grams_numba import word
from stanch.kernels.jit import compiled
from stanch.kernels.lanes import fetch

Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]

UNMARKED = (1 << 16) - 1
LONGEST = 256
"""As in `index.stretches`."""

ROWS_A_LINE = 8
"""So many rows, of eight bytes at most, lie in one line of the processor's memory."""


@compiled
def code_of(codes: NDArray[np.uint8], row: np.int64) -> np.int64:
    """Return the code of 12 bits of a row; those of two rows share three bytes."""
    place = 3 * (row >> 1)
    shared = np.int64(codes[place + 1])
    if row & 1:
        return np.int64(codes[place + 2]) << 4 | shared >> 4
    return np.int64(codes[place]) | (shared & 15) << 8


@compiled
def odd_place(odd: Numbers, row: np.int64) -> np.int64:
    """Return where a row stands among those that no code tells; the number of these if it does not."""
    low, high = np.int64(0), np.int64(len(odd))
    while low < high:
        middle = (low + high) >> 1
        if np.int64(odd[middle]) < row:
            low = middle + 1
        else:
            high = middle
    return low if low < len(odd) and np.int64(odd[low]) == row else np.int64(len(odd))


@compiled
def begin_of(
    row: np.int64, first: np.int64, codes: NDArray[np.uint8], book: NDArray[np.uint16], odd: Numbers,
    places: NDArray[Any], marks: NDArray[np.uint16],
) -> float:  # fmt: skip
    """Return where a row begins in its text, of which `first` is the first row: so many steps from the mark before
    it, from the beginning of its text, or, where there is no mark, from the last row that is told as it is.
    """
    begin = row & ~np.int64(15)
    if begin >= first and marks[begin >> 4] != UNMARKED:
        at = float(marks[begin >> 4])
        begin += 1
    else:
        at, begin = 0.0, max(first, row - LONGEST)
    for step in range(begin, row + 1):
        code = code_of(codes, step)
        if code < len(book):
            at += book[code, 0]
        else:
            place = odd_place(odd, step)
            at = float(places[place, 0]) if place < len(odd) else at
    return at


@compiled
def unfolded(
    first: np.int64, last: np.int64, codes: NDArray[np.uint8], book: NDArray[np.uint16], odd: Numbers,
    places: NDArray[Any], out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write where rows `first` to `last`, those of one text, begin in it, and begin and end in the original.

    Parameters
    ----------
    out : float64 array, shape (3, last - first), to be written to.
    """
    at, start = 0.0, 0.0
    for row in range(first, last):
        code = code_of(codes, row)
        end = start
        if code < len(book):
            at += book[code, 0]
            start += book[code, 1]
            end = start + book[code, 2]
        else:
            place = odd_place(odd, row)
            if place < len(odd):
                at, start, end = float(places[place, 0]), float(places[place, 1]), float(places[place, 2])
        out[0, row - first], out[1, row - first], out[2, row - first] = at, start, end


@compiled
def unfold_each(
    firsts: Places, begin: Places, bits: NDArray[Any], codes: NDArray[np.uint8], book: NDArray[np.uint16],
    odd: Numbers, places: NDArray[Any], words: NDArray[np.uint64], out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write the grams of several texts, and where they stand.

    Parameters
    ----------
    firsts : int64 array, shape (texts,), the first row of each text.
    begin : int64 array, shape (texts + 1,), where the rows of each text are written, and those of the last end.
    bits : of all rows, see `index.gram_finder`.
    codes, book, odd, places : as for `unfolded`.
    words : uint64 array, shape (rows, 1), to be written to.
    out : float64 array, shape (3, rows), to be written to.
    """
    for text in range(len(firsts)):
        for row in range(firsts[text], firsts[text] + begin[text + 1] - begin[text], ROWS_A_LINE):
            fetch(bits, row * bits.shape[1])
            fetch(codes, 3 * (row >> 1))
    for text in range(len(firsts)):
        first, count = firsts[text], begin[text + 1] - begin[text]
        for row in range(count):
            words[begin[text] + row, 0] = word(bits, first + row)
        unfolded(first, first + count, codes, book, odd, places, out[:, begin[text] : begin[text + 1]])


@compiled
def placed(
    entry: Places, lowest: int, highest: int, rows: np.int64, firsts: NDArray[Any], table: NDArray[np.uint64],
    filled: Numbers, codes: NDArray[np.uint8], book: NDArray[np.uint16], odd: Numbers, places: NDArray[Any],
    marks: NDArray[np.uint16], at: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write where hits begin in the place of their rows, which `gram_hits` wrote.

    Parameters
    ----------
    entry : int64 array, shape (hits,); those of one side by side are found sooner.
    lowest, highest : the numbers of the entries that are these rows'; hits of others stay as they are.
    at : float64 array, shape (hits,), to be written to.
    """
    first, ends, lines = np.int64(0), np.int64(-1), table.reshape(-1)
    for hit in range(len(at) + AHEAD):
        if hit < len(at) and lowest <= entry[hit] <= highest:
            fetch(codes, 3 * (np.int64(at[hit]) >> 1))
            fetch(marks, np.int64(at[hit]) >> 4)
            fetch(lines, np.int64(at[hit]) >> 6 << 1)
        near = hit - AHEAD // 2
        if 0 < near < len(at) and entry[near] != entry[near - 1] and lowest <= entry[near] <= highest:
            fetch(firsts, owner_of(table, filled, min(max(np.int64(at[near]), np.int64(0)), rows - 1)))
        here = hit - AHEAD
        if here >= 0 and lowest <= entry[here] <= highest:
            row = min(max(np.int64(at[here]), np.int64(0)), rows - 1)
            if row < first or row >= ends:
                text = owner_of(table, filled, row)
                first, ends = max(np.int64(firsts[text]), np.int64(0)), np.int64(firsts[text + 1])
            at[here] = begin_of(row, first, codes, book, odd, places, marks)

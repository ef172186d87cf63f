"""From the grams of a text to the entries it is compared with, compiled, in one call; the plain form is
`matching.candidates.candidates`.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.candidates_numba import chosen, look_up
from stanch.kernels.handles_numba import collected, place
from stanch.kernels.jit import compiled, inlined
from stanch.kernels.strands_numba import find_promising

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]

ENOUGH = 2
"""Of so many times the entries that are enough it is said first where their hits lie, and seldom of the others."""


@inlined
def that_count(counts: Mask, bits: Words, keys: Words, rows: Places) -> tuple[Words, Words]:
    """Return those grams that are looked up, and their keys, moved to the front; and write which they are."""
    left = np.int64(0)
    for row in range(len(counts)):
        bits[left], keys[left], rows[left] = bits[row], keys[row], row
        left += np.int64(counts[row])
    return bits[:left], keys[:left]


@inlined
def mark_repeated(counts: Mask, at: Column, reach: int, repeated: Mask) -> None:
    """Mark the symbols that lie in grams that are not looked up."""
    for row in range(len(counts)):
        if not counts[row]:
            begin = np.int64(at[row])
            repeated[max(begin, np.int64(0)) : max(begin + reach, np.int64(0))] = True


@compiled
def find(
    bits: Words, at: Column, stated: Words, likely: Words, lines: Places, banks: int, now: int, limit: int,
    most: int, constants: Column, repeated: Mask, hits: Places, places: Column,
) -> int:  # fmt: skip
    """Write the entries that a text is compared with, and their hits; return how many they are, or `FULL`.

    Parameters
    ----------
    bits, at : uint64 array, shape (grams, 1), and float64 array, of every gram of the text.
    stated, likely : as for `look_up`.
    lines, banks, now, limit : as for `collected`.
    most : so many entries of a bank are enough.
    constants : float64 array: `few` of `look_up`; `fewest`, `reach` and the three `bars` of `chosen`, the last for
        a text of one symbol; then `line`, `rules` and `bars` of `find_promising`.
    repeated : bool array, one a symbol of the text, all False, to be written to: those in grams not looked up.
    hits : int64 array, shape (4, room), to be written to: the grams of the text that were found, entry by entry;
        where the hits of each begin, and the last end; the number of each; and as floats, where the grams begin.
    places : float64 array, shape (room,), to be written to: where each hit begins in the entry.
    """
    c, own = constants, bits[:, 0].copy()
    extent = float(len(repeated))
    counts, keys = np.empty(len(own), np.bool_), np.empty(len(own), np.uint64)
    rows = np.empty(len(own), np.int64)
    if look_up(own, stated, likely, np.int64(c[0]), counts, keys):
        mark_repeated(counts, at, np.int64(c[2]), repeated)
    own, keys = that_count(counts, own, keys, rows)
    query_at = at[rows[: len(own)]]
    count = collected(lines, own, keys, now, limit, banks, hits, places)
    if count < np.int64(c[1]):
        return min(count, np.int64(0))
    mine, spots, ends = np.empty((2, count), np.int64), np.empty((2, count)), np.empty((2, count + 1), np.int64)
    groups = chosen(
        hits[0, :count], hits[1, :count], hits[2, :count], places[:count], rows, query_at, np.int64(c[1]),
        np.int64(c[2]), (np.int64(c[3]), np.int64(c[4]), c[5] * extent), mine, spots, ends,
    )  # fmt: skip
    begin = ends[0, : groups + 1]
    if not groups:
        return 0
    line, rules = (c[6], c[7], c[8], c[9], c[10], c[11]), (c[12], c[13], c[14], c[15])
    bars, promising = (c[16], c[17], c[18], c[19], c[20]), np.empty(groups, np.int64)
    placed, kept = np.int64(0), np.int64(0)
    for upto in (min(ENOUGH * most * banks, groups), groups):
        if upto > placed and kept < most * banks:
            place(lines, mine[1, begin[placed] : begin[upto]], spots[1, begin[placed] : begin[upto]])
            placed = upto
            kept = np.int64(
                find_promising(
                    spots[0, : begin[upto]], spots[1, : begin[upto]], begin[: upto + 1], ends[1, :upto], most,
                    line, rules, bars, extent, promising,
                )
            )  # fmt: skip
    return told(promising[:kept], begin, mine, spots, hits, places)


@inlined
def told(promising: Places, begin: Places, mine: Places, spots: Column, hits: Places, places: Column) -> int:
    """Write what `find` returns of some groups of hits."""
    starts, end = hits[3].view(np.float64), np.int64(0)
    for group in range(len(promising)):
        first, behind = begin[promising[group]], begin[promising[group] + 1]
        hits[1, group], hits[2, group] = end, mine[1, first]
        for hit in range(first, behind):
            hits[0, end], starts[end], places[end] = mine[0, hit], spots[0, hit], spots[1, hit]
            end += 1
    hits[1, len(promising)] = end
    return len(promising)

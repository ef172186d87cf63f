"""Which grams of a text count, and which entries they lead to, compiled.

`matching.candidates` has the plain forms. Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.postings_numba import mixed

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]


@compiled
def slots_for(values: int) -> NDArray[np.int32]:
    """Return an open table for so many values, at most half full, each slot free."""
    size = 8
    while size < 2 * values:
        size *= 2
    return np.full(size, np.int32(-1))


@compiled
def first_few(bits: Words, few: int, first: Mask) -> int:
    """Write which grams are among the first `few` of their value; return how many are not.

    Parameters
    ----------
    bits : uint64 array, shape (grams,).
    first : bool array, shape (grams,), to be written to.
    """
    slots, often, late = slots_for(len(bits)), np.zeros(len(bits), np.int32), 0
    mask = np.uint64(len(slots) - 1)
    for row in range(len(bits)):
        place = mixed(bits[row]) & mask
        while slots[place] >= 0 and bits[slots[place]] != bits[row]:
            place = (place + np.uint64(1)) & mask
        if slots[place] < 0:
            slots[place] = row
        often[slots[place]] += 1
        first[row] = often[slots[place]] <= few
        late += 0 if first[row] else 1
    return late


@compiled
def leave_out(bits: Words, known: Words, likely: Mask, counted: Mask) -> int:
    """Mark grams that are known as not counted; return how many of all are not.

    Parameters
    ----------
    known : uint64 array, those that are known, in order.
    likely : bool array, a power of two in size: false where the last bits of a gram are those of none of them.
    counted : bool array, shape (grams,), to be written to.
    """
    mask, left = np.uint64(len(likely) - 1), 0
    for row in range(len(bits)):
        if likely[bits[row] & mask]:
            place = np.searchsorted(known, bits[row])
            counted[row] &= place >= len(known) or known[place] != bits[row]
        left += 0 if counted[row] else 1
    return left


@compiled
def chosen(
    query: Places, entry: Places, query_at: Column, fewest: int, reach: float, bars: tuple[float, float, float],
    order: Places, begin: Places,
) -> int:  # fmt: skip
    """Put hits together by their entries, those that were hit most first, of equal ones those of lower numbers.

    Entries are left out that have too few hits, or whose hits lie so in the query that they cannot say something,
    wherever they lie in the entry.

    Parameters
    ----------
    query, entry : int64 arrays, shape (hits,), in order of the query; no number negative.
    query_at : float64 array, where the grams of the query begin, in order.
    fewest : entries with fewer hits are left out.
    reach : how many symbols a gram has.
    bars : so many symbols in grams are enough; or so many, if they lie over so long a stretch.
    order : int64 array, shape (hits,), to be written to: the hits entry by entry, in each as they came.
    begin : int64 array, shape (hits + 1,), to be written to: where each entry begins in it, and the last ends.

    Returns
    -------
    int, how many entries there are.
    """
    enough, spread, wide = bars
    slots = slots_for(len(entry))
    mask = np.uint64(len(slots) - 1)
    of, number, count = (
        np.empty(len(entry), np.int32),
        np.empty(len(entry), np.int64),
        np.zeros(len(entry), np.int32),
    )
    from_, last, covered = np.empty(len(entry)), np.empty(len(entry)), np.empty(len(entry))
    groups = 0
    for hit in range(len(entry)):
        place, at = mixed(np.uint64(entry[hit])) & mask, query_at[query[hit]]
        while slots[place] >= 0 and number[slots[place]] != entry[hit]:
            place = (place + np.uint64(1)) & mask
        group = slots[place]
        if group < 0:
            group = np.int32(groups)
            slots[place], number[group], from_[group], last[group] = group, entry[hit], at, at
            covered[group] = reach
            groups += 1
        of[hit] = group
        count[group] += 1
        covered[group] += min(at - last[group], reach)
        last[group] = at
    kept, promising = np.empty(groups, np.int64), 0
    for group in range(groups):
        far = covered[group] >= spread and last[group] - from_[group] + reach >= wide
        if count[group] >= fewest and (far or covered[group] >= enough):
            kept[promising] = group
            promising += 1
    kept = kept[:promising]
    kept = kept[np.argsort(number[kept], kind="mergesort")]
    kept = kept[np.argsort(-count[kept], kind="mergesort")]
    begin[0], room = 0, np.full(groups, np.int64(-1))
    for place in range(promising):
        room[kept[place]] = begin[place]
        begin[place + 1] = begin[place] + count[kept[place]]
    for hit in range(len(entry)):
        if room[of[hit]] >= 0:
            order[room[of[hit]]] = hit
            room[of[hit]] += 1
    return promising

"""Two texts compared, compiled; `matching.comparing` has the plain form, and says what is counted.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say of places never
leads outside the arrays.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.strands_numba import find_strands, room_for, says_something

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Symbols = NDArray[np.uint8]

COMMON, ALIGNED = np.uint8(1), np.uint8(2)
"""What is marked of a symbol."""


@compiled
def mark(symbols: Symbols, begin: np.int64, end: np.int64, what: np.uint8) -> None:
    """Mark a half-open stretch of symbols, as far as there are any."""
    for symbol in range(max(begin, np.int64(0)), min(end, np.int64(len(symbols)))):
        symbols[symbol] |= what


@compiled
def counted(symbols: Symbols, counts: Places) -> None:
    """Write how many symbols are aligned and not common, and how many are not common."""
    aligned, rare = np.int64(0), np.int64(0)
    for symbol in symbols:
        aligned += 1 if symbol == ALIGNED else 0
        rare += 1 if symbol & COMMON == 0 else 0
    counts[0], counts[1] = aligned, rare


@compiled
def first_from(at: Column, wanted: float) -> np.int64:
    """Return how many places, in order, lie before one."""
    low, high = np.int64(0), np.int64(len(at))
    while low < high:
        middle = (low + high) >> 1
        if at[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def further(room: np.int64, silent: np.int64, edit: np.int64, half: np.int64) -> np.int64:
    """Return how much further a strand goes at one end; `matching.strands` explains it."""
    if room <= min(silent, 2 * half):
        return room
    return min(max(min(max(silent // 2, 0), half), edit), room)


@compiled
def mark_grown(
    counts: Places,
    at: Column,
    reach: np.int64,
    apart: float,
    ends: tuple[int, ...],
    mine: Symbols,
    theirs: Symbols,
) -> None:
    """Mark the symbols of both texts that a strand covers, once it has grown; see `Strands.grown`.

    Parameters
    ----------
    counts : of the strand, as `strands_numba.measured` wrote them.
    at : where the grams of the entry begin, in order.
    ends : `HALF_A_WINDOW` and `LONGEST_EDIT`.
    """
    half, longest = np.int64(ends[0]), np.int64(ends[1])
    q_from, q_to, p_from, p_to = counts[0], counts[1], counts[2], counts[3]
    my_end, their_end = np.int64(len(mine)), np.int64(len(theirs))
    edit = np.int64(0)
    if counts[7] >= apart:
        edit = min((q_to - q_from - counts[6]) // max(counts[7] - 1, 1), longest)
    place = first_from(at, float(p_from))
    before = np.int64(at[place - 1]) if place > 0 else np.int64(-1)
    place = first_from(at, float(p_to - reach + 1))
    behind = np.int64(at[place]) if place < len(at) else their_end - reach + 1
    left = further(min(q_from, p_from), p_from - before - 1, edit, half)
    right = further(min(my_end - q_to, their_end - p_to), behind + reach - 1 - p_to, edit, half)
    mark(mine, q_from - left, q_to + right, ALIGNED)
    mark(theirs, p_from - left, p_to + right, ALIGNED)


@compiled
def rare_hits(
    at: Column, weight: Column, q: Column, p: Column, theirs: Places, which: Places, places: Column,
    reach: np.int64, mine: Symbols,
) -> int:  # fmt: skip
    """Write the hits on grams that are not common, mark the symbols of the others; return how many are written.

    Parameters
    ----------
    at, weight, q, p : as for `compare`.
    theirs : int64 array, shape (hits,), to be written to: which gram of the entry each hit is.
    which : int64 array, shape (hits,), to be written to: those that are not common.
    places : float64 array, shape (3, hits), to be written to: where they lie in both, and what they weigh.
    mine : of the query, to be marked.
    """
    kept = 0
    for hit in range(len(q)):
        gram = min(first_from(at, p[hit]), np.int64(len(at) - 1))
        theirs[hit] = gram
        if weight[gram] >= 0.0:
            which[kept] = hit
            places[0, kept], places[1, kept], places[2, kept] = q[hit], p[hit], weight[gram]
            kept += 1
        else:
            mark(mine, np.int64(q[hit]), np.int64(q[hit]) + reach, COMMON)
    return kept


@compiled
def compare(
    rows: Places, q: Column, p: Column, repeated: Mask, at: Column, weight: Column, common: Mask, fewest: int,
    constants: Column, spans: Places, slope: Column,
) -> int:  # fmt: skip
    """Compare a text with one entry; return how many strands they share, none if these say nothing.

    Parameters
    ----------
    rows : int64 array, shape (hits,), which gram of the query each hit is.
    q, p : float64 arrays, shape (hits,), where it lies in both, in order of q, then p.
    repeated : bool array, shape (symbols of the query,), which are common whatever the entry.
    at : float64 array, where each gram of the entry begins, in order, at least one.
    weight, common : of the entry, see `matching.weighing`.
    fewest : fewer hits make no match.
    constants : float64 array, one behind the other `line`, `rules` and `bars`, as for `find_strands` and
        `says_something`, and `ends`, as for `mark_grown`.
    spans : int64 array, shape (hits + 2, 4), to be written to. First how many of the query's symbols are aligned
        and not common, how many are not common, and the same of the entry's; then, strand by strand, with which
        grams of the query they begin and end, and with which of the entry.
    slope : float64 array, shape (hits + 1,), to be written to.
    """
    c = constants
    line, rules = (c[0], c[1], c[2], c[3], c[4], c[5]), (c[6], c[7], c[8], c[9])
    bars, ends = (c[10], c[11], c[12], c[13], c[14]), (np.int64(c[15]), np.int64(c[16]))
    theirs, which, places = np.empty(len(q), np.int64), np.empty(len(q), np.int64), np.empty((3, len(q)))
    mine, others, reach = repeated.astype(np.uint8), common.astype(np.uint8), np.int64(line[4])  # true is `COMMON`
    kept = rare_hits(at, weight, q, p, theirs, which, places, reach, mine)
    if kept < fewest:
        return 0
    own = places[0, :kept], places[1, :kept], places[2, :kept]
    counts, sums = np.empty((kept + 1, 8), np.int64), np.empty((kept + 1, 2))
    found = find_strands(*own, line, rules, room_for(kept), counts, sums)
    evidence, extents = False, (float(len(repeated)), float(len(common)))
    for strand in range(found):
        evidence |= says_something(counts[strand], sums[strand], bars, rules[0], *extents)
    if not evidence:
        return 0
    for strand in range(found):
        mark_grown(counts[strand], at, reach, rules[0], ends, mine, others)
        begin, end, told = which[counts[strand, 4]], which[counts[strand, 5]], spans[strand + 1]
        told[0], told[1], told[2], told[3] = rows[begin], rows[end], theirs[begin], theirs[end]
        slope[strand] = sums[strand, 1]
    counted(mine, spans[0, :2])
    counted(others, spans[0, 2:])
    return found

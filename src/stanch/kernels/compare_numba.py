"""Two texts compared, compiled; `matching.comparing` has the plain form, and says what is counted.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say of places never
leads outside the arrays.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.background_numba import common_in
from stanch.kernels.candidates_numba import first_few
from stanch.kernels.jit import compiled
from stanch.kernels.strands_numba import find_strands, room_for, says_something

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]
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
    at: Column, frequency: Places, known: Mask, weight: Column, q: Column, p: Column, theirs: Places,
    which: Places, places: Column,
) -> int:  # fmt: skip
    """Write the hits on grams that are not common; return how many they are.

    Parameters
    ----------
    at, frequency, weight, q, p : as for `compare`.
    known : which grams of the entry are common however rare.
    theirs : int64 array, shape (hits,), to be written to: which gram of the entry each hit is.
    which : int64 array, shape (hits,), to be written to: those that are not common.
    places : float64 array, shape (3, hits), to be written to: where they lie in both, and what they weigh.
    """
    kept = 0
    for hit in range(len(q)):
        gram = min(first_from(at, p[hit]), np.int64(len(at) - 1))
        theirs[hit] = gram
        if frequency[gram] < len(weight) and not known[gram]:
            which[kept] = hit
            places[0, kept], places[1, kept], places[2, kept] = q[hit], p[hit], weight[frequency[gram]]
            kept += 1
    return kept


@compiled
def mark_common(
    theirs: Places, q: Column, at: Column, bits: Words, frequency: Places, known: Mask, limit: int, few: int,
    reach: np.int64, mine: Symbols, others: Symbols,
) -> None:  # fmt: skip
    """Mark the symbols of both texts that lie in common grams, and the entry's in those that repeat themselves.

    Parameters
    ----------
    theirs : which gram of the entry each hit is.
    known, limit : these grams of the entry are common, and those that stand in so many texts.
    at, bits, frequency, few : as for `compare`.
    """
    for hit in range(len(q)):
        if frequency[theirs[hit]] >= limit or known[theirs[hit]]:
            mark(mine, np.int64(q[hit]), np.int64(q[hit]) + reach, COMMON)
    first = np.empty(len(bits), np.bool_)
    first_few(bits, few, first, np.empty(len(bits), np.uint64))
    for gram in range(len(at)):
        if frequency[gram] >= limit or known[gram] or not first[gram]:
            mark(others, np.int64(at[gram]), np.int64(at[gram]) + reach, COMMON)


@compiled
def compare(
    rows: Places, q: Column, p: Column, repeated: Mask, at: Column, bits: Words, frequency: Places, extent: int,
    weight: Column, sets: tuple[Words, Words, Words, Words], bounds: tuple[float, float, float, float], few: int,
    fewest: int, line: tuple[float, ...], rules: tuple[float, ...], bars: tuple[float, ...], ends: tuple[int, ...],
    sides: Places, spans: Places, slope: Column,
) -> int:  # fmt: skip
    """Compare a text with one entry; return how many strands they share, none if these say nothing.

    Parameters
    ----------
    rows : int64 array, shape (hits,), which gram of the query each hit is.
    q, p : float64 arrays, shape (hits,), where it lies in both, in order of q, then p.
    repeated : bool array, shape (symbols of the query,), which are common whatever the entry.
    at, bits, frequency : of each gram of the entry, in order, at least one: where it begins, the gram, and in how
        many texts it stands.
    extent : how many symbols the entry has.
    weight : float64 array, what a gram weighs by its frequency; one that is not there is common.
    sets, bounds : as for `background_numba.common_in`: what is common however rare it is in the bank.
    few : so many grams of a value count.
    fewest : fewer hits make no match.
    line, rules, bars : as for `find_strands` and `says_something`.
    ends : as for `mark_grown`.
    sides : int64 array, shape (4,), to be written to: of the query's symbols those aligned and not common, and
        those not common; of the entry's the same.
    spans : int64 array, shape (hits + 1, 4), to be written to: with which grams of the query strands begin and
        end, and with which of the entry.
    slope : float64 array, shape (hits + 1,), to be written to.
    """
    theirs, which, places = np.empty(len(q), np.int64), np.empty(len(q), np.int64), np.empty((3, len(q)))
    known, reach = np.empty(len(bits), np.bool_), np.int64(line[4])
    common_in(bits, at, extent, reach, *sets, bounds, known)
    kept = rare_hits(at, frequency, known, weight, q, p, theirs, which, places)
    if kept < fewest:
        return 0
    own = places[0, :kept], places[1, :kept], places[2, :kept]
    counts, sums = np.empty((kept + 1, 8), np.int64), np.empty((kept + 1, 2))
    found = find_strands(*own, line, rules, room_for(kept), counts, sums)
    evidence, extents = False, (float(len(repeated)), float(extent))
    for strand in range(found):
        evidence |= says_something(counts[strand], sums[strand], bars, rules[0], *extents)
    if not evidence:
        return 0
    mine, others = repeated.astype(np.uint8), np.zeros(extent, np.uint8)  # `COMMON` is 1, as true is
    mark_common(theirs, q, at, bits, frequency, known, len(weight), few, reach, mine, others)
    for strand in range(found):
        mark_grown(counts[strand], at, reach, rules[0], ends, mine, others)
        begin, end = which[counts[strand, 4]], which[counts[strand, 5]]
        spans[strand, 0], spans[strand, 1] = rows[begin], rows[end]
        spans[strand, 2], spans[strand, 3] = theirs[begin], theirs[end]
        slope[strand] = sums[strand, 1]
    counted(mine, sides[:2])
    counted(others, sides[2:])
    return found

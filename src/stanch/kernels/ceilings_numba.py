"""What the grams of entries weigh at most, and which entries say nothing even so, compiled.

`matching.ceilings` has the plain forms.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say of places never
leads outside the arrays.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.background_numba import common_in
from stanch.kernels.compare_numba import first_from
from stanch.kernels.jit import compiled
from stanch.kernels.strands_numba import by_chain, measured, room_for, says_something

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]

UNKNOWN = 2.0
SILENT, OPEN, SPEAKS = 0, 1, 2
"""As in `matching.ceilings`."""


@compiled
def chain_may_say(
    q: Column, p: Column, w: Column, row: Places, first: int, behind: int, line: tuple[float, ...],
    rules: tuple[float, ...], bars: tuple[float, ...], extents: tuple[float, float], counts: Places, sums: Column,
) -> bool:  # fmt: skip
    """Whether a chain, whole or cut, may say something if its hits weigh no more than this.

    Parameters
    ----------
    q, p, w, line, rules : as for `find_strands`.
    row, first, behind : the chain is row[first] to row[behind - 1].
    bars, extents : as for `says_something`.
    counts, sums : as for `measured`, to be written to.
    """
    apart, thin, short, least = rules
    mine, theirs = extents
    measured(q, p, w, row, first, behind - 1, line[4], counts, sums)
    loose = counts[7] < apart or sums[0] < thin * (counts[1] - counts[0])
    if sums[0] < least:
        return False
    if not loose and says_something(counts, sums, bars, apart, mine, theirs):
        return True
    for place in range(first, behind):
        if place + 1 == behind or q[row[place + 1]] - q[row[place]] - line[4] > short:
            measured(q, p, w, row, first, place, line[4], counts, sums)
            if sums[0] >= least and says_something(counts, sums, bars, apart, mine, theirs):
                return True
            first = place + 1
    return False


@compiled
def may_say(
    q: Column, p: Column, w: Column, line: tuple[float, ...], rules: tuple[float, ...], bars: tuple[float, ...],
    extents: tuple[float, float], room: tuple[Column, Places],
) -> bool:  # fmt: skip
    """Whether two texts may share a strand that says something if hits weigh no more than this; the parameters are
    those of `find_strands` and `chain_may_say`.
    """
    counts, sums = np.empty(8, np.int64), np.empty(2)
    row, begin = room[1][0], room[1][1]
    for chain in range(by_chain(q, p, line, room[0], room[1])):
        if chain_may_say(q, p, w, row, begin[chain], begin[chain + 1], line, rules, bars, extents, counts, sums):
            return True
    return False


@compiled
def judge(
    begin: Places, q: Column, p: Column, grams: Places, at: Column, ceiling: Column, extents: Column,
    extent: float, best: float, fewest: int, constants: Column, judged: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Write of each entry whether it is `SILENT`, `OPEN` or `SPEAKS`; see `matching.ceilings.judged`.

    Parameters
    ----------
    begin : int64 array, shape (entries + 1,), where the hits of each entry begin, and those of the last end.
    q, p : float64 arrays, shape (hits,), where each hit lies in both texts, in order of q, then p.
    grams : int64 array, shape (entries + 1,), where the grams of each entry begin, and those of the last end.
    at, ceiling : float64 arrays, shape (grams,), where each begins, and what it weighs at most.
    extents : float64 array, shape (entries,), how many symbols each has; `extent`, the query.
    best : what a gram of which nothing is known may be shown to weigh; more than 1 if nothing can be shown.
    fewest : fewer hits make no match.
    constants : float64 array: `line`, `rules` and `bars`, as for `may_say`.
    judged : uint8 array, shape (entries,), to be written to.
    """
    c, longest = constants, 0
    line, rules, bars = (
        (c[0], c[1], c[2], c[3], c[4], c[5]),
        (c[6], c[7], c[8], c[9]),
        (c[10], c[11], c[12], c[13], c[14]),
    )
    for entry in range(len(judged)):
        longest = max(longest, int(begin[entry + 1] - begin[entry]))
    room, places = room_for(longest), np.empty((3, longest))
    for entry in range(len(judged)):
        own, known = at[grams[entry] : grams[entry + 1]], ceiling[grams[entry] : grams[entry + 1]]
        kept, unknown = 0, False
        for hit in range(begin[entry], begin[entry + 1]):
            weight = UNKNOWN
            if len(own):
                weight = known[min(first_from(own, p[hit]), np.int64(len(own) - 1))]
            unknown |= weight == UNKNOWN
            if weight >= 0.0:
                places[0, kept], places[1, kept], places[2, kept] = (
                    q[hit],
                    p[hit],
                    best if weight == UNKNOWN else weight,
                )
                kept += 1
        if unknown and best > 1.0:
            judged[entry] = SPEAKS
            continue
        speaks = kept >= fewest and may_say(
            places[0, :kept], places[1, :kept], places[2, :kept], line, rules, bars, (extent, extents[entry]), room
        )
        judged[entry] = SPEAKS if speaks else OPEN if unknown else SILENT


@compiled
def lower_ceilings(
    begin: Places, of: Places, p: Column, asked: Words, rows: Places, counts: NDArray[np.uint8], weights: Column,
    grams: Places, at: Column, bits: Words, extents: Column, sets: tuple[Words, Words, Words, Words],
    bounds: tuple[float, float, float, float], reach: int, ceiling: Column,
) -> None:  # fmt: skip
    """Write what was shown of the grams that were hit.

    Parameters
    ----------
    begin, p, grams, at, extents : as for `judge`.
    of : int64 array, shape (hits,), which of the grams asked about each is; -1 if none.
    asked, rows, counts : these grams, how many rows of each there are, and how many hold it that are neither the
        entry nor kin to it, shape (asked, 64); see `index.shown`.
    weights, bits, sets, bounds, reach : as for `weighing_numba.weigh`.
    ceiling : to be written to.
    """
    longest = np.int64(0)
    for entry in range(len(extents)):
        longest = max(longest, grams[entry + 1] - grams[entry])
    common = np.empty(longest, np.bool_)
    for entry in range(len(extents)):
        low, high = grams[entry], grams[entry + 1]
        if low == high:
            continue
        common_in(bits[low:high], at[low:high], int(extents[entry]), reach, *sets, bounds, common[: high - low])
        for hit in range(begin[entry], begin[entry + 1]):
            if of[hit] < 0:
                continue
            gram = low + min(first_from(at[low:high], p[hit]), high - low - 1)
            least, most = 1 + np.int64(counts[of[hit], entry]), 1 + rows[of[hit]]
            if common[gram - low] or (bits[gram] == asked[of[hit]] and least >= len(weights)):
                ceiling[gram] = -1.0
            elif bits[gram] == asked[of[hit]] and most < len(weights):
                ceiling[gram] = min(ceiling[gram], weights[least])

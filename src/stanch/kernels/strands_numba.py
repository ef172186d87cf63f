"""Strands of two texts, compiled; `matching.strands` has the plain form, and says what a strand is.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.align_numba import best_before, best_first, taken
from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Places = NDArray[np.int64]


@compiled
def room_for(hits: int) -> tuple[Column, Places]:
    """Return what `find_strands` computes in, for so many hits or fewer: made once, used for many entries."""
    room = np.empty((3, hits + 1))
    room[2] = 1.0
    return room, np.empty((5, hits + 1), np.int64)


@compiled
def by_chain(q: Column, p: Column, line: tuple[float, ...], sums: Column, room: Places) -> int:
    """Write the hits chain by chain, best first, and where each chain begins; return how many chains there are.

    Parameters
    ----------
    q, p : float64 arrays, shape (hits,), places of hits in order of q, then p.
    line : slopes, gap, slack, reach and cost of a gap, in the order that `best_before` takes them.
    sums, room : as from `room_for`. Written to room[0]: the hits; to room[1]: where each chain begins in it, and
        the last ends.
    """
    low, high, gap, slack, reach, cost = line
    hits = len(q)
    score, gained, ones = sums[0, :hits], sums[1, :hits], sums[2, :hits]
    row, begin, before, number, order = room[0], room[1], room[2, :hits], room[3, :hits], room[4, :hits]
    best_before(q, p, ones, low, high, gap, slack, reach, cost, gained, score, before)
    best_first(score, order)
    chains = taken(order, score, before, number, gained)
    begin[: chains + 1] = 0
    for chain in number:
        begin[chain + 1] += 1
    for chain in range(chains):
        begin[chain + 1] += begin[chain]
    place = before  # which is no longer needed
    place[:chains] = begin[:chains]
    for hit in range(hits):
        row[place[number[hit]]] = hit
        place[number[hit]] += 1
    return chains


@compiled
def measured(
    q: Column, p: Column, w: Column, row: Places, first: int, last: int, reach: float,
    counts: Places, sums: Column,
) -> None:  # fmt: skip
    """Write what one strand measures.

    Parameters
    ----------
    row, first, last : the strand is row[first] to row[last], both included.
    counts : int64 array, shape (8,), to be written to, in the order of the columns of `Strands`.
    sums : float64 array, shape (2,), to be written to: covered and slope.
    """
    begin, end, count = row[first], row[last], float(last - first + 1)
    covered, within, apart = reach * w[begin], reach, 1
    sum_x = sum_y = sum_xx = sum_xy = 0.0
    for place in range(first + 1, last + 1):
        hit = row[place]
        step = q[hit] - q[row[place - 1]]
        covered += w[hit] * min(step, reach)
        within += min(step, reach)
        apart += 1 if step >= reach else 0
        x, y = q[hit] - q[begin], p[hit] - p[begin]
        sum_x, sum_y, sum_xx, sum_xy = sum_x + x, sum_y + y, sum_xx + x * x, sum_xy + x * y
    spread = count * sum_xx - sum_x * sum_x
    sums[0], sums[1] = covered, (count * sum_xy - sum_x * sum_y) / spread if spread > 0.0 else 1.0
    counts[0], counts[1], counts[2], counts[3] = q[begin], q[end] + reach, p[begin], p[end] + reach
    counts[4], counts[5], counts[6], counts[7] = begin, end, within, apart


@compiled
def find_strands(
    q: Column, p: Column, w: Column, line: tuple[float, ...], rules: tuple[float, ...],
    room: tuple[Column, Places], counts: Places, sums: Column,
) -> int:  # fmt: skip
    """Write the strands of two texts that are no chance; return how many they are.

    Parameters
    ----------
    q, p, w : float64 arrays, shape (hits,), places and weights of hits in order of q, then p.
    line : as for `by_chain`.
    rules : `APART`, `THIN`, `SHORT_GAP` and `LEAST`.
    room : from `room_for`.
    counts : int64 array, shape (hits + 1, 8), to be written to.
    sums : float64 array, shape (hits + 1, 2), to be written to; each as for `measured`.
    """
    apart, thin, short, least = rules
    reach = line[4]
    row, begin = room[1][0], room[1][1]
    found = 0
    for chain in range(by_chain(q, p, line, room[0], room[1])):
        first, behind = begin[chain], begin[chain + 1]
        measured(q, p, w, row, first, behind - 1, reach, counts[found], sums[found])
        loose = counts[found, 7] < apart or sums[found, 0] < thin * (counts[found, 1] - counts[found, 0])
        if not loose:
            found += 1 if sums[found, 0] >= least else 0
            continue
        for place in range(first, behind):
            if place + 1 == behind or q[row[place + 1]] - q[row[place]] - reach > short:
                measured(q, p, w, row, first, place, reach, counts[found], sums[found])
                found += 1 if sums[found, 0] >= least else 0
                first = place + 1
    return found


@compiled
def says_something(
    counts: Places, sums: Column, bars: tuple[float, ...], apart: float, mine: float, theirs: float
) -> bool:
    """Whether a strand is evidence that two texts have something to do with each other.

    Parameters
    ----------
    counts, sums : of it, as `measured` wrote them.
    bars : `PASSAGE`, `DENSE`, `EDITED`, `TIMES` and `WIDE`.
    apart : `APART`.
    mine, theirs : how many symbols both texts have; 0 for any number.
    """
    passage, dense, edited, times, wide = bars
    covered, in_query, in_bank = sums[0], counts[1] - counts[0], counts[3] - counts[2]
    return bool(
        (covered >= passage and covered >= dense * max(in_query, in_bank))
        or (covered >= edited and counts[7] >= times)
        or (counts[7] >= apart and in_query >= wide * mine and in_bank >= wide * theirs)
    )


@compiled
def find_promising(
    q: Column, p: Column, begin: Places, bank: Places, most: int, line: tuple[float, ...],
    rules: tuple[float, ...], bars: tuple[float, ...], extent: float, promising: Places,
) -> int:  # fmt: skip
    """Write which groups of hits would say something if every hit weighed 1 and the entry were no longer.

    Parameters
    ----------
    q, p : float64 arrays, shape (hits,), group by group, in each in order of q, then p.
    begin : int64 array, shape (groups + 1,), where each group begins, and the last ends.
    bank : int64 array, shape (groups,), the number of the bank of each.
    most : so many groups of a bank are written at most, those that come first.
    line, rules : as for `find_strands`.
    bars : as for `says_something`.
    extent : how many symbols the query has.
    promising : int64 array, shape (groups,), to be written to: the groups.

    Returns
    -------
    int, how many they are.
    """
    longest = np.int64(0)
    for group in range(len(bank)):
        longest = max(longest, begin[group + 1] - begin[group])
    room, ones = room_for(longest), np.ones(longest)
    counts, sums = np.empty((longest + 1, 8), np.int64), np.empty((longest + 1, 2))
    taken_of = np.zeros(bank.max() + 1 if len(bank) else 0, np.int64)
    written = 0
    for group in range(len(bank)):
        if taken_of[bank[group]] >= most:
            continue
        first, behind = begin[group], begin[group + 1]
        found = find_strands(
            q[first:behind], p[first:behind], ones[: behind - first], line, rules, room, counts, sums
        )
        evidence = False
        for strand in range(found):
            evidence |= says_something(counts[strand], sums[strand], bars, rules[0], extent, 0.0)
        if evidence:
            promising[written] = group
            taken_of[bank[group]] += 1
            written += 1
    return written

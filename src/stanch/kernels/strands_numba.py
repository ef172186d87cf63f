"""Strands of two texts, compiled; `matching.strands` has the plain form, and says what a strand is.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.align_numba import best_before, taken
from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Places = NDArray[np.int64]


@compiled
def by_chain(q: Column, p: Column, line: tuple[float, ...], row: Places, begin: Places) -> int:
    """Write the hits chain by chain, best first, and where each chain begins; return how many chains there are.

    Parameters
    ----------
    q, p : float64 arrays, shape (hits,), places of hits in order of q, then p.
    line : slopes, gap, slack, reach and cost of a gap, in the order that `best_before` takes them.
    row : int64 array, shape (hits,), to be written to.
    begin : int64 array, shape (hits + 1,), to be written to.
    """
    score, gained = np.empty(len(q)), np.empty(len(q))
    before, number = np.empty(len(q), np.int64), np.empty(len(q), np.int64)
    low, high, gap, slack, reach, cost = line
    best_before(q, p, np.ones(len(q)), low, high, gap, slack, reach, cost, score, before)
    chains = taken(np.argsort(-score, kind="mergesort"), score, before, number, gained)
    begin[: chains + 1] = 0
    for chain in number:
        begin[chain + 1] += 1
    for chain in range(chains):
        begin[chain + 1] += begin[chain]
    place = begin[:chains].copy()
    for hit in range(len(q)):
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
    q: Column,
    p: Column,
    w: Column,
    line: tuple[float, ...],
    rules: tuple[float, ...],
    counts: Places,
    sums: Column,
) -> int:
    """Write the strands of two texts that are no chance; return how many they are.

    Parameters
    ----------
    q, p, w : float64 arrays, shape (hits,), places and weights of hits in order of q, then p.
    line : as for `by_chain`.
    rules : `APART`, `THIN`, `SHORT_GAP` and `LEAST`.
    counts : int64 array, shape (hits + 1, 8), to be written to.
    sums : float64 array, shape (hits + 1, 2), to be written to; each as for `measured`.
    """
    apart, thin, short, least = rules
    reach = line[4]
    row, begin = np.empty(len(q), np.int64), np.empty(len(q) + 1, np.int64)
    found = 0
    for chain in range(by_chain(q, p, line, row, begin)):
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
def find_promising(
    q: Column, p: Column, begin: Places, behind: Places, line: tuple[float, ...], rules: tuple[float, ...],
    bars: tuple[float, ...], extent: float, promising: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Write which groups of hits would say something if every hit weighed 1 and the entry were no longer.

    Parameters
    ----------
    q, p : float64 arrays, shape (hits,), group by group, in each in order of q, then p.
    begin, behind : int64 arrays, shape (groups,), where each group begins and ends.
    line, rules : as for `find_strands`.
    bars : `PASSAGE`, `DENSE`, `EDITED`, `TIMES` and `WIDE`.
    extent : how many symbols the query has.
    promising : bool array, shape (groups,), to be written to.
    """
    passage, dense, edited, times, wide = bars
    longest = np.int64(0)
    for group in range(len(begin)):
        longest = max(longest, behind[group] - begin[group])
    counts, sums = np.empty((longest + 1, 8), np.int64), np.empty((longest + 1, 2))
    ones = np.ones(longest)
    for group in range(len(begin)):
        first, last = begin[group], behind[group]
        found = find_strands(q[first:last], p[first:last], ones[: last - first], line, rules, counts, sums)
        promising[group] = False
        for strand in range(found):
            covered, apart = sums[strand, 0], counts[strand, 7]
            mine, theirs = counts[strand, 1] - counts[strand, 0], counts[strand, 3] - counts[strand, 2]
            promising[group] |= covered >= passage and covered >= dense * max(mine, theirs)
            promising[group] |= covered >= edited and apart >= times
            promising[group] |= apart >= rules[0] and mine >= wide * extent

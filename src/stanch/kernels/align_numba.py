"""Chaining hits, compiled; `index.align` has the plain form, and says what a chain is.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Places = NDArray[np.int64]

FEW = 64
"""Up to so many hits are sorted one by one."""


@compiled
def best_before(
    q: Column, p: Column, w: Column, low: float, high: float, gap: float, slack: float, reach: float,
    gap_cost: float, highest: Column, score: Column, before: Places,
) -> None:  # fmt: skip
    """Write the score of the best chain that ends at each hit, and the hit before it in this chain.

    A hit gains at most its weight times `reach`. So there is no need to go further back once no chain behind
    has a score by which it could still win; in a copy that is after a dozen hits.

    Parameters
    ----------
    q, p, w : float64 arrays, shape (hits,), places and weights of hits in order of q, then p.
    low, high : the least and the greatest slope; the others are those of `align`.
    highest : float64 array, shape (hits,), to be written to: the highest of all scores up to each hit.
    score : float64 array, shape (hits,), to be written to.
    before : int64 array, shape (hits,), to be written to; -1 where a chain begins.
    """
    for hit in range(len(q)):
        most, best = w[hit] * reach, -1
        other = hit - 1
        while other >= 0 and q[other] >= q[hit] - gap and highest[other] + w[hit] * reach > most:
            dq, dp = q[hit] - q[other], p[hit] - p[other]
            if dq > 0.0 and dp > 0.0 and low * dq - slack <= dp <= high * dq + slack:
                bent = max(0.0, low * dq - dp, dp - high * dq)
                gain = w[hit] * min(dq, reach) - gap_cost * (max(0.0, dq - reach) + bent)
                reached = score[other] + gain
                if reached > most:
                    most, best = reached, other
            other -= 1
        score[hit], before[hit] = most, best
        highest[hit] = most if hit == 0 else max(most, highest[hit - 1])


@compiled
def best_first(score: Column, order: Places) -> None:
    """Write the hits by their scores, best first, equal ones as they come.

    Few are put in their places one by one, from the last on: along a chain scores rise, so each is soon there.

    Parameters
    ----------
    score : float64 array, shape (hits,).
    order : int64 array, shape (hits,), to be written to.
    """
    if len(score) > FEW:
        order[:] = np.argsort(-score, kind="mergesort")
        return
    for hit in range(len(score) - 1, -1, -1):
        place = len(score) - 1 - hit
        while place > 0 and score[order[place - 1]] <= score[hit]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = hit


@compiled
def taken(order: Places, score: Column, before: Places, number: Places, gained: Column) -> int:
    """Take chains from their best ends backwards, until every hit is in one; return how many they are.

    Parameters
    ----------
    order : int64 array, shape (hits,), the hits by their scores, best first.
    score, before : as `best_before` wrote them.
    number : int64 array, shape (hits,), to be written to: which chain each hit is in, from 0 on.
    gained : float64 array, shape (hits,), to be written to: what each chain gained.
    """
    number[:] = -1
    chains = 0
    for end in order:
        if number[end] >= 0:
            continue
        hit = end
        while hit >= 0 and number[hit] < 0:
            number[hit] = chains
            hit = before[hit]
        gained[chains] = score[end] - (score[hit] if hit >= 0 else 0.0)
        chains += 1
    return chains

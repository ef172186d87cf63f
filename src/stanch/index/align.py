"""Chain the hits of a query and one entry along a line."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOAT = np.float64
Column = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chain:
    """Hits that lie along one line.

    Parameters
    ----------
    members : int64 array, which hits, in order along the query.
    score : what the chain gained, in the units of `reach` times weight.
    slope : units of the entry for each unit of the query, fitted by least squares; 1 where one hit is all.
    """

    members: NDArray[np.int64]
    score: float
    slope: float


def align(
    query_at: Column,
    bank_at: Column,
    weight: Column,
    *,
    slope: tuple[float, float],
    gap: float,
    slack: float,
    reach: float,
    gap_cost: float,
) -> list[Chain]:
    """Chain hits into stretches that the query and the entry share, best first; no hit is in two chains.

    A hit extends a chain that ends at an earlier hit, dq before it in the query and dp before it in the entry,
    if 0 < dq <= gap, dp > 0 and slope[0] dq - slack <= dp <= slope[1] dq + slack. It gains
    weight x min(dq, reach), and loses gap_cost for each unit between the two that neither reaches and each unit
    by which dp and dq differ beyond what a slope allows. So a chain grows only while what it finds is dense
    enough: local alignment (Smith and Waterman 1981) on sparse points, as read mappers chain their seeds
    (Li 2018, minimap2, section 2.1).

    Parameters
    ----------
    query_at, bank_at : float64 arrays, shape (hits,), where each hit lies in both.
    weight : float64 array, shape (hits,), 0 to 1; a hit of weight 0 may bridge but gains nothing.
    slope : the least and the greatest number of the entry's units for one of the query's.
    gap : the longest stretch without a hit inside a chain, in units.
    slack : how far off the line a hit may lie whatever the distance, in units.
    reach : how long a stretch one hit stands for, in units.
    gap_cost : what one unit of a gap costs, 0 to 1.
    """
    order = np.lexsort((bank_at, query_at))
    q, p, w = (np.asarray(column, dtype=FLOAT)[order] for column in (query_at, bank_at, weight))
    score = np.empty(len(q))
    before = np.full(len(q), -1, dtype=np.int64)
    first = np.searchsorted(q, q - gap)
    for hit in range(len(q)):
        score[hit] = w[hit] * reach
        window = slice(first[hit], hit)
        dq, dp = q[hit] - q[window], p[hit] - p[window]
        fits = (dq > 0) & (dp > 0) & (dp >= slope[0] * dq - slack) & (dp <= slope[1] * dq + slack)
        if not fits.any():
            continue
        bent = np.maximum(0, np.maximum(slope[0] * dq - dp, dp - slope[1] * dq))
        gain = w[hit] * np.minimum(dq, reach) - gap_cost * (np.maximum(0, dq - reach) + bent)
        reached = np.where(fits, score[window] + gain, -np.inf)
        best = len(reached) - 1 - int(np.argmax(reached[::-1]))  # the nearest of equals
        if reached[best] > score[hit]:
            score[hit], before[hit] = reached[best], first[hit] + best
    return _chains(order, q, p, score, before)


def _chains(
    order: NDArray[np.int64], q: Column, p: Column, score: Column, before: NDArray[np.int64]
) -> list[Chain]:
    """Take chains from their best ends backwards, until every hit is in one."""
    used = np.zeros(len(q), dtype=np.bool_)
    chains = []
    for end in np.argsort(-score, kind="stable"):
        members = []
        hit = int(end)
        while hit >= 0 and not used[hit]:
            members.append(hit)
            used[hit] = True
            hit = int(before[hit])
        if members:
            path = np.array(members[::-1], dtype=np.int64)
            gained = float(score[end] - (score[hit] if hit >= 0 else 0.0))
            chains.append(Chain(members=order[path], score=gained, slope=_slope(q[path], p[path])))
    return chains


def _slope(q: Column, p: Column) -> float:
    """Fit p = slope q + c by least squares."""
    centred = q - q.mean()
    spread = float(centred @ centred)
    return float(centred @ p) / spread if spread else 1.0

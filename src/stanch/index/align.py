"""Chain the hits of a query and one entry along a line."""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOAT = np.float64
Column = NDArray[np.float64]
Places = NDArray[np.int64]

PATIENCE = 20_000
"""So many hits are chained plainly before the kernel is loaded: it takes as long as loading numba does."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What a chain may look like.

    Parameters
    ----------
    slope : the least and the greatest number of the entry's units for one of the query's.
    gap : the longest stretch without a hit inside a chain, in units.
    slack : how far off the line a hit may lie whatever the distance, in units.
    reach : how long a stretch one hit stands for, in units.
    gap_cost : what one unit of a gap costs, 0 to 1.
    """

    slope: tuple[float, float]
    gap: float
    slack: float
    reach: float
    gap_cost: float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chained:
    """Hits in order of the query, and which chain each is in.

    Parameters
    ----------
    order : int64 array, shape (hits,), the hits by their places in the query, then in the entry.
    number : int64 array, shape (hits,), in this order, the chain of each, numbered from 0 on, best first.
    score : float64 array, shape (chains,), what each chain gained.
    """

    order: Places
    number: Places
    score: Column


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
    compiled: bool | None = None,
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
    slope, gap, slack, reach, gap_cost : see `Line`.
    compiled : see `chained`.
    """
    line = Line(slope=slope, gap=gap, slack=slack, reach=reach, gap_cost=gap_cost)
    found = chained(query_at, bank_at, weight, line, compiled=compiled)
    chains = []
    for number, score in enumerate(found.score.tolist()):
        members = found.order[found.number == number]
        fitted = _slope(query_at[members], bank_at[members])
        chains.append(Chain(members=members, score=score, slope=fitted))
    return chains


def chained(
    query_at: Column, bank_at: Column, weight: Column, line: Line, *, compiled: bool | None = None
) -> Chained:
    """Return what `align` does, as columns.

    Parameters
    ----------
    query_at, bank_at, weight : as for `align`.
    compiled : whether by the kernel, which does the same; by default if numba is loaded anyway, or worth loading.
    """
    order = np.lexsort((bank_at, query_at))
    q, p, w = (np.ascontiguousarray(column[order], dtype=FLOAT) for column in (query_at, bank_at, weight))
    if Effort.is_worth_it(len(order)) if compiled is None else compiled:
        from stanch.kernels.align_numba import best_before, best_first, taken  # noqa: PLC0415 - imports numba

        score, gained = np.empty(len(order)), np.empty(len(order))
        before, number, sequence = (np.empty(len(order), np.int64) for _ in range(3))
        (low, high), gap, slack, reach, cost = line.slope, line.gap, line.slack, line.reach, line.gap_cost
        best_before(q, p, w, low, high, gap, slack, reach, cost, gained, score, before)
        best_first(score, sequence)
        count = taken(sequence, score, before, number, gained)
        return Chained(order=order, number=number, score=gained[:count])
    score, before = _best_before(q, p, w, line)
    number, gained = _taken(score, before)
    return Chained(order=order, number=number, score=gained)


class Effort:
    """How many hits this process chained plainly."""

    spent = 0

    @classmethod
    def is_worth_it(cls, hits: int) -> bool:
        """Whether the kernel is to be used for so many hits more."""
        if "numba" in sys.modules or cls.spent >= PATIENCE:
            return True
        cls.spent += hits
        return False


def _best_before(q: Column, p: Column, w: Column, line: Line) -> tuple[Column, Places]:
    """Return the score of the best chain that ends at each hit, and the hit before it in that chain, or -1.

    Parameters
    ----------
    q, p, w : float64 arrays, shape (hits,), places and weights in order of q.
    """
    (low, high), slack, reach = line.slope, line.slack, line.reach
    score = np.empty(len(q))
    before = np.full(len(q), -1, dtype=np.int64)
    first = np.searchsorted(q, q - line.gap)
    for hit in range(len(q)):
        score[hit] = w[hit] * reach
        window = slice(first[hit], hit)
        dq, dp = q[hit] - q[window], p[hit] - p[window]
        fits = (dq > 0) & (dp > 0) & (dp >= low * dq - slack) & (dp <= high * dq + slack)
        if not fits.any():
            continue
        bent = np.maximum(0, np.maximum(low * dq - dp, dp - high * dq))
        gain = w[hit] * np.minimum(dq, reach) - line.gap_cost * (np.maximum(0, dq - reach) + bent)
        reached = np.where(fits, score[window] + gain, -np.inf)
        best = len(reached) - 1 - int(np.argmax(reached[::-1]))  # the nearest of equals
        if reached[best] > score[hit]:
            score[hit], before[hit] = reached[best], first[hit] + best
    return score, before


def _taken(score: Column, before: Places) -> tuple[Places, Column]:
    """Take chains from their best ends backwards, until every hit is in one.

    Returns
    -------
    int64 array, shape (hits,), which chain each hit is in; float64 array, shape (chains,), what each gained.
    """
    number = np.full(len(score), -1, dtype=np.int64)
    gained: list[float] = []
    for end in np.argsort(-score, kind="stable").tolist():
        if number[end] >= 0:
            continue
        hit = end
        while hit >= 0 and number[hit] < 0:
            number[hit] = len(gained)
            hit = int(before[hit])
        gained.append(float(score[end] - (score[hit] if hit >= 0 else 0.0)))
    return number, np.array(gained, dtype=FLOAT)


def _slope(q: Column, p: Column) -> float:
    """Fit p = slope q + c by least squares; 1 where there is one place only.

    Parameters
    ----------
    q, p : float64 arrays, shape (hits,), at least one.
    """
    centred = q - q.mean()
    spread = float(centred @ centred)
    return float(centred @ p) / spread if spread else 1.0

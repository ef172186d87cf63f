"""What two texts share, as strands: stretches of both, in which enough is the same to call them one text, edited.

`docs/decisions/chains.md` says what the constants were measured on.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stanch.index.align import Effort, Line, chained
from stanch.values import GRAM

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Chained = tuple[Places, Places, Column, Places, Mask]

LINE = Line(
    slope=(0.9, 1.1),  # one symbol in ten comes or goes
    slack=8.0,  # a word more or less
    gap=300.0,  # about fifty words: in a text with every fifth letter changed a gram in fourteen is left
    reach=float(GRAM),
    gap_cost=0.05,  # a gram that was found pays for twenty times its length
)

SHORT_GAP = 60
"""What lies between two hits on a line is the same text, edited, if it is no longer than so many symbols ..."""

APART, THIN = 3, 0.07
"""... or if the strand has so many hits that stand apart, and its grams cover at least this share of it."""

LEAST = 24
"""A strand whose grams cover fewer symbols than two whole grams do is chance."""

PASSAGE, DENSE = 45, 0.5
"""So many symbols in grams, that share of the strand or more: a passage, word by word."""

EDITED, TIMES = 72, 5
"""So many symbols in grams, of which so many stand apart: a passage, edited."""

WIDE = 0.15
"""Hits that stand apart over this share of both texts or more: the whole, edited much."""

FEWEST = 3
"""Fewer hits than these make no match."""

HALF_A_WINDOW = 9
"""An entry has no gram in so many symbols behind the last that was found, on average: the text may well go on."""

LONGEST_EDIT = 90
"""A strand goes on at its ends for as long as its hits stand apart on average; for no more symbols than these."""


AS_LINE = (*LINE.slope, LINE.gap, LINE.slack, LINE.reach, LINE.gap_cost)
RULES = (float(APART), THIN, float(SHORT_GAP), float(LEAST))
BARS = (float(PASSAGE), DENSE, float(EDITED), float(TIMES), WIDE)
ENDS = (HALF_A_WINDOW, LONGEST_EDIT)
"""The constants, as the kernels take them."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Strands:
    """Stretches of two texts, one a row, that run along lines; the best first.

    Parameters
    ----------
    query_from, query_to, bank_from, bank_to : int64 arrays, half-open stretches of symbols, as far as grams reach.
    first, last : int64 arrays, which hits they begin and end with.
    covered : float64 array, how many symbols of the query lie in their grams, each gram by its weight.
    within : int64 array, how many symbols of the query lie in their grams.
    apart : int64 array, how many of their hits stand apart: one, and one for each that does not overlap the one
        before it.
    slope : float64 array, symbols of the entry for each of the query, fitted by least squares.
    """

    query_from: Places
    query_to: Places
    bank_from: Places
    bank_to: Places
    first: Places
    last: Places
    covered: Column
    within: Places
    apart: Places
    slope: Column

    def __len__(self) -> int:
        return len(self.first)

    def take(self, chosen: Mask) -> "Strands":
        """Return the chosen rows."""
        return Strands(**{name: getattr(self, name)[chosen] for name in self.__slots__})

    def loose(self) -> Mask:
        """Return which of them are cut where hits lie far apart."""
        loose: Mask = (self.apart < APART) | (self.covered < THIN * (self.query_to - self.query_from))
        return loose

    def say_something(self, extents: tuple[int, int]) -> Mask:
        """Return which of them are evidence that the texts have something to do with each other.

        Parameters
        ----------
        extents : how many symbols the query and the entry have; 0 for any number.
        """
        mine, theirs = self.query_to - self.query_from, self.bank_to - self.bank_from
        passage = (self.covered >= PASSAGE) & (self.covered >= DENSE * np.maximum(mine, theirs))
        edited = (self.covered >= EDITED) & (self.apart >= TIMES)
        wide = (mine >= WIDE * extents[0]) & (theirs >= WIDE * extents[1])
        evidence: Mask = passage | edited | ((self.apart >= APART) & wide)
        return evidence

    def grown(self, extents: tuple[int, int], banked: Column) -> "Strands":
        """Return them as long as they probably are: an entry keeps few grams, and an edit takes some away.

        Parameters
        ----------
        extents : how many symbols the query and the entry have.
        banked : float64 array, sorted, where the grams of the entry begin.
        """
        at = banked.astype(np.int64)
        before = np.append(-1, at)[np.searchsorted(at, self.bank_from)]
        behind = np.append(at, extents[1] - GRAM + 1)[np.searchsorted(at, self.bank_to - GRAM, side="right")]
        edit = np.minimum(self._mean_edit(), LONGEST_EDIT)
        left = _further(np.minimum(self.query_from, self.bank_from), self.bank_from - before - 1, edit)
        room = np.minimum(extents[0] - self.query_to, extents[1] - self.bank_to)
        right = _further(room, behind + GRAM - 1 - self.bank_to, edit)
        return replace(
            self,
            query_from=self.query_from - left,
            query_to=self.query_to + right,
            bank_from=self.bank_from - left,
            bank_to=self.bank_to + right,
        )

    def _mean_edit(self) -> Places:
        """Return how many symbols lie on average between hits that stand apart; 0 of strands with few of them."""
        between = self.query_to - self.query_from - self.within
        return np.where(self.apart >= APART, between // np.maximum(self.apart - 1, 1), 0)


def _further(room: Places, silent: Places, edit: Places) -> Places:
    """Return how much further strands go, at one end.

    Parameters
    ----------
    room : how many symbols are left until one of the texts ends; if no gram of the entry says that they differ
        there, they do not.
    silent : how many symbols there are of which no gram of the entry says anything.
    edit : for how many symbols they may go on through an edit.
    """
    likely = np.maximum(np.clip(silent // 2, 0, HALF_A_WINDOW), edit)
    near = room <= np.minimum(silent, 2 * HALF_A_WINDOW)
    return np.where(near, room, np.minimum(likely, room))


def promising(
    query_at: Column,
    bank_at: Column,
    begin: Places,
    bank: Places,
    extent: int,
    *,
    most: int,
    compiled: bool | None = None,
) -> Places:
    """Return which of many entries may say something, however rare their grams and however short they are.

    Parameters
    ----------
    query_at, bank_at : as for `strands`, entry by entry.
    begin : int64 array, shape (entries + 1,), where the hits of each begin, and those of the last end.
    bank : int64 array, shape (entries,), the number of the bank of each.
    extent : how many symbols the query has.
    most : so many entries of a bank are enough: those that come first.
    compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
    """
    if Effort.is_worth_it(len(query_at)) if compiled is None else compiled:
        from stanch.kernels.strands_numba import find_promising  # noqa: PLC0415 - imports numba

        found = np.empty(len(bank), np.int64)
        count = find_promising(query_at, bank_at, begin, bank, most, AS_LINE, RULES, BARS, float(extent), found)
        return found[:count]
    taken: Counter[int] = Counter()
    may = []
    for entry, (of, (first, behind)) in enumerate(zip(bank.tolist(), pairwise(begin.tolist()), strict=True)):
        own = query_at[first:behind], bank_at[first:behind], np.ones(behind - first)
        if taken[of] < most and strands(*own).say_something((extent, 0)).any():
            taken[of] += 1
            may.append(entry)
    return np.array(may, np.int64)


def strands(query_at: Column, bank_at: Column, weight: Column) -> Strands:
    """Return the strands of two texts that are no chance; `kernels.strands_numba` does the same.

    Parameters
    ----------
    query_at, bank_at : float64 arrays, shape (hits,), at least one, where each hit lies in both, in symbols; in
        order of the query, then of the entry.
    weight : float64 array, shape (hits,), 0 to 1, how much each hit says, in steps of a power of two.
    """
    row, hits = _by_chain(query_at, bank_at, weight)
    found, begins = _cut(*hits), hits[-1]
    again = found.loose()[np.cumsum(begins) - 1] & _far(*hits)
    if again.any():
        found = _cut(*hits[:-1], begins | again)
    found = found.take(found.covered >= LEAST)
    return replace(found, first=row[found.first], last=row[found.last])


def may_say_something(query_at: Column, bank_at: Column, weight: Column, extents: tuple[int, int]) -> bool:
    """Tell whether strands may say something; False holds for all weights that are no more than these, too.

    Strands are cut if they are loose, which depends on weights: so they are looked at whole and cut.
    `kernels.ceilings_numba` does the same.

    Parameters
    ----------
    query_at, bank_at, weight : as for `strands`.
    extents : as for `Strands.say_something`.
    """
    _, hits = _by_chain(query_at, bank_at, weight)
    whole = _cut(*hits)
    cut = _cut(*hits[:-1], hits[-1] | _far(*hits))
    each = whole.take(~whole.loose()), cut
    return any(found.take(found.covered >= LEAST).say_something(extents).any() for found in each)


def _by_chain(query_at: Column, bank_at: Column, weight: Column) -> tuple[Places, Chained]:
    """Return hits chain by chain, as `_cut` takes them, and which they are; their weights do not matter to it."""
    lined = chained(query_at, bank_at, np.ones(len(weight)), LINE, compiled=False)
    row = lined.order[np.argsort(lined.number, kind="stable")]
    q, p = query_at[row].astype(np.int64), bank_at[row].astype(np.int64)
    begins: Mask = np.diff(np.sort(lined.number), prepend=-1) > 0
    return row, (q, p, weight[row], np.diff(q, prepend=q[0]), begins)


def _far(_q: Places, _p: Places, _w: Column, step: Places, begins: Mask) -> Mask:
    """Return which hits lie so far behind the one before them that a loose strand is cut there."""
    return (step - GRAM > SHORT_GAP) & ~begins


def _cut(q: Places, p: Places, w: Column, step: Places, begins: Mask) -> Strands:
    """Return the rows between beginnings as strands.

    Parameters
    ----------
    q, p, w : places and weights of hits, strand by strand, in order.
    step : how far each hit lies behind the one before it.
    begins : which hits begin a strand.
    """
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(q)) - 1
    own = np.where(begins, GRAM, np.minimum(step, GRAM))
    return Strands(
        query_from=q[first],
        query_to=q[last] + GRAM,
        bank_from=p[first],
        bank_to=p[last] + GRAM,
        first=first,
        last=last,
        covered=np.add.reduceat(own * w, first),
        within=np.add.reduceat(own, first),
        apart=np.add.reduceat((begins | (step >= GRAM)).astype(np.int64), first),
        slope=_slopes(q, p, first, last + 1 - first),
    )


def _slopes(q: Places, p: Places, first: Places, count: Places) -> Column:
    """Fit p = slope q + c to each strand; 1 where it has one place only. Whole numbers, so nothing is lost."""
    x, y = q - np.repeat(q[first], count), p - np.repeat(p[first], count)
    sums = np.add.reduceat(np.stack([x, y, x * x, x * y]), first, axis=1)
    spread = count * sums[2] - sums[0] * sums[0]
    return np.where(spread > 0, (count * sums[3] - sums[0] * sums[1]) / np.maximum(spread, 1), 1.0)

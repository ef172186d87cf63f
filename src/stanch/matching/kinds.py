"""Which kind of match two texts are, by how much of each lies in what they share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.values import GRAM, Kind

MIN_ALIGNED = 60
"""Fewer aligned symbols than these are no match: titles, datelines and greetings are that long."""

EVIDENCE = 200
"""So many aligned symbols are evidence enough, however long the entry is."""

COVER = 0.6
"""The share of a text that must lie in aligned spans to call it covered."""

WHOLE = 0.9
"""The share of a short entry that counts as the whole of it: the ends of a span are known to a gram only."""

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of two texts that are compared.

    Parameters
    ----------
    count : how many of its symbols are aligned and not common.
    of : how many of its symbols are not common.
    """

    count: int
    of: int

    @classmethod
    def of_masks(cls, aligned: Mask, common: Mask) -> "Side":
        """Count symbols; masks have one place a symbol."""
        rare = ~common
        return cls(count=int(np.count_nonzero(aligned & rare)), of=int(np.count_nonzero(rare)))

    @property
    def cover(self) -> float:
        """The share of symbols that are aligned, common ones counting in neither."""
        return self.count / self.of if self.of else 0.0


def kind_of(query: Side, bank: Side) -> Kind | None:
    """Return the kind of a match; None if too little is aligned for one."""
    aligned = min(query.count, bank.count)
    if aligned < MIN_ALIGNED:
        return None
    evidence = aligned >= min(EVIDENCE, WHOLE * bank.of)
    if query.cover >= COVER:
        return Kind.COPY if bank.cover >= COVER or evidence else Kind.QUOTES
    return Kind.COPY_WITH_ADDITIONS if bank.cover >= COVER and evidence else Kind.QUOTES


def filled(start: Places, end: Places, extent: int) -> Mask:
    """Return which of `extent` places lie in one of these half-open stretches."""
    if len(start) == 1:
        mask = np.zeros(extent, dtype=np.bool_)
        mask[start[0] : end[0]] = True
        return mask
    steps = np.bincount(start, minlength=extent + 1) - np.bincount(end, minlength=extent + 1)
    return np.cumsum(steps)[:-1] > 0


def covered(at: NDArray[np.float64], extent: int) -> Mask:
    """Return which of `extent` symbols lie in grams that begin at these places."""
    if not len(at):
        return np.zeros(extent, dtype=np.bool_)
    start = at.astype(np.int64)
    return filled(start, start + GRAM, extent)

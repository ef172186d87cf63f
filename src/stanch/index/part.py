"""A part of an index of equal features: rows that do not change, of which some are found no longer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.handles import Handles
from stanch.index.rows import Rows
from stanch.index.sealed_grams import SealedGrams
from stanch.index.sealed_postings import SealedPostings
from stanch.kernels.keys import key_of

FEW = 8
"""Of so few queries the keys are made one by one, and only those parts are searched that may hold one."""

MOST_KNOWN = 64
"""Handles are kept of searches of so many sets of banks."""

_NONE = np.zeros(0, np.uint8)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """Rows that do not change, and which of their entries were removed.

    Parameters
    ----------
    dead : of the entries of the rows, a bit for each that was removed.
    gone : how many rows are of removed entries.
    kept : whether it stays as it is, whatever is removed: it was made elsewhere.
    """

    sealed: SealedPostings | SealedGrams
    dead: NDArray[np.uint8]
    gone: int = 0
    kept: bool = False

    @classmethod
    def of(cls, sealed: SealedPostings | SealedGrams, *, kept: bool = False) -> Self:
        """Return a part of which nothing was removed."""
        return cls(sealed=sealed, dead=sealed.no_dead(), kept=kept)

    def __len__(self) -> int:
        return len(self.sealed) - self.gone

    @property
    def buried(self) -> NDArray[np.uint8]:
        """What `dead` is, or nothing where nothing was removed: then the kernels need not look."""
        return self.dead if self.gone else _NONE

    def rows(self) -> Rows:
        """Return the rows that are found."""
        return self.sealed.rows(dead=self.dead)

    def without(self, entries: set[int]) -> Self:
        """Return this part with these entries removed; searches that began before go on with what they have."""
        places = self.sealed.find(entries)
        bit = np.uint8(1) << (places & 7).astype(np.uint8)
        gone = self.sealed.rows_held(places[self.dead[places >> 3] & bit == 0])
        if not gone:
            return self
        dead = self.dead.copy()
        np.bitwise_or.at(dead, places >> 3, bit)
        return replace(self, dead=dead, gone=self.gone + gone)

    def slimmed(self) -> "Part":
        """Return this part without its removed rows, if they are more than the others."""
        return self if self.kept or self.gone <= len(self) else Part.of(SealedPostings.of(self.rows()))


def worth_searching(parts: Sequence[Part], queries: NDArray[np.uint64]) -> Sequence[Part]:
    """Return the parts that may hold what equals a query; what is asked as a whole finds nothing as a rule."""
    if len(queries) > FEW:
        return parts
    asked = [(words, key_of(words)) for words in queries.tolist()]
    return [part for part in parts if any(part.sealed.may_hold(*one) for one in asked)]


def are_apart(parts: Sequence[Part]) -> bool:
    """Whether the entries of each part have lower numbers than those of the next, so that none is in two."""
    return all(before.sealed.highest < part.sealed.lowest for before, part in pairwise(parts))


class HandlesOfParts:
    """What kernels are told of parts, made when it is first asked for.

    Parameters
    ----------
    worth_it : whether kernels are to look anything up.
    """

    def __init__(self, parts: tuple[Part, ...], *, worth_it: bool) -> None:
        self.parts = parts
        self._worth_it = worth_it and are_apart(parts)
        self._known: dict[tuple[int, ...], Handles] = {}

    def of(self, banks: tuple[int, ...]) -> Handles | None:
        """Return them for a search of some banks; None if it is not worth it."""
        if not self._worth_it:
            return None
        known = self._known.get(banks)
        if known is None:
            told = [part.sealed.fields(dict.fromkeys(banks, 0), part.buried) for part in self.parts]
            known = Handles.of([one for one in told if one is not None], len(banks))
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[banks] = known
        return known


NO_HANDLES = HandlesOfParts((), worth_it=False)
"""Those of no parts."""

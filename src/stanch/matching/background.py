"""What many texts share: grams that weigh nothing, shipped, stated by a person, or learnt on site."""

from collections.abc import Iterable
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stanch.matching.background_formulae import formulae, grams_of
from stanch.values import GRAM, Fingerprint

SHARE = 0.2
"""Learnt grams are believed of an entry while they cover no more than this share of its symbols."""

STRETCH = 200
STRETCH_SHARE = 0.4
"""And no more than this share of any 200 symbols in a row: what is left of them is twice what a match needs."""

LEFT = 200
"""And while at least so many symbols are left that are no formula: enough for every kind of match."""

FILTERED = 16
"""Bits in the filter for each gram, of which three in one word are set: one look-up in a hundred is in vain."""

BOUNDS = (SHARE, float(LEFT), float(STRETCH), STRETCH_SHARE)
"""The constants, as the kernels take them."""

Mask = NDArray[np.bool_]
Grams = NDArray[np.uint64]


class GramSet:
    """A set of gram hashes that does not change, asked for many at a time.

    Parameters
    ----------
    grams : hashes by `text-gram/1`, in any order, repeated or not.
    """

    def __init__(self, grams: ArrayLike = ()) -> None:
        self._sorted = np.unique(np.asarray(grams, dtype=np.uint64))
        self._likely = np.zeros(1 << max(4, (len(self._sorted) * FILTERED // 64).bit_length()), np.uint64)
        np.bitwise_or.at(self._likely, self._sorted & np.uint64(len(self._likely) - 1), _three_bits(self._sorted))

    def __len__(self) -> int:
        return len(self._sorted)

    @property
    def grams(self) -> Grams:
        """The hashes, in order."""
        return self._sorted

    @property
    def as_arrays(self) -> tuple[Grams, Grams]:
        """For kernels the hashes in order, and the filter: a power of two of words, in which three bits stand for
        each hash.
        """
        return self._sorted, self._likely

    def holds(self, grams: Grams) -> Mask:
        """Return which of these hashes are in the set; shape (grams,)."""
        three = _three_bits(grams)
        held: Mask = self._likely[grams & np.uint64(len(self._likely) - 1)] & three == three
        (likely,) = np.nonzero(held)
        if len(likely):
            wanted = grams[likely]
            place = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
            held[likely] = self._sorted[place] == wanted
        return held


class Background:
    """Grams that weigh nothing in a match of texts. It does not change.

    Of what is stated, every gram is common, in any text. What was learnt on site is common in an entry only while
    it is little of it (`believes`): of what was printed more than that, it is the entry that was quoted, and not a
    formula that it shares. So no learning, from whatever traffic, keeps copies of an entry from being found.

    Parameters
    ----------
    stated : grams that a person answers for: the formulae shipped here, and what was stated on site.
    learnt : grams that several independent publishers printed; see `BackgroundLearner`.
    """

    def __init__(self, *, stated: ArrayLike = (), learnt: ArrayLike = ()) -> None:
        self._stated = GramSet(stated)
        self._learnt = GramSet(learnt)
        self._arrays = *self._stated.as_arrays, *self._learnt.as_arrays

    @classmethod
    def shipped(cls) -> "Background":
        """Return the formulae that are shipped, and nothing learnt."""
        return _shipped()

    def joined(self, *, stated: Iterable[int] | Grams = (), learnt: Iterable[int] | Grams = ()) -> Self:
        """Return a background that knows these grams too."""
        added, heard = (np.fromiter(grams, dtype=np.uint64) for grams in (stated, learnt))
        return type(self)(
            stated=np.concatenate([self._stated.grams, added]),
            learnt=np.concatenate([self._learnt.grams, heard]),
        )

    @property
    def learnt(self) -> Grams:
        """What was learnt, but for what is stated too; uint64 array, in order."""
        return self._learnt.grams[~self._stated.holds(self._learnt.grams)]

    @property
    def as_arrays(self) -> tuple[Grams, Grams, Grams, Grams]:
        """Both sets as kernels take them, what is stated first; see `GramSet`."""
        return self._arrays

    def states(self, grams: Grams) -> Mask:
        """Return which of these grams are stated to be common; shape (grams,)."""
        return self._stated.holds(grams)

    def holds(self, grams: Grams) -> Mask:
        """Return which of these grams are known at all, stated or learnt; shape (grams,)."""
        return self._stated.holds(grams) | self._learnt.holds(grams)

    def common_in(self, entry: Fingerprint) -> Mask:
        """Return which grams of an entry are common; shape (grams,).

        Parameters
        ----------
        entry : by `text-gram/1`, as a bank keeps it.
        """
        grams = entry.bits[:, 0]
        stated = self._stated.holds(grams)
        if not len(self._learnt):
            return stated
        learnt = self._learnt.holds(grams) & ~stated
        return stated | learnt if learnt.any() and believes(entry, learnt=learnt, stated=stated) else stated


def _three_bits(grams: Grams) -> Grams:
    """Return the word of the filter that is set for each hash: its bits 24, 30 and 36 on say where."""
    three = np.zeros_like(grams)
    for shift in (24, 30, 36):
        three |= np.uint64(1) << (grams >> np.uint64(shift) & np.uint64(63))
    return three


def believes(entry: Fingerprint, *, learnt: Mask, stated: Mask) -> bool:
    """Tell whether what was learnt is so little of an entry that it is a formula, not the entry itself, quoted.

    Parameters
    ----------
    learnt, stated : which grams of the entry are.
    """
    covered = symbols_of(entry, learnt)
    if covered.sum() > SHARE * entry.extent or (~covered & ~symbols_of(entry, stated)).sum() < LEFT:
        return False
    run = np.concatenate([[0], np.cumsum(covered)])
    width = min(STRETCH, len(covered))
    return bool((run[width:] - run[:-width]).max() <= STRETCH_SHARE * width)


def symbols_of(entry: Fingerprint, chosen: Mask) -> Mask:
    """Return which symbols of a text lie in some of its grams; shape (extent,)."""
    at = entry.at[chosen].astype(np.int64)
    steps = np.zeros(int(entry.extent) + 1, dtype=np.int64)
    np.add.at(steps, at, 1)
    np.add.at(steps, np.minimum(at + GRAM, int(entry.extent)), -1)
    covered: Mask = np.cumsum(steps)[:-1] > 0
    return covered


@cache
def _shipped() -> Background:
    return Background(stated=np.concatenate([grams_of(each.text) for each in formulae()]))

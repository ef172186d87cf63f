"""In how many texts of a bank the grams of an entry stand, versions of it counting as one with it.

Kin to an entry are those that hold grams from all over it: versions of it, and books that hold it whole. A
formula, a verse or an excerpt stands in one stretch; versions share what they share from end to end.
"""

import numpy as np
from numpy.typing import NDArray

STRETCHES, KIN = 8, 5
"""An entry that holds grams from so many (5) of the stretches (8) of a text is kin to it."""

FEW = 500
"""So many pairs are counted by numpy, and nothing has to be compiled."""

Numbers = NDArray[np.int64]


def frequencies(gram: Numbers, entry: Numbers, number: int, grams: int, *, few: int = FEW) -> Numbers:
    """Return in how many texts each gram of an entry stands, the entry and its kin counting as one.

    Parameters
    ----------
    gram, entry : int64 arrays, shape (pairs,), which of the grams in order stands in which entry; a pair may stand
        there several times, side by side.
    number : of the entry itself.
    grams : how many it has.
    few : so many pairs are counted by numpy.
    """
    stretch = (STRETCHES * np.arange(1, grams + 1) - 1) // max(grams, 1)
    if len(gram) <= few:
        return 1 + _others(gram, entry, stretch, number)
    from stanch.kernels.kin_numba import count_others  # noqa: PLC0415 - only large banks need numba

    others = np.zeros(grams, np.int64)
    count_others(gram, entry, stretch, STRETCHES, KIN, number, others)
    return 1 + others


def _others(gram: Numbers, entry: Numbers, stretch: Numbers, number: int) -> Numbers:
    """Return how many entries hold each gram that are neither the text itself nor kin to it."""
    new = np.ones(len(gram), np.bool_)
    new[1:] = (gram[1:] != gram[:-1]) | (entry[1:] != entry[:-1])
    entries, place = np.unique(entry[new], return_inverse=True)
    spread = np.zeros((len(entries), STRETCHES), np.bool_)
    spread[place, stretch[gram[new]]] = True
    others = (spread.sum(axis=1) < KIN) & (entries != number)
    return np.bincount(gram[new][others[place]], minlength=len(stretch))

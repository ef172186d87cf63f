"""Short grams of a text, and what an entry keeps of them: a word for each stretch, near those of texts like it.

Where every fifth letter is mistyped, of grams of twelve symbols one in fourteen is left, of grams of three every
second. An entry keeps the SimHash of these, stretch by stretch: M. Charikar, "Similarity Estimation Techniques
from Rounding Algorithms", STOC 2002. Nothing is found by it; it is asked of entries with which a text shares a gram.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.effort import Effort
from stanch.values import SHORT_GRAM, TEXT_SIMHASH, Fingerprint

STRETCH = 64
"""A word stands for so many short grams, or nearly so many."""

Words = NDArray[np.uint64]
Column = NDArray[np.float64]


def edges(grams: int, words: int) -> NDArray[np.int64]:
    """Return where the stretches of so many words begin, and where the last ends; shape (words + 1,)."""
    return np.arange(words + 1) * grams // max(words, 1)


def words_for(grams: int) -> int:
    """Return how many words an entry of so many short grams keeps, at least one."""
    return max(1, round(grams / STRETCH))


def simhash(hashes: Words, *, compiled: bool | None = None) -> Words:
    """Return the words of a text, in order; shape (words,).

    A bit is set where it is in more than half of the hashes of the stretch.

    Parameters
    ----------
    hashes : uint64 array, shape (grams,), of all its short grams.
    compiled : whether by the kernel, which does the same; by default if numba is loaded anyway, or worth loading.
    """
    words = words_for(len(hashes)) if len(hashes) else 0
    ends = edges(len(hashes), words)
    if not words or not (Effort.is_worth_it() if compiled is None else compiled):
        return _simhash(hashes, ends)
    found = np.empty(words, np.uint64)
    _kernel()(hashes, ends, found)
    return found


@cache
def _kernel() -> Callable[[Words, NDArray[np.int64], Words], None]:
    from stanch.kernels.simhash_numba import write_words  # noqa: PLC0415 - imports numba

    return write_words


def _simhash(hashes: Words, ends: NDArray[np.int64]) -> Words:
    if len(ends) == 1:
        return np.empty(0, np.uint64)
    bits = np.unpackbits(hashes.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    often = np.add.reduceat(bits.astype(np.int64), ends[:-1], axis=0)
    packed = np.packbits(2 * often > np.diff(ends)[:, None], axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u8")[:, 0].astype(np.uint64)


def banked(shorts: Fingerprint) -> Fingerprint:
    """Return what an entry keeps of its short grams, at least one."""
    hashes = np.ascontiguousarray(shorts.bits[:, 0])
    words = simhash(hashes)
    ends = edges(len(hashes), len(words))
    return Fingerprint.of(
        TEXT_SIMHASH,
        words.reshape(-1, 1),
        at=shorts.at[ends[:-1]],
        start=shorts.start[ends[:-1]],
        end=shorts.end[ends[1:] - 1],
        extent=shorts.extent,
    )


def short_grams(extent: int) -> int:
    """Return how many short grams a text of so many symbols has."""
    return max(0, extent - SHORT_GRAM + 1)

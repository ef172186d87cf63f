"""Short grams of a text, and what an entry keeps of them: a word for each stretch, near those of texts like it.

Where every fifth letter is mistyped, of grams of twelve symbols one in fourteen is left, of grams of three every
second. An entry keeps the SimHash of these, stretch by stretch: M. Charikar, "Similarity Estimation Techniques
from Rounding Algorithms", STOC 2002. Nothing is found by it; it is asked of entries that share a gram.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.effort import Effort
from stanch.values import SHORT_GRAM, TEXT_SIMHASH, Fingerprint

STRETCH = 64
"""A word stands for so many short grams; the last for all that are left, half as many to half as many more."""

Words = NDArray[np.uint64]


def begins(grams: int) -> NDArray[np.int64]:
    """Return where the stretches of so many short grams begin, at least one if there are any; shape (words,)."""
    words = max((grams + STRETCH // 2) // STRETCH, min(grams, 1))
    return np.arange(words) * STRETCH


def simhash(hashes: Words, *, compiled: bool | None = None) -> Words:
    """Return the words of a text, in order; shape (words,).

    A bit is set where it is in more than half of the hashes of the stretch.

    Parameters
    ----------
    hashes : uint64 array, shape (grams,), of all its short grams.
    compiled : whether by the kernel, which does the same; by default if numba is loaded anyway, or worth loading.
    """
    first = begins(len(hashes))
    if not len(first) or not (Effort.is_worth_it() if compiled is None else compiled):
        return _simhash(hashes, first)
    words = np.empty(len(first), np.uint64)
    _kernel()(hashes, np.append(first, len(hashes)), words)
    return words


@cache
def _kernel() -> Callable[[Words, NDArray[np.int64], Words], None]:
    from stanch.kernels.simhash_numba import write_words  # noqa: PLC0415 - imports numba

    return write_words


def _simhash(hashes: Words, first: NDArray[np.int64]) -> Words:
    if not len(first):
        return np.empty(0, np.uint64)
    bits = np.unpackbits(hashes.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    often = np.add.reduceat(bits.astype(np.int64), first, axis=0)
    half = np.diff(first, append=len(hashes))[:, None]
    packed = np.packbits(2 * often > half, axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u8")[:, 0].astype(np.uint64)


def banked(shorts: Words, places: NDArray[np.float64]) -> Fingerprint:
    """Return what an entry keeps of its short grams, at least one.

    Parameters
    ----------
    shorts : uint64 array, shape (grams,), hashes of all of them.
    places : float64 array, shape (3, symbols), of each symbol its place, and where it begins and ends in the text.
    """
    first = begins(len(shorts))
    last = np.append(first[1:], len(shorts)) - 1
    return Fingerprint.of(
        TEXT_SIMHASH,
        simhash(shorts).reshape(-1, 1),
        at=places[0, first],
        start=places[1, first],
        end=places[2, last + SHORT_GRAM - 1],
        extent=places.shape[1],
    )

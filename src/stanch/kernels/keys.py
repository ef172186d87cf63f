"""From features to keys: words that are evenly spread, by which equal features are found."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_EVERY = (1 << 64) - 1


def keys_of(bits: NDArray[np.uint64], *, compiled: bool = False) -> NDArray[np.uint64]:
    """Return a key for each feature, by which it is stored and looked up.

    Each word in turn is added to what became of those before, and mixed by the finaliser of SplitMix64 with its
    second set of constants (D. Stafford, "Better Bit Mixing", 2011), so that keys of skewed features are evenly
    spread, and features that differ in one word never share one. A segment holds rows in this order: it must not
    change.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words).
    compiled : whether by a kernel; it is compiled for contiguous arrays that cannot be written to.

    Returns
    -------
    uint64 array, shape (rows,)
    """
    if compiled:
        from stanch.kernels.postings_numba import fill_keys  # noqa: PLC0415 - only large indexes need numba

        keys = np.empty(len(bits), dtype=np.uint64)
        fill_keys(bits, keys)
        return keys
    keys = np.zeros(len(bits), dtype=np.uint64)
    for word in range(bits.shape[1]):
        keys ^= bits[:, word]
        keys ^= keys >> np.uint64(30)
        keys *= np.uint64(0xBF58476D1CE4E5B9)
        keys ^= keys >> np.uint64(27)
        keys *= np.uint64(0x94D049BB133111EB)
        keys ^= keys >> np.uint64(31)
    return keys


def key_of(words: Iterable[int]) -> int:
    """Return the key of one feature, as `keys_of` does, in a few steps of Python: sooner than an array is made."""
    key = 0
    for word in words:
        key ^= word
        key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9 & _EVERY
        key = (key ^ key >> 27) * 0x94D049BB133111EB & _EVERY
        key ^= key >> 31
    return key

"""SimHash of stretches of a text, compiled; `fingerprints.simhash` has the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Places = NDArray[np.int64]
Words = NDArray[np.uint64]


@compiled
def write_words(hashes: Words, ends: Places, words: Words) -> None:
    """Write a word for each stretch: the bits that are in more than half of its hashes.

    Parameters
    ----------
    hashes : uint64 array, shape (grams,).
    ends : int64 array, shape (words + 1,), where stretches begin, and the last ends; none ends before it begins.
    words : uint64 array, shape (words,), to be written to.
    """
    often = np.empty(64, np.int64)
    for stretch in range(len(words)):
        often[:] = 0
        for place in range(ends[stretch], ends[stretch + 1]):
            for bit in range(64):
                often[bit] += np.int64(hashes[place] >> np.uint64(bit) & np.uint64(1))
        word, half = np.uint64(0), ends[stretch + 1] - ends[stretch]
        for bit in range(64):
            word |= np.uint64(2 * often[bit] > half) << np.uint64(bit)
        words[stretch] = word

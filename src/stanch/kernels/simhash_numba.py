"""SimHash of stretches of a text, compiled; `fingerprints.simhash` has the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Words = NDArray[np.uint64]


@compiled
def write_words(hashes: Words, stretch: int, words: Words) -> None:
    """Write a word for each stretch: the bits that are in more than half of its hashes.

    Parameters
    ----------
    hashes : uint64 array, shape (grams,).
    stretch : how many of them a word stands for; the last one for all that are left.
    words : uint64 array, shape (words,), to be written to.
    """
    often = np.empty(64, np.int64)
    for number in range(len(words)):
        begin, end = min(number * stretch, len(hashes)), min((number + 1) * stretch, len(hashes))
        if number == len(words) - 1:
            end = len(hashes)
        often[:] = 0
        for place in range(begin, end):
            for bit in range(64):
                often[bit] += np.int64(hashes[place] >> np.uint64(bit) & np.uint64(1))
        word = np.uint64(0)
        for bit in range(64):
            word |= np.uint64(2 * often[bit] > end - begin) << np.uint64(bit)
        words[number] = word

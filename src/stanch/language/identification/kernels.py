"""What `grams` states, and the sums over it, in one pass over many texts."""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import jit

# numba takes these in as constants; `grams` says what each is, and a test holds the two equal.
_BREAK, _DROPPED, _EDGE, _APOSTROPHE, _OWN = 0, 1, 2, 0x27, 0x7F
_LONGEST_GRAM, _LONGEST_WORD, _LETTERS, _LONGEST_RUN = 4, 24, 300, 2
_FIRST, _WORD, _MULTIPLIER, _SHIFT = 0x811C9DC5, 0x811C9DC5 ^ 77, 0x9E3779B1, 15
_LOW = 0xFFFFFFFF


@jit
def count_scripts(
    codes: NDArray[np.uint32], bounds: NDArray[np.int64], scripts: NDArray[np.uint8], counts: NDArray[np.int64]
) -> None:
    """Count the letters of each text by script into `counts`, shape (texts, 1 + scripts), which holds zeros."""
    for text in range(len(bounds) - 1):
        for i in range(bounds[text], bounds[text + 1]):
            counts[text, scripts[codes[i]] & _OWN] += 1
        counts[text, 0] = 0


@jit
def sum_rows(  # noqa: C901, PLR0912, PLR0915 - one pass, and a kernel cannot call another
    codes: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    wanted: NDArray[np.uint8],
    symbols: NDArray[np.uint16],
    scripts: NDArray[np.uint8],
    weights: NDArray[np.int8],
    sums: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """Add up the rows of the grams of each text.

    Parameters
    ----------
    wanted : uint8 array, shape (texts,), the number of the script whose letters are looked at.
    weights : int8 array, shape (rows, classes); rows is a power of two.
    sums : int32 array, shape (texts, classes): becomes the sums.
    counts : int64 array, shape (texts,): becomes the number of grams.
    """
    right, rows, classes = 32, weights.shape[0], weights.shape[1]
    while rows > 1:
        rows >>= 1
        right -= 1
    word = np.empty(_LETTERS + 2, dtype=np.int64)
    sums_here = np.zeros(classes, dtype=np.int32)
    word[0] = _EDGE
    for text in range(len(bounds) - 1):
        own, at, end = wanted[text], bounds[text], bounds[text + 1]
        size, left, last, run, grams = 1, _LETTERS, 0, 0, 0
        sums_here[:] = 0
        while at <= end and left >= 0:
            symbol = _BREAK
            if at < end:
                symbol = int(symbols[codes[at]])
                if symbol == _DROPPED:
                    at += 1
                    continue
                if symbol == _APOSTROPHE:
                    after = at + 1
                    while after < end and symbols[codes[after]] == _DROPPED:
                        after += 1
                    if size == 1 or after == end or (scripts[codes[after]] & _OWN) != own:
                        symbol = _BREAK
                elif (scripts[codes[at]] & _OWN) != own:
                    symbol = _BREAK
                run = run + 1 if symbol == last else 1
                last = symbol
                if symbol != _BREAK and run > _LONGEST_RUN:
                    at += 1
                    continue
            if symbol != _BREAK and left > 0:
                word[size] = symbol
                size += 1
                left -= 1
                at += 1
                continue
            if left == 0:
                at = end
            at += 1
            if size == 1:
                continue
            word[size] = _EDGE
            size += 1
            for first in range(size):
                hashed = _FIRST
                for i in range(first, min(size, first + _LONGEST_GRAM)):
                    hashed = ((hashed ^ word[i]) * _MULTIPLIER) & _LOW
                    hashed ^= hashed >> _SHIFT
                    if i > first or word[i] != _EDGE:
                        row = ((hashed * _MULTIPLIER) & _LOW) >> right
                        for k in range(classes):
                            sums_here[k] += weights[row, k]
                        grams += 1
            if _LONGEST_GRAM < size <= _LONGEST_WORD + 2:
                hashed = _WORD
                for i in range(size):
                    hashed = ((hashed ^ word[i]) * _MULTIPLIER) & _LOW
                    hashed ^= hashed >> _SHIFT
                row = ((hashed * _MULTIPLIER) & _LOW) >> right
                for k in range(classes):
                    sums_here[k] += weights[row, k]
                grams += 1
            size = 1
        counts[text] = grams
        sums[text] = sums_here

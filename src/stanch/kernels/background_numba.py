"""Which grams are common whatever the bank, compiled; `matching.background` has the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]

ONE, SIX_BITS = np.uint64(1), np.uint64(63)


@compiled
def among(gram: np.uint64, known: Words, likely: Words) -> bool:
    """Whether a gram is in a set.

    Parameters
    ----------
    known : uint64 array, the set, in order.
    likely : uint64 array, a power of two in size: words in which three bits are set for each gram of the set.
    """
    three = ONE << (gram >> np.uint64(24) & SIX_BITS)
    three |= ONE << (gram >> np.uint64(30) & SIX_BITS)
    three |= ONE << (gram >> np.uint64(36) & SIX_BITS)
    if likely[gram & np.uint64(len(likely) - 1)] & three != three:
        return False
    low, high = 0, len(known)
    while low < high:
        middle = (low + high) >> 1
        if known[middle] < gram:
            low = middle + 1
        else:
            high = middle
    return low < len(known) and known[low] == gram


@compiled
def fill(symbols: Mask, at: Column, chosen: Mask, reach: int) -> None:
    """Mark the symbols that lie in the chosen grams, as far as there are any."""
    for gram in range(len(at)):
        if chosen[gram]:
            begin = np.int64(at[gram])
            for symbol in range(max(begin, np.int64(0)), min(begin + reach, np.int64(len(symbols)))):
                symbols[symbol] = True


@compiled
def is_believed(
    at: Column, learnt: Mask, stated: Mask, extent: int, reach: int, bounds: tuple[float, float, float, float]
) -> bool:
    """Whether what was learnt is so little of an entry that it is a formula.

    Parameters
    ----------
    at : float64 array, where the grams of the entry begin.
    learnt, stated : bool arrays, which of them are.
    extent : how many symbols the entry has.
    reach : how many a gram has.
    bounds : `SHARE`, `LEFT`, `STRETCH` and `STRETCH_SHARE`.
    """
    share, left, stretch, stretch_share = bounds
    covered, known = np.zeros(extent, np.bool_), np.zeros(extent, np.bool_)
    fill(covered, at, learnt, reach)
    fill(known, at, stated, reach)
    total, rest = 0, 0
    for symbol in range(extent):
        total += covered[symbol]
        rest += not covered[symbol] and not known[symbol]
    if total > share * extent or rest < left:
        return False
    width, inside, most = min(np.int64(stretch), np.int64(extent)), 0, 0
    for symbol in range(extent):
        inside += covered[symbol]
        inside -= covered[symbol - width] if symbol >= width else 0
        most = max(most, inside)
    return bool(most <= stretch_share * width)


@compiled
def common_in(
    bits: Words, at: Column, extent: int, reach: int, stated: Words, stated_likely: Words, learnt: Words,
    learnt_likely: Words, bounds: tuple[float, float, float, float], common: Mask,
) -> None:  # fmt: skip
    """Write which grams of an entry are common.

    Parameters
    ----------
    bits, at : of the grams of the entry.
    stated, stated_likely, learnt, learnt_likely : both sets, as for `among`.
    extent, reach, bounds : as for `is_believed`.
    common : bool array, shape (grams,), to be written to.
    """
    heard = np.zeros(len(bits), np.bool_)
    for gram in range(len(bits)):
        common[gram] = among(bits[gram], stated, stated_likely)
        heard[gram] = len(learnt) > 0 and not common[gram] and among(bits[gram], learnt, learnt_likely)
    if heard.any() and is_believed(at, heard, common, extent, reach, bounds):
        common |= heard

"""What of an entry counts, compiled; `matching.weighing` has the plain form.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say of places never
leads outside the arrays.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.background_numba import common_in
from stanch.kernels.candidates_numba import first_few
from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]


@compiled
def weigh(
    at: Column, bits: Words, frequency: Places, weights: Column, sets: tuple[Words, Words, Words, Words],
    bounds: tuple[float, float, float, float], few: int, reach: int, weight: Column, common: Mask,
) -> None:  # fmt: skip
    """Write what the grams of an entry weigh, and which of its symbols do not count.

    Parameters
    ----------
    at, bits, frequency : of each gram of the entry, in order: where it begins, the gram, and in how many texts it
        stands.
    weights : float64 array, what a gram weighs by its frequency; one that is not there is common.
    sets, bounds : as for `background_numba.common_in`: what is common however rare it is in the bank.
    few : so many grams of a value count.
    reach : how many symbols a gram has.
    weight : float64 array, shape (grams,), to be written to; -1 of common ones.
    common : bool array, shape (symbols of the entry,), all False, to be written to.
    """
    known, first = np.empty(len(bits), np.bool_), np.empty(len(bits), np.bool_)
    common_in(bits, at, len(common), reach, *sets, bounds, known)
    first_few(bits, few, first, np.empty(len(bits), np.uint64))
    for gram in range(len(at)):
        often = known[gram] or frequency[gram] >= len(weights)
        weight[gram] = -1.0 if often else weights[frequency[gram]]
        if often or not first[gram]:
            begin = np.int64(at[gram])
            for symbol in range(max(begin, np.int64(0)), min(begin + reach, np.int64(len(common)))):
                common[symbol] = True


@compiled
def weigh_each(
    begin: Places, symbols: Places, at: Column, bits: Words, frequency: Places, weights: Column,
    sets: tuple[Words, Words, Words, Words], bounds: tuple[float, float, float, float], few: int, reach: int,
    weight: Column, common: Mask,
) -> None:  # fmt: skip
    """Do what `weigh` does for several entries, whose columns lie one behind the other.

    Parameters
    ----------
    begin, symbols : int64 arrays, shape (entries + 1,), where the grams and the symbols of each entry begin, and
        those of the last end.
    """
    for entry in range(len(begin) - 1):
        low, high = begin[entry], begin[entry + 1]
        weigh(
            at[low:high], bits[low:high], frequency[low:high], weights, sets, bounds, few, reach,
            weight[low:high], common[symbols[entry] : symbols[entry + 1]],
        )  # fmt: skip

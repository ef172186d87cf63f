"""How much texts agree along their short grams, compiled; `matching.faint` has the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Sums = NDArray[np.int32]
Words = NDArray[np.uint64]

BLOCK, LANES = 8, 64
BYTES = np.uint64(0x0101010101010101)
"""The lowest bit of each byte: eight counters in a word."""


@compiled
def sum_up(hashes: Words, live: Mask, sums: Sums) -> None:
    """Write how many of the hashes before each block have each bit, and how many count.

    Parameters
    ----------
    hashes, live : arrays, shape (grams,).
    sums : int32 array, shape (blocks + 1, LANES + 1), to be written to.
    """
    counters = np.empty(8, np.uint64)
    sums[0, :] = 0
    for block in range(len(sums) - 1):
        counters[:] = 0
        count = np.int32(0)
        for place in range(block * BLOCK, min((block + 1) * BLOCK, len(hashes))):
            if live[place]:
                count += np.int32(1)
                for bit in range(8):
                    counters[bit] += hashes[place] >> np.uint64(bit) & BYTES
        for lane in range(LANES):
            more = np.int32(counters[lane & 7] >> np.uint64(lane & 56) & np.uint64(255))
            sums[block + 1, lane] = sums[block, lane] + more
        sums[block + 1, LANES] = sums[block, LANES] + count


@compiled
def agreement(sums: Sums, begin: int, end: int, word: np.uint64, half: int) -> float:
    """Return how much a stretch of the text agrees with a word, or nan if it says nothing.

    Parameters
    ----------
    sums : of `sum_up`.
    begin, end : the stretch, not less than 0.
    half : so many hashes must count.
    """
    first = min((begin + BLOCK // 2) // BLOCK, len(sums) - 1)
    last = min((end + BLOCK // 2) // BLOCK, len(sums) - 1)
    count = np.int64(sums[last, LANES] - sums[first, LANES])
    same, squares = np.int64(0), np.int64(0)
    for lane in range(LANES):
        more = 2 * np.int64(sums[last, lane] - sums[first, lane]) - count
        sign = 2 * np.int64(word >> np.uint64(lane) & np.uint64(1)) - 1
        same += sign * more
        squares += more * more
    if count < half or not squares:
        return np.nan
    return same / np.sqrt(np.float64(squares))


@compiled
def write_lines(
    hashes: Words, live: Mask, words: Words, counts: Places, hits: Places, query_at: Column, at: Column,
    constants: Column, agreements: Column, spans: Places,
) -> None:  # fmt: skip
    """Write how much a text agrees with each entry, and in which stretches they are the same.

    Parameters
    ----------
    hashes, live : uint64 and bool arrays, shape (grams,), of the text.
    words, counts : uint64 array, those of all entries one behind the other; int64 array, how many each has.
    hits : int64 array, shape (entries,), along how many hits each is laid beside the text.
    query_at, at : float64 arrays, where these begin in the text and in the entry.
    constants : float64 array, the usual agreement, that of the same text, symbols of a stretch, half of them, of a
        short gram and of a gram.
    agreements : float64 array, shape (entries,), to be written to.
    spans : int64 array, shape (entries, 4), to be written to.
    """
    alike, same = constants[0], constants[1]
    stretch, half = np.int64(constants[2]), np.int64(constants[3])
    short, middle = np.int64(constants[4]), half - np.int64(constants[5]) // 2
    sums = np.empty(((len(hashes) + BLOCK - 1) // BLOCK + 1, LANES + 1), np.int32)
    sum_up(hashes, live, sums)
    first_word, first_hit = np.int64(0), np.int64(0)
    for entry in range(len(counts)):
        total, said, best, run = 0.0, 0, 0.0, 0.0
        began, began_bank = np.int64(0), np.int64(0)
        spans[entry, :] = 0
        for number in range(counts[entry]):
            bank_from = number * stretch
            nearest = first_hit
            for hit in range(first_hit, first_hit + hits[entry]):
                if abs(at[hit] - bank_from - middle) < abs(at[nearest] - bank_from - middle):
                    nearest = hit
            query_from = bank_from + np.int64(query_at[nearest]) - np.int64(at[nearest])
            begin = max(query_from, np.int64(0))
            end = min(query_from + stretch, np.int64(len(hashes)))
            if end - begin < half:
                continue
            value = agreement(sums, begin, end, words[first_word + number], half)
            if np.isnan(value):
                continue
            total += value - alike
            said += 1
            if run <= 0:
                run, began, began_bank = 0.0, begin, bank_from + begin - query_from
            run += value - same
            if run > best:
                best, last = run, end + short - 1
                spans[entry, 0], spans[entry, 1] = began, last
                spans[entry, 2], spans[entry, 3] = began_bank, bank_from + last - query_from
        agreements[entry] = total / np.sqrt(np.float64(said)) if said else 0.0
        first_word += counts[entry]
        first_hit += hits[entry]

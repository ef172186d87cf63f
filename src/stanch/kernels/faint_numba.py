"""How much texts agree along their short grams, compiled; `matching.faint` has the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]

BLOCK, LANES = 8, 64
BYTES = np.uint64(0x0101010101010101)
"""The lowest bit of each byte: eight counters in a word."""


@compiled
def sum_up(hashes: Words, live: Mask, sums: Words, ends: Places) -> None:
    """Write of each block how many of its hashes have each bit, and how many count before it.

    Parameters
    ----------
    hashes, live : arrays, shape (grams,).
    sums : uint64 array, shape (blocks, 8), to be written to: byte b of word k counts bit 8 b + k.
    ends : int64 array, shape (blocks + 1,), to be written to.
    """
    ends[0] = 0
    for block in range(len(sums)):
        sums[block, :] = 0
        ends[block + 1] = ends[block]
        for place in range(block * BLOCK, min((block + 1) * BLOCK, len(hashes))):
            if live[place]:
                ends[block + 1] += 1
                for bit in range(8):
                    sums[block, bit] += hashes[place] >> np.uint64(bit) & BYTES


@compiled
def agreement(
    sums: Words, ends: Places, begin: int, end: int, word: np.uint64, half: int, counters: Words, signs: Words
) -> float:
    """Return how much a stretch of the text agrees with a word, or nan if it says nothing.

    Parameters
    ----------
    sums, ends : of `sum_up`.
    begin, end : the stretch, of 64 grams at most, so that no byte overflows.
    half : so many hashes must count.
    counters, signs : uint64 arrays, shape (8,), to be written to.
    """
    first = min((begin + BLOCK // 2) // BLOCK, len(sums))
    last = min((end + BLOCK // 2) // BLOCK, len(sums))
    count = ends[last] - ends[first]
    if count < half:
        return np.nan
    for bit in range(8):
        counters[bit], signs[bit] = 0, word >> np.uint64(bit) & BYTES
    for block in range(first, last):
        for bit in range(8):
            counters[bit] += sums[block, bit]
    often, positive, whole = counters.view(np.uint8), signs.view(np.uint8), np.int32(count)
    same, squares = np.int32(0), np.int32(0)
    for lane in range(LANES):
        more = np.int32(2) * np.int32(often[lane]) - whole
        same += (np.int32(2) * np.int32(positive[lane]) - np.int32(1)) * more
        squares += more * more
    if not squares:
        return np.nan
    return same / np.sqrt(np.float64(squares))


@compiled
def beside(
    sums: Words, ends: Places, grams: int, words: Words, query_at: Column, at: Column, stretch: int, half: int,
    middle: int, found: Places, agreements: Column,
) -> int:  # fmt: skip
    """Write the stretches of an entry that say something beside the text; return how many they are.

    Parameters
    ----------
    grams : how many the text has.
    query_at, at : where hits begin in the text and in the entry.
    middle : from where a stretch begins to where the gram begins that lies in its middle.
    found : int64 array, shape (words, 4), to be written to: where they begin and end in the text, how much further
        on that is than in the entry, and which words they are.
    agreements : float64 array, shape (words,), to be written to.
    """
    count, counters, signs = 0, np.empty(8, np.uint64), np.empty(8, np.uint64)
    for number in range(len(words)):
        nearest, place = 0, np.float64(number * stretch + middle)
        for hit in range(len(at)):
            if abs(at[hit] - place) < abs(at[nearest] - place):
                nearest = hit
        shift = np.int64(query_at[nearest]) - np.int64(at[nearest])
        begin = np.int64(max(number * stretch + shift, 0))
        end = np.int64(min(number * stretch + shift + stretch, grams))
        found[count, 0], found[count, 1], found[count, 2], found[count, 3] = begin, end, shift, number
        if end - begin < half:
            continue
        agreements[count] = agreement(sums, ends, begin, end, words[number], half, counters, signs)
        count += not np.isnan(agreements[count])
    return count


@compiled
def elsewhere(
    sums: Words, ends: Places, grams: int, begin: int, word: np.uint64, stretch: int, half: int
) -> float:
    """Return how much a word agrees with the rest of the text, stretch by stretch, but for where it was laid."""
    total, others, counters, signs = 0.0, 0, np.empty(8, np.uint64), np.empty(8, np.uint64)
    for other in range(0, grams, stretch):
        if abs(other - begin) >= stretch:
            value = agreement(sums, ends, other, min(other + stretch, grams), word, half, counters, signs)
            if not np.isnan(value):
                total += value
                others += 1
    return total / others if others else 0.0


@compiled
def beyond(agreements: Column, usual: Column) -> float:
    """Return how much stretches agree beyond what is usual, all in all."""
    total = 0.0
    for number in range(len(agreements)):
        total += agreements[number] - usual[number]
    return total / np.sqrt(np.float64(len(agreements))) if len(agreements) else 0.0


@compiled
def write_same(found: Places, agreements: Column, usual: Column, same: float, short: int, span: Places) -> None:
    """Write where the run of stretches lies that agree most beyond `same`, in the text and in the entry."""
    best, run = 0.0, 0.0
    began, began_bank = np.int64(0), np.int64(0)
    for number in range(len(agreements)):
        begin, end, shift = found[number, 0], found[number, 1], found[number, 2]
        if run <= 0:
            run, began, began_bank = 0.0, begin, begin - shift
        run += agreements[number] - usual[number] - same
        if run > best:
            best, last = run, end + short - 1
            span[0], span[1], span[2], span[3] = began, last, began_bank, last - shift


@compiled
def leave_out(live: Mask, repeated: Mask, query_at: Column, short: int, inside: int) -> None:
    """Mark as left out what lies in grams that were hit, and what reaches into common symbols.

    Parameters
    ----------
    live : bool array, shape (grams,), all True, to be written to.
    repeated : bool array, one a symbol.
    query_at : where hits begin.
    short, inside : symbols of a short gram; how many of them lie in a gram.
    """
    grams = np.int64(len(live))
    for hit in range(len(query_at)):
        first = np.int64(query_at[hit])
        live[min(first, grams) : min(first + inside, grams)] = False
    for place in range(min(np.int64(len(repeated)), grams + short - 1)):
        if repeated[place]:
            live[max(place - short + 1, 0) : min(np.int64(place + 1), grams)] = False


@compiled
def write_lines(
    hashes: Words, repeated: Mask, words: Words, counts: Places, hits: Places, query_at: Column, at: Column,
    constants: Column, lines: Column, spans: Places,
) -> None:  # fmt: skip
    """Write how much a text agrees with each entry, and in which stretches they are the same.

    Parameters
    ----------
    hashes : uint64 array, shape (grams,), of the text.
    repeated : bool array, one a symbol of the text, which are common.
    words, counts : uint64 array, those of all entries one behind the other; int64 array, how many each has.
    hits : int64 array, shape (entries + 1,), where those of each begin along which it is laid beside the text, and
        where the last end.
    query_at, at : float64 arrays, where these begin in the text and in the entry.
    constants : float64 array, `ALIKE`, `ENOUGH` and `SAME` of `matching.faint`, then symbols of a stretch, half of
        them, of a short gram and of a gram.
    lines : float64 array, shape (entries,), to be written to.
    spans : int64 array, shape (entries, 4), to be written to.
    """
    alike, enough, same = constants[0], constants[1], constants[2]
    stretch, half, short = np.int64(constants[3]), np.int64(constants[4]), np.int64(constants[5])
    middle, grams = half - np.int64(constants[6]) // 2, np.int64(len(hashes))
    blocks = (len(hashes) + BLOCK - 1) // BLOCK
    sums, ends = np.empty((blocks, 8), np.uint64), np.empty(blocks + 1, np.int64)
    live = np.ones(len(hashes), np.bool_)
    leave_out(live, repeated, query_at, short, np.int64(constants[6]) - short + 1)
    sum_up(hashes, live, sums, ends)
    most = counts.max() if len(counts) else 0
    found, agreements, usual = np.empty((most + 1, 4), np.int64), np.empty(most + 1), np.empty(most + 1)
    spans[:] = 0
    first_word = np.int64(0)
    for entry in range(len(counts)):
        last_word, first_hit, last_hit = first_word + counts[entry], hits[entry], hits[entry + 1]
        own = words[first_word:last_word]
        count = beside(
            sums, ends, grams, own, query_at[first_hit:last_hit], at[first_hit:last_hit], stretch, half, middle,
            found, agreements,
        )  # fmt: skip
        usual[:count] = alike
        lines[entry] = beyond(agreements[:count], usual[:count])
        if lines[entry] >= enough:
            for number in range(count):
                rest = elsewhere(sums, ends, grams, found[number, 0], own[found[number, 3]], stretch, half)
                usual[number] = max(alike, rest)
            lines[entry] = beyond(agreements[:count], usual[:count])
            write_same(found, agreements[:count], usual, same, short, spans[entry])
        first_word = last_word

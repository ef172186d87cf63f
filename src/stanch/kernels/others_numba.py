"""How many other texts hold the grams of several entries, compiled; `matching.frequency` has the plain form.

Entries that are compared with one text share many of their grams, and more of those that hold these. So whoever
holds a gram is found out once for all entries. Those who hold any get numbers of their own, from 0 on: what is
noted of them then stays in the processor.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.candidates_numba import slots_for
from stanch.kernels.jit import compiled
from stanch.kernels.lanes import count_bits, fetch
from stanch.kernels.postings_numba import mixed

Mask = NDArray[np.uint8]
Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]

AHEAD = np.uint64(32)
"""So many holders ahead memory is asked for."""

EACH = np.uint64(0x0101010101010101)
"""A one in each byte of a word."""


@compiled
def different(bits: Words, first: Places, of: Places) -> int:
    """Write which different grams there are, and which of these each gram is; return how many.

    Parameters
    ----------
    bits : uint64 array, shape (grams,).
    first : int64 array, shape (grams,), to be written to: the first gram of each value, in order.
    of : int64 array, shape (grams,), to be written to: the place of its value among these.
    """
    slots, found = slots_for(len(bits)), 0
    mask = np.uint64(len(slots) - 1)
    for gram in range(len(bits)):
        place = mixed(bits[gram]) & mask
        while slots[place] >= 0 and bits[first[slots[place]]] != bits[gram]:
            place = (place + np.uint64(1)) & mask
        if slots[place] < 0:
            slots[place], first[found] = found, gram
            found += 1
        of[gram] = slots[place]
    return found


@compiled
def numbered(count: Places, owners: Numbers, numbers: Numbers, texts: Numbers, ends: Places) -> int:
    """Put numbers of their own in the place of holders, each once a run; return how many holders there are.

    Parameters
    ----------
    count, owners : as for `add_others`; of `owners` the first are written to, up to the last end.
    numbers : uint32 array, all 0: the number of each holder that is found, plus 1, is written to it. The last
        stands for nobody.
    texts : uint32 array, to be written to: the holders by their numbers.
    ends : int64 array, shape (runs + 1,), to be written to: where each run now begins, and the last ends.
    """
    found, pair, place, nobody = np.uint32(0), np.uint64(0), np.uint64(0), np.uint32(len(numbers) - 1)
    ends[0] = 0
    for run in range(len(count)):
        last, behind = nobody, pair + np.uint64(count[run])
        for at in range(pair, behind):
            if at + AHEAD < len(owners):
                fetch(numbers, np.int64(owners[at + AHEAD]))
            owner = owners[at]
            if owner not in (last, nobody):
                if numbers[owner] == 0:
                    texts[found] = owner
                    found += np.uint32(1)
                    numbers[owner] = found
                last, owners[place] = owner, numbers[owner] - np.uint32(1)
                place += np.uint64(1)
        pair = behind
        ends[run + 1] = place
    return np.int64(found)


@compiled
def keep_unlike(spread: Words, least: int) -> None:
    """Put 1 in the place of bytes with fewer bits than `least`, and 0 in that of others; eight at a time.

    Bits are counted as in H. S. Warren, "Hacker's Delight" (2012, figure 5-2), as far as each byte has its own.
    """
    odd, pairs, low = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
    more = np.uint64(128 - least) * EACH
    for place in range(len(spread)):
        bits = spread[place]
        bits -= bits >> np.uint64(1) & odd
        bits = (bits & pairs) + (bits >> np.uint64(2) & pairs)
        bits = bits + (bits >> np.uint64(4)) & low
        spread[place] = (~(bits + more) & EACH << np.uint64(7)) >> np.uint64(7)


@compiled
def add_unlike(
    of: Places, stretch: Places, least: int, own: np.int64, runs: Places, owners: Numbers, ends: Places,
    spread: Words, out: Places,
) -> None:  # fmt: skip
    """Add to each gram of one entry the holders that are no kin to it.

    Parameters
    ----------
    of, stretch, out : those of the entry, as for `add_others`.
    own : its own number among the holders; -1 if it has none.
    runs : int64 array, the run of each different gram; -1 where it has none.
    owners, ends : as `numbered` wrote them.
    spread : uint64 array, to be written to: a byte for each holder.
    """
    spread[:] = 0
    stretches = spread.view(np.uint8)
    for gram in range(len(of)):
        run, bit = runs[of[gram]], np.uint8(1 << stretch[gram])
        if run >= 0:
            for holder in owners[ends[run] : ends[run + 1]]:
                stretches[holder] |= bit
    keep_unlike(spread, least)
    if own >= 0:
        stretches[own] = 0
    for gram in range(len(of)):
        run, unlike = runs[of[gram]], np.int64(0)
        if run >= 0:
            for holder in owners[ends[run] : ends[run + 1]]:
                unlike += np.int64(stretches[holder])
        out[gram] += unlike


@compiled
def add_others_of_one(
    which: Places, count: Places, owners: Numbers, stretch: Places, least: int, own: np.int64, spread: Mask,
    out: Places,
) -> None:  # fmt: skip
    """Do what `add_others` does of one entry, each of whose grams is a run's: with a byte for each text there is.

    Parameters
    ----------
    spread : uint8 array, all 0, and so again afterwards; the last stands for nobody.
    """
    nobody, pair = np.uint32(len(spread) - 1), np.int64(0)
    for run in range(len(which)):
        bit = np.uint8(1 << stretch[which[run]])
        for place in range(pair, pair + count[run]):
            spread[owners[place]] |= bit
        pair += count[run]
    spread[nobody] = 255
    if own >= 0:
        spread[own] = 255
    pair = np.int64(0)
    for run in range(len(which)):
        unlike, last = np.int64(0), nobody
        for place in range(pair, pair + count[run]):
            owner = owners[place]
            unlike += np.int64(owner != last) & np.int64(count_bits(np.uint64(spread[owner])) < least)
            last = last if owner == nobody else owner
        out[which[run]] += unlike
        pair += count[run]
    for owner in owners:
        spread[owner] = 0
    spread[nobody] = 0
    if own >= 0:
        spread[own] = 0


@compiled
def add_others(
    which: Places, count: Places, owners: Numbers, begin: Places, of: Places, stretch: Places, least: int,
    own: Places, numbers: Numbers, out: Places,
) -> None:  # fmt: skip
    """Add to each gram of several entries the holders that are no kin to its entry.

    Parameters
    ----------
    which, count : which of the different grams each run of holders is of, and how many they are.
    owners : uint32 array, the holders, run by run, equal ones side by side; places in `numbers`, of which the last
        stands for nobody; to be written to.
    begin : int64 array, shape (entries + 1,), where the grams of each entry begin, and those of the last end.
    of : int64 array, shape (grams,), which of the different grams each is; of one entry each stands for itself.
    stretch : int64 array, shape (grams,), in which of at most eight stretches of its entry each gram is.
    least : who holds grams of so many stretches, 1 to 8, is kin.
    own : int64 array, shape (entries,), the place of each entry; -1 if it is in another part.
    numbers : uint32 array, all 0, and so again afterwards.
    out : int64 array, shape (grams,), to be added to.
    """
    if len(own) == 1:
        spread = numbers.view(np.uint8)[: len(numbers)]
        add_others_of_one(which, count, owners, stretch, least, own[0], spread, out)
        return
    texts, ends = np.empty(min(len(owners), len(numbers)), np.uint32), np.empty(len(which) + 1, np.int64)
    found = numbered(count, owners, numbers, texts, ends)
    runs = np.full(of.max() + 1 if len(of) else 0, np.int64(-1))
    for run in range(len(which)):
        runs[which[run]] = run
    noted = np.empty((found + 7) // 8, np.uint64)
    for entry in range(len(own)):
        first, last = begin[entry], begin[entry + 1]
        mine = np.int64(numbers[own[entry]]) - 1 if own[entry] >= 0 else np.int64(-1)
        add_unlike(of[first:last], stretch[first:last], least, mine, runs, owners, ends, noted, out[first:last])
    for text in texts[:found]:
        numbers[text] = 0

"""How many holders of a gram are shown to be no kin of entries, compiled; the plain form is in
`tests/index/test_shown.py`, where sets say it.

Whoever holds a gram is found in the index, and what else he holds is read from his own grams, which lie side by
side. So nothing of the entries need be found in the index, and some holders are enough.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.candidates_numba import ODD
from stanch.kernels.gram_owners_numba import gram_owners
from stanch.kernels.grams_numba import gram_runs, word
from stanch.kernels.jit import compiled
from stanch.kernels.lanes import fetch
from stanch.kernels.others_numba import keep_unlike, numbered

Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]

LANES = 8
"""Words of what is noted of a gram: a byte for each of 64 entries, a bit for each stretch."""

MOST_GRAMS = (1 << 16) - 1
"""So many grams can be noted: their numbers stand in the last 16 bits of words."""

BITS, LOW = np.uint64(16), np.uint64((1 << 16) - 1)
VALUE = np.uint64((1 << 48) - 1)
"""Grams are told apart by 48 bits, which are all they have."""

LINE = 8
"""So many rows lie in one line of the processor's memory."""

AHEAD, TEXTS_AHEAD = 4, 16
"""So many holders ahead their rows are asked for, and where these begin."""


@compiled
def table_for(grams: int) -> Words:
    """Return a table for so many grams, each place free: at most a quarter is taken, so that most are found where
    they are looked for.
    """
    size = 16
    while size < 4 * grams:
        size *= 2
    return np.zeros(size, np.uint64)


@compiled
def place_of(table: Words, gram: np.uint64) -> np.uint64:
    """Return where in a table a gram stands, or may be put."""
    value, mask = gram & VALUE, np.uint64(len(table) - 1)
    place = (value * ODD >> np.uint64(32)) & mask
    while table[place] != 0 and table[place] >> BITS != value:
        place = (place + np.uint64(1)) & mask
    return place


@compiled
def note_stretches(
    bits: Words, begin: Places, stretch: Places, marks: NDArray[np.uint8], table: Words, stretches: Words
) -> int:
    """Note in which stretches of which entries each gram stands; return how many different grams there are.

    Parameters
    ----------
    bits : uint64 array, shape (grams,), of some entries, one behind the other, of 64 at most; no more than
        `MOST_GRAMS`.
    begin : int64 array, shape (entries + 1,), where those of each begin, and those of the last end.
    stretch : int64 array, shape (grams,), in which of eight stretches of its entry each is.
    marks : uint8 array, shape (8192,), all 0, to be written to: a bit for each end, of 16 bits, that a gram has.
    table : from `table_for`, to be written to: each different gram, and its number plus 1 in the last 16 bits.
    stretches : uint64 array, shape (grams, 8), to be written to: of each different gram a byte for each entry.
    """
    found = 0
    for entry in range(len(begin) - 1):
        lane, shift = entry >> 3, 8 * (entry & 7)
        for gram in range(begin[entry], begin[entry + 1]):
            place, low = place_of(table, bits[gram]), bits[gram] & LOW
            if table[place] == 0:
                stretches[found] = 0
                found += 1
                table[place] = bits[gram] << BITS | np.uint64(found)
                marks[low >> np.uint64(3)] |= np.uint8(1 << (low & np.uint64(7)))
            stretches[np.int64(table[place] & LOW) - 1, lane] |= np.uint64(1) << np.uint64(shift + stretch[gram])
    return found


@compiled
def held(
    bits: NDArray[Any], first: np.int64, behind: np.int64, marks: NDArray[np.uint8], table: Words, found: Places
) -> int:
    """Write which of the grams that are noted some rows hold, by their numbers; return how many they are.

    Parameters
    ----------
    first, behind : the rows, as many as `found` has room for.
    marks, table : as `note_stretches` wrote them.
    """
    left, count = np.int64(0), np.int64(0)
    for row in range(first, behind):  # without a branch, as one in four leads on
        low = np.uint64(bits[row, 0]) & LOW
        found[left] = row
        left += np.int64(marks[low >> np.uint64(3)] >> np.uint8(low & np.uint64(7)) & 1)
    for place in range(left):
        known = table[place_of(table, word(bits, found[place]))]
        found[count] = np.int64(known & LOW) - 1
        count += np.int64(known != 0)
    return int(count)


@compiled
def joined(stretches: Words, grams: Places, spread: Words) -> None:
    """Write all stretches that some grams stand in: eight words, kept in the processor."""
    a = b = c = d = e = f = g = h = np.uint64(0)
    for gram in grams:
        own = stretches[gram]
        a, b, c, d = a | own[0], b | own[1], c | own[2], d | own[3]
        e, f, g, h = e | own[4], f | own[5], g | own[6], h | own[7]
    spread[0], spread[1], spread[2], spread[3] = a, b, c, d
    spread[4], spread[5], spread[6], spread[7] = e, f, g, h


@compiled
def note_unlike(
    chosen: Places, texts: Numbers, bits: NDArray[Any], firsts: NDArray[Any], longest: int, least: int,
    marks: NDArray[np.uint8], table: Words, stretches: Words, unlike: Words,
) -> None:  # fmt: skip
    """Write of holders a byte for each entry: 1 if they are no kin to it, else 0.

    Parameters
    ----------
    chosen : int64 array, which of the holders.
    texts : uint32 array, shape (holders,), the text of each.
    bits, firsts : the grams of all texts, and where those of each begin.
    longest : holders of more grams are not looked at, so nothing is shown of them.
    least : who holds grams of so many stretches is kin.
    unlike : uint64 array, shape (holders, 8), all 0, to be written to.
    """
    count, rows, found = np.int64(len(chosen)), np.int64(len(bits)), np.empty(longest, np.int64)
    for place in range(-TEXTS_AHEAD, count):
        if place + TEXTS_AHEAD < count:
            fetch(firsts, np.int64(texts[chosen[place + TEXTS_AHEAD]]))
        if 0 <= place + AHEAD < count:
            near = texts[chosen[place + AHEAD]]
            first = np.int64(firsts[near])
            for row in range(first, min(np.int64(firsts[near + 1]), first + longest, rows), LINE):
                fetch(bits, row * bits.shape[1])
        if place >= 0:
            text, spread = texts[chosen[place]], unlike[chosen[place]]
            first, behind = np.int64(firsts[text]), np.int64(firsts[text + 1])
            if 0 <= first <= behind <= min(rows, first + longest):
                joined(stretches, found[: held(bits, first, behind, marks, table, found)], spread)
                keep_unlike(spread, least)


@compiled
def pick(owners: Numbers, ends: Places, holders: int, most: int, got: Places) -> Places:
    """Return holders that are enough: those who hold most first, each if a gram has too few of them so far.

    Parameters
    ----------
    owners, ends : the holders of each gram, as `numbered` wrote them.
    holders : how many there are.
    most : so many of each gram are enough.
    got : int64 array, shape (grams,), how many of each there are so far; to be added to.
    """
    grams = len(ends) - 1
    begin, order = np.zeros(holders + 1, np.int64), np.empty(holders, np.int64)
    for holder in owners[: ends[grams]]:
        begin[np.int64(holder) + 1] += 1
    begin = np.cumsum(begin)
    own, place = np.empty(ends[grams], np.int64), begin[:holders].copy()
    for gram in range(grams):
        for holder in owners[ends[gram] : ends[gram + 1]]:
            own[place[holder]] = gram
            place[holder] += 1
    ranks = np.zeros(grams + 2, np.int64)
    for holder in range(holders):
        ranks[grams - (begin[holder + 1] - begin[holder]) + 1] += 1
    ranks = np.cumsum(ranks)
    for holder in range(holders):
        rank = grams - (begin[holder + 1] - begin[holder])
        order[ranks[rank]] = holder
        ranks[rank] += 1
    found = 0
    for holder in order:
        held_by, useful = own[begin[holder] : begin[holder + 1]], False
        for gram in held_by:
            useful |= got[gram] < most
        if useful:
            order[found] = holder
            found += 1
            for gram in held_by:
                got[gram] += 1
    return order[:found]


@compiled
def gram_unlike(
    queries: Words, keys: Words, bits: NDArray[Any], order: Numbers, begins: Numbers, likely: NDArray[np.uint8],
    width: np.uint64, to_bucket: np.uint64, to_mark: np.uint64, large: int, table: Words, filled: Numbers,
    texts: int, entries: Numbers, bank: NDArray[np.uint16], expires: Places, asked: NDArray[np.bool_],
    dead: NDArray[np.uint8], now: int, firsts: NDArray[Any], marks: NDArray[np.uint8], noted: Words,
    stretches: Words, least: int, longest: int, most: int, own: Places, numbers: Numbers, left: Places,
    got: Places, rows: Places, out: Words,
) -> None:  # fmt: skip
    """Add of each gram how many of its holders are shown to be neither an entry nor kin to it.

    The parameters are those of `gram_runs`, `gram_owners`, `note_unlike` (`noted` being its `table`), and these.

    Parameters
    ----------
    most : so many holders of each gram are enough.
    own : int64 array, shape (entries,), the place of each entry; -1 if it is in another part.
    numbers : as for `others_numba.numbered`, all 0, and so again afterwards.
    left : int64 array, shape (queries,), how many rows of each are still looked at; to be counted down.
    got : int64 array, shape (queries,), how many holders of each were chosen; to be added to.
    rows : int64 array, shape (queries,), to be added to: how many rows there are in all.
    out : uint64 array, shape (queries, 8), to be added to: a byte for each entry.
    """
    which, begin, count = np.empty((3, len(queries)), np.int64)
    runs = gram_runs(
        queries, keys, bits, order, begins, likely, width, to_bucket, to_mark, large, which, begin, count
    )
    which, begin, count = which[:runs], begin[:runs], count[:runs]
    rows[which] += count
    count = np.where(got[which] < most, np.minimum(count, left[which]), 0)
    left[which] -= count
    owners = gram_owners(
        begin, count, order, width, np.int64(len(bits)), table, filled, texts, entries, bank, expires, asked, dead,
        now,
    )  # fmt: skip
    holders, ends = np.empty(min(len(owners), len(numbers)), np.uint32), np.empty(runs + 1, np.int64)
    found = numbered(count, owners, numbers, holders, ends)
    so_far, unlike = got[which], np.zeros((found, LANES), np.uint64)
    chosen = pick(owners, ends, found, most, so_far)
    got[which] = so_far
    note_unlike(chosen, holders, bits, firsts, longest, least, marks, noted, stretches, unlike)
    for entry in range(len(own)):
        if own[entry] >= 0 and numbers[own[entry]] > 0:
            itself = unlike[np.int64(numbers[own[entry]]) - 1]
            itself[entry >> 3] &= ~(np.uint64(255) << np.uint64(8 * (entry & 7)))
    for holder in holders[:found]:
        numbers[holder] = 0
    for run in range(runs):
        for holder in owners[ends[run] : ends[run + 1]]:
            for lane in range(LANES):
                out[which[run], lane] += unlike[holder, lane]

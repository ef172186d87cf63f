"""Looking up grams of texts, compiled; `index.sealed_grams` has the plain form, and says what the arrays hold.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes rows be missed, or a hit stand elsewhere.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.lanes import fetch
from stanch.kernels.postings_numba import mixed

Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]

BLOCK = 256
"""So many queries are looked up together."""

AHEAD = 16
"""So many hits, or runs, ahead memory is asked for."""

GUESSED = 64
"""Of one row in so many it is known at once which text it belongs to."""

UNMARKED = (1 << 16) - 1
LONGEST = 256
"""As in `index.stretches`."""


@compiled
def word(bits: NDArray[Any], row: np.int64) -> np.uint64:
    """Return a gram, put together from columns of 16 bits, the lowest first, or as it stands in one of 64."""
    value = np.uint64(0)
    for column in range(bits.shape[1]):
        value |= np.uint64(bits[row, column]) << np.uint64(16 * column)
    return value


@compiled
def row_at(order: Numbers, place: np.int64, width: np.uint64, rows: np.int64) -> np.int64:
    """Return the row at a place of `order`; a damaged one is the last row."""
    return min(np.int64(np.uint64(order[place]) & ((np.uint64(1) << width) - np.uint64(1))), rows - 1)


@compiled
def tagged(
    order: Numbers, low: np.int64, high: np.int64, width: np.uint64, tag: np.uint64, large: int
) -> tuple[np.int64, np.int64]:
    """Return where between `low` and `high` the places of a tag begin and end; their tags rise."""
    if high - low > large:
        low = tag_border(order, low, high, width, tag)
        return low, tag_border(order, low, high, width, tag + np.uint64(1))
    before, same = np.int64(0), np.int64(0)
    for place in range(low, high):  # without a branch, so that several are compared at once
        held = np.uint64(order[place]) >> width
        before += held < tag
        same += held == tag
    return low + before, low + before + same


@compiled
def tag_border(order: Numbers, low: np.int64, high: np.int64, width: np.uint64, tag: np.uint64) -> np.int64:
    """Return the first place between `low` and `high` whose tag is not less."""
    while low < high:
        middle = (low + high) >> 1
        if np.uint64(order[middle]) >> width < tag:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def key_border(
    bits: NDArray[Any], order: Numbers, low: np.int64, high: np.int64, width: np.uint64, key: np.uint64,
    behind: int,
) -> np.int64:  # fmt: skip
    """Return the first place between `low` and `high` whose key is not less; is more, if `behind` is 1, not 0."""
    while low < high:
        middle = (low + high) >> 1
        stored = mixed(word(bits, row_at(order, middle, width, len(bits))))
        if stored < key or (behind == 1 and stored == key):
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def fill_likely(
    order: Numbers, begins: Numbers, width: np.uint64, more: np.uint64, likely: NDArray[np.uint8]
) -> None:
    """Set the bit of each beginning of a key that is stored: its bucket, and `more` bits of its tag.

    Parameters
    ----------
    width : bits of a row's number in `order`; the tag is above.
    likely : uint8 array, all 0, to be written to; bit k % 8 of byte k // 8 is for the beginning k.
    """
    places, less, behind = np.int64(len(order)), np.uint64(32) - width - more, np.int64(0)
    for bucket in range(len(begins) - 1):
        low, behind = max(behind, np.int64(begins[bucket])), min(np.int64(begins[bucket + 1]), places)
        for place in range(low, behind):
            mark = np.uint64(bucket) << more | np.uint64(order[place]) >> width >> less
            likely[mark >> np.uint64(3)] |= np.uint8(1 << (mark & np.uint64(7)))


@compiled
def gram_runs(  # noqa: C901 - five loops, of which none waits for memory within itself
    queries: Words, keys: Words, bits: NDArray[Any], order: Numbers, begins: Numbers, likely: NDArray[np.uint8],
    width: np.uint64, to_bucket: np.uint64, to_mark: np.uint64, large: int, which: Places, begin: Places,
    count: Places,
) -> int:  # fmt: skip
    """Find the rows that equal each query; they stand side by side in `order`.

    In loops of which no step waits for the one before, as most of what they read is far from the processor: first
    whether anything begins as the query does, which of nearly all that are not stored nothing does, then the
    directory, then the tags of a bucket, then a gram of those whose tag is the query's.

    Parameters
    ----------
    queries, keys : uint64 arrays, shape (queries,).
    likely : as `fill_likely` wrote it.
    width : bits of a row's number in `order`; the tag is above.
    to_bucket, to_mark : by how many bits a key is shifted to get its bucket, and its place in `likely`.
    large : of more rows in a bucket, those sought are found by halving.
    which, begin, count : int64 arrays, shape (queries,), to be written to: the queries that equal rows, where in
        `order` these begin, and how many they are.

    Returns
    -------
    int, how many queries equal rows.
    """
    asked, lows, highs = np.empty((3, BLOCK), np.int64)
    rows, places = np.int64(len(bits)), np.int64(len(order))
    to_tag = to_bucket - (np.uint64(32) - width)
    tag_mask = (np.uint64(1) << (np.uint64(32) - width)) - np.uint64(1)
    found = 0
    for first in range(0, len(queries), BLOCK):
        last, left = min(first + BLOCK, len(queries)), np.int64(0)
        for query in range(first, last):
            fetch(likely, np.int64(keys[query] >> to_mark) >> 3)
        for query in range(first, last):
            mark = np.int64(keys[query] >> to_mark)
            asked[left] = query
            left += np.int64(likely[mark >> 3] >> (mark & 7) & 1)
        for place in range(left):
            fetch(begins, np.int64(keys[asked[place]] >> to_bucket))
        for place in range(left):
            bucket = np.int64(keys[asked[place]] >> to_bucket)
            low = min(np.int64(begins[bucket]), places)
            lows[place], highs[place] = low, min(np.int64(begins[bucket + 1]), places)
            fetch(order, low)
            fetch(order, low + 8)
        for place in range(left):
            tag = keys[asked[place]] >> to_tag & tag_mask
            low, high = tagged(order, lows[place], highs[place], width, tag, large)
            lows[place], highs[place] = low, high
            if low < high:
                fetch(bits, row_at(order, low, width, rows) * bits.shape[1])
        for place in range(left):
            query, low, high = asked[place], lows[place], highs[place]
            if high - low > large:
                low = key_border(bits, order, low, high, width, keys[query], 0)
                high = key_border(bits, order, low, high, width, keys[query], 1)
            while low < high and word(bits, row_at(order, low, width, rows)) != queries[query]:
                low += 1
            while low < high and word(bits, row_at(order, high - 1, width, rows)) != queries[query]:
                high -= 1
            if low < high:
                which[found], begin[found], count[found] = query, low, high - low
                found += 1
    return found


@compiled
def code_of(codes: NDArray[np.uint8], row: np.int64) -> np.int64:
    """Return the code of 12 bits of a row; those of two rows share three bytes."""
    place = 3 * (row >> 1)
    shared = np.int64(codes[place + 1])
    if row & 1:
        return np.int64(codes[place + 2]) << 4 | shared >> 4
    return np.int64(codes[place]) | (shared & 15) << 8


@compiled
def odd_place(odd: Numbers, row: np.int64) -> np.int64:
    """Return where a row stands among those that no code tells; the number of these if it does not."""
    low, high = np.int64(0), np.int64(len(odd))
    while low < high:
        middle = (low + high) >> 1
        if np.int64(odd[middle]) < row:
            low = middle + 1
        else:
            high = middle
    return low if low < len(odd) and np.int64(odd[low]) == row else np.int64(len(odd))


@compiled
def begin_of(
    row: np.int64, first: np.int64, codes: NDArray[np.uint8], book: NDArray[np.uint16], odd: Numbers,
    places: NDArray[Any], marks: NDArray[np.uint16],
) -> float:  # fmt: skip
    """Return where a row begins in its text, of which `first` is the first row: so many steps from the mark before
    it, from the beginning of its text, or, where there is no mark, from the last row that is told as it is.
    """
    begin = row & ~np.int64(15)
    if begin >= first and marks[begin >> 4] != UNMARKED:
        at = float(marks[begin >> 4])
        begin += 1
    else:
        at, begin = 0.0, max(first, row - LONGEST)
    for step in range(begin, row + 1):
        code = code_of(codes, step)
        if code < len(book):
            at += book[code, 0]
        else:
            place = odd_place(odd, step)
            at = float(places[place, 0]) if place < len(odd) else at
    return at


@compiled
def unfolded(
    first: np.int64, last: np.int64, codes: NDArray[np.uint8], book: NDArray[np.uint16], odd: Numbers,
    places: NDArray[Any], out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write where rows `first` to `last`, those of one text, begin in it, and begin and end in the original.

    Parameters
    ----------
    out : float64 array, shape (3, last - first), to be written to.
    """
    at, start = 0.0, 0.0
    for row in range(first, last):
        code = code_of(codes, row)
        end = start
        if code < len(book):
            at += book[code, 0]
            start += book[code, 1]
            end = start + book[code, 2]
        else:
            place = odd_place(odd, row)
            if place < len(odd):
                at, start, end = float(places[place, 0]), float(places[place, 1]), float(places[place, 2])
        out[0, row - first], out[1, row - first], out[2, row - first] = at, start, end


@compiled
def fill_guesses(firsts: NDArray[Any], guesses: Numbers) -> None:
    """Write which text each `GUESSED`th row belongs to; a damaged one is one before or behind it."""
    text, texts = np.int64(0), np.int64(len(firsts)) - 1
    for place in range(len(guesses)):
        while text + 1 < texts and np.int64(firsts[text + 1]) <= place * GUESSED:
            text += 1
        guesses[place] = text


@compiled
def owner_of(firsts: NDArray[Any], guess: np.int64, row: np.int64) -> np.int64:
    """Return which text a row belongs to; `guess` is the text of a row a little before it."""
    texts = np.int64(len(firsts)) - 1
    low = min(guess, texts - 1)
    while low + 1 < texts and np.int64(firsts[low + 1]) <= row:
        low += 1
    return low


@compiled
def gathered(  # noqa: C901, PLR0912 - one loop over what was found; calls would be compiled into it again
    which: Places, begin: Places, count: Places, order: Numbers, width: np.uint64, rows: np.int64,
    firsts: NDArray[Any], guesses: Numbers, entries: Numbers, bank: NDArray[np.uint16], expires: Places,
    numbers: Places, asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int, limit: int, base: int, told: int,
    codes: NDArray[np.uint8], book: NDArray[np.uint16], odd: Numbers, places: NDArray[Any],
    marks: NDArray[np.uint16], hits: Places, at: NDArray[np.float64],
) -> int:  # fmt: skip
    """Write the hits of runs that `gram_runs` found, in order, without those of dead and expired entries.

    Parameters
    ----------
    firsts : where the rows of each text begin, and where the last ends.
    guesses : as `fill_guesses` wrote it.
    entries : the ordinal of each text; empty where it is its place.
    bank, expires : of each ordinal; one element stands for all.
    numbers : of the banks.
    asked : which of them are searched.
    dead : of the texts, a bit for each that was removed.
    limit : how many entries of a bank to write for each query.
    base : what is added to an ordinal.
    told : 1 to write where in their texts hits begin, 0 to write their rows instead.
    hits : int64 array, shape (6, room), to be written to: query, bank, entry, how many of the bank there are; its
        row, and the first of its text.
    at : float64 array, shape (room,), to be written to.

    Returns
    -------
    int, how many were written.
    """
    found = np.int64(0)
    total = np.zeros(len(numbers), np.int64)
    ordinals = max(len(bank), len(expires))
    for run in range(len(which)):
        for ahead in range(min(count[run], AHEAD)):
            fetch(guesses, row_at(order, begin[run] + ahead, width, rows) // GUESSED)
        if run + 1 < len(which):
            fetch(order, begin[run + 1])
            fetch(guesses, row_at(order, begin[run + 1], width, rows) // GUESSED)
        began, text, ends = found, np.int64(-1), np.int64(-1)
        of, taken, behind = np.int64(0), False, begin[run] + count[run]
        total[:] = 0
        for place in range(begin[run], behind):
            if place + 2 * AHEAD < behind:
                fetch(guesses, row_at(order, place + 2 * AHEAD, width, rows) // GUESSED)
            if place + AHEAD < behind:
                fetch(firsts, np.int64(guesses[row_at(order, place + AHEAD, width, rows) // GUESSED]))
            row = row_at(order, place, width, rows)
            if text < 0 or row >= ends:
                text = owner_of(firsts, np.int64(guesses[row // GUESSED]), row)
                ends = np.int64(firsts[text + 1])
                entry = np.int64(entries[text]) if len(entries) else text
                taken = not dead[text >> 3] >> np.uint8(text & 7) & 1 and (ordinals == 1 or entry < ordinals)
                if taken:
                    of = np.int64(bank[entry if len(bank) > 1 else 0])
                    taken = of < len(asked) and asked[of] and expires[entry if len(expires) > 1 else 0] > now
                if taken:
                    total[of] += 1
                    taken = total[of] <= limit
            if taken:
                hits[0, found], hits[1, found], hits[2, found] = which[run], of, base + entry
                hits[4, found], hits[5, found], at[found] = row, firsts[text], row
                found += 1
        for hit in range(began, found):
            hits[3, hit] = total[hits[1, hit]]
            hits[1, hit] = numbers[hits[1, hit]]
    if told == 1:
        for hit in range(found + AHEAD):  # what the steps of a hit are told by is asked for some hits ahead
            if hit < found:
                fetch(codes, 3 * (hits[4, hit] >> 1))
                fetch(marks, hits[4, hit] >> 4)
            if hit >= AHEAD:
                row, first = hits[4, hit - AHEAD], max(hits[5, hit - AHEAD], np.int64(0))
                at[hit - AHEAD] = begin_of(row, first, codes, book, odd, places, marks)
    return found


@compiled
def placed(
    entry: Places, lowest: int, highest: int, rows: np.int64, firsts: NDArray[Any], guesses: Numbers,
    codes: NDArray[np.uint8], book: NDArray[np.uint16], odd: Numbers, places: NDArray[Any],
    marks: NDArray[np.uint16], at: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write where hits begin in the place of their rows, which `gathered` wrote.

    Parameters
    ----------
    entry : int64 array, shape (hits,); those of one side by side are found sooner.
    lowest, highest : the numbers of the entries that are these rows'; hits of others stay as they are.
    at : float64 array, shape (hits,), to be written to.
    """
    first, ends = np.int64(0), np.int64(-1)
    for hit in range(len(at) + AHEAD):
        if hit < len(at) and lowest <= entry[hit] <= highest:
            fetch(codes, 3 * (np.int64(at[hit]) >> 1))
            fetch(marks, np.int64(at[hit]) >> 4)
        here = hit - AHEAD
        if here >= 0 and lowest <= entry[here] <= highest:
            row = min(max(np.int64(at[here]), np.int64(0)), rows - 1)
            if row < first or row >= ends:
                text = owner_of(firsts, np.int64(guesses[row // GUESSED]), row)
                first, ends = max(np.int64(firsts[text]), np.int64(0)), np.int64(firsts[text + 1])
            at[here] = begin_of(row, first, codes, book, odd, places, marks)

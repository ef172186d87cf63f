"""Looking up grams of texts, compiled; `index.sealed_grams` has the plain form, and says what the arrays hold.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes rows be missed, or a hit stand elsewhere.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.lanes import fetch
from stanch.kernels.postings_numba import held_again, mixed

Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]

BLOCK = 1024
"""So many queries are looked up together."""


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
    """Return where between `low` and `high` the places of a tag begin and end; their tags rise.

    A bucket of many places holds one frequent gram and few others, so both borders are near its ends as a rule.
    """
    if high - low > large:
        low = tag_border(order, low, high, min(low + large, high), width, tag)
        return low, tag_border(order, low, high, max(high - large, low), width, tag + np.uint64(1))
    before, same = np.int64(0), np.int64(0)
    for place in range(low, high):  # without a branch, so that several are compared at once
        held = np.uint64(order[place]) >> width
        before += held < tag
        same += held == tag
    return low + before, low + before + same


@compiled
def tag_border(
    order: Numbers, low: np.int64, high: np.int64, likely: np.int64, width: np.uint64, tag: np.uint64
) -> np.int64:
    """Return the first place between `low` and `high` whose tag is not less; `likely` is looked at first."""
    middle = likely
    while low < high:
        if middle < high and np.uint64(order[middle]) >> width < tag:
            low = middle + 1
        else:
            high = min(middle, high)
        middle = (low + high) >> 1
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
def first_equal(
    bits: NDArray[Any], order: Numbers, low: np.int64, high: np.int64, width: np.uint64, query: np.uint64,
    key: np.uint64, large: int,
) -> np.int64:  # fmt: skip
    """Return the first place between `low` and `high` that holds a gram; `high` if none does."""
    rows = np.int64(len(bits))
    if high - low <= large:
        while low < high and word(bits, row_at(order, low, width, rows)) != query:
            low += 1
        return low
    if word(bits, row_at(order, low, width, rows)) == query:
        return low
    low = key_border(bits, order, low + 1, high, width, key, 0)
    return low if low < high and word(bits, row_at(order, low, width, rows)) == query else high


@compiled
def behind_equal(
    bits: NDArray[Any], order: Numbers, low: np.int64, high: np.int64, width: np.uint64, query: np.uint64,
    key: np.uint64, large: int,
) -> np.int64:  # fmt: skip
    """Return the place behind the last up to `high` that holds a gram; that at `low` does."""
    rows = np.int64(len(bits))
    if high - low > large and word(bits, row_at(order, high - 1, width, rows)) != query:
        return key_border(bits, order, low + 1, high - 1, width, key, 1)
    while word(bits, row_at(order, high - 1, width, rows)) != query:
        high -= 1
    return high


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
def fill_ends(bits: NDArray[Any], marks: np.uint64, likely: NDArray[np.uint8]) -> None:
    """Set the bit of each end that the key of a gram has.

    Parameters
    ----------
    marks : how many ends there are, a power of two.
    likely : uint8 array, all 0, to be written to; bit k % 8 of byte k // 8 is for the end k.
    """
    places = np.empty(BLOCK, np.int64)
    for first in range(0, len(bits), BLOCK):
        count = min(BLOCK, len(bits) - first)
        for place in range(count):
            places[place] = np.int64(mixed(word(bits, first + place)) & (marks - np.uint64(1)))
            fetch(likely, places[place] >> 3)
        for place in range(count):
            likely[places[place] >> 3] |= np.uint8(1 << (places[place] & 7))


@compiled
def gram_runs(  # noqa: C901 - five loops, of which none waits for memory within itself
    queries: Words, keys: Words, bits: NDArray[Any], order: Numbers, begins: Numbers, likely: NDArray[np.uint8],
    width: np.uint64, to_bucket: np.uint64, to_mark: np.uint64, large: int, which: Places, begin: Places,
    count: Places,
) -> int:  # fmt: skip
    """Find the rows that equal each query; they stand side by side in `order`.

    In loops of which no step waits for the one before, as most of what they read is far from the processor: first
    whether any key begins as the query's does, then whether any ends so, which of nearly all that are not stored
    none does, then the directory, then the tags of a bucket, then a gram of those whose tag is the query's.

    Parameters
    ----------
    queries, keys : uint64 arrays, shape (queries,).
    likely : uint8 array, shape (2, marks / 8), as `fill_likely` and `fill_ends` wrote it.
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
    ends = (np.uint64(1) << (np.uint64(64) - to_mark)) - np.uint64(1)
    found = 0
    for first in range(0, len(queries), BLOCK):
        last, left = min(first + BLOCK, len(queries)), np.int64(0)
        for query in range(first, last):
            fetch(likely, np.int64(keys[query] >> to_mark) >> 3)
        for query in range(first, last):
            mark = np.int64(keys[query] >> to_mark)
            asked[left] = query
            left += np.int64(likely[0, mark >> 3] >> (mark & 7) & 1)
        left = held_again(keys, likely, ends, asked, left)
        for place in range(left):
            fetch(begins, np.int64(keys[asked[place]] >> to_bucket))
        for place in range(left):
            bucket = np.int64(keys[asked[place]] >> to_bucket)
            low = min(np.int64(begins[bucket]), places)
            lows[place], highs[place] = low, min(np.int64(begins[bucket + 1]), places)
            fetch(order, low)
            fetch(order, low + 8)
            if highs[place] - low > large:
                fetch(order, low + large)
                fetch(order, highs[place] - large)
        for place in range(left):
            tag = keys[asked[place]] >> to_tag & tag_mask
            low, high = tagged(order, lows[place], highs[place], width, tag, large)
            lows[place], highs[place] = low, high
            if low < high:
                fetch(bits, row_at(order, low, width, rows) * bits.shape[1])
                fetch(bits, row_at(order, high - 1, width, rows) * bits.shape[1])
        for place in range(left):
            query, low, high = asked[place], lows[place], highs[place]
            low = first_equal(bits, order, low, high, width, queries[query], keys[query], large)
            if low < high:
                high = behind_equal(bits, order, low, high, width, queries[query], keys[query], large)
                which[found], begin[found], count[found] = query, low, high - low
                found += 1
    return found

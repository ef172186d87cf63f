"""Looking up equal rows, compiled; `index.sealed_postings` has the plain form, and says what the arrays hold.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes rows be missed.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.lanes import fetch

Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]

BLOCK = 1024
"""So many queries are looked up together."""

AHEAD = 4
"""So many rows of a bucket are asked for before any is looked at."""


@compiled
def mixed(value: np.uint64) -> np.uint64:
    """Return a word stirred through all its bits: the key of a feature that has no more words."""
    value = (value ^ value >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ value >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return value ^ value >> np.uint64(31)


@compiled
def key(bits: Words, row: int | np.int64) -> np.uint64:
    """Return the key of a feature, as `kernels.keys.keys_of` does."""
    made = np.uint64(0)
    for word in range(bits.shape[1]):
        made = mixed(made ^ bits[row, word])
    return made


@compiled
def fill_keys(bits: Words, keys: Words) -> None:
    """Write the key of each feature."""
    if bits.shape[1] == 1:
        for row in range(len(bits)):
            keys[row] = mixed(bits[row, 0])
        return
    for row in range(len(bits)):
        keys[row] = key(bits, row)


@compiled
def precedes(bits: Words, row: np.int64, queries: Words, query: np.int64, behind: int) -> bool:
    """Whether a row stands before a query in the order of rows; so does its equal if `behind` is 1, not 0."""
    stored, asked = key(bits, row), key(queries, query)
    if stored != asked:
        return bool(stored < asked)
    for word in range(1, bits.shape[1]):
        if bits[row, word] != queries[query, word]:
            return bool(bits[row, word] < queries[query, word])
    return behind == 1


@compiled
def border(
    bits: Words, order: Numbers, low: np.int64, high: np.int64, queries: Words, query: np.int64, behind: int
) -> np.int64:
    """Return where between `low` and `high` the first row stands that does not precede a query."""
    while low < high:
        middle = (low + high) >> 1
        row = np.int64(order[middle])
        if row < len(bits) and precedes(bits, row, queries, query, behind):
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def equal(bits: Words, row: np.int64, queries: Words, query: np.int64) -> bool:
    """Whether a row equals a query."""
    if row >= len(bits):
        return False
    for word in range(bits.shape[1]):  # noqa: SIM110 - numba compiles no generators
        if bits[row, word] != queries[query, word]:
            return False
    return True


@compiled
def marked(
    keys: Words, first: int, last: int, marks: NDArray[np.uint8], to_mark: np.uint64, begins: Numbers,
    to_bucket: np.uint64, which: Places, bucket: Places,
) -> np.int64:  # fmt: skip
    """Write which queries have their marks set, and their buckets; return how many they are.

    Asking for all marks beforehand makes this four times as fast: how far the second loop is hangs on each mark.
    """
    for query in range(first, last):
        fetch(marks, np.int64(keys[query] >> to_mark) >> 3)
    left = np.int64(0)
    for query in range(first, last):
        mark = np.int64(keys[query] >> to_mark)
        which[left] = query
        left += np.int64(marks[0, mark >> 3] >> (mark & 7) & 1)
    if len(marks) > 1:
        left = held_again(keys, marks, (np.uint64(1) << (np.uint64(64) - to_mark)) - np.uint64(1), which, left)
    for place in range(left):
        bucket[place] = np.int64(keys[which[place]] >> to_bucket)
        fetch(begins, bucket[place])
    return left


@compiled
def held_again(
    keys: Words, likely: NDArray[np.uint8], ends: np.uint64, asked: Places, count: np.int64
) -> np.int64:
    """Keep those of so many queries whose end is stored; return how many they are.

    Parameters
    ----------
    likely : uint8 array, shape (2, marks / 8); bit k % 8 of byte k // 8 is set if a key begins with k, and in the
        second line if one ends so.
    ends : the bits of a key that are its end.
    asked : the queries, rearranged.
    """
    beyond, left = np.int64(likely.shape[1]), np.int64(0)
    for place in range(count):
        fetch(likely, beyond + np.int64((keys[asked[place]] & ends) >> np.uint64(3)))
    for place in range(count):
        end = np.int64(keys[asked[place]] & ends)
        asked[left] = asked[place]
        left += np.int64(likely[1, end >> 3] >> (end & 7) & 1)
    return left


@compiled
def opened(bits: Words, order: Numbers, begins: Numbers, bucket: Places, begin: Places, end: Places) -> None:
    """Write where buckets begin and end, and ask for their first rows."""
    rows = np.int64(len(order))
    for place in range(len(bucket)):
        begin[place] = min(np.int64(begins[bucket[place]]), rows)
        end[place] = min(np.int64(begins[bucket[place] + 1]), rows)
        fetch(order, begin[place])
    for place in range(len(bucket)):
        for ahead in range(begin[place], min(begin[place] + AHEAD, end[place])):
            fetch(bits, np.int64(order[ahead]) * bits.shape[1])


@compiled
def runs(
    queries: Words, keys: Words, bits: Words, order: Numbers, begins: Numbers, marks: NDArray[np.uint8],
    to_mark: np.uint64, to_bucket: np.uint64, large: int, which: Places, begin: Places, count: Places,
) -> int:  # fmt: skip
    """Find the rows that equal each query; they stand side by side in `order`.

    The marks of many queries are read first, then the directory for those that are left, then rows: in loops of
    which no step waits for the one before, as most of what they read is far from the processor. Tests hold this
    to `SealedPostings`, which does the same by numpy.

    Parameters
    ----------
    queries : uint64 array, shape (queries, words).
    keys : uint64 array, shape (queries,), of the queries.
    marks : uint8 array, shape (1 or 2, marks / 8): by how keys begin, and by how they end; see `held_again`.
    to_mark, to_bucket : by how many bits a key is shifted to get its mark and its bucket.
    large : of more rows in a bucket, equal ones are found by halving.
    which, begin, count : int64 arrays, shape (queries,), to be written to: the queries that equal rows, where in
        `order` these begin, and how many they are.

    Returns
    -------
    int, how many queries equal rows.
    """
    asked, bucket, lows, highs = np.empty((4, BLOCK), np.int64)
    found = 0
    for first in range(0, len(queries), BLOCK):
        last = min(first + BLOCK, len(queries))
        left = marked(keys, first, last, marks, to_mark, begins, to_bucket, asked, bucket)
        opened(bits, order, begins, bucket[:left], lows, highs)
        for place in range(left):
            query, low, high = asked[place], lows[place], highs[place]
            if high - low > large:
                low = border(bits, order, low, high, queries, query, 0)
                high = border(bits, order, low, high, queries, query, 1)
            while low < high and not equal(bits, np.int64(order[low]), queries, query):
                low += 1
            while low < high and not equal(bits, np.int64(order[high - 1]), queries, query):
                high -= 1
            if low < high:
                which[found], begin[found], count[found] = query, low, high - low
                found += 1
    return found

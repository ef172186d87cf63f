"""Putting features in order of their keys, and what finds them there."""

import numpy as np
from numpy.typing import NDArray

from stanch.index.sealed import still
from stanch.kernels.keys import keys_of

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
EVERY = np.uint64(2**64 - 1)

LARGE = 16
"""Of more rows in a bucket, those that equal a query are found by halving; of fewer, by looking at each."""


def with_keys(queries: Words, *, compiled: bool) -> tuple[Words, Words]:
    """Return queries and their keys, ready for the kernel if it is the one to look them up."""
    queries = still(np.ascontiguousarray(queries).view())
    return queries, still(keys_of(queries, compiled=compiled))


def in_key_order(bits: Words, rows: Words, number: np.uint64) -> tuple[NDArray[np.uint32], Words]:
    """Return rows in order of their keys, equal ones as they stand, and the first bits of their keys.

    Row and beginning of the key are put into one word and sorted as plain numbers, several times as fast as
    finding out an order; then those are told apart whose keys begin alike.

    Parameters
    ----------
    bits : the features, shape (features, words).
    rows : those that are wanted, rising; their numbers have `number` bits.

    Returns
    -------
    uint32 and uint64 arrays, shape (len(rows),); of the keys 64 - `number` bits.
    """
    packed = keys_of(bits if len(rows) == len(bits) else bits[rows])
    packed &= EVERY << number
    packed |= rows
    packed.sort()
    order = (packed & ~(EVERY << number)).astype(np.uint32)
    packed >>= number
    _untangle(order, packed, bits)
    return order, packed


def _untangle(order: NDArray[np.uint32], cut: Words, bits: Words) -> None:
    """Put rows in order whose keys begin alike although the rows are not equal: few, unless somebody made them.

    Parameters
    ----------
    order : rows by `cut`, to be written to.
    cut : the first bits of the keys, in this order.
    """
    alike = np.flatnonzero(cut[1:] == cut[:-1])
    differ = alike[(bits[order[alike]] != bits[order[alike + 1]]).any(axis=1)]
    if not len(differ):
        return
    begin, end = (np.searchsorted(cut, np.unique(cut[differ]), side) for side in ("left", "right"))
    places = from_each(begin, end - begin)
    rows, run = order[places], cut[places]
    minor_first = [bits[rows, word] for word in range(bits.shape[1] - 1, 0, -1)]
    order[places] = rows[np.lexsort((*minor_first, keys_of(bits[rows]), run))]  # stable: equal ones stay in order


def directory(buckets: Words, count: int) -> NDArray[np.uint32]:
    """Return where each bucket begins among sorted numbers of buckets, and behind them where the last ends."""
    begins = np.zeros(count + 1, dtype=np.uint32)
    np.cumsum(np.bincount(buckets.view(np.int64), minlength=count), out=begins[1:])
    return begins


def marks_of(cut: Words, left: int, width: int) -> NDArray[np.uint8]:
    """Return a bit for each beginning of `width` bits that keys, of which `left` bits are here, may have."""
    set_ = np.zeros(1 << width, dtype=np.bool_)
    set_[(cut >> np.uint64(left - width)).view(np.int64)] = True
    return np.packbits(set_, bitorder="little")


def from_each(begin: Places, counts: Places) -> Places:
    """Return so many numbers from each beginning on, one run behind the other."""
    return np.arange(counts.sum()) + np.repeat(begin - np.cumsum(counts) + counts, counts)

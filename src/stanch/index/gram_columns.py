"""Columns of stored grams: how they are narrowed, and looked into."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

NARROW = 48
"""Grams that fit in so many bits take no more; if one does not, all take 64."""

Places = NDArray[np.int64]
Words = NDArray[np.uint64]


def width_of(count: int) -> int:
    """Return how many bits the numbers below `count` take, at least one."""
    return max(1, (count - 1).bit_length())


def narrowed(bits: Words) -> NDArray[Any]:
    """Return grams in three columns of 16 bits if all fit."""
    if len(bits) and int(bits.max()) >> NARROW:
        return bits
    halves = np.ascontiguousarray(bits, dtype="<u8").view("<u2")
    return np.ascontiguousarray(halves[:, : NARROW // 16])


def joined_words(columns: NDArray[Any]) -> Words:
    """Put grams together from their columns of 16 bits, shape (rows, 3)."""
    grams = columns[:, 0].astype(np.uint64)
    for column in range(1, columns.shape[1]):
        grams |= columns[:, column].astype(np.uint64) << np.uint64(16 * column)
    return grams


def one_of(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column as the kernels take it: one element of it where all are the same."""
    return column[:1] if len(column) and column.strides[0] == 0 else column


def of_each(column: NDArray[Any], places: Places) -> NDArray[Any]:
    """Return a column at these places; one element of it stands for all."""
    return np.broadcast_to(column, places.shape) if len(column) == 1 else column[places]


def are_set(bits: NDArray[np.uint8], places: Places) -> NDArray[np.bool_]:
    """Return whether these bits are set."""
    found: NDArray[np.bool_] = bits[places >> 3] >> (places & 7).astype(np.uint8) & 1 == 1
    return found

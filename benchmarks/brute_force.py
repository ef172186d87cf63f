"""Every hash compared with every query: what is true of them, by nothing that an index is made of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.hashes import Words
from stanch.kernels.jit import compiled

THREADS = 2
ROOM = 1 << 20
BLOCK = 4096
"""Rows that stay in the nearest caches while every query passes them."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairs:
    """A query and a hash that are near each other, in order of query, distance and row.

    Parameters
    ----------
    query, row, distance : int64 arrays of one length.
    """

    query: Numbers
    row: Numbers
    distance: Numbers

    def __len__(self) -> int:
        return len(self.query)

    @classmethod
    def of(cls, query: Numbers, row: Numbers, distance: Numbers) -> "Pairs":
        """Put pairs in order."""
        order = np.lexsort((row, distance, query))
        return cls(query=query[order], row=row[order], distance=distance[order])

    @property
    def keys(self) -> Numbers:
        """Each pair with its distance as one number: of fewer than 2^40 rows and 2^15 queries."""
        return (self.query << 48) | (self.distance << 40) | self.row


def pairs_within(rows: Words, alive: NDArray[np.bool_], queries: Words, radius: int) -> Pairs:
    """Compare every row that is alive with every query.

    Parameters
    ----------
    rows, queries : uint64 arrays, shape (rows, 4) and (queries, 4).
    alive : bool array, shape (rows,).
    """
    shares = np.array_split(np.arange(len(queries)), THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda share: _share(rows, alive, queries[share], radius), shares))
    query = np.concatenate([part[0] + share[0] for part, share in zip(found, shares, strict=True) if len(share)])
    row, distance = (np.concatenate([part[place] for part in found]) for place in (1, 2))
    return Pairs.of(query, row, distance)


def _share(rows: Words, alive: NDArray[np.bool_], queries: Words, radius: int) -> Numbers:
    room = ROOM
    while True:
        found = np.empty((3, room), np.int64)
        count = compare(rows, alive, queries, radius, found)
        if count <= room:
            return found[:, :count]
        room = count


@compiled
def ones(word: np.uint64) -> np.uint64:
    """Count bits by adding neighbours, then pairs of them, then fours (H. S. Warren, Hacker's Delight, 5-1)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def compare(rows: Words, alive: NDArray[np.bool_], queries: Words, radius: int, found: Numbers) -> int:
    """Write query, row and distance of each pair for which there is room, and return how many there are."""
    count = 0
    most = np.uint64(radius)
    for begin in range(0, len(rows), BLOCK):
        for query in range(len(queries)):
            for row in range(begin, min(begin + BLOCK, len(rows))):
                apart = ones(rows[row, 0] ^ queries[query, 0]) + ones(rows[row, 1] ^ queries[query, 1])
                if apart > most:
                    continue
                apart += ones(rows[row, 2] ^ queries[query, 2]) + ones(rows[row, 3] ^ queries[query, 3])
                if apart <= most and alive[row]:
                    if count < found.shape[1]:
                        found[0, count], found[1, count], found[2, count] = query, row, np.int64(apart)
                    count += 1
    return count

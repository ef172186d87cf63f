"""Hits on equal features, collected, put together and grouped, compiled; the plain forms are named at each kernel.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes rows be missed.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Column = NDArray[np.float64]
Places = NDArray[np.int64]

FULL = -1
"""Returned instead of a number of hits: there is no room for all of them."""


@compiled
def put_in_order(hits: Places, at: Column, begin: int, end: int) -> None:
    """Put the hits of one query in order of bank, entry and place.

    Parameters
    ----------
    hits : int64 array, shape (4, room): query, bank, entry and another number.
    at : float64 array, shape (room,).
    begin, end : which of them.
    """
    permuted(hits, at, begin, np.argsort(at[begin:end], kind="mergesort"))
    permuted(hits, at, begin, np.argsort(hits[2, begin:end], kind="mergesort"))
    permuted(hits, at, begin, np.argsort(hits[1, begin:end], kind="mergesort"))


@compiled
def permuted(hits: Places, at: Column, begin: int, order: Places) -> None:
    """Put so many hits from `begin` on in an order."""
    end = begin + len(order)
    for row in range(len(hits)):
        hits[row, begin:end] = hits[row, begin:end][order]
    at[begin:end] = at[begin:end][order]


@compiled
def merged(ends: Places, hits: Places, at: Column, limit: int, columns: Places, out: Column) -> int:
    """Put together the hits of parts, each in order, the entries of each lower than those of the next.

    `index.counted.joined_parts` does the same by numpy.

    Parameters
    ----------
    ends : where the hits of each part end; those of the next begin there.
    hits : int64 array, shape (4, room): query, bank, entry, and how many of the bank the part holds.
    at : float64 array, shape (room,).
    limit : how many entries of a bank to write for each query.
    columns : int64 array, shape (4, hits), to be written to, as `hits`.
    out : float64 array, shape (hits,), to be written to: at.

    Returns
    -------
    int, how many were written.
    """
    query, bank, entry, total = hits[0], hits[1], hits[2], hits[3]
    head, found = np.zeros(len(ends), np.int64), 0
    head[1:] = ends[:-1]
    while True:
        first = np.int64(-1)
        for part in range(len(ends)):
            at_head = head[part]
            if at_head < ends[part] and (
                first < 0
                or query[at_head] < query[first]
                or (query[at_head] == query[first] and bank[at_head] < bank[first])
            ):
                first = at_head
        if first < 0:
            return found
        asked, of, began, entries, before = query[first], bank[first], found, np.int64(0), np.int64(0)
        for part in range(len(ends)):
            hit, begin = head[part], head[part]
            while hit < ends[part] and query[hit] == asked and bank[hit] == of:
                before += 1 if hit == begin or entry[hit] != entry[hit - 1] else 0
                if before <= limit:
                    columns[0, found], columns[1, found], columns[2, found] = asked, of, entry[hit]
                    out[found] = at[hit]
                    found += 1
                hit += 1
            entries += total[begin] if hit > begin else 0
            head[part] = hit
        columns[3, began:found] = entries

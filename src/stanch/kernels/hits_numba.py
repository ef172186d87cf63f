"""Hits on equal features, collected, put together and grouped, compiled; the plain forms are named at each kernel.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes rows be missed.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.postings_numba import mixed

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Numbers = NDArray[np.uint32]

DISORDER = -1
"""Returned instead of a number of hits: those of an entry do not stand in the order of their places."""


@compiled
def collected(
    which: Places, begin: Places, count: Places, order: Numbers, numbers: Places, entries: np.int64, base: int,
    holder: Numbers, bank: NDArray[np.uint16], banks: Places, expires: Places, places: Column,
    asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int, limit: int, hits: Places, at: Column,
) -> int:  # fmt: skip
    """Write the hits of runs that `postings_numba.runs` found, without those of dead and expired entries.

    They are in order of query, entry and place; `index.sealed_postings` does the same by numpy.

    Parameters
    ----------
    which, begin, count, order : as for `runs`.
    numbers, holder, bank, banks, expires, places, base : the columns of `index.holders`; `entries` is its count.
    asked : which banks are searched.
    dead : of the entries, a bit for each that was removed.
    limit : how many entries of a bank to write for each query.
    hits : int64 array, shape (4, room), to be written to: query, bank, entry, how many of the bank there are.
    at : float64 array, shape (room,), to be written to.

    Returns
    -------
    int, how many were written, or `DISORDER`.
    """
    found = 0
    total, last, least = np.zeros(len(banks), np.int64), np.empty(len(banks), np.int64), np.empty(len(banks))
    for run in range(len(which)):
        began = found
        total[:] = 0
        for place in range(begin[run], begin[run] + count[run]):
            row = np.int64(order[place])
            owner = np.int64(holder[row]) if len(holder) > 1 and row < len(holder) else row
            of = np.int64(bank[row if len(bank) > 1 and row < len(bank) else 0])
            if owner >= entries or of >= len(asked) or not asked[of] or dead[owner >> 3] >> (owner & 7) & 1:
                continue
            if expires[row if len(expires) > 1 and row < len(expires) else 0] <= now:
                continue
            here = places[row if len(places) > 1 and row < len(places) else 0]
            if total[of] == 0 or last[of] != owner:
                total[of] += 1
            elif here < least[of]:
                return DISORDER
            last[of], least[of] = owner, here
            if total[of] <= limit:
                entry = base + (numbers[owner] if len(numbers) == entries else numbers[0] + owner)
                hits[0, found], hits[1, found], hits[2, found], at[found] = which[run], of, entry, here
                found += 1
        for hit in range(began, found):
            hits[3, hit] = total[hits[1, hit]]
            hits[1, hit] = banks[hits[1, hit]]
    return found


@compiled
def merged(
    ends: Places, query: Places, bank: Places, entry: Places, at: Column, total: Places, limit: int,
    hits: Places, out: Column,
) -> int:  # fmt: skip
    """Put together the hits of parts, each in order, the entries of each lower than those of the next.

    `index.counted.joined_parts` does the same by numpy.

    Parameters
    ----------
    ends : where the hits of each part end; those of the next begin there.
    query, bank, entry, at, total : of all parts, as `ranked` returns them.
    limit : how many entries of a bank to write for each query.
    hits : int64 array, shape (4, hits), to be written to: query, bank, entry, total.
    out : float64 array, shape (hits,), to be written to: at.

    Returns
    -------
    int, how many were written.
    """
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
                    hits[0, found], hits[1, found], hits[2, found], out[found] = asked, of, entry[hit], at[hit]
                    found += 1
                hit += 1
            entries += total[begin] if hit > begin else 0
            head[part] = hit
        hits[3, began:found] = entries


@compiled
def grouped(entry: Places, fewest: int, order: Places, begin: Places) -> int:
    """Put hits together by their entries, those that were hit most first, of equal ones those of lower numbers.

    `matching.passages` does the same by numpy.

    Parameters
    ----------
    entry : int64 array, shape (hits,), no number negative.
    fewest : entries with fewer hits are left out.
    order : int64 array, shape (hits,), to be written to: the hits entry by entry, in each as they came.
    begin : int64 array, shape (hits + 1,), to be written to: where each entry begins in it, and the last ends.

    Returns
    -------
    int, how many entries there are.
    """
    size = np.int64(4)
    while size < 2 * len(entry):
        size *= 2
    slots, group_of = np.full(size, np.int64(-1)), np.empty(size, np.int64)
    of, number, count = (
        np.empty(len(entry), np.int64),
        np.empty(len(entry), np.int64),
        np.zeros(len(entry), np.int64),
    )
    groups = 0
    for hit in range(len(entry)):
        place = np.int64(mixed(np.uint64(entry[hit])) & np.uint64(size - 1))
        while slots[place] != -1 and slots[place] != entry[hit]:
            place = (place + 1) & (size - 1)
        if slots[place] == -1:
            slots[place], group_of[place], number[groups] = entry[hit], groups, entry[hit]
            groups += 1
        of[hit] = group_of[place]
        count[of[hit]] += 1
    chosen = np.flatnonzero(count[:groups] >= fewest)
    chosen = chosen[np.argsort(number[chosen], kind="mergesort")]
    chosen = chosen[np.argsort(-count[chosen], kind="mergesort")]
    begin[0], room = 0, np.full(groups, np.int64(-1))
    for place in range(len(chosen)):
        room[chosen[place]] = begin[place]
        begin[place + 1] = begin[place] + count[chosen[place]]
    for hit in range(len(entry)):
        if room[of[hit]] >= 0:
            order[room[of[hit]]] = hit
            room[of[hit]] += 1
    return len(chosen)

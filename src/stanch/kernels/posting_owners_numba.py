"""Whose rows are that equal a query, compiled; `index.sealed_postings` has the plain form.

`index.holders` says what the columns hold.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes rows be missed.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.hits_numba import FULL, put_in_order
from stanch.kernels.jit import compiled
from stanch.kernels.others_numba import add_others
from stanch.kernels.postings_numba import runs

Column = NDArray[np.float64]
Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]


@compiled
def row_owners(
    begin: Places, count: Places, order: Numbers, entries: np.int64, holder: Numbers, bank: NDArray[np.uint16],
    expires: Places, asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int,
) -> Numbers:  # fmt: skip
    """Return which entry each row of runs belongs to, run by run; of those that are not found, how many entries
    there are.

    Parameters
    ----------
    begin, count, order : as for `runs`.
    entries : how many there are.
    holder, bank, expires : the columns of `index.holders`.
    asked : which banks are searched.
    dead : of the entries, a bit for each that was removed; empty where none was.
    """
    owners, pair = np.empty(count.sum(), np.uint32), np.int64(0)
    for run in range(len(begin)):
        for place in range(begin[run], begin[run] + count[run]):
            row = np.int64(order[place])
            owner = np.int64(holder[row]) if len(holder) > 1 and row < len(holder) else row
            of = np.int64(bank[row if len(bank) > 1 and row < len(bank) else 0])
            found = owner < entries and of < len(asked) and asked[of]
            if found:
                alive = len(dead) == 0 or not dead[owner >> 3] >> np.uint8(owner & 7) & 1
                found = alive and expires[row if len(expires) > 1 and row < len(expires) else 0] > now
            owners[pair] = owner if found else entries
            pair += 1
    return owners


@compiled
def row_hits(
    queries: Words, keys: Words, bits: Words, order: Numbers, begins: Numbers, marks: NDArray[np.uint8],
    to_mark: np.uint64, to_bucket: np.uint64, large: int, entries: np.int64, holder: Numbers,
    bank: NDArray[np.uint16], expires: Places, asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int,
    numbers: Places, banks: Places, places: Column, limit: int, slots: Places, taken: Places, base: int,
    hits: Places, at: Column, first: int,
) -> int:  # fmt: skip
    """Write the hits of queries, in order, without those of dead and expired entries.

    The parameters are those of `runs` and `row_owners`, and these.

    Parameters
    ----------
    numbers, banks, places, base : the columns of `index.holders`.
    limit : how many entries of a bank to write for each query.
    slots : where in a line of `taken` each bank is counted.
    taken : int64 array, shape (queries, banks that are searched), to be added to: how many entries of each bank
        every query has found, in this part and those before it. Of no queries where each part counts by itself;
        the fourth column of hits says how many there are then alone, and else where the bank is counted.
    hits : int64 array, shape (4, room), to be written to: query, bank, entry, how many of the bank there are.
    at : float64 array, shape (room,), to be written to.
    first : where to begin writing.

    Returns
    -------
    int, where the hits end, or `FULL`.
    """
    which, begin, count = np.empty((3, len(queries)), np.int64)
    found = runs(queries, keys, bits, order, begins, marks, to_mark, to_bucket, large, which, begin, count)
    owners = row_owners(begin[:found], count[:found], order, entries, holder, bank, expires, asked, dead, now)
    own, last = np.zeros(len(banks), np.int64), np.empty(len(banks), np.int64)
    together = len(taken) > 0
    end, pair = np.int64(first), np.int64(0)
    for run in range(found):
        began, ordered = end, True
        total = taken[which[run]] if together else own
        own[:] = 0
        last[:] = -1
        for place in range(begin[run], begin[run] + count[run]):
            row, owner = np.int64(order[place]), np.int64(owners[pair])
            pair += 1
            if owner == entries:
                continue
            of = np.int64(bank[row if len(bank) > 1 and row < len(bank) else 0])
            slot = slots[of] if together else of
            total[slot] += last[of] != owner
            last[of] = owner
            if total[slot] > limit:
                continue
            if end == len(at):
                return FULL
            entry = base + (numbers[owner] if len(numbers) == entries else numbers[0] + owner)
            here = places[row if len(places) > 1 and row < len(places) else 0]
            if end > began:
                ordered &= hits[1, end - 1] == of and (hits[2, end - 1] < entry or at[end - 1] <= here)
            hits[0, end], hits[1, end], hits[2, end], at[end] = which[run], of, entry, here
            end += 1
        for hit in range(began, end):
            hits[3, hit] = slots[hits[1, hit]] if together else own[hits[1, hit]]
            hits[1, hit] = banks[hits[1, hit]]
        if not ordered:
            put_in_order(hits, at, began, end)
    return end


@compiled
def row_others(
    queries: Words, keys: Words, bits: Words, order: Numbers, begins: Numbers, marks: NDArray[np.uint8],
    to_mark: np.uint64, to_bucket: np.uint64, large: int, entries: np.int64, holder: Numbers,
    bank: NDArray[np.uint16], expires: Places, asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int,
    firsts: Places, of: Places, stretch: Places, least: int, own: Places, numbers: Numbers, out: Places,
) -> None:  # fmt: skip
    """Add to each gram of several entries how many others hold it that are no kin to the entry it is from.

    The parameters are those of `runs` and `row_owners`, the queries being the different grams, and those of
    `others_numba.add_others`, `firsts` being its `begin`.
    """
    which, begin, count = np.empty((3, len(queries)), np.int64)
    found = runs(queries, keys, bits, order, begins, marks, to_mark, to_bucket, large, which, begin, count)
    owners = row_owners(begin[:found], count[:found], order, entries, holder, bank, expires, asked, dead, now)
    add_others(which[:found], count[:found], owners, firsts, of, stretch, least, own, numbers, out)

"""Whose the rows of grams are, compiled; `index.sealed_grams` has the plain form, and says what the arrays hold.

Import this module only where a kernel is needed: it imports numba. What a damaged file may say never leads outside
the arrays: it makes rows be missed, or a row be another text's.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.grams_numba import gram_runs, row_at
from stanch.kernels.hits_numba import FULL, put_in_order
from stanch.kernels.jit import compiled
from stanch.kernels.lanes import count_bits, fetch
from stanch.kernels.others_numba import add_others

Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]

AHEAD = 32
"""So many rows ahead memory is asked for."""

RUNS_AHEAD = 4
"""So many runs ahead their rows are asked for."""

BLOCK = 64
"""So many rows share a line of the table that says whose they are: a bit for each."""

LINE = 16
"""So many places of `order` are fetched at a time."""


@compiled
def fill_table(firsts: NDArray[Any], table: Words, filled: Numbers) -> int:
    """Note where texts begin, so that it takes one step to say whose a row is.

    Parameters
    ----------
    firsts : where the rows of each text begin, and where the last ends.
    table : uint64 array, shape (blocks, 2), all 0, to be written to: for each `BLOCK` rows, how many texts that
        have rows begin before them, and a bit for each row that begins one.
    filled : uint32 array, shape (texts,), to be written to: the texts that have rows.

    Returns
    -------
    int, how many texts have rows.
    """
    count, before = np.int64(0), np.int64(0)
    for text in range(len(firsts) - 1):
        row = np.int64(firsts[text])
        if 0 <= row < np.int64(firsts[text + 1]) and row // BLOCK < len(table):
            table[row // BLOCK, 1] |= np.uint64(1) << np.uint64(row % BLOCK)
            filled[count] = text
            count += 1
    for block in range(len(table)):
        table[block, 0] = before
        before += count_bits(table[block, 1])
    return count


@compiled
def owner_of(table: Words, filled: Numbers, row: np.int64) -> np.int64:
    """Return which text a row belongs to.

    Parameters
    ----------
    table, filled : as `fill_table` wrote them; `filled` is empty where all texts have rows.
    """
    upto = (np.uint64(2) << np.uint64(row & 63)) - np.uint64(1)
    text = np.int64(table[row >> 6, 0]) + count_bits(table[row >> 6, 1] & upto) - 1
    return np.int64(filled[text]) if len(filled) and text >= 0 else max(text, np.int64(0))


@compiled
def rows_of(
    begin: Places, count: Places, order: Numbers, width: np.uint64, rows: np.int64, beyond: int
) -> Numbers:
    """Return the rows of runs, run by run, and behind them so many times row 0; the parameters are those of
    `gram_owners`.
    """
    found, place = np.empty(count.sum() + beyond, np.uint32), np.int64(0)
    found[len(found) - beyond :] = 0
    number, last = np.uint32((np.uint64(1) << width) - np.uint64(1)), np.uint32(rows - 1)
    for run in range(-RUNS_AHEAD, len(begin)):
        ahead = run + RUNS_AHEAD
        if ahead < len(begin):
            for at in range(begin[ahead], begin[ahead] + count[ahead], LINE):
                fetch(order, at)
        if run >= 0:
            own, told = found[place : place + count[run]], order[begin[run] : begin[run] + count[run]]
            for at in range(len(own)):  # as `row_at` does, several at once
                own[at] = min(told[at] & number, last)
            place += count[run]
    return found


@compiled
def gram_owners(
    begin: Places, count: Places, order: Numbers, width: np.uint64, rows: np.int64, table: Words, filled: Numbers,
    texts: int, entries: Numbers, bank: NDArray[np.uint16], expires: Places, asked: NDArray[np.bool_],
    dead: NDArray[np.uint8], now: int,
) -> Numbers:  # fmt: skip
    """Return which text each row of runs belongs to, run by run; of those that are not found, how many texts
    there are.

    Parameters
    ----------
    begin, count : as `gram_runs` wrote them.
    order, width, rows : what it found them in: the order, bits of a row's number in it, how many rows there are.
    table, filled : as `fill_table` wrote them.
    texts : how many there are.
    entries : the ordinal of each text; empty where it is its place.
    bank, expires : of each ordinal; one element stands for all.
    asked : which banks are searched.
    dead : of the texts, a bit for each that was removed; empty where none was.
    """
    lines, owners = table.reshape(-1), rows_of(begin, count, order, width, rows, AHEAD)
    pairs = len(owners) - AHEAD
    for pair in range(pairs):
        fetch(lines, np.int64(owners[pair + AHEAD] >> np.uint32(6)) << 1)
        owners[pair] = owner_of(table, filled, np.int64(owners[pair]))
    same = len(bank) == 1 and len(expires) == 1
    if not (same and len(dead) == 0 and bank[0] < len(asked) and asked[bank[0]] and expires[0] > now):
        leave_out(owners[:pairs], texts, entries, bank, expires, asked, dead, now)
    return owners[:pairs]


@compiled
def leave_out(
    owners: Numbers, texts: int, entries: Numbers, bank: NDArray[np.uint16], expires: Places,
    asked: NDArray[np.bool_], dead: NDArray[np.uint8], now: int,
) -> None:  # fmt: skip
    """Put how many texts there are in the place of those that are not found; the parameters are those of
    `gram_owners`.
    """
    ordinals = max(len(bank), len(expires))
    for pair in range(len(owners)):
        text = np.int64(owners[pair])
        entry = np.int64(entries[text]) if len(entries) else text
        found = ordinals == 1 or entry < ordinals
        if len(dead):
            found &= not dead[text >> 3] >> np.uint8(text & 7) & 1
        if found:
            of = np.int64(bank[entry if len(bank) > 1 else 0])
            found = of < len(asked) and asked[of] and expires[entry if len(expires) > 1 else 0] > now
        owners[pair] = text if found else texts


@compiled
def gram_hits(
    queries: Words, keys: Words, bits: NDArray[Any], order: Numbers, begins: Numbers, likely: NDArray[np.uint8],
    width: np.uint64, to_bucket: np.uint64, to_mark: np.uint64, large: int, table: Words, filled: Numbers,
    texts: int, entries: Numbers, bank: NDArray[np.uint16], expires: Places, asked: NDArray[np.bool_],
    dead: NDArray[np.uint8], now: int, numbers: Places, limit: int, slots: Places, taken: Places, base: int,
    hits: Places, at: NDArray[np.float64], first: int,
) -> int:  # fmt: skip
    """Write the hits of queries, in order, without those of dead and expired entries.

    The parameters are those of `gram_runs` and `gram_owners`, and these.

    Parameters
    ----------
    numbers : of the banks.
    limit : how many entries of a bank to write for each query.
    slots : where in a line of `taken` each bank is counted.
    taken : int64 array, shape (queries, banks that are searched), to be added to: how many entries of each bank
        every query has found, in this part and those before it. Of no queries where each part counts by itself;
        the fourth column of hits says how many there are then alone, and else where the bank is counted.
    base : what is added to an ordinal.
    hits : int64 array, shape (4, room), to be written to: query, bank, entry, how many of the bank there are.
    at : float64 array, shape (room,), to be written to: the rows.
    first : where to begin writing.

    Returns
    -------
    int, where the hits end, or `FULL`.
    """
    which, begin, count = np.empty((3, len(queries)), np.int64)
    runs = gram_runs(
        queries, keys, bits, order, begins, likely, width, to_bucket, to_mark, large, which, begin, count
    )
    owners = gram_owners(
        begin[:runs], count[:runs], order, width, np.int64(len(bits)), table, filled, texts, entries, bank,
        expires, asked, dead, now,
    )  # fmt: skip
    end, pair = np.int64(first), np.int64(0)
    together = len(taken) > 0
    own = np.zeros(len(numbers), np.int64)
    for run in range(runs):
        began, last, of, slot, several = end, np.int64(-1), np.int64(-1), np.int64(0), False
        total = taken[which[run]] if together else own
        own[:] = 0
        for place in range(begin[run], begin[run] + count[run]):
            text = np.int64(owners[pair])
            pair += 1
            if text == texts:
                continue
            entry = np.int64(entries[text]) if len(entries) else text
            if text != last:
                before, of = of, np.int64(bank[entry if len(bank) > 1 else 0])
                several |= before >= 0 and before != of
                slot = slots[of] if together else of
                total[slot] += 1
                last = text
            if total[slot] > limit:
                continue
            if end == len(at):
                return FULL
            hits[0, end], hits[1, end], hits[2, end] = which[run], of, base + entry
            at[end] = row_at(order, place, width, np.int64(len(bits)))
            end += 1
        for hit in range(began, end):
            hits[3, hit] = slots[hits[1, hit]] if together else own[hits[1, hit]]
            hits[1, hit] = numbers[hits[1, hit]]
        if several:
            put_in_order(hits, at, began, end)
    return end


@compiled
def gram_others(
    queries: Words, keys: Words, bits: NDArray[Any], order: Numbers, begins: Numbers, likely: NDArray[np.uint8],
    width: np.uint64, to_bucket: np.uint64, to_mark: np.uint64, large: int, table: Words, filled: Numbers,
    texts: int, entries: Numbers, bank: NDArray[np.uint16], expires: Places, asked: NDArray[np.bool_],
    dead: NDArray[np.uint8], now: int, firsts: Places, of: Places, stretch: Places, least: int, own: Places,
    numbers: Numbers, out: Places,
) -> None:  # fmt: skip
    """Add to each gram of several texts how many others hold it that are no kin to the text it is from.

    The parameters are those of `gram_runs` and `gram_owners`, the queries being the different grams, and those of
    `others_numba.add_others`, `firsts` being its `begin`.
    """
    which, begin, count = np.empty((3, len(queries)), np.int64)
    runs = gram_runs(
        queries, keys, bits, order, begins, likely, width, to_bucket, to_mark, large, which, begin, count
    )
    owners = gram_owners(
        begin[:runs], count[:runs], order, width, np.int64(len(bits)), table, filled, texts, entries, bank,
        expires, asked, dead, now,
    )  # fmt: skip
    add_others(which[:runs], count[:runs], owners, firsts, of, stretch, least, own, numbers, out)

"""Which grams of a text count, and which entries they lead to, compiled.

`matching.candidates` has the plain forms. Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.background_numba import among
from stanch.kernels.jit import compiled
from stanch.kernels.postings_numba import mixed

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int32]

ODD = np.uint64(0x9E3779B97F4A7C15)
"""Numbers times this differ in their first bits: 2 ** 64 over the golden ratio, as Knuth hashes."""

ENTRY, BANK, COUNT, FIRST, LAST, COVERED, ROOM = range(7)
"""What stands where of a group of hits with one entry; see `together`."""


@compiled
def slots_for(values: int) -> NDArray[np.int32]:
    """Return an open table for so many values, at most half full, each slot free."""
    size = 8
    while size < 2 * values:
        size *= 2
    return np.full(size, np.int32(-1))


@compiled
def first_few(bits: Words, few: int, first: Mask, keys: Words) -> int:
    """Write which grams are among the first `few` of their value, and the keys of all; return how many are not.

    Parameters
    ----------
    bits : uint64 array, shape (grams,).
    keys : uint64 array, shape (grams,), to be written to, as `keys.keys_of` makes them.
    first : bool array, shape (grams,), to be written to.
    """
    slots, often, late = slots_for(len(bits)), np.zeros(len(bits), np.int32), 0
    mask = np.uint64(len(slots) - 1)
    for row in range(len(bits)):
        keys[row] = mixed(bits[row])
        place = keys[row] & mask
        while slots[place] >= 0 and bits[slots[place]] != bits[row]:
            place = (place + np.uint64(1)) & mask
        if slots[place] < 0:
            slots[place] = row
        often[slots[place]] += 1
        first[row] = often[slots[place]] <= few
        late += 0 if first[row] else 1
    return late


@compiled
def look_up(bits: Words, known: Words, likely: Words, few: int, counts: Mask, keys: Words) -> int:
    """Write which grams of a text count, and the keys of all; return how many do not.

    Parameters
    ----------
    bits : uint64 array, shape (grams,).
    known, likely : those that are known to be common, as for `background_numba.among`.
    few : so many grams of a value count, the first of them.
    counts : bool array, shape (grams,), to be written to.
    keys : uint64 array, shape (grams,), to be written to; see `first_few`.
    """
    left_out = first_few(bits, few, counts, keys)
    for row in range(len(bits)):
        if among(bits[row], known, likely):
            left_out += 1 if counts[row] else 0
            counts[row] = False
    return left_out


@compiled
def best_groups(groups: Places, fewest: int, reach: int, bars: tuple[int, int, float]) -> Places:
    """Return the groups of hits that `chosen` keeps, in its order.

    Parameters
    ----------
    groups : int64 array, shape (groups, 8), see `together`.
    fewest, reach, bars : as for `chosen`.
    """
    enough, spread, wide = bars
    kept, found = np.empty(len(groups), np.int64), 0
    for group in range(len(groups)):
        first, last, covered = groups[group, FIRST], groups[group, LAST], groups[group, COVERED]
        far = covered >= spread and last - first + reach >= wide
        if groups[group, COUNT] >= fewest and (far or covered >= enough):
            kept[found] = group
            found += 1
    kept = kept[:found]
    kept = kept[np.argsort(groups[:, ENTRY][kept], kind="mergesort")]
    return kept[np.argsort(-groups[:, COUNT][kept], kind="mergesort")]


@compiled
def often_enough(entry: Places, fewest: int) -> Numbers:
    """Return the hits with entries that may have so many: all that do, and a few that do not.

    Most entries have one hit, and are told apart here in a table that is small enough to stay in the processor.

    Parameters
    ----------
    entry, fewest : as for `chosen`.
    """
    width, left = 10, 0
    while 1 << width < 4 * len(entry):
        width += 1
    seen, shift, hits = np.zeros(1 << width, np.uint8), np.uint64(64 - width), np.empty(len(entry), np.int32)
    for number in entry:
        place = np.uint64(number) * ODD >> shift
        seen[place] = min(seen[place] + 1, fewest)
    for hit in range(len(entry)):
        hits[left] = hit
        left += seen[np.uint64(entry[hit]) * ODD >> shift] >= fewest
    return hits[:left]


@compiled
def together(
    hits: Numbers, query: Places, bank: Places, entry: Places, query_at: Column, reach: int, groups: Places,
    of: Numbers,
) -> int:  # fmt: skip
    """Write which hits are with one entry, and what there is of each; return how many entries there are.

    Parameters
    ----------
    hits : which are looked at.
    query, bank, entry, query_at, reach : as for `chosen`.
    groups : int64 array, shape (len(hits), 8), to be written to, a line of the processor's memory for each entry:
        its number and its bank, how many hits it has, where the first and the last begin in the query, and how
        many symbols of it they cover.
    of : int32 array, shape (len(hits),), to be written to: which group each of these is in.
    """
    slots, found = slots_for(len(hits)), 0
    mask = np.uint64(len(slots) - 1)
    for turn in range(len(hits)):
        hit = hits[turn]
        place, at = mixed(np.uint64(entry[hit])) & mask, np.int64(query_at[query[hit]])
        while slots[place] >= 0 and groups[slots[place], ENTRY] != entry[hit]:
            place = (place + np.uint64(1)) & mask
        group = np.int64(slots[place])
        if group < 0:
            group = np.int64(found)
            slots[place] = group
            groups[group, ENTRY], groups[group, COUNT], groups[group, COVERED] = entry[hit], 0, reach
            groups[group, BANK], groups[group, FIRST], groups[group, LAST] = bank[hit], at, at
            found += 1
        of[turn] = group
        groups[group, COUNT] += 1
        groups[group, COVERED] += min(at - groups[group, LAST], reach)
        groups[group, LAST] = at
    return found


@compiled
def chosen(
    query: Places, bank: Places, entry: Places, at: Column, rows: Places, query_at: Column, fewest: int,
    reach: int, bars: tuple[int, int, float], hits: Places, places: Column, ends: Places,
) -> int:  # fmt: skip
    """Put hits together by their entries, those that were hit most first, of equal ones those of lower numbers.

    Entries are left out that have too few hits, or whose hits lie so in the query that they cannot say something,
    wherever they lie in the entry.

    Parameters
    ----------
    query, bank, entry, at : of hits, those of each entry in order of the query; no number negative.
    rows, query_at : int64 and float64 arrays, by what `query` numbers: which gram of the text it is, and where it
        begins; both rise.
    fewest : entries with fewer hits are left out; less than 256.
    reach : how many symbols a gram has.
    bars : so many symbols in grams are enough; or so many, if they lie over so long a stretch.
    hits : int64 array, shape (2, hits), to be written to, entry by entry: which grams of the text, and the entry.
    places : float64 array, shape (2, hits), to be written to: where these grams begin, and `at`.
    ends : int64 array, shape (2, hits + 1), to be written to: where each entry begins, and the last ends; and the
        bank of each.

    Returns
    -------
    int, how many entries there are.
    """
    left = often_enough(entry, fewest)
    groups, of = np.empty((len(left), 8), np.int64), np.empty(len(left), np.int32)
    groups = groups[: together(left, query, bank, entry, query_at, reach, groups, of)]
    kept = best_groups(groups, fewest, reach, bars)
    groups[:, ROOM], ends[0, 0] = -1, 0
    for place in range(len(kept)):
        groups[kept[place], ROOM] = ends[0, place]
        ends[0, place + 1] = ends[0, place] + groups[kept[place], COUNT]
        ends[1, place] = groups[kept[place], BANK]
    for turn in range(len(left)):
        hit, room = left[turn], groups[of[turn], ROOM]
        if room >= 0:
            groups[of[turn], ROOM] += 1
            hits[0, room], hits[1, room] = rows[query[hit]], entry[hit]
            places[0, room], places[1, room] = query_at[query[hit]], at[hit]
    return len(kept)


@compiled
def led_by_few(hits: Places, at: Column, taken: Places, holders: int) -> tuple[Places, Column]:
    """Return the hits of grams that few entries of a bank hold.

    Parameters
    ----------
    hits, at : int64 array, shape (4, hits): query, bank, entry, and where in a line of `taken` the bank is
        counted; float64 array, shape (hits,).
    taken : int64 array, shape (queries, banks), how many entries of each bank every query has found.
    holders : so many are few.
    """
    count, end = 0, 0
    for hit in range(len(at)):
        count += taken[hits[0, hit], hits[3, hit]] <= holders
    few, places = np.empty((3, count + 1), np.int64), np.empty(count + 1)
    for hit in range(len(at)):
        few[0, end], few[1, end], few[2, end], places[end] = hits[0, hit], hits[1, hit], hits[2, hit], at[hit]
        end += taken[hits[0, hit], hits[3, hit]] <= holders
    return few[:, :count], places[:count]


@compiled
def first_of_banks(bank: Places, most: int) -> Places:
    """Return the groups that are among the first so many of their bank.

    Parameters
    ----------
    bank : int64 array, shape (groups,), no number negative.
    """
    taken = np.zeros(bank.max() + 1 if len(bank) else 0, np.int64)
    kept, count = np.empty(len(bank), np.int64), 0
    for group in range(len(bank)):
        kept[count] = group
        count += taken[bank[group]] < most
        taken[bank[group]] += 1
    return kept[:count]

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
def first_few(bits: Words, few: int, first: Mask) -> int:
    """Write which grams are among the first `few` of their value; return how many are not.

    Parameters
    ----------
    bits : uint64 array, shape (grams,).
    first : bool array, shape (grams,), to be written to.
    """
    slots, often, late = slots_for(len(bits)), np.zeros(len(bits), np.int32), 0
    mask = np.uint64(len(slots) - 1)
    for row in range(len(bits)):
        place = mixed(bits[row]) & mask
        while slots[place] >= 0 and bits[slots[place]] != bits[row]:
            place = (place + np.uint64(1)) & mask
        if slots[place] < 0:
            slots[place] = row
        often[slots[place]] += 1
        first[row] = often[slots[place]] <= few
        late += 0 if first[row] else 1
    return late


@compiled
def look_up(
    bits: Words, at: Column, known: Words, likely: Words, few: int, reach: int, rows: Places, words: Words,
    places: Column, repeated: Mask,
) -> int:  # fmt: skip
    """Write which grams of a text count; return how many do.

    Parameters
    ----------
    bits, at : uint64 and float64 arrays, shape (grams,), the grams, and where they begin.
    known, likely : those that are known to be common, as for `background_numba.among`.
    few : so many grams of a value count, the first of them.
    reach : how many symbols a gram has.
    rows, words, places : arrays, shape (grams,), to be written to: which grams count, they, and where they begin.
    repeated : bool array, shape (symbols,), to be written to: those in grams that do not count.
    """
    counts, kept = np.empty(len(bits), np.bool_), 0
    repeated[:] = False
    first_few(bits, few, counts)
    for row in range(len(bits)):
        if counts[row] and not among(bits[row], known, likely):
            rows[kept], words[kept], places[kept] = row, bits[row], at[row]
            kept += 1
        else:
            begin = np.int64(at[row])
            repeated[begin : min(begin + reach, np.int64(len(repeated)))] = True
    return kept


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
def together(
    query: Places, bank: Places, entry: Places, query_at: Column, reach: int, groups: Places, of: Numbers
) -> int:
    """Write which hits are with one entry, and what there is of each; return how many entries there are.

    Parameters
    ----------
    query, bank, entry, query_at, reach : as for `chosen`.
    groups : int64 array, shape (hits, 8), to be written to, a line of the processor's memory for each entry: its
        number and its bank, how many hits it has, where the first and the last begin in the query, and how many
        symbols of it they cover.
    of : int32 array, shape (hits,), to be written to: which group each hit is in.
    """
    slots, found = slots_for(len(entry)), 0
    mask = np.uint64(len(slots) - 1)
    for hit in range(len(entry)):
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
        of[hit] = group
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
    query, bank, entry, at : of hits, in order of the query; no number negative.
    rows, query_at : int64 and float64 arrays, by what `query` numbers: which gram of the text it is, and where it
        begins; both rise.
    fewest : entries with fewer hits are left out.
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
    groups, of = np.empty((len(entry), 8), np.int64), np.empty(len(entry), np.int32)
    groups = groups[: together(query, bank, entry, query_at, reach, groups, of)]
    kept = best_groups(groups, fewest, reach, bars)
    groups[:, ROOM], ends[0, 0] = -1, 0
    for place in range(len(kept)):
        groups[kept[place], ROOM] = ends[0, place]
        ends[0, place + 1] = ends[0, place] + groups[kept[place], COUNT]
    for hit in range(len(entry)):
        room = groups[of[hit], ROOM]
        if room >= 0:
            groups[of[hit], ROOM] += 1
            hits[0, room], hits[1, room] = rows[query[hit]], entry[hit]
            places[0, room], places[1, room] = query_at[query[hit]], at[hit]
    for place in range(len(kept)):
        ends[1, place] = groups[kept[place], BANK]
    return len(kept)

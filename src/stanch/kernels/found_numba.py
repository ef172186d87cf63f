"""From the grams of a text to the entries it is compared with, compiled, in one call; the plain form is
`matching.candidates.candidates`.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.candidates_numba import chosen, first_of_banks, led_by_few, look_up
from stanch.kernels.faint_numba import write_lines
from stanch.kernels.handles_numba import collected, place
from stanch.kernels.hits_numba import FULL
from stanch.kernels.jit import compiled, inlined
from stanch.kernels.strands_numba import find_promising
from stanch.kernels.words_numba import HALF, gather

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]

IN_MEMORY = 1 << 30
"""Of entries in memory the upper half of their numbers is this or more."""

ENOUGH = 2
"""Of so many times the entries that are enough it is said first where their hits lie, and seldom of the others."""


@inlined
def that_count(counts: Mask, bits: Words, keys: Words, rows: Places) -> tuple[Words, Words]:
    """Return those grams that are looked up, and their keys, moved to the front; and write which they are."""
    left = np.int64(0)
    for row in range(len(counts)):
        bits[left], keys[left], rows[left] = bits[row], keys[row], row
        left += np.int64(counts[row])
    return bits[:left], keys[:left]


@inlined
def mark_repeated(counts: Mask, at: Column, reach: int, repeated: Mask) -> None:
    """Mark the symbols that lie in grams that are not looked up."""
    for row in range(len(counts)):
        if not counts[row]:
            begin = np.int64(at[row])
            repeated[max(begin, np.int64(0)) : max(begin + reach, np.int64(0))] = True


@compiled
def placed(lines: Places, numbers: Places, begin: Places, rows: Column) -> Column:
    """Return where hits begin in their entries.

    Parameters
    ----------
    lines : as for `collected`.
    numbers : int64 array, shape (entries,).
    begin : int64 array, shape (entries + 1,), where the hits of each begin, and the last end.
    rows : float64 array, shape (hits,), as `collected` wrote them.
    """
    entry, at = np.empty(len(rows), np.int64), rows.copy()
    for number in range(len(numbers)):
        entry[begin[number] : begin[number + 1]] = numbers[number]
    place(lines, entry, at)
    return at


@compiled
def none_agrees(
    lines: Places, held: Places, hits: Places, places: Column, before: int, count: int, shorts: Words,
    repeated: Mask, rules: Column,
) -> bool:  # fmt: skip
    """Tell whether of entries that `told` wrote behind others none agrees with the text; False if it is not known.

    It is known of entries in segments: what is in memory has its words elsewhere.
    """
    first, behind = hits[1, before], hits[1, before + count]
    numbers, begin = hits[2, before : before + count].copy(), hits[1, before : before + count + 1] - first
    for number in numbers:
        if number >> HALF >= IN_MEMORY:
            return False
    counts, agreements, spans = np.empty(count, np.int64), np.empty(count), np.empty((count, 4), np.int64)
    words = gather(held, numbers, counts)
    at = placed(lines, numbers, begin, places[first:behind])
    query_at = hits[3, first:behind].view(np.float64).copy()
    write_lines(shorts, repeated, words, counts, begin, query_at, at, rules, agreements, spans)
    return agreements.max() < rules[1] if count else True


@compiled
def told(
    groups: Places, begin: Places, mine: Places, spots: Column, before: int, hits: Places, places: Column
) -> None:
    """Write what `find` says of some groups of hits, behind so many others."""
    starts, end = hits[3].view(np.float64), hits[1, before] if before else np.int64(0)
    for number in range(len(groups)):
        group, to = groups[number], before + number
        first, behind = begin[group], begin[group + 1]
        hits[1, to], hits[2, to] = end, mine[1, first]
        for hit in range(first, behind):
            hits[0, end], starts[end], places[end] = mine[0, hit], spots[0, hit], spots[1, hit]
            end += 1
    hits[1, before + len(groups)] = end


@compiled
def find(
    bits: Words, at: Column, stated: Words, likely: Words, lines: Places, banks: int, now: int, limit: int,
    most: int, constants: Column, repeated: Mask, shorts: Words, held: Places, rules: Column, faint: Places,
    hits: Places, places: Column,
) -> int:  # fmt: skip
    """Write the entries that a text is led to, and their hits; return how many it is compared with, or `FULL`.

    Parameters
    ----------
    bits, at : uint64 array, shape (grams, 1), and float64 array, of every gram of the text.
    stated, likely : as for `look_up`.
    lines, now, limit : as for `collected`.
    banks : how many are searched.
    most : so many entries of a bank are enough.
    constants : float64 array: `few` of `look_up`; `fewest`, `reach` and the three `bars` of `chosen`, the last for
        a text of one symbol; then `line`, `rules` and `bars` of `find_promising`; and `holders` of `led_by_few`.
    repeated : bool array, one a symbol of the text, all False, to be written to: those in grams not looked up.
    shorts : uint64 array, of every short gram of the text; none if they are not known.
    held, rules : as `words_numba.gather` and `faint_numba.write_lines` have them, the latter as `constants`.
    faint : int64 array, shape (1,), to be written to: how many entries are written behind those that the text is
        compared with, which few hold a gram in common with. Where hits with these begin is left to `place`. None
        are where it is known already that none of them agrees with the text.
    hits : int64 array, shape (4, room), to be written to: the grams of the text that were found, entry by entry;
        where the hits of each begin, and the last end; the number of each; and as floats, where the grams begin.
    places : float64 array, shape (room,), to be written to: where each hit begins in the entry.
    """
    c, own = constants, bits[:, 0].copy()
    extent = float(len(repeated))
    counts, keys = np.empty(len(own), np.bool_), np.empty(len(own), np.uint64)
    rows = np.empty(len(own), np.int64)
    if look_up(own, stated, likely, np.int64(c[0]), counts, keys):
        mark_repeated(counts, at, np.int64(c[2]), repeated)
    own, keys = that_count(counts, own, keys, rows)
    query_at, taken = at[rows[: len(own)]], np.zeros((len(own), banks), np.int64)
    faint[0] = 0
    count = collected(lines, own, keys, now, limit, taken, hits, places)
    if count <= 0:
        return min(count, np.int64(0))
    few, few_at = led_by_few(hits[:, :count], places[:count], taken, np.int64(c[21]))
    if count + len(few_at) >= len(places):
        return FULL
    mine, spots, ends = np.empty((2, count), np.int64), np.empty((2, count)), np.empty((2, count + 1), np.int64)
    groups = chosen(
        hits[0, :count], hits[1, :count], hits[2, :count], places[:count], rows, query_at, np.int64(c[1]),
        np.int64(c[2]), (np.int64(c[3]), np.int64(c[4]), c[5] * extent), mine, spots, ends,
    )  # fmt: skip
    count = len(few_at)
    others, beside = np.empty((2, count), np.int64), np.empty((2, count))
    few_ends = np.empty((2, count + 1), np.int64)
    few_groups = chosen(
        few[0], few[1], few[2], few_at, rows, query_at, np.int64(1), np.int64(c[2]),
        (np.int64(0), np.int64(0), 0.0), others, beside, few_ends,
    )  # fmt: skip
    begin, few_begin = ends[0, : groups + 1], few_ends[0, : few_groups + 1]
    line, cutting = (c[6], c[7], c[8], c[9], c[10], c[11]), (c[12], c[13], c[14], c[15])
    bars, promising = (c[16], c[17], c[18], c[19], c[20]), np.empty(groups, np.int64)
    known, kept = np.int64(0), np.int64(0)
    for upto in (min(ENOUGH * most * banks, groups), groups):
        if upto > known and kept < most * banks:
            place(lines, mine[1, begin[known] : begin[upto]], spots[1, begin[known] : begin[upto]])
            known = upto
            kept = np.int64(
                find_promising(
                    spots[0, : begin[upto]], spots[1, : begin[upto]], begin[: upto + 1], ends[1, :upto], most,
                    line, cutting, bars, extent, promising,
                )
            )  # fmt: skip
    told(promising[:kept], begin, mine, spots, 0, hits, places)
    of_few = first_of_banks(few_ends[1, :few_groups], most)
    told(of_few, few_begin, others, beside, kept, hits, places)
    faint[0] = len(of_few)
    weak = not kept or hits[1, 1] * np.int64(rules[3]) < len(shorts)  # of a copy grams say more, as a rule
    if weak and len(shorts) and none_agrees(
        lines, held, hits, places, kept, len(of_few), shorts, repeated, rules
    ):  # fmt: skip
        faint[0] = 0
    return kept

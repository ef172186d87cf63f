"""Normalised text, compiled, character by character; `stanch.language.normalised` is the plain form.

Import this module only where a kernel is needed: it imports numba. Texts that move or delete their own characters
(`Kind.CONTROL`) are left to the plain form.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.language.normalised import ALIKE, LONGEST_RUN, NEIGHBOURS, SECOND
from stanch.language.tables import CODE, KIND, LENGTH, PLACE, VOTE, WIDE, Kind

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int32]

LAST = 0x10FFFF
DROP, ATTACHED, UNREAD, ONE, SEQUENCE, CAPITAL = (int(kind) for kind in Kind if kind < Kind.HANGUL)
CONTROL = int(Kind.CONTROL)
_LATIN_LOOK, _GREEK_LOOK = ONE << KIND - VOTE | 1, ONE << KIND - VOTE | 2
_LONGEST, _LOW, _WIDE_BIT = 31, 0xFF, WIDE.bit_length() - 1
_I, _O = (ord(latin) for latin in ALIKE)
_ALEF, _HEH = (ord(arabic) for arabic in ALIKE.values())
_ASCII_END, _ARABIC, _ARABIC_END = 0x80, 0x620, 0x6D5
_OF_ARABIC, _OF_LATIN, _DOUBTFUL = 1, 2, 3


@compiled
def stay(
    codes: Codes, table: Codes, telling: Codes, entries: Codes, start: Offsets, end: Offsets, bits: Codes
) -> tuple[int, int, int, int, bool]:
    """Write the entries that leave something, where each starts, and where it ends with what is attached.

    Parameters
    ----------
    codes : uint32 array, shape (n,), code points.
    table, telling : of `language.rules` and `language.evading_tables`.
    entries, start, end : shape (n,), to be written to: as `normalised.what_stays` returns them.
    bits : shape (n,), to be written to: what `telling` says of each character.

    Returns
    -------
    int, how many leave something; int, the highest kind among all; int, the bits of all together; int, the longest
    stretch that leaves nothing to read; bool, whether there are characters of which nobody can say what they are.
    """
    count, most, holds, silent, longest, unread = 0, 0, 0, 0, 0, False
    for place in range(len(codes)):
        code = np.int64(min(np.int64(codes[place]), LAST))
        bits[place] = telling[code]
        holds |= np.int64(telling[code])
        kind = np.int64(table[code]) >> KIND
        most = max(most, kind)
        if kind >= ONE:
            entries[count], start[count], end[count] = table[code], place, place + 1
            count += 1
            silent = 0
        elif kind == DROP:
            silent = 0
        else:
            unread |= kind == UNREAD
            silent += 1
            longest = max(longest, silent)
            if kind == ATTACHED and count and end[count - 1] == place:
                end[count - 1] = place + 1
    return count, most, holds, longest, unread


@compiled
def settle_capitals(entries: Codes) -> None:
    """Decide about capitals of two looks, as `normalised._settle_capitals` does."""
    for place in range(len(entries)):
        entry = np.int64(entries[place])
        if entry >> KIND == CAPITAL:
            votes = 0
            for near in range(max(place - NEIGHBOURS, 0), min(place + NEIGHBOURS + 1, len(entries))):
                look = np.int64(entries[near]) >> VOTE
                votes += (look == _LATIN_LOOK) - (look == _GREEK_LOOK)
            entries[place] = ONE << KIND | (entry >> 8 if votes > 0 else entry) & _LOW


@compiled
def expand(
    entries: Codes, start: Offsets, end: Offsets, pool: Codes, symbols: Codes, starts: Offsets, ends: Offsets
) -> None:
    """Write sequences out: each symbol has the stretch of the character that it came from.

    Parameters
    ----------
    symbols, starts, ends : as long as all entries together, to be written to; what `starts` and `ends` hold is
        `start` and `end`, and `symbols` are bare of all but `CODE` and `WIDE`.
    """
    filled = 0
    for place in range(len(entries)):
        entry = np.int64(entries[place])
        if entry >> KIND < SEQUENCE:
            symbols[filled], starts[filled], ends[filled] = entry & (WIDE | CODE), start[place], end[place]
            filled += 1
            continue
        first = entry & PLACE
        for within in range(first, first + (entry >> LENGTH & _LONGEST)):
            symbols[filled], starts[filled], ends[filled] = pool[within], start[place], end[place]
            filled += 1


@compiled
def length_of(entries: Codes) -> int:
    """Return how many symbols entries leave."""
    length = len(entries)
    for place in range(len(entries)):
        entry = np.int64(entries[place])
        length += (entry >> LENGTH & _LONGEST) - 1 if entry >> KIND >= SEQUENCE else 0
    return length


@compiled
def side_of(symbol: int) -> int:
    """Return which side a symbol is on: Arabic, Latin, either, or none (0)."""
    if symbol in (_I, _O, _ALEF, _HEH):
        return _DOUBTFUL
    if _ARABIC <= symbol < _ARABIC_END:
        return _OF_ARABIC
    return _OF_LATIN if ord("a") <= symbol <= ord("z") else 0


@compiled
def surveyed(symbols: Codes) -> tuple[bool, int]:
    """Return whether there are symbols both of ASCII and of Arabic, and how many are wide."""
    ascii_letters, arabic_letters, wide = 0, 0, 0
    for place in range(len(symbols)):
        symbol = np.int64(symbols[place])
        ascii_letters += symbol < _ASCII_END
        arabic_letters += (symbol >= _ARABIC) & (symbol < _ARABIC_END)
        wide += symbol >> _WIDE_BIT & 1
    return ascii_letters > 0 and arabic_letters > 0, wide


@compiled
def settle_alike(symbols: Codes) -> None:
    """Let runs of what two directions share go with what is on both sides: `normalised._settle_alike`."""
    before, run = 0, 0
    for place in range(len(symbols) + 1):
        side = side_of(np.int64(symbols[place])) if place < len(symbols) else 0
        if side == _DOUBTFUL:
            run += 1
            continue
        if side == before and side != 0:
            for doubtful in range(place - run, place):
                latin = symbols[doubtful] in (_I, _O)
                if latin != (side == _OF_LATIN):
                    symbols[doubtful] = counterpart(np.int64(symbols[doubtful]))
        before, run = side, 0


@compiled
def counterpart(symbol: int) -> int:
    """Return the symbol of the other direction that looks alike."""
    if symbol == _I:
        return _ALEF
    if symbol == _O:
        return _HEH
    return _I if symbol == _ALEF else _O


@compiled
def cut_and_widen(
    symbols: Codes, start: Offsets, end: Offsets, kept: Codes, starts: Offsets, ends: Offsets
) -> int:
    """Drop the third and further repetitions, and let each wide symbol count as two.

    Parameters
    ----------
    kept, starts, ends : twice as long as `symbols` where there may be wide ones, to be written to.

    Returns
    -------
    int, how many symbols there are.
    """
    size, run, before = 0, 0, np.int64(-1)
    for place in range(len(symbols)):
        symbol = np.int64(symbols[place])
        run = run + 1 if symbol == before else 1
        before = symbol
        if run > LONGEST_RUN:
            ends[size - 1] = end[place]
            if symbol & WIDE:
                ends[size - 2] = end[place]
            continue
        kept[size], starts[size], ends[size] = symbol & CODE, start[place], end[place]
        size += 1
        if symbol & WIDE:
            kept[size], starts[size], ends[size] = symbol & CODE | SECOND, start[place], end[place]
            size += 1
    return size


@compiled
def symbols_of(
    entries: Codes, start: Offsets, end: Offsets, pool: Codes, most: int
) -> tuple[Codes, Offsets, Offsets]:
    """Return the normalised text of entries that leave something, as `normalised.normalise_codes` does.

    Parameters
    ----------
    entries, start, end : as `stay` wrote them; rearranged.
    most : the highest kind among them, below `CONTROL`.
    """
    if most >= CAPITAL:
        settle_capitals(entries)
    length = length_of(entries)
    symbols, begins, stops = np.empty(length, np.uint32), np.empty(length, np.int32), np.empty(length, np.int32)
    expand(entries, start, end, pool, symbols, begins, stops)
    both, wide = surveyed(symbols)
    if both:
        settle_alike(symbols)
    room = length + wide
    kept, starts, ends = np.empty(room, np.uint32), np.empty(room, np.int32), np.empty(room, np.int32)
    size = cut_and_widen(symbols, begins, stops, kept, starts, ends)
    return kept[:size], starts[:size], ends[:size]

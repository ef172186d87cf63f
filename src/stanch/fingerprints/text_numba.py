"""A text read in one go, compiled: its symbols and grams; `stanch.fingerprints.text` has the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.text import BASE, EVADING, GRAM_BITS, MOVING, UNREADABLE
from stanch.kernels.jit import compiled
from stanch.kernels.postings_numba import mixed
from stanch.language.evading_numba import may_evade
from stanch.language.normalised_numba import CONTROL, stay, symbols_of
from stanch.language.problems import LONGEST_SILENCE
from stanch.values import GRAM, SHORT_GRAM

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int32]
Words = NDArray[np.uint64]
Columns = NDArray[np.float64]

_BASE, _OLDEST = np.uint64(BASE), np.uint64(pow(BASE, GRAM - 1, 1 << 64))
_LOWER_BITS = np.uint64(64 - GRAM_BITS)


@compiled
def read_codes(
    table: Codes, pool: Codes, telling: Codes, codes: Codes
) -> tuple[int, Codes, Words, Words, Columns]:
    """Return what is to be asked of a text, its symbols, its grams, and its short grams.

    Parameters
    ----------
    table, pool : of `language.rules`.
    telling : of `language.evading_tables`.
    codes : uint32 array, shape (n,), code points.

    Returns
    -------
    int, any of `MOVING`, `EVADING` and `UNREADABLE`; uint32 array, shape (symbols,); uint64 arrays, shapes (grams,
    1) and (short grams,), the hashes; float64 array, shape (3, symbols), of each symbol its place, and where it
    begins and ends in the text.
    """
    length = len(codes)
    entries, bits = np.empty(length, np.uint32), np.empty(length, np.uint32)
    start, end = np.empty(length, np.int32), np.empty(length, np.int32)
    count, most, holds, silence, unread = stay(codes, table, telling, entries, start, end, bits)
    if most == CONTROL:
        return MOVING, entries[:0], np.empty((0, 1), np.uint64), np.empty(0, np.uint64), np.empty((3, 0))
    asked = UNREADABLE if unread or silence > LONGEST_SILENCE else 0
    asked |= EVADING if may_evade(bits, holds) else 0
    symbols, starts, ends = symbols_of(entries[:count], start[:count], end[:count], pool, most)
    count = len(symbols)
    hashes = np.empty((max(0, count - GRAM + 1), 1), np.uint64)
    shorts, columns = np.empty(max(0, count - SHORT_GRAM + 1), np.uint64), np.empty((3, count))
    write_hashes(symbols, hashes, shorts)
    for place in range(count):
        columns[0, place], columns[1, place], columns[2, place] = place, starts[place], ends[place]
    return asked, symbols, hashes, shorts, columns


@compiled
def write_hashes(symbols: Codes, hashes: Words, shorts: Words) -> None:
    """Write a hash of every `GRAM` symbols in a row: that of the symbol before goes out as the next comes in.

    And a hash of every `SHORT_GRAM`.
    """
    stirred = np.empty(len(symbols), np.uint64)
    for place in range(len(symbols)):
        stirred[place] = mixed(np.uint64(symbols[place]))
    total = np.uint64(0)
    for place in range(min(GRAM - 1, len(symbols))):
        total = total * _BASE + stirred[place]
    for gram in range(len(hashes)):
        total = total * _BASE + stirred[gram + GRAM - 1]
        hashes[gram, 0] = mixed(total) >> _LOWER_BITS
        total -= stirred[gram] * _OLDEST
    for gram in range(len(shorts)):
        short = np.uint64(0)
        for place in range(gram, gram + SHORT_GRAM):
            short = short * _BASE + stirred[place]
        shorts[gram] = mixed(short)

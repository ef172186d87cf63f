"""The fold: text made even, its words, spaces and marks of meaning kept.

For short words and for telling languages, where normalised text would join too much. Case, width, fancy letters,
presentation forms, variants of Arabic letters and digits become one; invisible characters go, and vowel points of
Arabic and Hebrew; whatever is no letter, mark or digit becomes one space. A letter that looks like one of the
alphabet that most of its word is written in becomes that one; words of one alphabet stay as they are.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.language.display import displayed
from stanch.language.evading_tables import CYRILLIC, GREEK, LATIN, alphabets
from stanch.language.normalised import Codes, NormalisedText, code_points, expand, what_stays
from stanch.language.rules import rules
from stanch.language.tables import CODE, KIND, Kind, tables

SPACE = 0x20
# Letters of Latin and those of the other alphabet that look like them.
_INTO = {CYRILLIC: "aаeеoоpрcсxхyуiіjјsѕkкmмtтhнbв", GREEK: "aαoοvνpρiιkκtτxχuυnηyγ"}


def fold(text: str) -> NormalisedText:
    """Return the fold of `text`; its stretches are those of the original."""
    codes = code_points(text)
    entries = _table().take(codes, mode="clip")
    if entries.size and entries.max() >= np.uint32(Kind.CONTROL << KIND):
        seen = displayed(codes)
        inner = _fold(_table().take(seen.codes, mode="clip"))
        return NormalisedText(symbols=inner.symbols, start=seen.start[inner.start], end=seen.end[inner.end - 1])
    return _fold(entries)


@cache
def _table() -> Codes:
    return tables().fold.flat()


def _fold(entries: Codes) -> NormalisedText:
    kept, start, stop = expand(*what_stays(entries), tables().fold.pool)
    symbols = kept & np.uint32(CODE)
    space = symbols == SPACE
    wanted = ~space
    wanted[1:] |= wanted[:-1] & space[1:]
    wanted[: int(space.argmin()) if not space.all() else len(space)] = False
    if wanted.any() and symbols[last := int(np.flatnonzero(wanted)[-1])] == SPACE:
        wanted[last] = False
    symbols = symbols[wanted]
    _settle_words(symbols)
    return NormalisedText(symbols=symbols, start=start[wanted], end=stop[wanted])


def _settle_words(symbols: Codes) -> None:
    """Write words of several alphabets in that of most of their letters, as far as letters look alike."""
    found = alphabets().take(symbols, mode="clip")
    if np.count_nonzero(np.bincount(found, minlength=5)[1:]) < 2:
        return
    bounds = np.flatnonzero(np.concatenate([[True], symbols[1:] == SPACE]))
    counts = np.stack([np.add.reduceat(found == alphabet, bounds) for alphabet in range(1, 5)])
    word = np.cumsum(np.concatenate([[False], symbols[1:] == SPACE]))
    mixed = np.count_nonzero(counts, axis=0) > 1
    own = counts[:3].argmax(axis=0) + 1
    for alphabet in (LATIN, GREEK, CYRILLIC):
        places = np.flatnonzero((mixed & (own == alphabet))[word] & (found != alphabet) & (found > 0))
        symbols[places] = _looks(alphabet)[symbols[places]]


@cache
def _looks(alphabet: int) -> NDArray[np.uint32]:
    """Return what each letter is taken for in an alphabet; itself, where it looks like none of it."""
    every: NDArray[np.uint32] = np.arange(0x110000, dtype=np.uint32)
    table = rules().table
    latin = np.where(
        (table >> KIND == Kind.ONE) & (table & np.uint32(CODE) < 0x80), table & np.uint32(CODE), every
    )
    if alphabet == LATIN:
        return latin
    pairs = dict(zip(_INTO[alphabet][::2], _INTO[alphabet][1::2], strict=True))
    into = np.arange(0x80, dtype=np.uint32)
    into[[ord(letter) for letter in pairs]] = [ord(letter) for letter in pairs.values()]
    other = latin < 0x80
    other[other] = into[latin[other]] != latin[other]
    return np.where(other, into[np.minimum(latin, 0x7F)], every).astype(np.uint32)

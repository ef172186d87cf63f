"""Which characters the evasion score looks at: bits for each code point, by hand and from the frozen tables."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.language.rules import rules
from stanch.language.tables import CODE, KIND, Kind

Codes = NDArray[np.uint32]
Ranges = tuple[tuple[int, int], ...]

LATIN, GREEK, CYRILLIC, RARE = 1, 2, 3, 4
"""Alphabets by number; the lowest four bits of `telling` are theirs, Latin the first."""
ALPHABETS = 0xF
HIDDEN, MARK, HEAPED, WORD, LETTER, CONTROL = (1 << bit for bit in range(4, 10))
"""Without width; attached to a letter; attached, and no ordinary sign; part of a word; shown; moves or deletes."""
FANCY, SIGN, SURE, SMALL, NUMERAL, LEET = (1 << bit for bit in range(10, 16))
"""Made for something else than words; signs of leet, sure ones, and the letters and digits around them."""
SPELT, SPACE, DIVIDER, EMOJI = (1 << bit for bit in range(16, 20))
"""Letters that stand alone only to be split, and what stands between them."""
JOINER, JOINING, TAG, STRUCK, VOCALISED, DIGIT, ALIKE = (1 << bit for bit in range(20, 27))
"""Joiners, scripts that need them, tags; struck through; many marks a letter; digits; taken for ASCII."""

_SPACES: Ranges = (
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x2000, 0x200A),
    (0x202F, 0x202F),
    (0x3000, 0x3000),
    (0x2800, 0x2800),
)
_DIVIDERS: Ranges = (*_SPACES, (0x2A, 0x2A), (0x2D, 0x2F), (0x5F, 0x5F), (0xB7, 0xB7), (0x2022, 0x2022))
_EMOJI: Ranges = ((0x2190, 0x2BFF), (0x1F000, 0x1FAFF))
_TAGS: Ranges = ((0xE0001, 0xE007F),)
# Without width, and no part of any letter. Soft hyphens, marks of direction and variation selectors are apart.
_JOINERS: Ranges = ((0x200B, 0x200D), (0x2060, 0x2060))
_HIDING: Ranges = (*_JOINERS, (0x2061, 0x2064), (0xFEFF, 0xFEFF), (0x034F, 0x034F), (0x115F, 0x1160),
    (0x180E, 0x180E), (0x3164, 0x3164), (0xFFA0, 0xFFA0), *_TAGS)  # fmt: skip
_ORDINARY_MARKS: Ranges = ((0x00AD, 0x00AD), (0x0640, 0x0640), (0x061C, 0x061C), (0x180B, 0x180F),
    (0x200E, 0x200F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # fmt: skip
# Scripts in which joiners and zero-width spaces are written.
_JOINING: Ranges = ((0x0590, 0x109F), (0x1100, 0x11FF), (0x1200, 0x139F), (0x1700, 0x18AF), (0x1A20, 0x1AAF),
    (0x1B00, 0x1C4F), (0x3040, 0x9FFF), (0xA840, 0xABFF), (0xAC00, 0xD7A3), (0xFB1D, 0xFEFC), (0x10A00, 0x1E95F),
    (0x1EE00, 0x1EEFF))  # fmt: skip
_STRUCK: Ranges = ((0x0334, 0x0338), (0x0488, 0x0489), (0x20D0, 0x20F0))
_VOCALISED: Ranges = ((0x0590, 0x08FF),)
_DIGITS: Ranges = ((0x30, 0x39),)
_SMALL: Ranges = ((0x61, 0x7A), (0xE0, 0xFF))
_CAPITALS: Ranges = ((0x41, 0x5A),)
_SIGNS = "01345$7!|@"
_SURE_SIGNS = "014$|"
"""The others stand for letters of Arabic in Arabizi, or divide."""
_OTHER_DIGITS: Ranges = ((0x32, 0x32), (0x36, 0x36), (0x38, 0x39))
"""Nothing in leet."""
MATHEMATICS: Ranges = ((0x1D400, 0x1D7CB), (0x2102, 0x2134))
REGIONS: Ranges = ((0x1F1E6, 0x1F1FF),)
BOXED: Ranges = ((0x249C, 0x24E9), (0x1F110, 0x1F189), *REGIONS)
WIDE_LETTERS: Ranges = ((0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
EAST_ASIAN: Ranges = ((0x1100, 0x11FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3))
_SPELT: Ranges = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x5D0, 0x5EA),
    (0x620, 0x63F), (0x641, 0x64A), (0x66E, 0x6D3), (0x6D5, 0x6D5))  # fmt: skip
"""Alphabets whose letters stand alone, one after the other, only to be split."""
_LATIN: Ranges = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF))
_GREEK: Ranges = ((0x370, 0x3E1), (0x1F00, 0x1FFF))
_CYRILLIC: Ranges = ((0x400, 0x481), (0x48A, 0x52F), (0x1C80, 0x1C88))
# Scripts that people write today beside Latin, and letters that are Latin in all but their block.
_WRITTEN: Ranges = ((0x250, 0x52F), (0x530, 0x139F), (0x1700, 0x1CFF), (0x1D00, 0x214F), (0x2460, 0x24FF),
    (0x2C60, 0x2C7F), (0x3000, 0xA4CF), (0xA720, 0xABFF), (0xAC00, 0xFFEF), (0x1D400, 0x1D7FF),
    (0x1E900, 0x1F1FF))  # fmt: skip


def within(codes: Codes, ranges: Ranges) -> NDArray[np.bool_]:
    """Say which code points lie in any of the ranges, ends included."""
    inside = np.zeros(len(codes), dtype=np.bool_)
    for first, last in ranges:
        inside |= codes - np.uint32(first) <= last - first
    return inside


@cache
def telling() -> Codes:
    """Return the bits of each code point, shape (0x110000,)."""
    bits = _by_rules()
    bits |= np.uint32(1) << alphabets() >> np.uint32(1)
    for bit, ranges in _RANGES:
        for first, last in ranges:
            bits[first : last + 1] |= bit
    hidden = bits & HIDDEN != 0
    bits[hidden] &= ~np.uint32(MARK | WORD)
    bits[bits & MARK == 0] &= ~np.uint32(HEAPED)
    for sign in "|@$":
        bits[ord(sign)] &= ~np.uint32(WORD)
    return bits


_RANGES: tuple[tuple[int, Ranges], ...] = (
    (HIDDEN, _HIDING),
    (FANCY, (*MATHEMATICS, *BOXED, *WIDE_LETTERS)),
    (SIGN, tuple((ord(sign), ord(sign)) for sign in _SIGNS)),
    (SURE, tuple((ord(sign), ord(sign)) for sign in _SURE_SIGNS)),
    (SMALL, _SMALL),
    (NUMERAL, (*_OTHER_DIGITS, *_CAPITALS)),
    (LEET, (*_SMALL, *_DIGITS, *_CAPITALS, *((ord(sign), ord(sign)) for sign in "$|!@"))),
    (SPELT, _SPELT),
    (SPACE, _SPACES),
    (DIVIDER, _DIVIDERS),
    (EMOJI, _EMOJI),
    (JOINER, _JOINERS),
    (JOINING, _JOINING),
    (TAG, _TAGS),
    (STRUCK, _STRUCK),
    (VOCALISED, _VOCALISED),
    (DIGIT, _DIGITS),
)


def _by_rules() -> Codes:
    """Return the bits that follow from the rules of normalised text."""
    table = rules().table
    kinds = table >> KIND
    bits = np.zeros(len(table), dtype=np.uint32)
    bits[kinds >= Kind.ONE] = WORD | LETTER
    bits[kinds == Kind.ATTACHED] = MARK | HEAPED
    bits[kinds == Kind.CONTROL] |= CONTROL
    bits[table & np.uint32(CODE) < 0x80] |= ALIKE
    for first, last in _ORDINARY_MARKS:
        bits[first : last + 1] &= ~np.uint32(HEAPED)
    return bits


@cache
def alphabets() -> NDArray[np.uint8]:
    """Return the alphabet of each letter of Latin, Greek and Cyrillic, and of what is taken for one of Latin."""
    table = rules().table
    symbols = table & np.uint32(CODE)
    rare = (table >> KIND == Kind.ONE) & (symbols >= ord("a")) & (symbols <= ord("z"))
    rare[:0x250] = False
    for first, last in _WRITTEN:
        rare[first : last + 1] = False
    found: NDArray[np.uint8] = np.where(rare, np.uint8(RARE), np.uint8(0))
    for alphabet, ranges in ((LATIN, _LATIN), (GREEK, _GREEK), (CYRILLIC, _CYRILLIC)):
        for first, last in ranges:
            found[first : last + 1] = alphabet
    return found

"""Which characters the evasion score looks at; code points, by hand and from the frozen tables."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.language.normalised import Codes
from stanch.language.rules import rules
from stanch.language.tables import CODE, KIND, Kind

Ranges = tuple[tuple[int, int], ...]

WORD, OTHER, HIDDEN, MARK = range(4)
LATIN, GREEK, CYRILLIC, RARE = 1, 2, 3, 4
HAS_HIDDEN, HAS_MARKS, HAS_FANCY, HAS_SIGNS = 16, 32, 64, 128
"""What a text holds; below, a bit for each alphabet, Latin the first."""

SPACES: Ranges = (
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x2000, 0x200A),
    (0x202F, 0x202F),
    (0x3000, 0x3000),
    (0x2800, 0x2800),
)
DIVIDERS: Ranges = (*SPACES, (0x2A, 0x2A), (0x2D, 0x2F), (0x5F, 0x5F), (0xB7, 0xB7), (0x2022, 0x2022))
EMOJI: Ranges = ((0x2190, 0x2BFF), (0x1F000, 0x1FAFF))
TAGS: Ranges = ((0xE0001, 0xE007F),)
# Without width, and no part of any letter. Soft hyphens, marks of direction and variation selectors are apart.
JOINERS: Ranges = ((0x200B, 0x200D), (0x2060, 0x2060))
HIDING: Ranges = (*JOINERS, (0x2061, 0x2064), (0xFEFF, 0xFEFF), (0x034F, 0x034F), (0x115F, 0x1160),
    (0x180E, 0x180E), (0x3164, 0x3164), (0xFFA0, 0xFFA0), *TAGS)  # fmt: skip
ORDINARY_MARKS: Ranges = ((0x00AD, 0x00AD), (0x0640, 0x0640), (0x061C, 0x061C), (0x180B, 0x180F), (0x200E, 0x200F),
    (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # fmt: skip
# Scripts in which joiners and zero-width spaces are written.
JOINING: Ranges = ((0x0590, 0x109F), (0x1100, 0x11FF), (0x1200, 0x139F), (0x1700, 0x18AF), (0x1A20, 0x1AAF),
    (0x1B00, 0x1C4F), (0x3040, 0x9FFF), (0xA840, 0xABFF), (0xAC00, 0xD7A3), (0xFB1D, 0xFEFC), (0x10A00, 0x1E95F),
    (0x1EE00, 0x1EEFF))  # fmt: skip
STRUCK: Ranges = ((0x0334, 0x0338), (0x0488, 0x0489), (0x20D0, 0x20F0))
VOCALISED: Ranges = ((0x0590, 0x08FF),)
DIGITS: Ranges = ((0x30, 0x39),)
SMALL: Ranges = ((0x61, 0x7A), (0xE0, 0xFF))
LEET_SIGNS = np.frombuffer(b"01345$7!|@", dtype=np.uint8)
SURE_SIGNS = np.frombuffer(b"014$|", dtype=np.uint8)
"""The others stand for letters of Arabic in Arabizi, or divide."""
NUMBERS_AND_CAPITALS: Ranges = ((0x32, 0x32), (0x36, 0x36), (0x38, 0x39), (0x41, 0x5A))
LEET_WORDS: Ranges = (*SMALL, *DIGITS, (0x41, 0x5A), (0x24, 0x24), (0x7C, 0x7C), (0x21, 0x21), (0x40, 0x40))
MATHEMATICS: Ranges = ((0x1D400, 0x1D7CB), (0x2102, 0x2134))
REGIONS: Ranges = ((0x1F1E6, 0x1F1FF),)
BOXED: Ranges = ((0x249C, 0x24E9), (0x1F110, 0x1F189), *REGIONS)
WIDE_LETTERS: Ranges = ((0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
EAST_ASIAN: Ranges = ((0x1100, 0x11FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3))
SPELT: Ranges = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x5D0, 0x5EA),
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
def classes() -> NDArray[np.uint8]:
    """Return what each code point is: part of a word, hidden, a mark, or anything else."""
    kinds = rules().table >> KIND
    found = np.full(len(kinds), OTHER, dtype=np.uint8)
    found[kinds >= Kind.ONE] = WORD
    found[kinds == Kind.ATTACHED] = MARK
    codes = _all()
    found[within(codes, HIDING)] = HIDDEN
    found[[ord(sign) for sign in "|@$"]] = OTHER
    return found


@cache
def alphabets() -> NDArray[np.uint8]:
    """Return the alphabet of each letter of Latin, Greek and Cyrillic, and of what is taken for one of Latin."""
    codes, table = _all(), rules().table
    symbols = table & np.uint32(CODE)
    latin = (table >> KIND == Kind.ONE) & (symbols >= ord("a")) & (symbols <= ord("z"))
    found = np.zeros(len(table), dtype=np.uint8)
    found[latin & (codes >= 0x250) & ~within(codes, _WRITTEN)] = RARE
    for alphabet, ranges in ((LATIN, _LATIN), (GREEK, _GREEK), (CYRILLIC, _CYRILLIC)):
        found[within(codes, ranges)] = alphabet
    return found


@cache
def telling() -> NDArray[np.uint8]:
    """Return the bits that each code point sets: alphabets, and what may have been used to hide."""
    codes = _all()
    found = (np.uint8(1) << alphabets() >> 1).astype(np.uint8)
    found[classes() == HIDDEN] |= HAS_HIDDEN
    found[(classes() == MARK) & ~within(codes, ORDINARY_MARKS)] |= HAS_MARKS
    found[within(codes, (*MATHEMATICS, *BOXED, *WIDE_LETTERS))] |= HAS_FANCY
    found[LEET_SIGNS] |= HAS_SIGNS
    return found


def _all() -> Codes:
    return np.arange(0x110000, dtype=np.uint32)

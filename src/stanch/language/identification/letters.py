"""What identification sees of a text: letters in one case, and the script of each.

The script comes from the blocks of Unicode 15.0 (Blocks.txt), so that it is the same on every Python. Everything
else (spaces, signs, digits, emoji, scripts that no language here is written in) is a break between words.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stanch.language.nfc import nfc
from stanch.language.tables import CODE, KIND, Kind, tables

BREAK: Final = 0
"""The symbol of what separates words."""
DROPPED: Final = 1
"""The symbol of what is not there: joiners, Arabic vowel marks, the tatweel."""
APOSTROPHE: Final = 0x27
"""The symbol of every apostrophe: a letter between two letters, else a break."""
MARK: Final = 0x80
"""Set in the script of a mark, which never begins a word."""

LATIN, CYRILLIC, ARABIC, DEVANAGARI, ETHIOPIC = "latin", "cyrillic", "arabic", "devanagari", "ethiopic"
HAN, KANA = "han", "kana"

# First and last code point of a script's letters, and the script; where only one language is written in it, the
# language. What lies between and is no letter or mark is left out by its category.
BLOCKS: Final = (
    (0x0041, 0x024F, LATIN),
    (0x0250, 0x02AF, LATIN),
    (0x0300, 0x036F, LATIN),
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, CYRILLIC),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, ARABIC),
    (0x0750, 0x077F, ARABIC),
    (0x0780, 0x07BF, "dv"),
    (0x08A0, 0x08FF, ARABIC),
    (0x0900, 0x097F, DEVANAGARI),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1100, 0x11FF, "ko"),
    (0x1200, 0x139F, ETHIOPIC),
    (0x1780, 0x17FF, "km"),
    (0x1E00, 0x1EFF, LATIN),
    (0x1F00, 0x1FFF, "el"),
    (0x3040, 0x30FF, KANA),
    (0x3130, 0x318F, "ko"),
    (0x3400, 0x4DBF, HAN),
    (0x4E00, 0x9FFF, HAN),
    (0xAC00, 0xD7A3, "ko"),
)
SCRIPTS: Final = tuple(dict.fromkeys(script for _, _, script in BLOCKS))
"""The scripts by their numbers, which count from 1."""

_ALL_LETTERS: Final = frozenset((HAN, "ko"))
"""Blocks that are letters from end to end, or nearly so, and too long to be asked one by one."""
_APOSTROPHES: Final = "'`´ʹʻʼʽʾʿˈ‘’‛′＇"
_ARABIC_MARKS: Final = ((0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED))
_JOINERS: Final = (
    0x00AD,
    0x034F,
    0x061C,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
)
_EXPANDED: Final = "İẞ\u0958-\u095fǄ-ǌǱ-ǳŉᴀ-ᶿẖ-ẛﬀ-ﬗﭏ-ﷻﹰ-ﻼ"
_UNPREPARED: Final = re.compile(f"[\u0300-\u036f\u0653-\u0655\u093c\u1100-\u11ff\u3099\u309a{_EXPANDED}]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """What becomes of every code point.

    Parameters
    ----------
    symbols : uint16 array, shape (0x110000,), the letter in small form, `BREAK` or `DROPPED`.
    scripts : uint8 array, shape (0x110000,), the number of its script, with `MARK` for a mark; 0 for no letter.
    """

    symbols: NDArray[np.uint16]
    scripts: NDArray[np.uint8]


@cache
def letters() -> Letters:
    """Return the tables, made once."""
    bare_symbols, bare_scripts = _of_small_letters()
    folded = _folded()
    symbols, scripts = bare_symbols[folded], bare_scripts[folded]
    for letter in _APOSTROPHES:
        symbols[ord(letter)], scripts[ord(letter)] = APOSTROPHE, 0
    for first, last in _ARABIC_MARKS:
        symbols[first : last + 1], scripts[first : last + 1] = DROPPED, 0
    symbols[list(_JOINERS)], scripts[list(_JOINERS)] = DROPPED, 0
    return Letters(symbols=symbols, scripts=scripts)


def _of_small_letters() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    symbols, scripts = np.zeros(0x110000, dtype=np.uint16), np.zeros(0x110000, dtype=np.uint8)
    for first, last, script in BLOCKS:
        codes = np.arange(first, last + 1)
        categories = (
            "".join(unicodedata.category(chr(code))[0] for code in codes) if script not in _ALL_LETTERS else ""
        )
        is_mark = np.array([c == "M" for c in categories] or np.zeros(len(codes), bool))
        is_kept = is_mark | np.array([c == "L" for c in categories] or np.ones(len(codes), bool))
        number = SCRIPTS.index(script) + 1
        symbols[codes] = np.where(is_kept, codes, BREAK)
        scripts[codes] = np.where(is_kept, number, 0) + np.where(is_mark, MARK, 0)
    known = np.zeros(0x110001, dtype=np.int8)
    edges = tables().stable
    known[edges[::2]] += 1
    known[edges[1::2]] -= 1
    unknown = np.cumsum(known)[:-1] == 0
    symbols[unknown], scripts[unknown] = BREAK, 0
    return symbols, scripts


def _folded() -> NDArray[np.uint32]:
    """Return what each code point is in small, plain form (the mapping of UTS #46), where it is one letter."""
    entries = tables().hosts.flat()
    codes = np.arange(len(entries), dtype=np.uint32)
    return np.where(entries >> KIND == Kind.ONE, entries & CODE, codes)


def prepared(text: str) -> str:
    """Return a text in NFC, without ligatures."""
    return nfc(text.translate(_expansions()))


@cache
def unprepared() -> NDArray[np.bool_]:
    """Return which code points a text may hold that `prepared` changes, shape (0x110000,)."""
    found = np.zeros(0x110000, dtype=np.bool_)
    found[[ord(letter) for letter in _matching(_UNPREPARED)]] = True
    return found


def _matching(pattern: re.Pattern[str]) -> list[str]:
    return list(filter(pattern.match, map(chr, range(0x110000))))


@cache
def _expansions() -> dict[int, str]:
    """Return what ligatures and the like become: the letters that they are made of."""
    hosts = tables().hosts
    entries = hosts.flat()
    codes = (ord(letter) for letter in _matching(re.compile(f"[{_EXPANDED}]")))
    made_of = {code: hosts.text(int(entries[code])) for code in codes if entries[code] >> KIND == Kind.SEQUENCE}
    return made_of | {ord("İ"): "i", ord("ẞ"): "ß"}


def codes_of(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text; lone surrogates are code points like any other."""
    return np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype="<u4")

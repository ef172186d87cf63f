"""Characters that cannot be seen, or that reorder what can: shown as marks, so that they lead nobody astray."""

import functools
import re
import sys
import unicodedata
from typing import Final

JOINERS: Final = frozenset("\u200c\u200d")  # Persian, Hindi and emoji are written with them: they stay
LINES: Final = frozenset("\n\t")
SHORT: Final = {
    "\u200b": "ZWSP",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u061c": "ALM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u2060": "WJ",
    "\ufeff": "BOM",
    "\u00ad": "SHY",
    "\r": "CR",
}
"""What bidirectional controls and their like are called, by the Unicode standard's own abbreviations."""
SIGNED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_sign(letter: str) -> bool:
    """Whether a character is shown as a mark: control and format characters, but for line ends and joiners."""
    return letter not in JOINERS and letter not in LINES and unicodedata.category(letter) in SIGNED


def name_of(letter: str) -> str:
    """Return what a mark says: a known abbreviation, or the code point."""
    return SHORT.get(letter) or f"U+{ord(letter):04X}"


@functools.cache
def signs() -> re.Pattern[str]:
    """Return a pattern that finds each character that is shown as a mark."""
    found = (chr(code) for code in range(sys.maxunicode + 1) if is_sign(chr(code)))
    return re.compile("[" + "".join(map(re.escape, found)) + "]")

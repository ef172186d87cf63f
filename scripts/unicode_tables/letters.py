"""What normalised text makes of each code point."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from unicode_tables import hand, sources
from unicode_tables.binary import FOREIGN, GREEK, WIDE, Capital, Target
from unicode_tables.looks import look_alikes

Symbols = tuple[int, ...]

_HANGUL = range(0xAC00, 0xD7A4)
_IDEOGRAPHIC_PLANES = range(0x20000, 0x40000)
_LETTER_IN_NAME = re.compile(
    r"(?:(?:SQUARED|CIRCLED) LATIN CAPITAL|REGIONAL INDICATOR SYMBOL|LATIN) LETTER (?:SMALL CAPITAL )?([A-Z])$"
    r"|LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH .*"
)


# The order of `stanch.language.bidi_numba`.
BIDI = "L R AL EN ES ET AN CS NSM BN B S WS ON LRE LRO RLE RLO PDF LRI RLI FSI PDI".split()  # noqa: SIM905 - as there


class Letters:
    """The rules, ready to be asked; nothing is taken from the Unicode data of the Python that runs this."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unicode = sources.characters(folder)
        self._folding = sources.case_folding(folder)
        self._partners: dict[Symbols, list[int]] = defaultdict(list)
        for code, folded in self._folding.items():
            self._partners[folded].append(code)
        self.script = sources.scripts(folder)
        self._named = self._letters_by_name()
        self._by_hand = _by_hand()
        self.confusables = sources.confusables(folder)
        parts = {part for steps in self._unicode.decomposition.values() for part in steps[1:]}
        self._telling = {part for part in parts if self.category(part)[0] == "M"} - hand.UNTELLING
        self._looks: dict[int, Symbols] = {}
        self._looks = look_alikes(self)

    def target(self, code: int) -> Target:
        """Return what becomes of a code point: its symbols, or the name of a kind that has none."""
        if kind := self._special(code):
            return kind
        if code in _HANGUL:
            return "hangul"
        symbols = self.symbols(code)
        if not symbols:
            return self._nothing(code)
        letter = "".join(map(chr, self._bare(self._decomposed(code))))
        if letter in hand.CAPITALS:
            return Capital(far=symbols[0], near=ord(hand.CAPITALS[letter]))
        if len(symbols) == len(letter) == 1:
            return (symbols[0] | self._flags(symbols[0], letter),)
        return tuple(symbol | self._flags(symbol) for symbol in symbols)

    def fold(self, code: int) -> Target:
        """Return what the fold makes of a code point: letters, with marks that tell letters apart, or a space."""
        if kind := self._special(code):
            return kind
        if code in _HANGUL:
            return (code,)
        steps = (y for x in self._decomposed(code) for y in self._folding.get(x, (x,)))
        letters = tuple(w for y in steps for z in self._decomposed(y) for w in self._folded(z))
        while letters and 0x20 in {letters[0], letters[-1]}:  # signs that decompose to a space and a mark
            letters = letters[1:] if letters[0] == 0x20 else letters[:-1]
        return letters or (self._nothing(code) if self._nothing(code) == "attached" else (0x20,))

    def _special(self, code: int) -> str:
        if self.category(code) in {"Cn", "Co", "Cs"}:
            return "unread"
        return "control" if code in hand.CONTROLS else ""

    def _folded(self, code: int) -> Symbols:
        if " WITH " not in self._unicode.name.get(code, ""):
            code = self._named.get(code, code)
        if code in hand.ARABIC_LEFT_OUT or code in hand.LENGTHENING or code in hand.INVISIBLE:
            return ()
        if code in self._by_hand and self.script.get(code) == "Arabic":
            return self._by_hand[code]
        if code in self._unicode.digits:
            return tuple(map(ord, self._unicode.digits[code]))
        kind = self.category(code)[0]
        if kind == "M":
            return (code,) if not self._is_accent(code) or code in self._telling else ()
        return (0x20,) if kind == "Z" else (code,) if kind in "LN" else ()

    def symbols(self, code: int) -> Symbols:
        """Return the symbols of a code point, without the mark of wide ones."""
        symbols = self.plain(code)
        for _ in range(8):
            worn = tuple(after for before in symbols for after in self._worn(before))
            if worn == symbols:
                return symbols
            symbols = worn
        raise AssertionError(f"U+{code:04X} never settles")

    def plain(self, code: int) -> Symbols:
        """Decompose (NFKD), fold case, drop accents: what of the rules needs no look-alikes."""
        if code in self._named:
            return (self._named[code],)
        folded = (y for x in self._bare(self._decomposed(code)) for y in self._folding.get(x, (x,)))
        plain = self._bare(z for y in folded for z in self._decomposed(y))
        return tuple(self._named.get(code, code) for code in plain)

    def category(self, code: int) -> str:
        """Return the general category; ideographs to come count as letters."""
        ideograph = code in _IDEOGRAPHIC_PLANES and code & 0xFFFE != 0xFFFE
        return self._unicode.category.get(code, "Lo" if ideograph else "Cn")

    def case_partners(self, folded: int) -> list[int]:
        """Return the capitals (for Cherokee: the small letters) that fold to one letter."""
        return self._partners.get((folded,), [])

    def bidi_class(self, code: int) -> int:
        """Return the number of the bidirectional class, in the order of `BIDI`; what is not assigned is L."""
        return BIDI.index(self._unicode.bidi.get(code, "L"))

    def brackets(self) -> list[tuple[int, int]]:
        """Return pairs of brackets; each stands for its canonical equivalent too, which is decomposed to it."""
        return sources.brackets(self._folder)

    def all_letters(self) -> list[int]:
        """Return every letter, number and symbol that the rules so far leave as it is."""
        return [
            code
            for code, kind in self._unicode.category.items()
            if kind[0] in "LNS" and self.plain(code) == (code,)
        ]

    def look(self, looks: dict[int, Symbols]) -> None:
        """Use these look-alikes from now on."""
        self._looks = looks

    def _worn(self, code: int) -> Symbols:
        """Take one step from a plain letter towards its symbols."""
        if code < 128:
            return _ascii(chr(code))
        if code in self._by_hand:
            return self._by_hand[code]
        if code in self._unicode.digits:
            return tuple(map(ord, self._unicode.digits[code]))
        if code in self._looks:
            return self._looks[code]
        return (code,) if self.category(code)[0] in "LMN" else ()

    def _decomposed(self, code: int) -> Symbols:
        steps = self._unicode.decomposition.get(code)
        return (code,) if steps is None else tuple(x for step in steps for x in self._decomposed(step))

    def _bare(self, codes: Iterable[int]) -> Symbols:
        return tuple(code for code in codes if self.category(code)[0] not in "CZ" and not self._is_accent(code))

    def _is_accent(self, code: int) -> bool:
        if self.category(code)[0] != "M":
            return code in hand.INVISIBLE
        if self.script[code] in hand.BARE_SCRIPTS or code in hand.INVISIBLE:
            return True
        return self._unicode.combining[code] not in hand.KEPT_CLASSES and "VOWEL" not in self._unicode.name[code]

    def _nothing(self, code: int) -> str:
        category = self.category(code)
        attached = category[0] == "M" or category == "Cf" or code in hand.INVISIBLE or code in hand.LENGTHENING
        return "attached" if attached else "drop"

    def _flags(self, symbol: int, letter: str = "") -> int:
        """Return what a symbol carries; `letter` is what it came from, case and all, if that is one letter."""
        if (
            self.script.get(symbol) in hand.WIDE_SCRIPTS
            or symbol in _IDEOGRAPHIC_PLANES
            or symbol == hand.LONG_VOWEL
        ):
            return WIDE
        if letter and letter in hand.UNLIKE_GREEK:
            return FOREIGN
        return GREEK if letter and letter in hand.UNLIKE_LATIN else 0

    def _letters_by_name(self) -> dict[int, int]:
        found = ((code, _LETTER_IN_NAME.search(name)) for code, name in self._unicode.name.items())
        named = {
            code: ord((match[1] or match[2]).lower()) for code, match in found if match and self._undivided(code)
        }
        return named | {ord(a): ord(b) for a, b in hand.FOLDED.items()}

    def _undivided(self, code: int) -> bool:
        """Say whether the name is all there is to go by."""
        by_hand = {chr(x) for x in self._folding.get(code, (code,))} & hand.LOOKS.keys()
        return self.category(code)[0] != "M" and code not in self._unicode.decomposition and not by_hand


def _ascii(character: str) -> Symbols:
    if character in hand.LEET:
        return (ord(hand.LEET[character]),)
    return (ord(character),) if character.isalnum() else ()


def _by_hand() -> dict[int, Symbols]:
    """Return what is written by hand for Arabic and Hangul."""
    rules: dict[int, Symbols] = {code: (letter,) for letter, variants in hand.ARABIC.items() for code in variants}
    rules.update(dict.fromkeys([*hand.ARABIC_LEFT_OUT, *hand.LENGTHENING], ()))
    rules.update({0x11A8 + i: tuple(initials) for i, initials in enumerate(hand.HANGUL_FINALS)})
    rules.update(hand.HANGUL_INITIALS)
    return rules

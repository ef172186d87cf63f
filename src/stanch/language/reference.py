"""Normalised text, one character at a time: what `stanch.language.normalised` must agree with.

Slow and plain. It shares tables and constants with the fast code, and nothing else.
"""

from bisect import bisect_right
from typing import NamedTuple

from stanch.language.normalised import ALIKE, NEIGHBOURS
from stanch.language.tables import CODE, KIND, LENGTH, PLACE, VOTE, WIDE, Kind, Mapping, tables

ERASERS = "\b\x7f"
_SHARED = {
    "arabic": {ord(latin): ord(arabic) for latin, arabic in ALIKE.items()},
    "latin": {ord(arabic): ord(latin) for latin, arabic in ALIKE.items()},
}


class Symbol(NamedTuple):
    """A symbol, whether it is the second of a wide character, and the stretch it came from."""

    code: int
    second: bool
    start: int
    end: int


class _Letter(NamedTuple):
    """A symbol that may carry `WIDE`, and the place of the character it came from."""

    symbol: int
    at: int


def normalise(text: str) -> list[Symbol]:
    """Return the symbols of `text`, in which formatting moves nothing.

    Backspaces are resolved one by one; `tests/language/test_display.py` tests formatting by Unicode's own tests.
    """
    kept: list[int] = []
    for at, character in enumerate(text):
        if character not in ERASERS:
            kept += [at] if _kind(ord(character)) != Kind.CONTROL else []
        elif kept:
            kept.pop()
    stops = [*kept[1:], len(text)]
    seen = _normalise("".join(text[at] for at in kept))
    return [symbol._replace(start=kept[symbol.start], end=stops[symbol.end - 1]) for symbol in seen]


def _normalise(text: str) -> list[Symbol]:
    letters = _letters(text)
    symbols: list[Symbol] = []
    for i, letter in enumerate(letters):
        end = _end(text, letter.at)
        if [other.symbol for other in letters[max(i - 2, 0) : i]] == [letter.symbol] * 2:
            symbols = _stretched(symbols, letter.symbol, end)
            continue
        code = letter.symbol & CODE
        symbols.append(Symbol(code, False, letter.at, end))  # noqa: FBT003 - positional fields of a tuple
        if letter.symbol & WIDE:
            symbols.append(Symbol(code, True, letter.at, end))  # noqa: FBT003 - ditto
    return symbols


def _stretched(symbols: list[Symbol], symbol: int, end: int) -> list[Symbol]:
    """Let the last kept letter of a run take in one more that is not kept."""
    count = 2 if symbol & WIDE else 1
    return symbols[:-count] + [last._replace(end=end) for last in symbols[-count:]]


def _letters(text: str) -> list[_Letter]:
    kept = [at for at, character in enumerate(text) if _kind(ord(character)) >= Kind.ONE]
    letters: list[_Letter] = []
    for i, at in enumerate(kept):
        around = kept[max(i - NEIGHBOURS, 0) : i] + kept[i + 1 : i + NEIGHBOURS + 1]
        near = sum(_vote(ord(text[j])) for j in around) > 0
        letters.extend(_Letter(symbol, at) for symbol in _symbols(ord(text[at]), near=near))
    return _settled(letters)


def _settled(letters: list[_Letter]) -> list[_Letter]:
    """Let letters that Latin and Arabic share go with what stands around them."""
    settled = []
    for i, letter in enumerate(letters):
        before = next((s for x in letters[i::-1] if (s := _side(x.symbol)) != "doubtful"), None)
        after = next((s for x in letters[i:] if (s := _side(x.symbol)) != "doubtful"), None)
        symbol = letter.symbol
        if _side(symbol) == "doubtful" and before == after:
            symbol = _SHARED.get(before or "", {}).get(symbol, symbol)
        settled.append(letter._replace(symbol=symbol))
    return settled


def _side(symbol: int) -> str:
    if symbol & CODE in {*_SHARED["latin"], *_SHARED["arabic"]}:
        return "doubtful"
    character = chr(symbol & CODE)
    return "latin" if "a" <= character <= "z" else "arabic" if "\u0620" <= character <= "\u06d4" else "other"


def _vote(code: int) -> int:
    entry = _entry(tables().symbols, code)
    return (0, 1, -1)[entry >> VOTE & 3] if entry >> KIND == Kind.ONE else 0


def _symbols(code: int, *, near: bool) -> list[int]:
    mapping = tables().symbols
    entry = _entry(mapping, code)
    kind = entry >> KIND
    if kind == Kind.HANGUL:
        return _syllable(code - 0xAC00)
    if kind == Kind.CAPITAL:
        return [entry >> 8 & 0xFF if near else entry & 0xFF]
    if kind == Kind.ONE:
        return [entry & WIDE | (entry + code) & CODE]
    at = entry & PLACE
    return [int(symbol) for symbol in mapping.pool[at : at + (entry >> LENGTH & 31)]]


def _syllable(index: int) -> list[int]:
    final = index % 28
    rest = _symbols(0x11A7 + final, near=False) if final else []
    return [0x1100 + index // 588, 0x1161 + index % 588 // 28, *rest]


def _end(text: str, at: int) -> int:
    end = at + 1
    while end < len(text) and _kind(ord(text[end])) == Kind.ATTACHED:
        end += 1
    return end


def _kind(code: int) -> int:
    return _entry(tables().symbols, code) >> KIND


def _entry(mapping: Mapping, code: int) -> int:
    """Return the entry of the run that holds a code point, as the file has it."""
    return int(mapping.entries[bisect_right(mapping.starts, code) - 1])

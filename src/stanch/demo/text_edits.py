"""How people change a text so that it is not recognised."""

import unicodedata
from collections.abc import Callable, Sequence

HOMOGLYPHS = {
    **dict(zip("aeopcxyis", "аеорсхуіѕ", strict=True)),  # Latin to Cyrillic
    **dict(zip("аеорсхуі", "aeopcxyi", strict=True)),  # and back
    **dict(zip("ايكهى", "أیکہي", strict=True)),  # Arabic letters to their cousins
    **dict(zip("یکہ", "يكه", strict=True)),
    **dict(
        zip("人大一又口日月山水火土小子女心手", "⼈⼤⼀⼜⼝⽇⽉⼭⽔⽕⼟⼩⼦⼥⼼⼿", strict=True)
    ),  # Han to Kangxi radicals
}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
MARKS = {"ARABIC": "\u064e\u064f\u0650\u0651\u0652", "": "\u0323\u0308\u0301\u0336"}


def homoglyphs(text: str) -> str:
    """Replace every second letter that has a look-alike."""
    changed = []
    seen = 0
    for char in text:
        seen += char in HOMOGLYPHS
        changed.append(HOMOGLYPHS[char] if char in HOMOGLYPHS and seen % 2 else char)
    return "".join(changed)


def zero_width(text: str) -> str:
    """Put an invisible character after every third letter."""
    return "".join(
        char + (INVISIBLE[place // 3 % len(INVISIBLE)] if place % 3 == 0 and char.isalpha() else "")
        for place, char in enumerate(text)
    )


def spaced(text: str) -> str:
    """Set a space between all letters, and three between words."""
    return "   ".join(" ".join(word) for word in text.split())


def diacritics(text: str) -> str:
    """Put a mark over or under every second letter."""
    return "".join(
        char + (_mark(char, place) if place % 2 == 0 and char.isalpha() else "") for place, char in enumerate(text)
    )


def words_changed(text: str) -> str:
    """Replace one word in ten by another of the same text; where words are not set apart, one pair of letters."""
    whole = text.split()
    units = whole if len(whole) > len(text) / 12 else [text[i : i + 2] for i in range(0, len(text), 2)]
    changed = [
        units[(place * 7 + 3) % len(units)] if place % 10 == 4 else unit for place, unit in enumerate(units)
    ]
    return (" " if units is whole else "").join(changed)


def _mark(char: str, place: int) -> str:
    marks: Sequence[str] = MARKS["ARABIC" if "ARABIC" in unicodedata.name(char, "") else ""]
    return marks[place // 2 % len(marks)]


TEXT_EDITS: dict[str, Callable[[str], str]] = {
    "identical": str,
    "words-changed": words_changed,
    "homoglyphs": homoglyphs,
    "zero-width": zero_width,
    "spaced": spaced,
    "diacritics": diacritics,
}

"""How people change a text so that it is not recognised."""

import re
import unicodedata
from collections.abc import Callable, Sequence

HOMOGLYPHS = {
    **dict(zip("aeopcxyis", "аеорсхуіѕ", strict=True)),  # Latin to Cyrillic
    **dict(zip("аеорсхуі", "aeopcxyi", strict=True)),  # and back
    **dict(zip("ονρικα", "ovpika", strict=True)),  # Greek to Latin
    **dict(zip("ايكهى", "أیکہي", strict=True)),  # Arabic letters to their cousins
    **dict(zip("یکہ", "يكه", strict=True)),
    **dict(
        zip("人大一又口日月山水火土小子女心手", "⼈⼤⼀⼜⼝⽇⽉⼭⽔⽕⼟⼩⼦⼥⼼⼿", strict=True)
    ),  # Han to Kangxi radicals
}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
EMOJI = "\U0001f525\U0001f319\u2b50\U0001f30a"
OVERRIDE_LEFT, OVERRIDE_RIGHT, END_OVERRIDE = "\u202d", "\u202e", "\u202c"
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


def backspaced(text: str) -> str:
    """Type a wrong letter after every fifth and take it back: a reader of bytes sees both."""
    return "".join(f"{char}x\b" if place % 5 == 0 and char.isalpha() else char for place, char in enumerate(text))


def emoji(text: str) -> str:
    """Put a small picture after every fourth letter."""
    return "".join(
        char + (EMOJI[place // 4 % len(EMOJI)] if place % 4 == 0 and char.isalpha() else "")
        for place, char in enumerate(text)
    )


def overridden(text: str) -> str:
    """Store every third word backwards, and override the direction in which it is shown."""
    parts = re.split(r"(\s+)", text)  # words, and between them what parts them
    return "".join(_backwards(part) if place % 6 == 0 and part else part for place, part in enumerate(parts))


def _backwards(word: str) -> str:
    to_left = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in word)
    return f"{OVERRIDE_LEFT if to_left else OVERRIDE_RIGHT}{word[::-1]}{END_OVERRIDE}"


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
HIDING_EDITS: dict[str, Callable[[str], str]] = {
    "homoglyphs": homoglyphs,
    "zero-width": zero_width,
    "spaced": spaced,
    "diacritics": diacritics,
    "backspaced": backspaced,
    "emoji": emoji,
    "overridden": overridden,
}
"""Edits that a reader does not see, or sees through, and that are undone entirely."""

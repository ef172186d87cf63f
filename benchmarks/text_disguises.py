"""How a text is written so that people read it and machines do not: the evasion mix of the text benchmark.

Stretches of one to six words are disguised one after the other, each in a way that is drawn at random from those
that change it: styles, leet and most look-alikes are of Latin letters. What the ways put for a letter comes from
public data or from a rule of Unicode, never from the tables of the library:

- look-alikes: the letters of one prototype in UTS #39's confusables.txt;
- invisible characters: zero-width spaces, joiners and non-joiners, soft hyphens, word joiners;
- marks: for Arabic letters the vowel signs of Arabic (canonical combining classes 27 to 34), for all others the
  marks of the block Combining Diacritical Marks that go above or below (classes 230 and 220);
- leet: the letters that the functional tests of spelling in Multilingual HateCheck replace, learnt from the data
  (P. Röttger et al., "Multilingual HateCheck", WOAH 2022): a word of these tests goes with the words of the
  other tests of its language that it differs from in signs and digits alone;
- emoji between letters: the blocks Emoticons and Transport and Map Symbols;
- spaces between letters, as written by hand;
- styled letters: whatever Unicode says is a letter in a circle, in full width or in another font.
"""

import csv
import gzip
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.perturbations import homoglyphs

HATECHECK = "text/multilingual_hatecheck.csv.gz"
LEET, SPELLING = "spell_leet_h", "spell_"
PUNCTUATION = ".,:;!?\"'()…«»“”¿¡-"
OFTEN = 0.1
"""A sign stands for a letter in leet if the tests put it in at least this share of the letter's replacements."""
SHARE = 0.3
"""How many of the letters are changed, but for spaced letters and styles, which take all."""
LONGEST_STRETCH = 6
INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad"
EMOJI = tuple(map(chr, [*range(0x1F600, 0x1F650), *range(0x1F680, 0x1F6C6)]))
STYLES = ("<font>", "<wide>", "<circle>")
LAST_STYLED = 0x1FFFF

Alternatives = Mapping[str, list[str]]
Disguise = Callable[[str, Random], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wardrobe:
    """What letters can be written as, by letter."""

    alike: Alternatives
    leet: Alternatives
    styled: Alternatives


@cache
def wardrobe(assets: Path) -> Wardrobe:
    """Read what is put for letters from where it is pinned."""
    return Wardrobe(alike=homoglyphs(), leet=leet(assets), styled=styles())


def leet(assets: Path) -> dict[str, list[str]]:
    """Return the signs that stand for letters, as Multilingual HateCheck writes them."""
    plain: dict[tuple[str, int], set[str]] = defaultdict(set)
    changed: list[tuple[str, str]] = []
    with gzip.open(assets / HATECHECK, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            words = [word.strip(PUNCTUATION) for word in row["test_case"].lower().split()]
            if row["functionality"] == LEET:
                changed += [(row["lang"], word) for word in words if not word.isalpha()]
            elif not row["functionality"].startswith(SPELLING):
                for word in words:
                    plain[row["lang"], len(word)].add(word)
    counts = Counter(pair for language, word in changed for pair in _pairs(word, plain[language, len(word)]))
    of_letter = Counter[str]()
    for (letter, _), count in counts.items():
        of_letter[letter] += count
    found: dict[str, list[str]] = defaultdict(list)
    for (letter, sign), count in counts.items():
        if count >= OFTEN * of_letter[letter]:
            found[letter].append(sign)
    return dict(found)


def _pairs(word: str, others: set[str]) -> list[tuple[str, str]]:
    """Return each letter and its sign if a word differs from just one other, in nothing but signs for letters."""
    fitting = []
    for other in others:
        pairs = [(a, b) for a, b in zip(other, word, strict=True) if a != b]
        if pairs and len(pairs) < len(word) and all(a.isalpha() and not b.isalpha() for a, b in pairs):
            fitting.append(pairs)
    return fitting[0] if len(fitting) == 1 else []


def styles() -> dict[str, list[str]]:
    """Return the styled forms of letters by the letter."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in range(0x80, LAST_STYLED):
        style, _, plain = unicodedata.decomposition(chr(code)).partition(" ")
        if style in STYLES and len(letter := "".join(chr(int(c, 16)) for c in plain.split())) == 1:
            found[letter].append(chr(code))
    return {letter: forms for letter, forms in found.items() if letter.isalpha()}


def _written(alternatives: Alternatives, share: float) -> Disguise:
    return lambda text, random: "".join(
        random.choice(alternatives[c]) if c in alternatives and random.random() < share else c for c in text
    )


def _between(choose: Callable[[str, Random], str]) -> Disguise:
    """Put something after a share of the letters."""
    return lambda text, random: "".join(
        c + (choose(c, random) if c.isalpha() and random.random() < SHARE else "") for c in text
    )


@cache
def marks(first: int, last: int, classes: tuple[int, ...]) -> str:
    """Return the combining marks of a stretch of code points."""
    return "".join(chr(c) for c in range(first, last) if unicodedata.combining(chr(c)) in classes)


def _mark(c: str, random: Random) -> str:
    if unicodedata.bidirectional(c) == "AL" and unicodedata.name(c, "").startswith("ARABIC"):
        return random.choice(marks(0x64B, 0x653, tuple(range(27, 35))))
    return random.choice(marks(0x300, 0x34F, (220, 230)))


def _spaced(text: str, _: Random) -> str:
    """Set a space between letters and three between words; marks stay with their letters."""
    return "".join(
        f" {c}" if place and unicodedata.category(c)[0] != "M" and c not in INVISIBLE else c
        for place, c in enumerate(text)
    )


def disguises(of: Wardrobe) -> dict[str, Disguise]:
    """Return the ways by name."""
    return {
        "look-alikes": _written(of.alike, SHARE),
        "invisible": _between(lambda _, random: random.choice(INVISIBLE)),
        "marks": _between(_mark),
        "leet": _written(of.leet, 2 * SHARE),
        "emoji": _between(lambda _, random: random.choice(EMOJI)),
        "spaced": _spaced,
        "styled": _written(of.styled, 1.0),
    }


def disguised(words: list[str], ways: Mapping[str, Disguise], random: Random) -> str:
    """Disguise words, which come by turns with what stands between them, a stretch at a time."""
    written, place = [], 0
    while place < len(words):
        until = place + 2 * random.randint(1, LONGEST_STRETCH)
        written.append(_disguised("".join(words[place:until]), ways, random))
        place = until
    return "".join(written)


def _disguised(text: str, ways: Mapping[str, Disguise], random: Random) -> str:
    for way in random.sample(list(ways.values()), len(ways)):
        if (changed := way(text, random)) != text:
            return changed
    return text

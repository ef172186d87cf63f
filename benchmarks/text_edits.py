"""What becomes of a document before somebody posts it again, and what a match should then be called.

Each edit is a function of a document, its language and a source of chance. What it returns knows which part of
itself came from which part of the document, so that the right kind of match follows without asking the matcher.

Lengths are in characters (code points), also for Han and Kana, which carry more in each; where a script has no
spaces, see `text_documents` for what counts as a word.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.text_disguises import Disguise, disguised, disguises, wardrobe
from benchmarks.text_documents import CHARACTERS, Document, Language, pieces
from stanch.language import normalise
from stanch.values import Kind

COVERED = 0.6
"""The share of a text that comes from the document, or of the document that is there, from which it is covered."""
EVIDENCE = 200
"""So many symbols of the document are evidence enough, however long it is."""
LEAST = 60
"""Fewer symbols of the document than these are no match by definition."""
MARGIN = 24
"""Two grams: the ends of what is aligned are known to a gram each."""
ARTICLE, BURIAL = 1_500, 6_000
"""How many characters of benign text surround a passage, and a whole text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edited:
    """A text that was made from a document.

    Parameters
    ----------
    text : all of it.
    start, end : which stretch of `text` came from the document, as it was or with changes in place.
    original : which part of the document that was.
    """

    text: str
    start: int
    end: int
    original: str


Edit = Callable[[Document, Language, Random], Edited | None]
"""None if a document is too short for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """How much of a text came from a document, in symbols of normalised text.

    Parameters
    ----------
    mine, all_mine : how many of the text came from the document, and how many it has.
    theirs, all_theirs : how many of the document are there, and how many it has.
    """

    mine: int
    all_mine: int
    theirs: int
    all_theirs: int

    @classmethod
    def of(cls, edited: Edited, document: Document) -> "Truth":
        """Count symbols. What was changed in place still came from the document."""
        texts = edited.text[edited.start : edited.end], edited.text, edited.original, document.text
        mine, all_mine, theirs, all_theirs = (len(normalise(text)) for text in texts)
        return cls(mine=mine, all_mine=max(mine, all_mine), theirs=theirs, all_theirs=max(theirs, all_theirs))

    @property
    def kind(self) -> Kind | None:
        """What a match is by definition: the kinds of the design applied to the truth; None for none at all."""
        if min(self.mine, self.theirs) < LEAST:
            return None
        evidence = self.theirs >= min(EVIDENCE, self.all_theirs)
        bank_covered = self.theirs >= COVERED * self.all_theirs
        if self.mine >= COVERED * self.all_mine:
            return Kind.COPY if bank_covered or evidence else Kind.QUOTES
        return Kind.COPY_WITH_ADDITIONS if bank_covered and evidence else Kind.QUOTES

    @property
    def is_close(self) -> bool:
        """Whether it would be another kind with `MARGIN` symbols more or less of the document."""
        less = replace(self, mine=self.mine - MARGIN, theirs=self.theirs - MARGIN)
        more = replace(
            self,
            mine=min(self.mine + MARGIN, self.all_mine),
            theirs=min(self.theirs + MARGIN, self.all_theirs),
        )
        return not less.kind == self.kind == more.kind


def _whole(text: str, document: Document) -> Edited:
    return Edited(text=text, start=0, end=len(text), original=document.text)


def words_replaced(text: str, language: Language, random: Random, share: float) -> list[str]:
    """Replace a share of the words, rounded, by other words of the language, common ones oftener; as `pieces`."""
    parts = pieces(text, language.code)
    words = [place for place in range(0, len(parts), 2) if parts[place]]
    for place in random.sample(words, round(share * len(words))):
        parts[place] = _other(parts[place], language.words, random)
    return parts


def _other(word: str, words: tuple[str, ...] | str, random: Random) -> str:
    while (chosen := random.choice(words)) == word:
        pass
    return chosen


def noise(text: str, language: Language, random: Random, share: float) -> str:
    """Delete, replace or insert a letter at a share of the characters, a third each, as typing and OCR do."""
    parts = list(text)
    for place in random.sample(range(len(parts)), round(share * len(parts))):
        c = parts[place]
        parts[place] = random.choice(
            ("", _other(c, language.letters, random), c + random.choice(language.letters))
        )
    return "".join(parts)


def benign(language: Language, random: Random, length: int) -> list[str]:
    """Return sentences of the language that no document has, of so many characters in all or just over.

    Where there are not enough of them, they come again.
    """
    found: list[str] = []
    while sum(map(len, found)) < length:
        found += random.sample(language.benign, len(language.benign))
    total = place = 0
    while total < length:
        total += len(found[place])
        place += 1
    return found[:place]


def _inside(passage: str, language: Language, random: Random, length: int) -> Edited | None:
    """Put a passage between two sentences of benign text."""
    if not language.benign:
        return None
    around = benign(language, random, length)
    place = random.randint(0, len(around))
    gap = "" if language.code[:3] in CHARACTERS else " "
    before = "".join(sentence + gap for sentence in around[:place])
    after = "".join(gap + sentence for sentence in around[place:])
    return Edited(
        text=f"{before}{passage}{after}", start=len(before), end=len(before) + len(passage), original=passage
    )


def _words(document: Document, language: Language, random: Random, *, share: float) -> Edited:
    return _whole("".join(words_replaced(document.text, language, random, share)), document)


def _noise(document: Document, language: Language, random: Random, *, share: float) -> Edited:
    return _whole(noise(document.text, language, random, share), document)


def _evasion(
    document: Document, language: Language, random: Random, *, share: float, ways: Mapping[str, Disguise]
) -> Edited:
    parts = words_replaced(document.text, language, random, share)
    return _whole(disguised(parts, ways, random), document)


def _first(document: Document, _: Language, __: Random, *, share: float) -> Edited:
    kept = document.text[: round(share * len(document.text))]
    return Edited(text=kept, start=0, end=len(kept), original=kept)


def _passage(document: Document, language: Language, random: Random, *, length: int) -> Edited | None:
    if len(document.text) < length:
        return None
    start = random.randint(0, len(document.text) - length)
    return _inside(document.text[start : start + length], language, random, ARTICLE)


def _buried(document: Document, language: Language, random: Random) -> Edited | None:
    return _inside(document.text, language, random, BURIAL)


def edits(assets: Path) -> dict[str, Edit]:
    """Return the edits by the names of their rows."""
    return {
        "words-20": partial(_words, share=0.2),
        "words-30": partial(_words, share=0.3),
        "noise-10": partial(_noise, share=0.1),
        "noise-20": partial(_noise, share=0.2),
        "evasion-words-20": partial(_evasion, share=0.2, ways=disguises(wardrobe(assets))),
        "first-40": partial(_first, share=0.4),
        "passage-200": partial(_passage, length=200),
        "buried": _buried,
        "passage-100": partial(_passage, length=100),
    }

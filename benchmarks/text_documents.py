"""The documents of the text benchmark, what surrounds them, and what their languages are made of.

Documents are three to twelve sentences of SIB-200 in one language, put one after the other, each sentence in one
document only; a day of Arabic news; and the statements of the demo. Sentences of SIB-200 are translations of each
other: a third of them, the same in every language, is in no document. It serves as benign text around
passages, and words and letters that replace others are drawn from it.

Documents fall into two halves by a hash of their name: thresholds are fixed on `calibrate`, `report` is reported.
"""

import gzip
import hashlib
import json
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal, get_args

from benchmarks.language_texts import CODES, ONLY_IN_SIB
from benchmarks.perturbations import clusters
from stanch.demo.writings import statements

SEED = 20_261_124
SENTENCES, DECLARATION = "text/sib200_80langs.tsv.gz", "text/udhr_75langs.tsv.gz"
NEWS = "text/SaudiNewsNet-2015-07-23.zip"
FEWEST, MOST = 3, 12
"""How many sentences make a document."""
ONE_IN = 3
"""One sentence in so many is in no document."""
SHORTEST = 300
"""News of fewer characters than these are a headline and a line: they are no documents of their own."""
CHARACTERS = frozenset({"zho", "jpn"})
"""Languages written without spaces, each character of which counts as a word."""
PIECES = {"tha": 4, "mya": 4}
"""Languages written without spaces in an alphabet: what counts as a word is so many characters, or a cluster more.

So long are the words of these sentences on average by the dictionaries of ICU 72 (3.9 and 4.3 characters).
"""

Half = Literal["calibrate", "report"]
HALVES: tuple[Half, ...] = get_args(Half)


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """What a language is made of.

    Parameters
    ----------
    benign : sentences that stand in no document; the pool that words and letters are drawn from.
    code : of three letters, as SIB-200 has it.
    words : every word of the pool as often as it stands there.
    letters : every letter and mark of the pool as often as it stands there.
    """

    code: str
    benign: tuple[str, ...]
    words: tuple[str, ...]
    letters: str

    @classmethod
    def of(cls, code: str, benign: list[str]) -> "Language":
        """Make a language from sentences of it."""
        words = [word for sentence in benign for word in pieces(sentence, code)[::2]]
        letters = [c for sentence in benign for c in sentence if _is_letter(c)]
        return cls(code=code, benign=tuple(benign), words=tuple(words), letters="".join(letters))


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A text that is banked.

    Parameters
    ----------
    name : unique, the id of its entry.
    group : whose documents are reported together: a language and script of SIB-200, `news`, or `demo` and a code.
    language : the key of its language.
    """

    name: str
    group: str
    language: str
    text: str

    @property
    def half(self) -> Half:
        """The half of the documents that it falls into."""
        return HALVES[hashed(self.name) % 2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """All documents and languages."""

    documents: tuple[Document, ...]
    languages: Mapping[str, Language]

    def of(self, half: Half, *, one_in: int = 1) -> list[Document]:
        """Return the documents of a half; every second, third ... of each group if that is enough."""
        seen: dict[str, int] = defaultdict(int)
        chosen = []
        for document in self.documents:
            if document.half == half:
                chosen += [document] if seen[document.group] % one_in == 0 else []
                seen[document.group] += 1
        return chosen


def hashed(name: object) -> int:
    """Return a number that follows from a name and the seed."""
    return int.from_bytes(hashlib.blake2b(f"{SEED} {name}".encode(), digest_size=8).digest(), "big")


def pieces(text: str, code: str) -> list[str]:
    """Return words and what stands between them, by turns, beginning and ending with a word (which may be empty).

    Scripts that are written without spaces: see `CHARACTERS` and `PIECES`.
    """
    found: list[str] = []
    for place, word in enumerate(text.split(" ")):
        found += [" "] if place else []
        found += [part for piece in _words(word, code[:3]) for part in ("", piece)][1:]
    return found


def _words(text: str, code: str) -> list[str]:
    """Return what counts as words of text without spaces; one empty word of nothing."""
    if code not in CHARACTERS and code not in PIECES:
        return [text]
    return _cut(text, PIECES.get(code, 1)) or [""]


def _cut(text: str, length: int) -> list[str]:
    """Cut text into pieces of at least `length` characters, never within a cluster; the last may be shorter."""
    found: list[str] = []
    for cluster in clusters(text):
        if found and len(found[-1]) < length:
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def _is_letter(c: str) -> bool:
    return unicodedata.category(c)[0] in "LM"


@cache
def collection(assets: Path) -> Collection:
    """Read everything; the same documents each time."""
    banked, benign = sentences(assets)
    languages = {name: Language.of(name, pool) for name, pool in benign.items()}
    written = [*_of_demo(assets, languages)]
    documents = [*_joined(banked), *articles(assets), *written]
    return Collection(documents=tuple(documents), languages=languages)


def sentences(assets: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the sentences of SIB-200 by language, each once: those for documents and those for surroundings."""
    banked: dict[str, dict[str, None]] = defaultdict(dict)
    benign: dict[str, dict[str, None]] = defaultdict(dict)
    with gzip.open(assets / SENTENCES, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            language, _, number, _, sentence = line.rstrip("\n").split("\t")
            pool = benign if hashed(number) % ONE_IN == 0 else banked
            pool[language][sentence] = None
    apart = {name: [each for each in pool if each not in banked[name]] for name, pool in benign.items()}
    return {name: list(pool) for name, pool in banked.items()}, apart


def _joined(by_language: Mapping[str, list[str]]) -> Iterator[Document]:
    for language, pool in by_language.items():
        random = Random(hashed(language))
        left = random.sample(pool, len(pool))
        number = 0
        while len(left) >= FEWEST:
            count = random.randint(FEWEST, MOST)
            taken, left = left[:count], left[count:]
            gap = "" if language[:3] in CHARACTERS else " "
            yield Document(name=f"{language}-{number}", group=language, language=language, text=gap.join(taken))
            number += 1


def articles(assets: Path, *, shortest: int = SHORTEST) -> Iterator[Document]:
    """Yield the articles of the news day that have at least so many characters, title and text."""
    with zipfile.ZipFile(assets / NEWS) as archive:
        records = json.loads(archive.read(archive.namelist()[0]))
    for number, record in enumerate(records):
        text = f"{record['title']}\n\n{record['content']}"
        if len(text) >= shortest:
            yield Document(name=f"news-{number}", group="news", language="arb_Arab", text=text)


def _of_demo(assets: Path, languages: dict[str, Language]) -> Iterator[Document]:
    """Yield the statements, and add languages that SIB-200 lacks."""
    keys = _keys(languages)
    for statement in statements():
        key = keys.get(statement.language)
        if key is None:
            key = keys[statement.language] = statement.language
            languages[key] = Language.of(key, _declared(assets, statement.language))
        text = f"{statement.title}\n\n{statement.body}"
        yield Document(name=f"demo-{statement.id}", group=f"demo {statement.language}", language=key, text=text)


def _keys(languages: Mapping[str, Language]) -> dict[str, str]:
    """Return the keys of languages by their codes of the demo, the first that SIB-200 has of each."""
    keys: dict[str, str] = {}
    for key in languages:
        code = CODES.get(key[:3]) or ONLY_IN_SIB.get(key)
        if code is not None:
            keys.setdefault(code, key)
    return keys


def _declared(assets: Path, code: str) -> list[str]:
    """Return paragraphs of the Universal Declaration of Human Rights in a language; none if it has none."""
    with gzip.open(assets / DECLARATION, "rt", encoding="utf-8") as lines:
        next(lines)
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return [text for name, _, text in rows if CODES.get(name) == code]

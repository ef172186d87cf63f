"""Which language a text is in, by script where only one language is written in it, by weights of grams elsewhere.

How sure an answer is: the share of the letters that its script has, times the probability among the languages of
that script, which was calibrated on sentences held out. What a script or a letter of one language decides has the
whole share of the script.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from stanch.language.identification.grams import Counts, Texts
from stanch.language.identification.letters import (
    ARABIC,
    CYRILLIC,
    DEVANAGARI,
    ETHIOPIC,
    HAN,
    KANA,
    LATIN,
    SCRIPTS,
)
from stanch.language.identification.model import Family, families
from stanch.language.identification.scoring import chosen, counted, is_large, laid_out, summed

UNDETERMINED: Final = "und"
LOOKED_AT: Final = 4_000
"""So many characters are enough."""
ENOUGH: Final = 0.6
"""The share of letters that one script must have."""
SURE: Final = 0.3
"""How probable a language, together with its kin, must be among those of its script."""
KIN: Final = (("bs", "hr", "sr"), ("id", "ms"), ("fa", "prs"))
"""Languages so near to each other that being unsure between them is not being unsure."""
SHARED: Final = (LATIN, CYRILLIC, ARABIC, DEVANAGARI, ETHIOPIC)
"""The scripts that several languages are told apart in."""
FEWEST_GRAMS: Final = dict.fromkeys(SHARED, 24) | {ETHIOPIC: 13}
"""Shorter texts tell nothing: 24 grams are a word of six letters, 13 one of three."""
FEWEST_LETTERS: Final = 3
FEWEST_WIDE: Final = 2
"""The same for scripts of one language, and for those whose letters are syllables or words."""
SOME_KANA: Final = 0.05
"""From this share of kana on, a text is Japanese: a Chinese one may have a syllable of kana in a name."""
WITHOUT_KANA: Final = (0.2, 0.87)
"""Offset and slope of minus the logarithm of how often so many letters of Japanese hold no kana."""
AT_ONCE: Final = 1_000_000
"""So many characters are laid out at a time."""

_HAN, _KANA = SCRIPTS.index(HAN) + 1, SCRIPTS.index(KANA) + 1
_WIDE: Final = frozenset({_HAN, SCRIPTS.index("ko") + 1})

# Letters and words that decide for languages of which there is no text to learn from: their script, and what to
# find at least twice, and in one of 200 letters.
SIGNS: Final = {
    CYRILLIC: (("be", re.compile("[ўЎ]")), ("mk", re.compile("[ѓќѕЃЌЅ]"))),
    DEVANAGARI: (("mr", re.compile(r"ळ|(?<!\S)(?:आणि|आहे|आहेत|नाही|होते|च्या)(?!\S)")),),
    "bn": (("as", re.compile("[ৰৱ]")),),
}
_LEAST_SIGNS, _LETTERS_A_SIGN = 2, 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A language that a text may be in.

    Parameters
    ----------
    language : its code in ISO 639, two letters where there are two; `und` for what looks like no language.
    confidence : from 0 to 1; those of all languages of a text add up to 1.
    """

    language: str
    confidence: float


def identify(text: str) -> str:
    """Return the language of a text by its code in ISO 639 (two letters where there are two), or `und`."""
    return identify_many([text])[0]


def identify_many(texts: Sequence[str]) -> list[str]:
    """Return the language of each text, as `identify` does, fifty thousand and more a second."""
    return [language for batch in _batches(texts) for language in _identified(batch)]


def rank(text: str, *, at_most: int = 5) -> tuple[Ranked, ...]:
    """Return the languages that a text may be in, the likeliest first; none where it has no letters.

    Unlike `identify`, it answers for short texts and mixed ones too, with the confidence they allow.

    Parameters
    ----------
    at_most : how many languages to return.
    """
    sample = text[:LOOKED_AT]
    laid = laid_out([sample])
    (letters,) = _by_script(counted(laid, compiled=False))
    found: dict[str, float] = {}
    for script in np.flatnonzero(letters).tolist():
        share = float(letters[script] / letters.sum())
        for language, probability in _within(script, sample, laid, letters):
            found[language] = found.get(language, 0.0) + share * probability
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Ranked(language=language, confidence=min(1.0, value)) for language, value in ordered[:at_most])


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text[:LOOKED_AT])
        size += len(batch[-1])
        if size >= AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _identified(batch: list[str]) -> list[str]:
    """Return the language of each of some texts: script by script, those that are mostly written in it."""
    laid = laid_out(batch)
    compiled = is_large(laid)
    counts = counted(laid, compiled=compiled)
    letters = _by_script(counts)
    scripts = letters.argmax(axis=1)
    most = letters.max(axis=1)
    told = (most > 0) & (most >= ENOUGH * letters.sum(axis=1))
    answers = [UNDETERMINED] * len(batch)
    for script in np.unique(scripts[told]).tolist():
        numbers = np.flatnonzero(told & (scripts == script))
        family = families().get(script)
        if family is None:
            found = [_sole(script, batch[i], counts[i]) for i in numbers.tolist()]
        else:
            found = _best(family, chosen(laid, numbers), compiled=compiled)
            found = _signed(script, found, [batch[i] for i in numbers.tolist()], most[numbers])
        for i, language in zip(numbers.tolist(), found, strict=True):
            answers[i] = language
    return answers


def _by_script(counts: Counts) -> Counts:
    """Return the letters of each script, with those of kana among Chinese characters."""
    joined = counts.copy()
    joined[:, _HAN] += joined[:, _KANA]
    joined[:, _KANA] = 0
    return joined


def _best(family: Family, texts: Texts, *, compiled: bool) -> list[str]:
    """Return the likeliest language of each text, `und` where there is too little of it or too little sure."""
    sums, counts = summed(texts, family, compiled=compiled)
    shares = np.exp(family.log_shares(sums, counts))
    best, sure = shares.argmax(axis=1), shares.max(axis=1)
    for members in _kin(family):
        sure = np.where(np.isin(best, members), shares[:, members].sum(axis=1), sure)
    told = (sure >= SURE) & (counts >= FEWEST_GRAMS[SCRIPTS[family.script - 1]])
    return [
        family.languages[i] if ok else UNDETERMINED for i, ok in zip(best.tolist(), told.tolist(), strict=True)
    ]


def _kin(family: Family) -> list[list[int]]:
    """Return the columns of languages that count together."""
    groups = [[i for i, language in enumerate(family.languages) if language in group] for group in KIN]
    return [members for members in groups if members]


def _signed(script: int, found: list[str], texts: list[str], letters: Counts) -> list[str]:
    """Return what was found, but where signs of another language decide."""
    together = "\n".join(texts)
    if not any(sign.search(together) for _, sign in SIGNS.get(SCRIPTS[script - 1], ())):
        return found
    sizes = letters.tolist()
    return [_by_signs(script, text, size) or told for told, text, size in zip(found, texts, sizes, strict=True)]


def _by_signs(script: int, text: str, letters: int) -> str:
    for language, sign in SIGNS.get(SCRIPTS[script - 1], ()):
        if len(sign.findall(text)) >= max(_LEAST_SIGNS, letters / _LETTERS_A_SIGN):
            return language
    return ""


def _sole(script: int, text: str, counts: Counts) -> str:
    """Return the language of a script that only one is written in, or that signs decide."""
    letters = int(counts[script])
    if script == _HAN:
        kana = int(counts[_KANA])
        if letters + kana < FEWEST_WIDE:
            return UNDETERMINED
        return "ja" if kana >= SOME_KANA * (letters + kana) else "zh"
    if letters < (FEWEST_WIDE if script in _WIDE else FEWEST_LETTERS):
        return UNDETERMINED
    return _by_signs(script, text, letters) or SCRIPTS[script - 1]


def _within(script: int, text: str, laid: Texts, letters: Counts) -> list[tuple[str, float]]:
    """Return the probability of each language of a script that a text is, in part, written in."""
    if script == _HAN:
        return _chinese_or_japanese(counted(laid, compiled=False)[0])
    if language := _by_signs(script, text, int(letters[script])):
        return [(language, 1.0)]
    family = families().get(script)
    if family is None:
        return [(SCRIPTS[script - 1], 1.0)]
    sums, counts = summed(laid, family, compiled=False)
    shares = np.exp(family.log_shares(sums, counts))[0]
    return list(zip(family.languages, shares.tolist(), strict=True))


def _chinese_or_japanese(counts: Counts) -> list[tuple[str, float]]:
    kana, letters = int(counts[_KANA]), int(counts[_HAN] + counts[_KANA])
    if kana >= SOME_KANA * letters:
        return [("ja", 1.0)]
    offset, slope = WITHOUT_KANA
    often = float(np.exp(-max(0.0, offset + slope * letters)))
    return [("zh", 1 / (1 + often)), ("ja", often / (1 + often))]

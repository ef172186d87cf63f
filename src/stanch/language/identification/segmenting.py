"""Where the language of a text changes.

A text is cut into words, each with what the grams in it say of every language of its script. The way through the
languages that loses least is found by dynamic programming (Viterbi 1967): a change costs `CHANGE`, and a word in a
script that the language is not written in costs `FOREIGN_WORD` and `FOREIGN` for each letter, so that a name in
foreign letters changes nothing. A short stretch that is in no language belongs to what stands before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stanch.language.identification.grams import Counts
from stanch.language.identification.letters import APOSTROPHE, DROPPED, HAN, KANA, MARK, SCRIPTS, codes_of, letters
from stanch.language.identification.model import families
from stanch.language.identification.ranking import UNDETERMINED, identify_many
from stanch.language.identification.scoring import COMPILED_FROM, laid_out, summed

AT_ONCE: Final = 10_000
"""So many words are looked at together."""
CHANGE: Final = 8.0
"""What a change of language costs, in logits."""
FOREIGN_WORD: Final = 2.5
FOREIGN: Final = 0.75
FOREIGN_WIDE: Final = 1.5
"""What a letter in a foreign script costs: an alphabet's, and one that is a syllable or a word."""
WORST: Final = -12.0
"""No word says more than this against a language of its own script."""
SHORTEST: Final = 24
"""Of what is in no language, so many characters are a stretch of their own."""
KANA_IN_CHINESE: Final = -2.0
NO_KANA_IN_JAPANESE: Final = -0.2
"""What a letter says against each of the two."""

_HAN, _KANA = SCRIPTS.index(HAN) + 1, SCRIPTS.index(KANA) + 1
_WIDE: Final = (_HAN, SCRIPTS.index("ko") + 1, SCRIPTS.index("ethiopic") + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A stretch of a text in one language.

    Parameters
    ----------
    start, end : the half-open stretch, in code points of the text.
    language : as `identify` tells of the stretch by itself.
    """

    start: int
    end: int
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """Words: where each begins and the next one does, its script (kana counts as Chinese), its letters."""

    starts: Counts
    ends: Counts
    scripts: Counts
    letters: Counts
    kana: Counts

    def part(self, first: int, last: int) -> "_Words":
        """Return some of the words."""
        return _Words(
            starts=self.starts[first:last],
            ends=self.ends[first:last],
            scripts=self.scripts[first:last],
            letters=self.letters[first:last],
            kana=self.kana[first:last],
        )


def segments(text: str) -> tuple[Segment, ...]:
    """Return the stretches of a text by language; together they are the text, and each begins at a letter.

    The first takes in what comes before any letter; what follows a word belongs to it. A text without letters is
    one stretch of `und`, an empty one has none.
    """
    if not text:
        return ()
    words = _words_of(text)
    path = np.concatenate(
        [_path(_evidence(text, words.part(i, i + AT_ONCE))) for i in range(0, len(words.starts), AT_ONCE)]
        or [np.zeros(0, dtype=np.int64)]
    )
    changes = words.starts[1:][path[1:] != path[:-1]].tolist()
    edges = [0, *changes, len(text)]
    languages = identify_many([text[start:end] for start, end in pairwise(edges)])
    return tuple(
        _joined(Segment(start=s, end=e, language=i) for (s, e), i in zip(pairwise(edges), languages, strict=True))
    )


def _joined(stretches: Iterable[Segment]) -> list[Segment]:
    """Join stretches of one language, and those too short to be in any to their neighbour."""
    found: list[Segment] = []
    for stretch in stretches:
        start, language = stretch.start, stretch.language
        if found and (language == found[-1].language or _is_passing(stretch)):
            start, language = found[-1].start, found.pop().language
        elif found and len(found) == 1 and _is_passing(found[0]):
            start = found.pop().start
        found.append(Segment(start=start, end=stretch.end, language=language))
    return found


def _is_passing(stretch: Segment) -> bool:
    return stretch.language == UNDETERMINED and stretch.end - stretch.start < SHORTEST


def _words_of(text: str) -> _Words:
    """Find where words begin: at a letter, never at a mark, after a break or a letter of another script."""
    codes, tables = codes_of(text), letters()
    scripts = tables.scripts[codes]
    places = np.flatnonzero((tables.symbols[codes] != DROPPED) & (scripts < MARK))
    own = scripts[places].astype(np.int64)
    is_kana = own == _KANA
    own[is_kana] = _HAN
    before, after = np.append(0, own[:-1]), np.append(own[1:], 0)
    joined = (tables.symbols[codes[places]] == APOSTROPHE) & (before == after)
    own[joined] = before[joined]
    firsts = np.flatnonzero((own > 0) & (own != np.append(0, own[:-1])))
    if not len(firsts):
        nothing = np.zeros(0, dtype=np.int64)
        return _Words(starts=nothing, ends=nothing, scripts=nothing, letters=nothing, kana=nothing)
    return _Words(
        starts=places[firsts],
        ends=np.append(places[firsts[1:]], len(text)),
        scripts=own[firsts],
        letters=np.add.reduceat((own > 0).astype(np.int64), firsts),
        kana=np.add.reduceat(is_kana.astype(np.int64), firsts),
    )


@cache
def _states() -> dict[str, int]:
    """Return every language that a word may be taken for, numbered."""
    shared = {language for family in families().values() for language in family.languages}
    sole = {script for number, script in enumerate(SCRIPTS, 1) if number not in families()} - {HAN, KANA}
    return {language: i for i, language in enumerate(sorted((shared | sole | {"zh", "ja"}) - {UNDETERMINED}))}


def _evidence(text: str, words: _Words) -> NDArray[np.float64]:
    """Return what each word says of each language, shape (words, languages), in logits, at most 0."""
    states = _states()
    costs = FOREIGN_WORD + np.where(np.isin(words.scripts, _WIDE), FOREIGN_WIDE, FOREIGN) * words.letters
    told = np.repeat(-costs[:, None], len(states), axis=1)
    for script in np.unique(words.scripts).tolist():
        numbers = np.flatnonzero(words.scripts == script)
        family = families().get(script)
        if family is not None:
            laid = laid_out([text[words.starts[i] : words.ends[i]] for i in numbers])
            said = family.log_shares(*summed(laid, family, compiled=len(text) >= COMPILED_FROM))
            columns = np.array([i for i, language in enumerate(family.languages) if language != UNDETERMINED])
            places = np.array([states[family.languages[i]] for i in columns])
            told[np.ix_(numbers, places)] = np.maximum(said[:, columns], WORST)
        elif script == _HAN:
            kana, han = words.kana[numbers], words.letters[numbers] - words.kana[numbers]
            told[numbers, states["zh"]] = np.maximum(KANA_IN_CHINESE * kana, WORST)
            told[numbers, states["ja"]] = np.where(kana > 0, 0, np.maximum(NO_KANA_IN_JAPANESE * han, WORST / 4))
        else:
            told[numbers, states[SCRIPTS[script - 1]]] = 0
    return told


def _path(told: NDArray[np.float64]) -> Counts:
    """Return the language of each word on the way that loses least."""
    value = told[0].copy()
    came_from, changed = np.zeros(len(told), dtype=np.int64), np.zeros(told.shape, dtype=np.bool_)
    for i in range(1, len(told)):
        best = int(value.argmax())
        after_change = value[best] - CHANGE
        came_from[i] = best
        np.less(value, after_change, out=changed[i])
        np.maximum(value, after_change, out=value)
        value += told[i]
    path = np.zeros(len(told), dtype=np.int64)
    path[-1] = int(value.argmax())
    for i in range(len(told) - 1, 0, -1):
        path[i - 1] = came_from[i] if changed[i, path[i]] else path[i]
    return path

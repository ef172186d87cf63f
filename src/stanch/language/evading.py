"""How much of how a text is written had to be undone before it could be read: a signal, never a proof.

Counted is what hides letters from machines and has no ordinary use where it stands. Ordinary and not counted:
joiners in Persian and other Arabic-script writing, in Indic and in emoji; zero-width spaces where no spaces are
written; soft hyphens; vocalised verse, tatweel that stretches a line, stacked accents of Vietnamese or Yoruba;
single letters of mathematics and words of it inside formulas; full-width Latin beside Han; flags; digits as
Arabizi writes them; letters repeated for emphasis.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.language import evading_tables as of
from stanch.language.display import displayed
from stanch.language.evading_tables import within
from stanch.language.normalised import Codes, code_points
from stanch.language.rules import rules
from stanch.language.tables import CODE, KIND, Kind

FEW_MARKS = 3
"""More marks on one letter than writers heap up; two more on letters of Arabic, Hebrew and their kin."""
FEW_JOINERS = 0.25
"""More joiners for each letter than the writing that needs them has."""
FANCY = 4
"""So many fancy letters in a row are no formula."""
SPLIT = 7
"""So many letters in a row that stand alone are no acronym."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evasion:
    """What was undone, in characters.

    Parameters
    ----------
    letters : how many letters and digits the text shows.
    moved, deleted : by bidirectional formatting, and by backspaces.
    hidden : characters without width inside words, tags outside emoji.
    marks : beyond what letters carry, or struck through them.
    mixed : letters in words of another alphabet that has one like them.
    fancy : letters of mathematics, squares, circles and flags that spell words.
    split : letters that stand alone, one after the other.
    leet : digits and signs for letters.
    """

    letters: int
    moved: int
    deleted: int
    hidden: int
    marks: int
    mixed: int
    fancy: int
    split: int
    leet: int

    @property
    def score(self) -> float:
        """Return how much was undone for each letter that the text shows; from 0, nothing, to 1."""
        undone = self.moved + self.deleted + self.hidden + self.marks
        undone += self.mixed + self.fancy + self.split + self.leet
        return min(1.0, undone / self.letters) if self.letters else float(undone > 0)


def evasion(text: str) -> Evasion:
    """Return what had to be undone before `text` could be read."""
    codes = code_points(text)
    kinds = rules().table.take(codes, mode="clip") >> KIND
    moved = deleted = 0
    if (kinds == Kind.CONTROL).any():
        seen = displayed(codes)
        codes, moved, deleted = seen.codes, seen.moved, seen.deleted
        kinds = rules().table.take(codes, mode="clip") >> KIND
    holds = int(np.bitwise_or.reduce(of.telling().take(codes, mode="clip"))) if len(codes) else 0
    plain = codes[of.classes().take(codes, mode="clip") < of.HIDDEN] if holds & _NOT_PLAIN else codes
    alphabets = (holds & _ALPHABETS).bit_count()
    return Evasion(
        letters=int((kinds >= Kind.ONE).sum()),
        moved=moved,
        deleted=deleted,
        hidden=_hidden(codes) if holds & of.HAS_HIDDEN else 0,
        marks=_marks(codes) if holds & of.HAS_MARKS else 0,
        mixed=_mixed(plain) if alphabets > 1 else 0,
        fancy=_fancy(plain) if holds & of.HAS_FANCY else 0,
        split=_split(plain),
        leet=_leet(plain) if holds & of.HAS_SIGNS and holds & 1 else 0,
    )


_ALPHABETS = 15
_NOT_PLAIN = of.HAS_HIDDEN | of.HAS_MARKS


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each run of True starts and stops."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return edges[::2], edges[1::2]


def _hidden(codes: Codes) -> int:
    """Count what has no width, between two letters, where it has no use or is used without measure."""
    classes = of.classes().take(codes, mode="clip")
    places = np.flatnonzero(classes == of.HIDDEN)
    seen = np.flatnonzero(classes < of.HIDDEN)
    padded = np.concatenate([[0x20], codes[seen], [0x20]]).astype(np.uint32)
    place = np.searchsorted(seen, places)
    before, after = padded[place], padded[place + 1]
    inside = (of.classes()[before] == of.WORD) & (of.classes()[after] == of.WORD)
    tags = within(codes[places], of.TAGS)
    used = within(codes[places], of.JOINERS) & (within(before, of.JOINING) | within(after, of.JOINING))
    if (inside & used).sum() > max(3, FEW_JOINERS * (classes == of.WORD).sum()):
        used[:] = False
    return int((inside & ~used & ~tags).sum() + (tags & ~_of_flags(codes, places)).sum())


def _of_flags(codes: Codes, places: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say which places follow U+1F3F4 closely: up to six tags and their end make it the flag of a region."""
    flags = np.append(np.flatnonzero(codes == 0x1F3F4), len(codes))
    last = np.searchsorted(flags, places) - 1
    close: NDArray[np.bool_] = (last >= 0) & (places - flags[last] <= 7)
    return close


def _marks(codes: Codes) -> int:
    """Count marks beyond a few on a letter, and those struck through letters again and again."""
    marks = (of.classes().take(codes, mode="clip") == of.MARK) & ~within(codes, of.ORDINARY_MARKS)
    places, bases = np.flatnonzero(marks), np.flatnonzero(~marks)
    rank = places - np.append(bases, -1)[np.searchsorted(bases, places) - 1]
    base = codes[np.maximum(places - rank, 0)]
    limit = FEW_MARKS + 2 * within(base, of.VOCALISED)
    letters = (of.classes().take(base, mode="clip") == of.WORD) & ~within(base, of.DIGITS)
    struck = int((within(codes[places], of.STRUCK) & letters).sum())
    return int((rank > limit).sum()) + (struck if struck >= FANCY else 0)


def _mixed(codes: Codes) -> int:
    """Count letters that look like those of the alphabet of their word; one such word is a slip of the hand."""
    alphabets = of.alphabets().take(codes, mode="clip")
    starts, stops = _runs(alphabets > 0)
    counts = np.stack([np.add.reduceat(alphabets == a, starts) for a in range(1, 5)])
    lengths = stops - starts
    mixed = (counts.max(axis=0) < lengths) & (lengths > 2)
    letters, word = alphabets > 0, np.repeat(np.arange(len(starts)), lengths)
    strange = mixed[word] & (alphabets[letters] != counts.argmax(axis=0)[word] + 1)
    symbols = rules().table.take(codes[letters], mode="clip") & np.uint32(CODE)
    strange &= symbols < 0x80
    return int(strange.sum()) if len(np.unique(word[strange])) > 1 else 0


def _fancy(codes: Codes) -> int:
    """Count letters of words that are spelt in letters made for something else."""
    fancy = within(codes, of.MATHEMATICS) | (within(codes, of.BOXED) & ~_flags(codes))
    if not within(codes, of.EAST_ASIAN).any():
        fancy |= within(codes, of.WIDE_LETTERS)
    starts, stops = _runs(fancy)
    lengths = stops - starts
    return int(lengths[lengths >= FANCY].sum())


def _flags(codes: Codes) -> NDArray[np.bool_]:
    """Say which regional indicators stand in runs of an even length, as flags do."""
    indicators = within(codes, of.REGIONS)
    starts, stops = _runs(indicators)
    flags = np.zeros(len(codes), dtype=np.bool_)
    flags[indicators] = np.repeat((stops - starts) % 2 == 0, stops - starts)
    return flags


def _split(codes: Codes) -> int:
    """Count letters that stand alone in a row, a sign or spaces between them, or pairs with emoji between."""
    starts, stops = _runs(within(codes, of.SPELT))
    if len(starts) < SPLIT or (stops - starts).min() > 2:
        return 0
    lengths, between = stops - starts, codes[stops[:-1]]
    gaps = starts[1:] - stops[:-1]
    spaced = (gaps <= 1 + within(between, of.SPACES)) & within(between, of.DIVIDERS)
    decked = (gaps <= 6) & within(between, of.EMOJI)
    short = np.where(decked, 2, 1)
    chained = (spaced | decked) & (lengths[:-1] <= short) & (lengths[1:] <= short)
    begins, ends = _runs(chained)
    counts = ends - begins + 1
    return int(counts[counts >= SPLIT].sum())


def _leet(codes: Codes) -> int:
    """Count digits and signs among small letters, in texts with two such words that are no numbers with units."""
    small, sign = within(codes, of.SMALL), np.isin(codes, of.LEET_SIGNS)
    either = small | sign
    inside = sign.copy()
    inside[:1] = inside[-1:] = False
    inside[1:-1] &= either[:-2] & either[2:] & (small[:-2] | small[2:])
    if not inside.any():
        return 0
    starts, _ = _runs(within(codes, of.LEET_WORDS))
    held, letters = np.add.reduceat(inside, starts), np.add.reduceat(small, starts)
    others = np.add.reduceat(within(codes, of.NUMBERS_AND_CAPITALS), starts)
    sure = np.add.reduceat(inside & np.isin(codes, of.SURE_SIGNS), starts)
    words = (held > 0) & (letters >= 2) & (others == 0) & (held * 2 <= letters + 2) & small[starts]
    return int(held[words].sum()) if (sure[words] > 0).sum() > 1 else 0

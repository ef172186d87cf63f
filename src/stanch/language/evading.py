"""How much of how a text is written had to be undone before it could be read: a signal, never a proof.

Counted is what hides letters from machines and has no ordinary use where it stands. Ordinary and not counted:
joiners in Persian and other Arabic-script writing, in Indic and in emoji; zero-width spaces where no spaces are
written; soft hyphens; vocalised verse, tatweel that stretches a line, stacked accents of Vietnamese or Yoruba;
single letters of mathematics and words of it inside formulas; full-width Latin beside Han; flags; digits as
Arabizi writes them; letters repeated for emphasis.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stanch.language import evading_tables as of
from stanch.language.display import displayed
from stanch.language.evading_tables import alphabets, within
from stanch.language.normalised import Codes, code_points

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

    @property
    def undone(self) -> tuple[str, ...]:
        """Return the names of what was undone, most first; of equal ones in the order above."""
        counts = {field.name: int(getattr(self, field.name)) for field in fields(self)[1:]}
        return tuple(sorted(filter(counts.__getitem__, counts), key=counts.__getitem__, reverse=True))


def evasion(text: str) -> Evasion:
    """Return what had to be undone before `text` could be read."""
    return evasion_of_codes(code_points(text))


def evasion_of_codes(codes: Codes) -> Evasion:
    """Return what had to be undone before code points, uint32, shape (n,), could be read."""
    bits = of.telling().take(codes, mode="clip")
    holds = _all_of(bits)
    moved = deleted = 0
    if holds & of.CONTROL:
        seen = displayed(codes)
        codes, moved, deleted = seen.codes, seen.moved, seen.deleted
        bits = of.telling().take(codes, mode="clip")
        holds = _all_of(bits)
    letters = int(np.count_nonzero(bits & of.LETTER))
    hidden = _hidden(codes, bits) if holds & of.HIDDEN else 0
    marks = _marks(bits, holds) if holds & of.HEAPED else 0
    if holds & (of.HIDDEN | of.MARK):
        plain = bits & (of.HIDDEN | of.MARK) == 0
        codes, bits = codes[plain], bits[plain]
    return Evasion(
        letters=letters,
        moved=moved,
        deleted=deleted,
        hidden=hidden,
        marks=marks,
        mixed=_mixed(codes, bits) if (holds & of.ALPHABETS).bit_count() > 1 else 0,
        fancy=_fancy(codes) if holds & of.FANCY else 0,
        split=_split(bits, holds) if holds & of.SPELT else 0,
        leet=_leet(bits) if holds & of.SURE and holds & of.ALPHABETS & 1 else 0,
    )


def _all_of(bits: Codes) -> int:
    return int(np.bitwise_or.reduce(bits)) if len(bits) else 0


def _has(bits: Codes, bit: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = bits & np.uint32(bit) != 0
    return found


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each run of True starts and stops."""
    padded = np.zeros(len(mask) + 2, dtype=np.bool_)
    padded[1:-1] = mask
    edges = (padded[1:] != padded[:-1]).nonzero()[0]
    return edges[::2], edges[1::2]


def _hidden(codes: Codes, bits: Codes) -> int:
    """Count what has no width, between two letters, where it has no use or is used without measure."""
    places = _has(bits, of.HIDDEN).nonzero()[0]
    few = max(3, FEW_JOINERS * np.count_nonzero(bits & of.WORD))
    if len(places) <= few and _are_joiners(bits, places):
        return 0
    seen = (bits & (of.HIDDEN | of.MARK) == 0).nonzero()[0]
    padded = np.zeros(len(seen) + 2, dtype=np.uint32)
    padded[1:-1] = bits[seen]
    place = np.searchsorted(seen, places)
    before, after, own = padded[place], padded[place + 1], bits[places]
    inside = _has(before & after, of.WORD)
    tags = _has(own, of.TAG)
    used = _has(own, of.JOINER) & _has(before | after, of.JOINING)
    if np.count_nonzero(inside & used) > few:
        used[:] = False
    lost = np.count_nonzero(inside & ~used & ~tags)
    return int(lost + (np.count_nonzero(tags & ~_of_flags(codes, places)) if tags.any() else 0))


def _are_joiners(bits: Codes, places: NDArray[np.intp]) -> bool:
    """Whether at each place there is a joiner, right beside a letter of a script that needs it."""
    around = bits[places - 1] | bits.take(places + 1, mode="clip")
    used = (bits[places] & of.JOINER != 0) & (around & of.JOINING != 0) & (around & (of.HIDDEN | of.MARK) == 0)
    return bool(used.all())


def _of_flags(codes: Codes, places: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say which places follow U+1F3F4 closely: up to six tags and their end make it the flag of a region."""
    flags = np.append(np.flatnonzero(codes == 0x1F3F4), len(codes))
    last = np.searchsorted(flags, places) - 1
    close: NDArray[np.bool_] = (last >= 0) & (places - flags[last] <= 7)
    return close


def _marks(bits: Codes, holds: int) -> int:
    """Count marks beyond a few on a letter, and those struck through letters again and again."""
    marks = _has(bits, of.HEAPED)
    if not holds & of.STRUCK:
        in_pairs = marks[1:] & marks[:-1]
        if not (in_pairs[2:] & in_pairs[:-2]).any():  # nowhere are there more than `FEW_MARKS` in a row
            return 0
    places, bases = np.flatnonzero(marks), np.flatnonzero(~marks)
    rank = places - np.append(bases, -1)[np.searchsorted(bases, places) - 1]
    base = bits[np.maximum(places - rank, 0)]
    limit = FEW_MARKS + 2 * _has(base, of.VOCALISED)
    letters = _has(base, of.WORD) & ~_has(base, of.DIGIT)
    struck = int((_has(bits[places], of.STRUCK) & letters).sum())
    return int((rank > limit).sum()) + (struck if struck >= FANCY else 0)


def _mixed(codes: Codes, bits: Codes) -> int:
    """Count letters that look like those of the alphabet of their word; one such word is a slip of the hand."""
    own = bits & of.ALPHABETS
    if not ((own[1:] != own[:-1]) & (own[1:] != 0) & (own[:-1] != 0)).any():
        return 0
    numbers = alphabets().take(codes, mode="clip")
    starts, stops = _runs(numbers > 0)
    counts = np.stack([np.add.reduceat(numbers == a, starts) for a in range(1, 5)])
    lengths = stops - starts
    mixed = (counts.max(axis=0) < lengths) & (lengths > 2)
    letters, word = numbers > 0, np.repeat(np.arange(len(starts)), lengths)
    strange = mixed[word] & (numbers[letters] != counts.argmax(axis=0)[word] + 1)
    strange &= _has(bits[letters], of.ALIKE)
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


def _split(bits: Codes, holds: int) -> int:
    """Count letters that stand alone in a row, a sign or spaces between them, or pairs with emoji between."""
    if not holds & of.EMOJI and not _may_be_split(bits):
        return 0
    starts, stops = _runs(_has(bits, of.SPELT))
    if len(starts) < SPLIT or (stops - starts).min() > 2:
        return 0
    lengths, between = stops - starts, bits[stops[:-1]]
    gaps = starts[1:] - stops[:-1]
    spaced = (gaps <= 1 + _has(between, of.SPACE)) & _has(between, of.DIVIDER)
    decked = (gaps <= 6) & _has(between, of.EMOJI)
    short = np.where(decked, 2, 1)
    chained = (spaced | decked) & (lengths[:-1] <= short) & (lengths[1:] <= short)
    begins, ends = _runs(chained)
    counts = ends - begins + 1
    return int(counts[counts >= SPLIT].sum())


def _may_be_split(bits: Codes) -> bool:
    """Whether anywhere so many signs or spaces stand as close together as they do between letters set apart."""
    places = _has(bits, of.DIVIDER).nonzero()[0]
    steps = SPLIT - 2  # from the first to the last of them, each at most three characters from the one before
    return bool(np.count_nonzero(places[steps:] - places[:-steps] <= 3 * steps))


def _leet(bits: Codes) -> int:
    """Count digits and signs among small letters, in texts with two such words that are no numbers with units."""
    sure_signs = _inside(bits, of.SURE)
    if len(sure_signs) < 2:  # two words, each with one of them
        return 0
    small = _has(bits, of.SMALL)
    inside, surely = np.zeros((2, len(bits)), dtype=np.bool_)
    inside[_inside(bits, of.SIGN)] = surely[sure_signs] = True
    starts, _ = _runs(_has(bits, of.LEET))
    held, letters = np.add.reduceat(inside, starts), np.add.reduceat(small, starts)
    others = np.add.reduceat(_has(bits, of.NUMERAL), starts)
    sure = np.add.reduceat(surely, starts)
    words = (held > 0) & (letters >= 2) & (others == 0) & (held * 2 <= letters + 2) & small[starts]
    return int(held[words].sum()) if (sure[words] > 0).sum() > 1 else 0


def _inside(bits: Codes, kind: int) -> NDArray[np.intp]:
    """Return the places of signs of a kind that have small letters or signs on both sides, a letter on one."""
    places = _has(bits[1:-1], kind).nonzero()[0]
    before, after = bits[places], bits[places + 2]
    among = _has(before, of.SMALL | of.SIGN) & _has(after, of.SMALL | of.SIGN) & _has(before | after, of.SMALL)
    return places[among] + 1

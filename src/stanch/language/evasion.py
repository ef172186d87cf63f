"""How much of how a text is written had to be undone before it could be read: a signal, never a proof.

Counted is what hides letters from machines and has no ordinary use where it stands. Ordinary, and not counted:
joiners in Persian and other Arabic-script writing, in Indic and in emoji; zero-width spaces in scripts that write no
spaces; soft hyphens; vocalised verse, tatweel that stretches a line, stacked accents of Vietnamese or Yoruba;
single letters of mathematics and words of it inside formulas; full-width Latin beside Han; flags; digits as
Arabizi writes them; letters repeated for emphasis.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.language.display import displayed
from stanch.language.normalised import Codes, code_points
from stanch.language.rules import rules
from stanch.language.tables import KIND, Kind

FEW_MARKS = 3
"""More marks on one letter than any writing heaps up."""
RUN = 4
"""So many letters in a row that each stand alone, or are fancy, are no formula and no acronym."""

_WORD, _SPACE, _OTHER, _HIDDEN, _MARK = range(5)
_LATIN, _GREEK, _CYRILLIC = 1, 2, 3


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
    moved = deleted = 0
    kinds = rules().table.take(codes, mode="clip") >> KIND
    if (kinds == Kind.CONTROL).any():
        seen = displayed(codes)
        codes, moved, deleted = seen.codes, seen.moved, seen.deleted
        kinds = rules().table.take(codes, mode="clip") >> KIND
    classes = _classes().take(codes, mode="clip")
    letters = int((kinds >= Kind.ONE).sum())
    hidden = _hidden(codes, classes)
    plain = codes[classes < _HIDDEN]
    return Evasion(
        letters=letters,
        moved=moved,
        deleted=deleted,
        hidden=hidden,
        marks=_marks(codes, classes),
        mixed=_mixed(plain),
        fancy=_fancy(plain),
        split=_split(plain),
        leet=_leet(plain),
    )


def _ranges(*pairs: tuple[int, int]) -> NDArray[np.intp]:
    return np.concatenate([np.arange(first, last + 1) for first, last in pairs])


@cache
def _classes() -> NDArray[np.uint8]:
    """Return what each code point is to this module."""
    kinds = rules().table >> KIND
    classes = np.full(len(kinds), _OTHER, dtype=np.uint8)
    classes[kinds >= Kind.ONE] = _WORD
    classes[kinds == Kind.ATTACHED] = _MARK
    classes[_ranges((0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x2000, 0x200A), (0x2028, 0x2029))] = _SPACE
    classes[[0x202F, 0x205F, 0x3000]] = _SPACE
    classes[_HIDING] = _HIDDEN
    classes[[ord(sign) for sign in "|@$"]] = _OTHER
    return classes


# Without width, and no part of any letter. Soft hyphens, marks of direction and variation selectors are apart.
_HIDING = _ranges((0x200B, 0x200D), (0x2060, 0x2064), (0xFEFF, 0xFEFF), (0x034F, 0x034F), (0x115F, 0x1160),
    (0x180E, 0x180E), (0x3164, 0x3164), (0xFFA0, 0xFFA0), (0xE0001, 0xE007F))  # fmt: skip
# Where joiners and zero-width spaces are written: Arabic to Tibetan, Myanmar, Ethiopic to Khmer, Mongolian, emoji.
_JOINING = ((0x0590, 0x109F), (0x1200, 0x139F), (0x1700, 0x18AF), (0x1A20, 0x1AAF), (0x1B00, 0x1C4F), (0xA840, 0xABFF),
    (0xFB1D, 0xFEFC), (0x10A00, 0x1E95F), (0x1EE00, 0x1EEFF), (0x3040, 0x9FFF), (0x1100, 0x11FF), (0xAC00, 0xD7A3))  # fmt: skip


def _within(codes: Codes, ranges: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
    inside = np.zeros(len(codes), dtype=np.bool_)
    for first, last in ranges:
        inside |= (codes >= first) & (codes <= last)
    return inside


def _hidden(codes: Codes, classes: NDArray[np.uint8]) -> int:
    """Count what has no width, between two letters where it has no use."""
    places = np.flatnonzero(classes == _HIDDEN)
    if not places.size:
        return 0
    seen = np.flatnonzero((classes != _HIDDEN) & (classes != _MARK))
    padded = np.concatenate([[0], codes[seen], [0]]).astype(np.uint32)
    place = np.searchsorted(seen, places)
    before, after = padded[place], padded[place + 1]
    table = _classes()
    inside = (table[before] == _WORD) & (table[after] == _WORD)
    used = _within(before, _JOINING) & _within(after, _JOINING) & _within(codes[places], ((0x200B, 0x200D), (0x2060, 0x2060)))
    lonely = np.diff(places, prepend=-2) > 1  # writers put one, not a heap
    tags = _within(codes[places], ((0xE0001, 0xE007F),))
    stray = tags & ~_after_black_flag(codes, places)
    return int(((inside & ~(used & lonely) & ~tags) | stray).sum())


def _after_black_flag(codes: Codes, places: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say which tags follow U+1F3F4, at most six of them and the one that ends them, as flags of regions do."""
    flags = np.flatnonzero(codes == 0x1F3F4)
    last = np.searchsorted(flags, places) - 1
    return (last >= 0) & (places - np.append(flags, 0)[last] <= 7)


_STRUCK = ((0x0334, 0x0338), (0x0488, 0x0489), (0x20D0, 0x20F0))
_VOCALISED = ((0x0590, 0x08FF), (0x0700, 0x074F))


def _marks(codes: Codes, classes: NDArray[np.uint8]) -> int:
    """Count marks beyond the third on a letter, and marks struck through letters, row upon row."""
    marks = (classes == _MARK) & ~_within(codes, ((0x00AD, 0x00AD), (0x0640, 0x0640), (0x200E, 0x200F), (0x061C, 0x061C), (0xFE00, 0xFE0F), (0x180B, 0x180F), (0xE0100, 0xE01EF)))
    if not marks.any():
        return 0
    places = np.flatnonzero(marks)
    bases = np.flatnonzero(~marks)
    rank = places - np.append(bases, -1)[np.searchsorted(bases, places) - 1]
    limit = np.where(_within(codes[places], _VOCALISED), FEW_MARKS + 2, FEW_MARKS)
    base = codes[np.maximum(places - rank, 0)]
    struck = _within(codes[places], _STRUCK) & (_classes()[base] == _WORD) & ~_within(base, ((0x30, 0x39),))
    count = int(struck.sum())
    return int((rank > limit).sum()) + (count if count >= RUN else 0)


@cache
def _alphabets() -> NDArray[np.uint8]:
    """Return 1, 2 or 3 for letters of Latin, Greek and Cyrillic; 0 for what belongs to none."""
    found = np.zeros(0x110000, dtype=np.uint8)
    found[_ranges((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF))] = _LATIN
    found[_ranges((0x370, 0x3E1), (0x1F00, 0x1FFF))] = _GREEK
    found[_ranges((0x400, 0x481), (0x48A, 0x52F), (0x1C80, 0x1C88))] = _CYRILLIC
    found[_counterfeit()] = 4
    return found


@cache
def _counterfeit() -> NDArray[np.intp]:
    """Return letters outside the three alphabets that are taken for one of Latin, of scripts that are hardly written."""
    table = rules().table
    symbols = table & np.uint32((1 << 21) - 1)
    codes = np.arange(len(table))
    latin = (table >> KIND == Kind.ONE) & (symbols >= ord("a")) & (symbols <= ord("z")) & (codes > 0x24F)
    known = _within(codes.astype(np.uint32), ((0x250, 0x2AF), (0x370, 0x3E1), (0x1F00, 0x1FFF), (0x400, 0x52F), (0x1C80, 0x1C88), (0x1D00, 0x1DBF), (0x1E00, 0x1EFF), (0x2070, 0x214F), (0x2460, 0x24FF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F), (0xFF00, 0xFFEF), (0x1D400, 0x1D7FF), (0x1F100, 0x1F1FF), (0x0590, 0x10FF)))
    return np.flatnonzero(latin & ~known)


def _mixed(codes: Codes) -> int:
    """Count letters that look like those of the alphabet that most of their word is written in."""
    alphabet = _alphabets().take(codes, mode="clip")
    if not (alphabet > _LATIN).any() or not (np.bincount(alphabet, minlength=5)[1:] > 0).sum() > 1:
        return 0
    starts, stops = _runs(alphabet > 0)
    counts = np.stack([np.add.reduceat(alphabet == a, starts) for a in range(1, 5)])
    most = counts.max(axis=0)
    total = stops - starts
    mixed = (most < total) & (total > 2)
    if not mixed.any():
        return 0
    word = np.repeat(np.arange(len(starts)), total)
    letters = codes[alphabet > 0]
    own = counts.argmax(axis=0)[word] + 1
    foreign = mixed[word] & (alphabet[alphabet > 0] != own)
    symbols = rules().table.take(letters, mode="clip") & np.uint32((1 << 21) - 1)
    alike = (letters >= 0x80) & (symbols < 0x80) | (letters < 0x80)
    return int((foreign & alike).sum()) if int((foreign & alike).sum()) else 0


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each run of True starts and stops."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return edges[::2], edges[1::2]


_MATHEMATICS = ((0x1D400, 0x1D7CB), (0x2102, 0x2134))
_BOXED = ((0x249C, 0x24E9), (0x1F110, 0x1F189), (0x1F1E6, 0x1F1FF))
_WIDE_LETTERS = ((0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
_EAST_ASIAN = ((0x1100, 0x11FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3))


def _fancy(codes: Codes) -> int:
    """Count letters of words that are spelt in letters made for something else."""
    if not codes.size or codes.max() < 0x2100:
        return 0
    fancy = _within(codes, _MATHEMATICS) | (_within(codes, _BOXED) & ~_flags(codes))
    if not _within(codes, _EAST_ASIAN).any():
        fancy |= _within(codes, _WIDE_LETTERS)
    starts, stops = _runs(fancy)
    lengths = stops - starts
    return int(lengths[lengths >= RUN].sum())


def _flags(codes: Codes) -> NDArray[np.bool_]:
    """Say which regional indicators stand in runs of an even length, as flags do."""
    flags = _within(codes, ((0x1F1E6, 0x1F1FF),))
    starts, stops = _runs(flags)
    even = np.zeros(len(codes) + 1, dtype=np.int8)
    whole = (stops - starts) % 2 == 0
    even[starts[whole]] += 1
    even[stops[whole]] -= 1
    return np.cumsum(even)[:-1] > 0


_SPELT = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x5D0, 0x5EA), (0x620, 0x64A), (0x66E, 0x6D5))


def _split(codes: Codes) -> int:
    """Count letters that stand alone, six or more in a row with the same sign or space between them, or emoji."""
    spelt = _within(codes, _SPELT)
    starts, stops = _runs(spelt)
    if len(starts) < RUN + 2:
        return 0
    alone = stops - starts == 1
    gap = np.append(starts[1:] - stops[:-1], 99)
    first = codes[np.minimum(stops, len(codes) - 1)]
    divides = (gap == 1) & _within(first, ((0x20, 0x20), (0x2A, 0x2A), (0x2D, 0x2F), (0x5F, 0x5F), (0xA0, 0xA0), (0xB7, 0xB7), (0x2000, 0x200A), (0x2022, 0x2022), (0x3000, 0x3000), (0x2800, 0x2800)))
    divides |= (gap <= 3) & _within(first, ((0x2190, 0x2BFF), (0x1F300, 0x1FAFF)))
    chained = alone & np.append(alone[1:], False) & divides  # noqa: FBT003 - an element
    begins, ends = _runs(chained)
    lengths = ends - begins + 1
    return int(lengths[lengths >= RUN + 2].sum())


_LEET = np.frombuffer(b"01345$7!|@", dtype=np.uint8)


def _leet(codes: Codes) -> int:
    """Count digits and signs between small letters, where a text has two words with them and no other digits."""
    small = _within(codes, ((0x61, 0x7A), (0xE0, 0xFF)))
    sign = np.isin(codes, _LEET)
    if not sign.any():
        return 0
    letterlike = small | sign
    inner = sign[1:-1] & letterlike[:-2] & letterlike[2:] & (small[:-2] | small[2:])
    if not inner.any():
        return 0
    starts, stops = _runs(small | _within(codes, ((0x30, 0x39), (0x41, 0x5A), (0x24, 0x24), (0x7C, 0x7C), (0x21, 0x21), (0x40, 0x40))))
    inside = np.concatenate([[False], inner, [False]])
    held = np.add.reduceat(inside, starts)
    others = np.add.reduceat(_within(codes, ((0x32, 0x32), (0x36, 0x36), (0x38, 0x39), (0x41, 0x5A))), starts)
    letters = np.add.reduceat(small, starts)
    strong = np.add.reduceat(inside & np.isin(codes, np.frombuffer(b"014$|", dtype=np.uint8)), starts)
    words = (held > 0) & (letters >= 2) & (others == 0) & (held * 2 <= letters + 2)
    return int(held[words].sum()) if (strong[words] > 0).sum() >= 2 else 0

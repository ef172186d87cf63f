"""A text cut into pieces: what matched, what did not, and what cannot be seen.

Joined again, the pieces are the text: nothing of it is dropped, changed or said twice.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from stanch_server.review.console.signs import name_of, signs

LONGEST_CLUSTER: Final = 64
"""So far a boundary moves at most: longer runs of combining marks are no writing."""
EMOJI_MODIFIERS: Final = range(0x1F3FB, 0x1F400)
TAGS: Final = range(0xE0020, 0xE0080)
ZERO_WIDTH_JOINER: Final = "\u200d"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A half-open stretch of a text, in code points, and the number of the match that found it."""

    start: float
    end: float
    match: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of a text that is shown alike.

    Parameters
    ----------
    text : the stretch, as it is in the original.
    matches : numbers of the matches whose passages cover it, in order; empty where none does.
    begins : those of them whose passages begin here.
    sign : what is shown in place of a character that cannot be seen; then `text` is that one character.
    """

    text: str
    matches: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()
    sign: str = ""


def highlight(text: str, passages: Iterable[Passage]) -> list[Piece]:
    """Return a text's pieces, in order.

    Passages may overlap, and may lie partly or wholly outside the text: they are clipped. Their ends move outwards
    to where a reader sees a letter end, so that no accent, vowel sign or emoji is torn from what it belongs to.
    """
    fitted = [fit for passage in passages if (fit := _fitted(text, passage)) is not None]
    cuts = sorted({0, len(text), *(one.start for one in fitted), *(one.end for one in fitted)})
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        over = [one for one in fitted if one.start <= start and one.end >= end]
        matches = tuple(sorted({one.match for one in over}))
        begins = tuple(sorted({one.match for one in over if one.start == start}))
        pieces.extend(_with_signs(text[start:end], matches, begins))
    return pieces


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fit:
    start: int
    end: int
    match: int


def _fitted(text: str, passage: Passage) -> _Fit | None:
    """Return a passage within the text, None if nothing of it lies there."""
    start, end = max(0, int(passage.start)), min(len(text), -int(-passage.end // 1))
    if start >= end:
        return None
    return _Fit(start=_outwards(text, start, -1), end=_outwards(text, end, 1), match=passage.match)


def _outwards(text: str, place: int, step: int) -> int:
    """Return the next place, going by `step`, where a reader sees one letter end and another begin."""
    for _ in range(LONGEST_CLUSTER):
        if not 0 < place < len(text) or not _belongs(text[place - 1], text[place]):
            break
        place += step
    return place


def _belongs(before: str, letter: str) -> bool:
    """Whether a character is part of the letter that the one before it began."""
    return (
        letter in {ZERO_WIDTH_JOINER, "\u200c"}
        or before == ZERO_WIDTH_JOINER
        or unicodedata.category(letter) in {"Mn", "Mc", "Me"}
        or ord(letter) in EMOJI_MODIFIERS
        or ord(letter) in TAGS
        or (before, letter) == ("\r", "\n")
    )


def _with_signs(text: str, matches: tuple[int, ...], begins: tuple[int, ...]) -> Iterator[Piece]:
    """Yield a stretch with each character that cannot be seen as a piece of its own."""
    done = 0
    for found in signs().finditer(text):
        if found.start() > done:
            yield Piece(text=text[done : found.start()], matches=matches, begins=begins)
            begins = ()
        yield Piece(text=found[0], matches=matches, begins=begins, sign=name_of(found[0]))
        done, begins = found.end(), ()
    if done < len(text):
        yield Piece(text=text[done:], matches=matches, begins=begins)


def shortened(pieces: Sequence[Piece], *, longest: int, kept: int) -> list[Piece | int]:
    """Return pieces with long stretches cut down that match nothing; a number says how many characters are gone.

    Parameters
    ----------
    longest : a text of no more code points is left as it is.
    kept : so many code points stay at either end of what is cut.
    """
    if sum(len(piece.text) for piece in pieces) <= longest:
        return list(pieces)
    return [part for piece in _gathered(pieces) for part in _cut(piece, kept)]


def _gathered(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield runs of pieces: one run of what matches nothing, then one of what matches, and so on."""
    run: list[Piece] = []
    for piece in pieces:
        if run and bool(run[0].matches) != bool(piece.matches):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _cut(run: list[Piece], kept: int) -> list[Piece | int]:
    length = sum(len(piece.text) for piece in run)
    if run[0].matches or length <= 3 * kept:
        return list(run)
    head, tail = _first(run, kept), _last(run, kept)
    left_out = length - sum(len(piece.text) for piece in (*head, *tail))
    return [*head, left_out, *tail]


def _first(run: list[Piece], count: int) -> list[Piece]:
    """Return the beginning of a run, so many code points; a piece that goes on is cut."""
    held: list[Piece] = []
    for piece in run:
        if count <= 0:
            break
        held.append(Piece(text=piece.text[:count], sign=piece.sign))
        count -= len(piece.text)
    return held


def _last(run: list[Piece], count: int) -> list[Piece]:
    """Return the end of a run, so many code points."""
    held: list[Piece] = []
    for piece in reversed(run):
        if count <= 0:
            break
        held.append(Piece(text=piece.text[-count:], sign=piece.sign))
        count -= len(piece.text)
    return held[::-1]

"""Normalised text: what is left of a text once nothing can hide in how it is written.

Spaces, signs and accents go; capitals, look-alikes, digits that stand for letters and the variants of Arabic
letters become one. Each symbol knows the stretch of the original that it came from.
`docs/decisions/normalised-text.md` gives the rules; `stanch.language.reference` spells them out one by one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.language.display import Displayed, displayed
from stanch.language.rules import rules
from stanch.language.tables import CODE, KIND, LENGTH, PLACE, VOTE, WIDE, Kind

SECOND = 1 << 31
"""Set in the second of the two symbols that a wide character counts as."""
LONGEST_RUN = 2
"""A letter repeated more often than this counts as repeated this often."""
NEIGHBOURS = 5
"""How far a capital of two looks asks around, in letters, either way."""
ALIKE = {"i": "ا", "o": "ه"}
"""Symbols of Latin that look like symbols of Arabic: among letters of either they are taken for its own."""
VOTES = np.zeros(1 << 32 - VOTE, dtype=np.int8)
VOTES[Kind.ONE << KIND - VOTE | 1] = 1
VOTES[Kind.ONE << KIND - VOTE | 2] = -1
"""What a neighbour says by the upper bits of its entry: nothing, 1 for Latin or Cyrillic, -1 for Greek."""

# Typed once: a number of Python's would be typed again at each use, which costs as much as short arrays do.
_ATTACHED, _ONE, _MANY, _CAPITAL, _CONTROL = (
    np.uint32(kind << KIND) for kind in (Kind.ATTACHED, Kind.ONE, Kind.SEQUENCE, Kind.CAPITAL, Kind.CONTROL)
)
_SYMBOL, _CODE, _WIDE = np.uint32(WIDE | CODE), np.uint32(CODE), np.uint32(WIDE)
_LENGTH, _LONGEST, _PLACE, _VOTE = np.uint32(LENGTH), np.uint32(31), np.uint32(PLACE), np.uint32(VOTE)
_SECOND, _INT_ONE = np.uint32(SECOND), np.int32(1)
_NOUGHT, _LAST = np.array([0]), np.array([-1])

_ASCII_END = 0x80
_ARABIC, _ARABIC_END = 0x620, 0x6D5
_TO_ARABIC = [(ord(latin), ord(arabic)) for latin, arabic in ALIKE.items()]
_TO_LATIN = [(arabic, latin) for latin, arabic in _TO_ARABIC]
_OF_ARABIC, _OF_LATIN, _DOUBTFUL = 1, 2, 3
_FIRST_ARABIC, _OF_ARABIC_LETTERS = np.uint32(_ARABIC), np.uint32(_ARABIC_END - _ARABIC)
_SIDES = np.zeros(_ARABIC_END + 1, dtype=np.uint8)
_SIDES[_ARABIC:_ARABIC_END] = _OF_ARABIC
_SIDES[ord("a") : ord("z") + 1] = _OF_LATIN
_SIDES[[code for pair in _TO_ARABIC for code in pair]] = _DOUBTFUL

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class NormalisedText:
    """The symbols of a text and where they came from.

    Parameters
    ----------
    symbols : uint32 array, shape (n,), code points; the second symbol of a wide character carries `SECOND`.
    start, end : int32 arrays, shape (n,), the half-open stretch of code points of the original. Neither ever
        decreases. A stretch takes in the marks and joiners that belong to its character, and the rest of
        a run that was cut short.
    """

    symbols: Codes
    start: Offsets
    end: Offsets

    def __len__(self) -> int:
        return len(self.symbols)

    def __str__(self) -> str:
        """Return the symbols as text for people; normalising it again gives the same symbols."""
        return self.symbols[self.symbols < SECOND].astype("<u4").tobytes().decode("utf-32-le")


def normalise(text: str) -> NormalisedText:
    """Return the normalised text of `text`. Lone surrogates leave nothing."""
    return normalise_codes(code_points(text))


def code_points(text: str) -> Codes:
    """Return the code points of `text`, lone surrogates among them; uint32 array, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32, copy=False)


def normalise_codes(codes: Codes) -> NormalisedText:
    """Return the normalised text of code points; the stretches are stretches of `codes`."""
    kept, start, end = what_stays(rules().table.take(codes, mode="clip"))
    most = kept.max() if kept.size else 0
    if most >= _CONTROL:
        return _of_displayed(displayed(codes))
    if most >= _CAPITAL:
        _settle_capitals(kept)
    if most >= _MANY:
        kept, start, end = expand(kept, start, end, rules().pool)
    kept &= _SYMBOL
    _settle_alike(kept)
    return _widen(*_cut_runs(kept, start, end))


def _of_displayed(seen: Displayed) -> NormalisedText:
    inner = normalise_codes(seen.codes)
    return NormalisedText(symbols=inner.symbols, start=seen.start[inner.start], end=seen.end[inner.end - 1])


def what_stays(entries: Codes) -> tuple[Codes, Offsets, Offsets]:
    """Return the entries that leave something, where each starts, and where it ends with what is attached."""
    where = (entries >= _ONE).nonzero()[0]
    start = where.astype(np.int32)
    end = start + _INT_ONE
    attached = (entries - _ATTACHED < _ATTACHED).nonzero()[0]  # from `ATTACHED` on, and below `UNREAD`
    if attached.size and where.size:
        first, last = _runs(attached)
        place = np.minimum(np.searchsorted(where, first - 1), len(where) - 1)
        held = where[place] == first - 1
        end[place[held]] = last[held] + 1
    return entries.take(where, mode="clip"), start, end


def _runs(places: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the last of all places that follow on one another; there is at least one place."""
    breaks = (places[1:] - places[:-1] > 1).nonzero()[0]
    return places[np.concatenate([_NOUGHT, breaks + 1])], places[np.concatenate([breaks, _LAST])]


def _settle_capitals(kept: Codes) -> None:
    """Decide about capitals of Greek that look unlike their small letters, by which letters stand around."""
    where = (kept >= _CAPITAL).nonzero()[0]
    votes = np.zeros(len(kept) + 1, dtype=np.int32)
    np.cumsum(VOTES[kept >> _VOTE], out=votes[1:])
    before, after = np.maximum(where - NEIGHBOURS, 0), np.minimum(where + NEIGHBOURS + 1, len(kept))
    near = votes[after] > votes[before]
    symbol = np.where(near, kept[where] >> 8, kept[where]) & 0xFF
    kept[where] = Kind.ONE << KIND | symbol


def _settle_alike(symbols: Codes) -> None:
    """Let each run of `ALIKE` go with the letters on both sides of it, where these are of one kind."""
    if not symbols.size or symbols.max() < _ARABIC or symbols.min() >= _ASCII_END:
        return
    if not np.count_nonzero(symbols - _FIRST_ARABIC < _OF_ARABIC_LETTERS):
        return
    sides = np.zeros(len(symbols) + 2, dtype=np.uint8)
    _SIDES.take(symbols, mode="clip", out=sides[1:-1])
    doubtful = sides == _DOUBTFUL
    edges = (doubtful[1:] != doubtful[:-1]).nonzero()[0]
    starts, stops = edges[::2], edges[1::2]
    before = sides[starts]
    one_side = before == sides[stops + 1]
    latin = (doubtful[1:-1] & (symbols < _ASCII_END)).nonzero()[0]
    if latin.size:
        run = np.searchsorted(starts, latin, side="right") - 1
        _replace(symbols, latin[(one_side & (before == _OF_ARABIC))[run]], _TO_ARABIC)
    among_latin = (one_side & (before == _OF_LATIN)).nonzero()[0]
    if among_latin.size:
        lengths = stops[among_latin] - starts[among_latin]
        ahead = np.repeat(stops[among_latin] - lengths.cumsum(), lengths)
        _replace(symbols, ahead + np.arange(len(ahead)), _TO_LATIN)


def _replace(symbols: Codes, places: NDArray[np.intp], pairs: list[tuple[int, int]]) -> None:
    found = symbols[places]
    for symbol, other in pairs:
        symbols[places[found == symbol]] = other


def expand(kept: Codes, start: Offsets, end: Offsets, pool: Codes) -> tuple[Codes, Offsets, Offsets]:
    """Write sequences out: each symbol has the stretch of the character that it came from."""
    lengths = np.where(kept >= _MANY, kept >> _LENGTH & _LONGEST, _INT_ONE)
    stops = lengths.cumsum(dtype=np.intp)
    origin = np.arange(len(kept)).repeat(lengths)
    within = np.arange(len(origin)) - (stops - lengths).take(origin, mode="clip")
    expanded = kept.take(origin, mode="clip")
    from_pool = pool.take((expanded & _PLACE) + within, mode="clip")
    np.copyto(expanded, from_pool, where=expanded >= _MANY)
    return expanded, start.take(origin, mode="clip"), end.take(origin, mode="clip")


def _cut_runs(symbols: Codes, start: Offsets, end: Offsets) -> tuple[Codes, Offsets, Offsets]:
    """Drop the third and further repetitions; the second takes over their stretch."""
    same = symbols[1:] == symbols[:-1]
    surplus = (same[1:] & same[:-1]).nonzero()[0] + 2
    if not surplus.size:
        return symbols, start, end
    first, last = _runs(surplus)
    end[first - 1] = end[last]
    stays = np.ones(len(symbols), dtype=np.bool_)
    stays[surplus] = False
    kept = stays.nonzero()[0]
    return symbols.take(kept, mode="clip"), start.take(kept, mode="clip"), end.take(kept, mode="clip")


def _widen(symbols: Codes, start: Offsets, end: Offsets) -> NormalisedText:
    """Let each wide symbol count as two."""
    if not symbols.size or not np.bitwise_or.reduce(symbols) & _WIDE:
        return NormalisedText(symbols=symbols, start=start, end=end)
    wide = (symbols & _WIDE).nonzero()[0]
    counts = np.ones(len(symbols), dtype=np.intp)
    counts[wide] = 2
    origin = np.arange(len(symbols)).repeat(counts)
    twice = symbols.take(origin, mode="clip")
    twice &= _CODE
    twice[wide + np.arange(1, len(wide) + 1)] |= _SECOND
    return NormalisedText(symbols=twice, start=start.take(origin, mode="clip"), end=end.take(origin, mode="clip"))

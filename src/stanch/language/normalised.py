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
VOTES = np.array([0, 1, -1])
"""What a neighbour says by its look: nothing, Latin or Cyrillic, Greek."""

_MANY = np.uint32(Kind.SEQUENCE << KIND)
_CONTROL = np.uint32(Kind.CONTROL << KIND)

_ASCII_END = 0x80
_ARABIC, _ARABIC_END = 0x620, 0x6D5
_TO_ARABIC = [(ord(latin), ord(arabic)) for latin, arabic in ALIKE.items()]
_TO_LATIN = [(arabic, latin) for latin, arabic in _TO_ARABIC]
_OF_ARABIC, _OF_LATIN, _DOUBTFUL = 1, 2, 3
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
    entries = rules().table.take(codes, mode="clip")
    start = np.flatnonzero(entries >= np.uint32(Kind.ONE << KIND)).astype(np.int32)
    end = ends(entries, start)
    kept = entries[start]
    most = kept.max() if kept.size else 0
    if most >= _CONTROL:
        return _of_displayed(displayed(codes))
    if most >= _MANY:
        _settle_capitals(kept)
        kept, origin = expand(kept, rules().pool)
        start, end = start[origin], end[origin]
    symbols = kept & np.uint32(WIDE | CODE)
    _settle_alike(symbols)
    return _widen(*_cut_runs(symbols, start, end))


def _of_displayed(seen: Displayed) -> NormalisedText:
    inner = normalise_codes(seen.codes)
    return NormalisedText(symbols=inner.symbols, start=seen.start[inner.start], end=seen.end[inner.end - 1])


def ends(entries: Codes, start: Offsets) -> Offsets:
    """Return where each kept character ends, with what is attached to it."""
    attached = entries >> KIND == Kind.ATTACHED
    if not attached.any():
        return start + np.int32(1)
    bases = np.append(np.flatnonzero(~attached), len(entries)).astype(np.int32)
    place = np.cumsum(~attached, dtype=np.int32)  # one more than the base's place in `bases`
    found: Offsets = bases[place[start]]
    return found


def _settle_capitals(kept: Codes) -> None:
    """Decide about capitals of Greek that look unlike their small letters, by which letters stand around."""
    where = np.flatnonzero(kept >> KIND == Kind.CAPITAL)
    if not where.size:
        return
    ballots = np.where(kept >> KIND == Kind.ONE, kept >> VOTE & 3, 0)
    votes = np.concatenate([[0], np.cumsum(VOTES[ballots])])
    before, after = np.maximum(where - NEIGHBOURS, 0), np.minimum(where + NEIGHBOURS + 1, len(kept))
    near = votes[after] > votes[before]
    symbol = np.where(near, kept[where] >> 8, kept[where]) & 0xFF
    kept[where] = Kind.ONE << KIND | symbol


def _settle_alike(symbols: Codes) -> None:
    """Let each run of `ALIKE` go with the letters on both sides of it, where these are of one kind."""
    if not symbols.size or symbols.max() < _ARABIC or symbols.min() >= _ASCII_END:
        return
    if not (symbols - np.uint32(_ARABIC) < _ARABIC_END - _ARABIC).any():
        return
    sides = _SIDES.take(symbols, mode="clip")
    doubtful = sides == _DOUBTFUL
    edges = np.flatnonzero(np.diff(doubtful, prepend=False, append=False))
    starts, stops = edges[::2], edges[1::2]
    padded = np.concatenate([[0], sides, [0]])
    before, after = padded[starts], padded[stops + 1]
    side = np.where(before == after, before, 0)
    latin = np.flatnonzero(doubtful & (symbols < _ASCII_END))
    _replace(symbols, latin[side[np.searchsorted(starts, latin, side="right") - 1] == _OF_ARABIC], _TO_ARABIC)
    among_latin = np.flatnonzero(side == _OF_LATIN)
    lengths = stops[among_latin] - starts[among_latin]
    places = np.repeat(starts[among_latin] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    _replace(symbols, places, _TO_LATIN)


def _replace(symbols: Codes, places: NDArray[np.intp], pairs: list[tuple[int, int]]) -> None:
    found = symbols[places]
    for symbol, other in pairs:
        symbols[places[found == symbol]] = other


def expand(kept: Codes, pool: Codes) -> tuple[Codes, NDArray[np.intp]]:
    """Write sequences out; return the symbols and the place in `kept` that each came from."""
    many = kept >= _MANY
    lengths = np.where(many, kept >> LENGTH & 31, 1).astype(np.intp)
    origin = np.repeat(np.arange(len(kept)), lengths)
    within = np.arange(len(origin)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    expanded = kept[origin]
    from_pool = np.flatnonzero(many[origin])
    expanded[from_pool] = pool[(expanded[from_pool] & np.uint32(PLACE)) + within[from_pool]]
    return expanded, origin


def _cut_runs(symbols: Codes, start: Offsets, end: Offsets) -> tuple[Codes, Offsets, Offsets]:
    """Drop the third and further repetitions; the second takes over their stretch."""
    same = symbols[1:] == symbols[:-1]
    surplus = same[1:] & same[:-1]
    if not surplus.any():
        return symbols, start, end
    kept = np.flatnonzero(np.concatenate([[True, True], ~surplus]))
    last = np.append(kept[1:], len(symbols)) - 1
    return symbols[kept], start[kept], end[last]


def _widen(symbols: Codes, start: Offsets, end: Offsets) -> NormalisedText:
    """Let each wide symbol count as two."""
    wide = symbols & np.uint32(WIDE) != 0
    if not wide.any():
        return NormalisedText(symbols=symbols, start=start, end=end)
    origin = np.repeat(np.arange(len(symbols)), 1 + wide)
    twice = symbols[origin] & np.uint32(CODE)
    twice[1:][origin[1:] == origin[:-1]] |= np.uint32(SECOND)
    return NormalisedText(symbols=twice, start=start[origin], end=end[origin])

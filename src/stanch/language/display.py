"""What a reader sees of a text that moves or deletes its own characters, in the order in which it is read.

Backspaces first, then bidirectional formatting: both are resolved before anything else is looked at.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.language.tables import tables

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int32]

_ERASERS = (0x08, 0x7F)
_CONTROLS = np.array([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], dtype=np.uint32)
_SAME_BRACKET = {0x2329: 0x3008, 0x232A: 0x3009}
"""Brackets that are canonically equal to others (UAX #9, BD16)."""
_PARAGRAPH = 10
"""The number of the bidirectional class B."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Displayed:
    """The characters that are seen, as read, and the stretches of the original that show them.

    Parameters
    ----------
    codes : uint32 array, shape (n,), without what was deleted and what deletes or moves.
    start, end : int32 arrays, shape (n,), half-open stretches of the original. Neither ever decreases: where
        characters changed places, each stands for the least stretch that holds all of them.
    deleted, moved : how many characters were deleted, and how many are not read where they are stored.
    """

    codes: Codes
    start: Offsets
    end: Offsets
    deleted: int
    moved: int


def displayed(codes: Codes) -> Displayed:
    """Return what is seen of code points, any number of them deleted or moved."""
    kept = _not_deleted(codes)
    order = _read(codes[kept])
    first, last = _stretches(order)
    start = kept[first]
    end = np.append(kept, len(codes)).astype(np.int32)[last]
    shown = ~np.isin(codes[kept[order]], _CONTROLS)
    start, end = start[shown], end[shown]
    return Displayed(
        codes=codes[kept[order]][shown],
        start=start,
        end=np.maximum(end, np.append(start[1:], len(codes))).astype(np.int32),  # with what is not shown
        deleted=int((~np.isin(codes, _ERASERS)).sum()) - len(kept),
        moved=int((_ranks(order, shown)).sum()),
    )


def _not_deleted(codes: Codes) -> Offsets:
    """Return the places of what no backspace or delete takes away: each takes the character before it.

    A character goes if the text, at any time later, is as short as it was before it.
    """
    erases = np.isin(codes, _ERASERS)
    steps = np.where(erases, -1, 1).cumsum()
    length = steps - np.minimum(np.minimum.accumulate(steps), 0) if len(steps) else steps
    later = np.minimum.accumulate(length[::-1])[::-1]
    return np.flatnonzero(~erases & (later >= length)).astype(np.int32)


def _read(codes: Codes) -> Offsets:
    """Return the places of characters in the order in which they are read."""
    order = np.arange(len(codes), dtype=np.int32)
    where = np.flatnonzero(np.isin(codes, _CONTROLS))
    if not where.size:
        return order
    from stanch.language.reading_numba import reading_order  # noqa: PLC0415 - imports numba, and few texts need it

    classes = tables().bidi.take(codes, mode="clip")
    stops = np.append(np.flatnonzero(classes == _PARAGRAPH), len(codes))
    for k in np.unique(np.searchsorted(stops, where)):
        start, stop = int(stops[k - 1]) + 1 if k else 0, int(stops[k])
        order[start:stop] = start + reading_order(classes[start:stop], _brackets(codes[start:stop]))
    return order


def _brackets(codes: Codes) -> Offsets:
    """Return the number of a pair of brackets where it opens, minus that where it closes, else 0."""
    listed, numbers = _bracket_table()
    place = np.searchsorted(listed, codes).clip(max=len(listed) - 1)
    return np.where(listed[place] == codes, numbers[place], 0).astype(np.int32)


@cache
def _bracket_table() -> tuple[Codes, Offsets]:
    numbers = {
        int(c): sign * (i + 1)
        for i, pair in enumerate(tables().brackets)
        for c, sign in zip(pair, (1, -1), strict=True)
    }
    numbers |= {code: numbers[other] for code, other in _SAME_BRACKET.items()}
    listed = sorted(numbers)
    return np.array(listed, dtype=np.uint32), np.array([numbers[code] for code in listed], dtype=np.int32)


def _stretches(order: Offsets) -> tuple[Offsets, Offsets]:
    """Return the least stretch of places, for each place of an order, that the order only permutes within."""
    count = len(order)
    closes = np.maximum.accumulate(order) == np.arange(count) if count else np.empty(0, dtype=np.bool_)
    stops = np.flatnonzero(closes) + 1
    sizes = np.diff(np.append(0, stops))
    return np.repeat(stops - sizes, sizes).astype(np.int32), np.repeat(stops, sizes).astype(np.int32)


def _ranks(order: Offsets, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the characters that are shown are not at the place that they would have as stored."""
    seen = order[shown]
    moved: NDArray[np.bool_] = np.sort(seen) != seen
    return moved

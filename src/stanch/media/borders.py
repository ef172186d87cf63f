"""Where the borders of one colour are: letterboxes, frames, the margin of a scan."""

from collections.abc import Iterator
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 16
"""How far from a border's colour a pixel may be, in luma levels: lossy formats leave noise in plain areas."""
SHARE = 0.98
"""How much of a row has to be within the tolerance for it to belong to a border."""
LEAST_LEFT = 0.25
"""If less than this share of a side would be left, nothing is cut: then the plain area is the picture's own."""

_LEAST_CUT = 0.01
"""A border of a smaller share of its side stays: PDQ does not mind it."""
_UNEVEN = 2.5
"""How far a border's row may be from its colour on average, in levels: a soft sky or a bare wall is further."""
_BLURRED = 8
"""So many of its last rows may be further (or 1 % of the side): lossy formats mix them with the picture."""
_ROUNDS = 3
_ROWS_AT_ONCE = (1, 3, 12, 48)
"""And then 64 each time: mostly the first row says already that there is no border."""


class Box(NamedTuple):
    """A part of a picture, half open, in pixels from its top left corner."""

    left: int
    top: int
    right: int
    bottom: int


def without_borders(luma: NDArray[np.uint8]) -> Box:
    """Return the part of a picture that is left once its borders are cut, or all of it.

    A border is a run of rows or columns, from one of the four sides, that are all nearly of one colour. Sides are
    taken in turn until nothing more goes, so that a letterbox inside a frame goes as well.

    Parameters
    ----------
    luma : uint8 array, shape (height, width).
    """
    height, width = luma.shape
    box = Box(0, 0, width, height)
    for _ in range(_ROUNDS):
        smaller = _cut_once(luma, box)
        if smaller == box:
            break
        box = smaller
    enough = box.right - box.left >= LEAST_LEFT * width and box.bottom - box.top >= LEAST_LEFT * height
    return box if enough else Box(0, 0, width, height)


def _cut_once(luma: NDArray[np.uint8], box: Box) -> Box:
    left, top, right, bottom = box
    rows = luma[top:bottom, left:right]
    top, bottom = top + _border(rows), bottom - _border(rows[::-1])
    if top >= bottom:
        return box
    columns = luma[top:bottom, left:right].T
    left, right = left + _border(columns), right - _border(columns[::-1])
    return Box(left, top, right, bottom) if left < right else box


def _border(rows: NDArray[np.uint8]) -> int:
    """Return how many rows, from the first, are a border."""
    width = rows.shape[1]
    ordered = np.sort(rows[0])
    # The median, in a tenth of the time that `np.median` takes for so little.
    colour = np.uint8((int(ordered[(width - 1) // 2]) + int(ordered[width // 2])) // 2)
    uneven = 0
    for first, stop in _stretches(len(rows)):
        block = rows[first:stop]
        distance = np.maximum(block, colour) - np.minimum(block, colour)
        others = np.flatnonzero(np.count_nonzero(distance > TOLERANCE, axis=1) / width > 1 - SHARE)
        end = int(others[0]) if len(others) else len(distance)
        # A few pixels that are far off, such as a speck in a scan, must not make a row uneven.
        limited = np.minimum(distance[:end], np.uint8(TOLERANCE)).sum(axis=1, dtype=np.int64)
        uneven += int(np.count_nonzero(limited / width > _UNEVEN))
        if len(others):
            return _if_even(first + end, uneven, len(rows))
    return 0


def _stretches(length: int) -> Iterator[tuple[int, int]]:
    """Yield the rows to look at together, as half-open stretches: few at first, then many."""
    first = 0
    for count in chain(_ROWS_AT_ONCE, repeat(64)):
        if first >= length:
            return
        yield first, min(first + count, length)
        first += count


def _if_even(length: int, uneven: int, side: int) -> int:
    is_border = length >= side * _LEAST_CUT and uneven <= max(_BLURRED, round(side * _LEAST_CUT))
    return length if is_border else 0

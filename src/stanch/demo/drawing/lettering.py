"""Lines of lettering that fill a box."""

import math
from itertools import pairwise

from stanch.demo.drawing.canvas import SUPERSAMPLING, Box, Canvas
from stanch.demo.drawing.shaping import RIGHT_TO_LEFT, ShapedLine, line_mask, shape

# From one base line to the next, and from the box's top to the first, in ems: Arabic letters reach further down.
_LEADING = {"zh": 1.16} | dict.fromkeys(RIGHT_TO_LEFT, 1.3)
_LATIN_LEADING = 1.08
_ASCENT = 0.78


def letter(
    canvas: Canvas,
    text: str,
    language: str,
    box: Box,
    colour: str,
    *,
    lines: int = 1,
    largest: float = math.inf,
) -> float:
    """Write a text in so many lines, centred in a box and as large as fits; return its size, in pixels per em."""
    left, top, right, bottom = box
    shaped = [shape(line, language) for line in broken(text, lines)]
    leading = _LEADING.get(language, _LATIN_LEADING)
    widest = max(line.width for line in shaped)
    size = min((right - left) / widest, (bottom - top) / (lines * leading), largest)
    base = (top + bottom) / 2 - size * leading * lines / 2 + size * (_ASCENT + leading - 1)
    for number, line in enumerate(shaped):
        _write(canvas, line, size, (left + right) / 2, base + number * leading * size, colour)
    return size


def broken(text: str, lines: int) -> list[str]:
    """Break a text into so many lines, at spaces if it has any, so that the longest is as short as can be."""
    pieces, glue = (text.split(" "), " ") if " " in text else (list(text), "")
    if lines <= 1 or len(pieces) <= lines:
        return [text] if lines <= 1 else pieces
    best = min(_breaks(len(pieces), lines), key=lambda ends: _longest(pieces, ends))
    return [glue.join(pieces[start:end]) for start, end in pairwise(best)]


def _breaks(pieces: int, lines: int, start: int = 0) -> list[tuple[int, ...]]:
    if lines == 1:
        return [(start, pieces)]
    firsts = range(start + 1, pieces - lines + 2)
    return [(start, *rest) for first in firsts for rest in _breaks(pieces, lines - 1, first)]


def _longest(pieces: list[str], ends: tuple[int, ...]) -> int:
    return max(sum(len(piece) + 1 for piece in pieces[start:end]) for start, end in pairwise(ends))


def _write(canvas: Canvas, line: ShapedLine, size: float, middle: float, base: float, colour: str) -> None:
    mask, left, top = line_mask(line, size * SUPERSAMPLING)
    x = middle - line.width * size / 2 + left / SUPERSAMPLING
    canvas.stamp(mask, x, base - top / SUPERSAMPLING, colour)

"""Motifs out of doors: hills, ridges, waves, clouds, birds, trees, fish and smoke."""

import math
from collections.abc import Sequence
from itertools import pairwise

from stanch.demo.drawing.canvas import Canvas, Dice, Point, curve


def hills(canvas: Canvas, level: float, swing: float, length: float, colour: str, *, phase: float = 0.0) -> None:
    """Fill from a rolling line down to the bottom; `length` is that of one wave, `phase` in turns."""
    crest = [
        (x, level - swing * math.sin(2 * math.pi * (x / length + phase)) - swing / 3 * math.sin(17 * x / length))
        for x in range(0, canvas.width + 12, 12)
    ]
    canvas.polygon([*crest, (canvas.width, canvas.height), (0, canvas.height)], colour)


def ridge(canvas: Canvas, dice: Dice, peaks: Sequence[Point], colour: str, *, rough: float = 0.12) -> None:
    """Fill a mountain range down to the bottom: through these points, broken up in between."""
    line = list(peaks)
    for _ in range(4):
        line = _rougher(dice, line, rough)
    canvas.polygon([*line, (line[-1][0], canvas.height), (line[0][0], canvas.height)], colour)


def _rougher(dice: Dice, line: Sequence[Point], rough: float) -> list[Point]:
    points = [line[0]]
    for (x, y), (next_x, next_y) in pairwise(line):
        jolt = dice.between(-rough, rough) * abs(next_x - x)
        points += [((x + next_x) / 2, (y + next_y) / 2 + jolt), (next_x, next_y)]
    return points


def waves(
    canvas: Canvas,
    levels: tuple[float, float],
    rows: int,
    colours: Sequence[str],
    *,
    length: float = 120.0,
    height: float = 26.0,
) -> None:
    """Fill rows of scalloped waves from the first level to the second, each row over the one behind it."""
    first, last = levels
    for row in range(rows):
        level = first + (last - first) * row / rows
        size = 0.5 + row / rows
        _wave_row(canvas, level, length * size, height * size, (row * 0.37) % 1, colours[row % len(colours)])


def _wave_row(canvas: Canvas, level: float, length: float, height: float, phase: float, colour: str) -> None:
    crest: list[Point] = []
    x = -phase * length
    while x < canvas.width:
        trough = level + height * 0.5
        crest += curve(
            (x, level - height), (x + length * 0.18, trough), (x + length * 0.62, trough),
            (x + length, level - height), steps=10,
        )  # fmt: skip
        x += length
    canvas.polygon([*crest, (x, canvas.height), (0, canvas.height)], colour)


def breaker(canvas: Canvas, foot: Point, size: float, colours: Sequence[str], *, facing: int = 1) -> None:
    """Draw one great wave that curls over: water, its inside, foam. Facing 1 breaks to the right."""
    water, inside, foam = colours

    def at(across: float, up: float) -> Point:
        return foot[0] + facing * across * size, foot[1] - up * size

    back = curve(at(-1.3, 0), at(-0.7, 0.1), at(-0.5, 1.0), at(0.15, 1.05))
    lip = curve(at(0.15, 1.05), at(0.6, 1.05), at(0.75, 0.7), at(0.6, 0.5))
    hollow = curve(at(0.6, 0.5), at(0.5, 0.85), at(0.0, 0.8), at(0.05, 0.0))
    canvas.polygon(back + lip + hollow, water)
    canvas.polygon(hollow + curve(at(0.05, 0.0), at(-0.25, 0.6), at(0.1, 0.95), at(0.6, 0.5)), inside)
    for across, up, radius in ((0.1, 1.06, 0.07), (0.28, 1.04, 0.09), (0.46, 0.95, 0.1), (0.6, 0.8, 0.09)):
        canvas.disc(*at(across, up), radius * size, foam)
    for across, up, radius in ((0.67, 0.64, 0.075), (0.62, 0.5, 0.06), (0.56, 0.42, 0.04), (0.7, 0.47, 0.03)):
        canvas.disc(*at(across, up), radius * size, foam)


def cloud(canvas: Canvas, place: Point, size: float, colour: str) -> None:
    """Draw a heaped cloud with a flat foot."""
    x, y = place
    for across, up, radius in ((-0.9, 0.16, 0.26), (-0.5, 0.34, 0.38), (0.02, 0.5, 0.5), (0.5, 0.3, 0.36)):
        canvas.disc(x + across * size, y - up * size, radius * size, colour)
    canvas.disc(x + 0.9 * size, y - 0.14 * size, 0.22 * size, colour)
    canvas.rectangle((x - 1.1 * size, y - 0.14 * size, x + 1.06 * size, y + 0.09 * size), colour)


def bird(canvas: Canvas, place: Point, span: float, colour: str, *, lift: float = 0.35) -> None:
    """Draw a gull on the wing."""
    x, y = place
    for side in (-1, 1):
        tip = (x + side * span / 2, y - span * lift * 0.4)
        upper = curve(
            place, (x + side * span * 0.1, y - span * lift), (x + side * span * 0.3, y - span * lift), tip
        )
        lower = curve(tip, (x + side * span * 0.28, y - span * lift * 0.6), (x + side * span * 0.12, y), place)
        canvas.polygon([*upper, *lower, (x, y + span * 0.07)], colour)


def flock(canvas: Canvas, dice: Dice, count: int, box: tuple[float, float, float, float], colour: str) -> None:
    """Scatter gulls over a box, the higher the smaller."""
    for _ in range(count):
        x, y = dice.between(box[0], box[2]), dice.between(box[1], box[3])
        near = (y - box[1]) / (box[3] - box[1])
        bird(canvas, (x, y), 34 + 50 * near, colour, lift=dice.between(0.25, 0.5))


def fir(canvas: Canvas, foot: Point, height: float, colour: str) -> None:
    """Draw a fir tree of four tiers."""
    x, y = foot
    canvas.rectangle((x - height * 0.03, y - height * 0.15, x + height * 0.03, y), colour)
    for tier in range(4):
        low = y - height * (0.1 + 0.2 * tier)
        half = height * (0.27 - 0.055 * tier)
        canvas.polygon([(x - half, low), (x + half, low), (x, low - height * 0.34)], colour)


def fish(canvas: Canvas, place: Point, length: float, colours: Sequence[str], *, facing: int = 1) -> None:
    """Draw a fish: body, fin, eye. Facing 1 swims to the right."""
    body, fin, eye = colours
    x, y = place
    nose, tail = (x + facing * length * 0.5, y), (x - facing * length * 0.32, y)
    pulls = [(x + facing * length * 0.2, y + side * length * 0.32) for side in (-1, 1)]
    ends = [(x - facing * length * 0.1, y + side * length * 0.26) for side in (-1, 1)]
    forked = [(x - facing * length * 0.52, y - length * 0.18), (x - facing * length * 0.44, y)]
    canvas.polygon([tail, *forked, (x - facing * length * 0.52, y + length * 0.18)], fin)
    canvas.polygon(curve(nose, pulls[0], ends[0], tail) + curve(tail, ends[1], pulls[1], nose), body)
    canvas.line(curve(*[(x + facing * length * across, y + length * down) for across, down in (
        (0.27, -0.13), (0.2, -0.06), (0.2, 0.06), (0.27, 0.13))]), length * 0.022, fin)  # fmt: skip
    canvas.disc(x + facing * length * 0.35, y - length * 0.035, length * 0.03, eye)


def smoke(canvas: Canvas, foot: Point, height: float, width: float, colour: str) -> None:
    """Draw a curl of smoke that rises from a point."""
    x, y = foot
    low = curve(foot, (x - height * 0.25, y - height * 0.2), (x + height * 0.28, y - height * 0.3),
                (x, y - height * 0.52))  # fmt: skip
    high = curve(low[-1], (x - height * 0.22, y - height * 0.7), (x + height * 0.1, y - height * 0.95),
                 (x + height * 0.14, y - height * 0.72))  # fmt: skip
    canvas.line(low + high[1:], width, colour)

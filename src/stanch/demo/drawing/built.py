"""Motifs that people made: lighthouses, houses, bridges, cranes, stairs, clocks, wheels and ships."""

from collections.abc import Sequence

from stanch.demo.drawing.canvas import Box, Canvas, Dice, Point, curve, polar


def lighthouse(canvas: Canvas, foot: Point, height: float, colours: Sequence[str], *, bands: int = 5) -> Point:
    """Draw a banded lighthouse: light bands, dark bands, gallery, lamp. Return where the lamp is."""
    pale, dark, iron, lamp = colours
    x, y = foot
    low, high, body = height * 0.13, height * 0.075, height * 0.78
    for band in range(bands):
        under, over = (low + (high - low) * (band + more) / bands for more in (0, 1))
        bottom, top = (y - body * (band + more) / bands for more in (0, 1))
        corners = [(x - under, bottom), (x + under, bottom), (x + over, top), (x - over, top)]
        canvas.polygon(corners, (pale, dark)[band % 2])
        canvas.polygon([(x + under * 0.45, bottom), *corners[1:3], (x + over * 0.45, top)], "#00000038")
    top = y - body
    canvas.rectangle((x - high * 1.6, top - height * 0.025, x + high * 1.6, top), iron)
    canvas.rectangle((x - high * 0.85, top - height * 0.12, x + high * 0.85, top - height * 0.025), lamp)
    for across in (-0.85, 0.0, 0.85):
        bar = x + across * high
        canvas.line([(bar, top - height * 0.12), (bar, top)], height * 0.01, iron)
    eaves, dome = top - height * 0.12, top - height * 0.2
    canvas.polygon(
        curve((x - high * 1.15, eaves), (x - high, dome), (x + high, dome), (x + high * 1.15, eaves)), iron
    )
    canvas.line([(x, top - height * 0.17), (x, top - height * 0.22)], height * 0.012, iron)
    return x, top - height * 0.07


def skyline(
    canvas: Canvas, dice: Dice, box: Box, widths: tuple[float, float], wall: str, panes: str, *, lit: float = 0.5
) -> None:
    """Draw a row of houses from side to side of a box, of several heights; a share of the windows is lit."""
    x = box[0]
    while x < box[2]:
        width = min(dice.between(*widths), box[2] - x)
        top = dice.between(box[1], box[1] + (box[3] - box[1]) * 0.6)
        _house(canvas, dice, (x, top, x + width, box[3]), (wall, panes), lit)
        x += width


def _house(canvas: Canvas, dice: Dice, box: Box, colours: tuple[str, str], lit: float) -> None:
    left, top, right, bottom = box
    canvas.rectangle((left, top, right + 1, bottom), colours[0])
    if dice.between(0, 1) < 0.5:
        canvas.polygon([(left, top), (right, top), ((left + right) / 2, top - (right - left) * 0.4)], colours[0])
    columns, rows = max(1, int((right - left) / 30)), max(1, int((bottom - top) / 42))
    for place in range(columns * rows):
        x = left + (place % columns + 0.5) * (right - left) / columns
        y = top + (place // columns + 0.6) * 42
        if dice.between(0, 1) < lit and y + 14 < bottom:
            canvas.rectangle((x - 7, y - 10, x + 7, y + 10), colours[1])


def bridge(
    canvas: Canvas, levels: tuple[float, float], ends: tuple[float, float], arches: int, colours: tuple[str, str]
) -> None:
    """Draw a stone bridge, its deck and foot at these levels: stone, and what is seen through its arches."""
    (deck, foot), (stone, through) = levels, colours
    canvas.rectangle((ends[0], deck, ends[1], foot), stone)
    span = (ends[1] - ends[0]) / arches
    for arch in range(arches):
        x = ends[0] + (arch + 0.5) * span
        half, spring = span * 0.4, deck + (foot - deck) * 0.62
        canvas.ellipse(x, spring, half, (spring - deck) * 0.8, through)
        canvas.rectangle((x - half, spring, x + half, foot), through)
    canvas.rectangle((ends[0], deck - 16, ends[1], deck), stone)


def crane(canvas: Canvas, foot: Point, height: float, reach: float, colour: str) -> Point:
    """Draw a harbour crane; a negative reach points left. Return where its hook hangs."""
    x, y = foot
    top = y - height
    half = height * 0.045
    for side in (-1, 1):
        canvas.line([(x + side * half * 1.8, y), (x + side * half, top)], 11, colour)
    for step in range(7):
        low, high = y - height * step / 7, y - height * (step + 1) / 7
        side = 1 if step % 2 else -1
        canvas.line([(x - side * half * 1.5, low), (x + side * half * 1.2, high)], 6, colour)
    tip = (x + reach, top - abs(reach) * 0.1)
    canvas.polygon([(x - reach * 0.32, top - 6), (x, top - height * 0.14), tip, (x, top + 14)], colour)
    canvas.rectangle((min(x - reach * 0.32, x - reach * 0.2), top - 8, max(x - reach * 0.32, x - reach * 0.2),
                      top + 34), colour)  # fmt: skip
    hook = (x + reach * 0.9, top + height * 0.3)
    canvas.line([(x + reach * 0.9, top - abs(reach) * 0.08), hook], 5, colour)
    return hook


def stairs(canvas: Canvas, start: Point, step: Point, count: int, colours: Sequence[str]) -> None:
    """Draw stairs that rise from `start` by `step`, filled to the bottom; the treads are of the second colour."""
    for number in range(count):
        x, y = start[0] + number * step[0], start[1] - number * step[1]
        canvas.rectangle((min(x, x + step[0]), y, max(x, x + step[0]), canvas.height), colours[0])
        canvas.rectangle((min(x, x + step[0]), y, max(x, x + step[0]), y + abs(step[1]) * 0.28), colours[1])


def clock(
    canvas: Canvas, centre: Point, radius: float, colours: Sequence[str], hands: tuple[float, float]
) -> None:
    """Draw a clock face: rim, face, marks. The hands' directions, hour first, are in turns."""
    rim, face, mark = colours
    canvas.disc(*centre, radius, rim)
    canvas.disc(*centre, radius * 0.88, face)
    for hour in range(12):
        inner = 0.62 if hour % 3 == 0 else 0.7
        ends = [polar(centre, radius * share, hour / 12) for share in (inner, 0.82)]
        canvas.line(ends, radius * (0.07 if hour % 3 == 0 else 0.035), mark)
    for turn, length, width in ((hands[0], 0.45, 0.08), (hands[1], 0.7, 0.05)):
        canvas.line([polar(centre, radius * 0.12, turn + 0.5), polar(centre, radius * length, turn)],
                    radius * width, mark)  # fmt: skip
    canvas.disc(*centre, radius * 0.08, mark)


def cogwheel(canvas: Canvas, centre: Point, radius: float, teeth: int, colours: tuple[str, str]) -> None:
    """Draw a toothed wheel with a hole in which the second colour is seen."""
    turns = [(number + more) / teeth for number in range(teeth) for more in (0.0, 0.15, 0.5, 0.65)]
    radii = [1.0, 1.0, 0.84, 0.84] * teeth
    canvas.polygon([polar(centre, radius * r, turn) for r, turn in zip(radii, turns, strict=True)], colours[0])
    canvas.disc(*centre, radius * 0.34, colours[1])


def sailing_boat(canvas: Canvas, keel: Point, size: float, colours: Sequence[str], *, facing: int = 1) -> None:
    """Draw a boat with two sails: hull, mainsail, foresail, mast."""
    hull, main, fore, mast = colours

    def at(across: float, up: float) -> Point:
        return keel[0] + facing * across * size, keel[1] - up * size

    canvas.polygon([at(-0.5, 0.16), at(0.62, 0.2), at(0.42, 0), at(-0.36, 0)], hull)
    canvas.line([at(0.02, 0.14), at(0.06, 1.3)], size * 0.03, mast)
    canvas.polygon([*curve(at(0.0, 1.24), at(-0.12, 0.8), at(-0.3, 0.4), at(-0.55, 0.26)), at(0.0, 0.24)], main)
    canvas.polygon([*curve(at(0.1, 1.12), at(0.4, 0.8), at(0.5, 0.5), at(0.52, 0.3)), at(0.08, 0.28)], fore)


def steamer(canvas: Canvas, keel: Point, length: float, colours: Sequence[str], *, facing: int = 1) -> None:
    """Draw a steamer: hull, stripe, house, funnel."""
    hull, stripe, house, funnel = colours

    def shape(*corners: Point) -> list[Point]:
        return [(keel[0] + facing * across * length, keel[1] - up * length) for across, up in corners]

    for x in (-0.18, 0.0, 0.18):
        canvas.polygon(shape((x - 0.045, 0.2), (x - 0.03, 0.42), (x + 0.045, 0.42), (x + 0.05, 0.2)), funnel)
        canvas.polygon(shape((x - 0.033, 0.37), (x - 0.03, 0.42), (x + 0.045, 0.42), (x + 0.047, 0.37)), hull)
    canvas.polygon(shape((-0.34, 0.14), (-0.32, 0.26), (0.3, 0.26), (0.34, 0.14)), house)
    canvas.polygon(shape((-0.5, 0.16), (0.54, 0.18), (0.42, 0), (-0.42, 0)), hull)
    canvas.polygon(shape((-0.46, 0.06), (0.46, 0.06), (0.42, 0), (-0.42, 0)), stripe)
    for port in range(7):
        canvas.disc(*shape((-0.27 + 0.09 * port, 0.205))[0], length * 0.016, hull)

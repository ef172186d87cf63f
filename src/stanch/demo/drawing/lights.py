"""Motifs that shine: rays, beams, glows, moons, stars, flames, candles and lanterns."""

from collections.abc import Sequence

from stanch.demo.drawing.canvas import Canvas, Dice, Point, curve, polar


def rays(
    canvas: Canvas,
    centre: Point,
    count: int,
    reach: tuple[float, float],
    colour: str,
    *,
    share: float = 0.5,
    start: float = 0.0,
    sweep: float = 1.0,
) -> None:
    """Draw `count` wedges from an inner to an outer radius, over `sweep` turns from `start`; `share` is filled."""
    step = sweep / count
    for number in range(count):
        first = start + number * step
        last = first + share * step
        corners = [(reach[0], first), (reach[1], first), (reach[1], last), (reach[0], last)]
        canvas.polygon([polar(centre, radius, turn) for radius, turn in corners], colour)


def beam(canvas: Canvas, lamp: Point, turn: float, spread: float, reach: float, colour: str) -> None:
    """Draw a widening beam of light from a lamp."""
    far = [polar(lamp, reach, turn + side * spread / 2) for side in (-1, 1)]
    near = [polar(lamp, 8, turn + side * 0.25) for side in (1, -1)]
    canvas.polygon([*far, *near], colour)


def glow(canvas: Canvas, centre: Point, radius: float, colours: Sequence[str]) -> None:
    """Draw discs within one another, the outermost first."""
    for number, colour in enumerate(colours):
        canvas.disc(*centre, radius * (1 - number / len(colours)), colour)


def target(canvas: Canvas, centre: Point, radius: float, count: int, colours: Sequence[str]) -> None:
    """Draw `count` rings of equal width that take turns through the colours."""
    for number in range(count):
        canvas.disc(*centre, radius * (count - number) / count, colours[number % len(colours)])


def crescent(canvas: Canvas, centre: Point, radius: float, colour: str) -> None:
    """Draw a waning moon."""
    outer = [polar(centre, radius, 0.03 - 0.56 * step / 40) for step in range(41)]
    (x, y), (end_x, end_y) = outer[0], outer[-1]
    pulls = [(centre[0] - radius * 0.75, y + radius * 0.5), (centre[0] - radius * 0.6, end_y - radius * 0.35)]
    canvas.polygon([*outer, *curve((end_x, end_y), pulls[1], pulls[0], (x, y))], colour)


def star(canvas: Canvas, centre: Point, size: float, colour: str, *, points: int = 4, waist: float = 0.26) -> None:
    """Draw a star with so many points."""
    corners = range(points * 2)
    radii = (size, size * waist)
    canvas.polygon([polar(centre, radii[corner % 2], corner / points / 2) for corner in corners], colour)


def stars(canvas: Canvas, dice: Dice, count: int, box: tuple[float, float, float, float], colour: str) -> None:
    """Scatter stars of several sizes over a box."""
    for _ in range(count):
        place = (dice.between(box[0], box[2]), dice.between(box[1], box[3]))
        star(canvas, place, dice.between(4, 15), colour)


def flame(canvas: Canvas, foot: Point, height: float, colours: Sequence[str], *, lean: float = 0.0) -> None:
    """Draw tongues of flame within one another, standing on a point; `lean` is in shares of the height."""
    for number, colour in enumerate(colours):
        scale = height * (1 - 0.3 * number)
        canvas.polygon(_tongue(foot, scale, lean), colour)


def _tongue(foot: Point, height: float, lean: float) -> list[Point]:
    x, y = foot
    tip = (x + lean * height, y - height)
    wide = height * 0.42
    left = curve(foot, (x - wide * 1.5, y - height * 0.02), (x - wide * 0.5, y - height * 0.6), tip)
    right = curve(tip, (x + wide * 0.1, y - height * 0.7), (x + wide * 1.7, y - height * 0.2), foot)
    return left + right


def candle(canvas: Canvas, foot: Point, size: tuple[float, float], colours: Sequence[str], *, lit: bool) -> None:
    """Draw a candle: wax, shade, wick, flame outside and inside."""
    (x, y), (width, height) = foot, size
    wax, shade, wick, *fire = colours
    top = y - height
    canvas.rectangle((x - width / 2, top, x + width / 2, y), wax)
    canvas.rectangle((x + width * 0.15, top, x + width / 2, y), shade)
    canvas.ellipse(x, top, width / 2, width * 0.14, shade)
    canvas.line([(x, top), (x + 3, top - width * 0.4)], 5, wick)
    if lit:
        flame(canvas, (x, top - width * 0.2), width * 2.0, fire)


def lantern(canvas: Canvas, top: Point, height: float, colours: Sequence[str]) -> None:
    """Draw a storm lantern that hangs from `top`: metal, glass, flame outside and inside."""
    metal, glass, *fire = colours
    x, y = top
    wide = height * 0.28
    canvas.ring(x, y + height * 0.09, height * 0.1, height * 0.028, metal)
    cap = [(-0.35, 0.17), (0.35, 0.17), (1.0, 0.3), (-1.0, 0.3)]
    canvas.polygon(_around(top, wide, height, cap), metal)
    pane = [(-0.8, 0.3), (0.8, 0.3), (1.0, 0.55), (0.72, 0.84), (-0.72, 0.84), (-1.0, 0.55)]
    canvas.polygon(_around(top, wide, height, pane), glass)
    flame(canvas, (x, y + height * 0.8), height * 0.42, fire)
    for side in (-1.0, 1.0):
        rim = [(0.8 * side, 0.3), (1.0 * side, 0.55), (0.72 * side, 0.84)]
        canvas.line(_around(top, wide, height, rim), height * 0.03, metal)
    canvas.line(_around(top, wide, height, [(-1.0, 0.55), (1.0, 0.55)]), height * 0.018, metal)
    foot = [(-0.72, 0.84), (0.72, 0.84), (0.95, 1.0), (-0.95, 1.0)]
    canvas.polygon(_around(top, wide, height, foot), metal)


def _around(top: Point, wide: float, height: float, shares: Sequence[Point]) -> list[Point]:
    return [(top[0] + across * wide, top[1] + down * height) for across, down in shares]

"""A canvas in drawing units, on which shapes come out smooth and the same on every machine."""

import math
from collections.abc import Iterable, Sequence
from typing import Self

from PIL import Image, ImageColor, ImageDraw

SUPERSAMPLING = 2

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Dice:
    """Numbers that look random and are the same on every Python: Knuth's 64-bit linear generator (MMIX)."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` up to, but not including, `high`."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return low + (high - low) * (self._state >> 40) / 2**24


class Canvas:
    """An RGB picture that is drawn larger and reduced at the end.

    Coordinates are in pixels of the finished picture, y downwards. A colour is `#rrggbb`, or `#rrggbbaa` to let
    what lies beneath shine through.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * SUPERSAMPLING, height * SUPERSAMPLING))
        self._solid = ImageDraw.Draw(self._image)
        self._sheer = ImageDraw.Draw(self._image, "RGBA")

    def polygon(self, points: Iterable[Point], colour: str) -> Self:
        """Fill the polygon with these corners."""
        self._pen(colour).polygon(_scaled(points), fill=colour)
        return self

    def rectangle(self, box: Box, colour: str) -> Self:
        """Fill left, top, right, bottom."""
        left, top, right, bottom = box
        return self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def ellipse(self, x: float, y: float, across: float, down: float, colour: str) -> Self:
        """Fill the ellipse about (x, y) with these two radii."""
        self._pen(colour).ellipse(_scaled([(x - across, y - down), (x + across, y + down)]), fill=colour)
        return self

    def disc(self, x: float, y: float, radius: float, colour: str) -> Self:
        """Fill a circle."""
        return self.ellipse(x, y, radius, radius, colour)

    def ring(self, x: float, y: float, radius: float, width: float, colour: str) -> Self:
        """Draw a circle `width` thick, inwards from `radius`."""
        box = _scaled([(x - radius, y - radius), (x + radius, y + radius)])
        self._pen(colour).ellipse(box, outline=colour, width=round(width * SUPERSAMPLING))
        return self

    def line(self, points: Iterable[Point], width: float, colour: str) -> Self:
        """Draw a line through these points."""
        pen = self._pen(colour)
        pen.line(_scaled(points), fill=colour, width=max(1, round(width * SUPERSAMPLING)), joint="curve")
        return self

    def gradient(self, colours: Sequence[str], box: Box | None = None, *, bands: int = 48) -> Self:
        """Fill a box (or all) from top to bottom with colours that run into one another, in so many bands."""
        left, top, right, bottom = box or (0, 0, self.width, self.height)
        step = (bottom - top) / bands
        for band in range(bands):
            y = top + band * step
            self.rectangle((left, y, right, y + step), blend(colours, band / max(1, bands - 1)))
        return self

    def stamp(self, mask: Image.Image, x: float, y: float, colour: str) -> Self:
        """Lay a colour through a mask of supersampled pixels, its left top corner at (x, y)."""
        self._image.paste(colour, (round(x * SUPERSAMPLING), round(y * SUPERSAMPLING)), mask)
        return self

    def finished(self) -> Image.Image:
        """Return the picture at its own size."""
        return self._image.reduce(SUPERSAMPLING)

    def _pen(self, colour: str) -> ImageDraw.ImageDraw:
        return self._sheer if len(colour) == len("#rrggbbaa") else self._solid


def blend(colours: Sequence[str], share: float) -> str:
    """Return the colour at a share (0 to 1) of the way through these."""
    place = share * (len(colours) - 1)
    first = min(int(place), len(colours) - 2)
    pairs = zip(ImageColor.getrgb(colours[first]), ImageColor.getrgb(colours[first + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * (place - first)):02x}" for a, b in pairs)


def polar(centre: Point, radius: float, turn: float) -> Point:
    """Return the point at a distance and direction: 0 turns is up, a quarter to the right."""
    angle = 2 * math.pi * turn
    return centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle)


def curve(start: Point, pull: Point, pull_back: Point, end: Point, *, steps: int = 24) -> list[Point]:
    """Return points along a cubic Bézier curve."""
    return [_on_curve((start, pull, pull_back, end), step / steps) for step in range(steps + 1)]


def _on_curve(points: Sequence[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(weight * point[axis] for weight, point in zip(weights, points, strict=True)) for axis in (0, 1))
    return x, y


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(round(x * SUPERSAMPLING), round(y * SUPERSAMPLING)) for x, y in points]

"""What a drawn picture is made of: its scene, its inks and its lettering."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from stanch.demo.drawing.canvas import Box, Canvas

UPRIGHT, BROAD = (900, 1200), (1200, 900)


class Palette(NamedTuple):
    """Five inks, darkest to lightest but for the accent."""

    deep: str
    dark: str
    middle: str
    pale: str
    accent: str


Scene = Callable[[Canvas, Palette], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Placard:
    """Lettering.

    Parameters
    ----------
    words : what it says.
    signature : what stands below, smaller; empty for nothing.
    language : two letters (ISO 639-1).
    box : what words and signature fill together.
    colour : of the letters.
    lines : how many lines the words take.
    plate : the colour laid under them, if any.
    """

    words: str
    language: str
    box: Box
    colour: str
    signature: str = ""
    lines: int = 1
    plate: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """How a picture is made; `size` is its width and height in pixels."""

    size: tuple[int, int]
    scene: Scene
    ink: Palette
    placard: Placard | None = None

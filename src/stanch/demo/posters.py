"""The demo's drawn pictures: the same pixels each time, from plain geometry and fonts of the installation."""

from PIL import Image

from stanch.demo import everyday_designs, poster_designs
from stanch.demo.drawing.canvas import Canvas
from stanch.demo.drawing.lettering import letter
from stanch.demo.everyday_designs import BENIGN, BenignInfo
from stanch.demo.poster_designs import POSTERS, PosterInfo
from stanch.demo.scenes.values import Design, Placard

__all__ = ["BENIGN", "POSTERS", "BenignInfo", "PosterInfo", "draw_benign", "draw_poster"]

# How a placard is shared out, and how much smaller than the words the signature is at least.
_WORDS_SHARE, _GAP, _SIGNATURE_SIZE = 0.74, 8, 0.62
_PLATE_MARGIN = 16


def draw_poster(number: int) -> Image.Image:
    """Draw a poster of the Grey Lantern.

    Parameters
    ----------
    number : of one of `POSTERS`.

    Returns
    -------
    picture
        Mode RGB, 900 by 1200 or 1200 by 900 pixels.

    Raises
    ------
    KeyError
        If there is no such poster.
    """
    return _drawn(poster_designs.DESIGNS[number])


def draw_benign(number: int) -> Image.Image:
    """Draw a picture that is no propaganda: number of one of `BENIGN`; else as `draw_poster`."""
    return _drawn(everyday_designs.DESIGNS[number])


def _drawn(design: Design) -> Image.Image:
    canvas = Canvas(*design.size)
    design.scene(canvas, design.ink)
    if design.placard:
        _letter(canvas, design.placard)
    return canvas.finished()


def _letter(canvas: Canvas, placard: Placard) -> None:
    left, top, right, bottom = placard.box
    if placard.plate:
        margins = (left - _PLATE_MARGIN, top - _PLATE_MARGIN, right + _PLATE_MARGIN, bottom + _PLATE_MARGIN)
        canvas.rectangle(margins, placard.plate)
    middle = top + (bottom - top) * _WORDS_SHARE if placard.signature else bottom
    size = letter(canvas, placard.words, placard.language, (left, top, right, middle), placard.colour,
                  lines=placard.lines)  # fmt: skip
    if placard.signature:
        letter(canvas, placard.signature, placard.language, (left, middle + _GAP, right, bottom), placard.colour,
               largest=size * _SIGNATURE_SIZE)  # fmt: skip

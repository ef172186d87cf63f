"""Text as joined, ordered and placed glyphs, from fonts that come with the installation.

HarfBuzz shapes and rasterises (its own module `hb-raster`), so that neither fonts nor libraries of the system
take part. A line has one direction, that of its language: there is no bidirectional algorithm here, and a
line that would need it is refused.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import bidirectional

import uharfbuzz as hb
from PIL import Image

from stanch.errors import InvalidValueError

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur"})
BOLD = 700
# The Han font has one weight; this thickens its strokes by a share of the em.
HAN_EMBOLDENING = 0.03

_MISSING = 0  # the glyph that every font shows for what it lacks


@dataclass(frozen=True, kw_only=True, slots=True)
class Typeface:
    """Where a font lies, in a package of the installation, and what of a collection it is."""

    package: str
    path: tuple[str, ...]
    script: str
    face: int = 0


LATIN = Typeface(package="fontpkg_noto_sans", path=("files", "NotoSans[wdth,wght].ttf"), script="Latn")
CYRILLIC = Typeface(package=LATIN.package, path=LATIN.path, script="Cyrl")
ARABIC = Typeface(
    package="fontpkg_noto_sans_arabic", path=("files", "NotoSansArabic[wdth,wght].ttf"), script="Arab"
)
HAN = Typeface(package="noto_cjk_sans_otc", path=("NotoSansCJK-Regular.ttc",), script="Hani", face=2)

_TYPEFACES = (
    dict.fromkeys(("en", "fr", "es", "de", "tr"), LATIN)
    | dict.fromkeys(RIGHT_TO_LEFT, ARABIC)
    | {"ru": CYRILLIC, "zh": HAN}
)
# Classes of the Unicode bidirectional algorithm (UAX 9) that would stand the wrong way round; digits among them.
_AGAINST = {"rtl": {"L", "EN", "AN"}, "ltr": {"R", "AL", "AN"}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Glyph:
    """One glyph of a line.

    Parameters
    ----------
    index : its number in the font.
    name : the font's name for it, such as `meem-ar.medi`; `gid17` where it has none.
    cluster : the character it came from.
    x, y : where it stands, in units of the font, y upwards.
    """

    index: int
    name: str
    cluster: int
    x: int
    y: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ShapedLine:
    """Glyphs from left to right, as they are seen.

    Parameters
    ----------
    width : how far the line reaches, in ems.
    """

    typeface: Typeface
    glyphs: tuple[Glyph, ...]
    width: float


def shape(text: str, language: str) -> ShapedLine:
    """Return a line of text in the glyphs that its language asks for.

    Parameters
    ----------
    language : one of the ten of the demo, two letters (ISO 639-1).

    Raises
    ------
    InvalidValueError
        If it is no language of the demo, its font lacks a character, or a character runs the other way.
    """
    if language not in _TYPEFACES:
        raise InvalidValueError(what=f"language {language!r}", problem=f"known are {', '.join(_TYPEFACES)}")
    typeface, direction = _TYPEFACES[language], "rtl" if language in RIGHT_TO_LEFT else "ltr"
    if any(bidirectional(character) in _AGAINST[direction] for character in text):
        raise InvalidValueError(what=repr(text), problem=f"not all of it runs {direction}")
    font, buffer = _font(typeface), hb.Buffer()
    buffer.add_str(text)
    buffer.direction, buffer.script, buffer.language = direction, typeface.script, language
    hb.shape(font, buffer)
    return _line(typeface, font, buffer)


def _line(typeface: Typeface, font: hb.Font, buffer: hb.Buffer) -> ShapedLine:
    glyphs, pen = [], 0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint == _MISSING:
            raise InvalidValueError(what=f"a line of {typeface.script}", problem=f"no glyph at {info.cluster}")
        glyphs.append(
            Glyph(
                index=info.codepoint,
                name=font.glyph_to_string(info.codepoint),
                cluster=info.cluster,
                x=pen + place.x_offset,
                y=place.y_offset,
            )
        )
        pen += place.x_advance
    return ShapedLine(typeface=typeface, glyphs=tuple(glyphs), width=pen / font.face.upem)


def line_mask(line: ShapedLine, size: float) -> tuple[Image.Image, int, int]:
    """Draw a line of text at a size in pixels per em.

    Returns
    -------
    mask
        Mode L, 255 where there is ink.
    left, top : how far the mask's corner lies to the right of the line's beginning, and above its base line.
    """
    font = _font(line.typeface)
    scale = size / font.face.upem
    raster = hb.RasterDraw()
    for glyph in line.glyphs:
        raster.transform = (scale, 0, 0, scale, glyph.x * scale, glyph.y * scale)
        raster.draw_glyph(font, glyph.index)
    drawn = raster.render()
    extents = drawn.extents
    mask = Image.frombuffer("L", (extents.width, extents.height), drawn.buffer, "raw", "L", extents.stride, -1)
    return mask, extents.x_origin, extents.y_origin + extents.height


@cache
def _font(typeface: Typeface) -> hb.Font:
    data = files(typeface.package).joinpath(*typeface.path).read_bytes()
    font = hb.Font(hb.Face(hb.Blob(data), typeface.face))
    if typeface is HAN:
        font.synthetic_bold = (HAN_EMBOLDENING, HAN_EMBOLDENING, True)
    else:
        font.set_variations({"wght": BOLD})
    return font

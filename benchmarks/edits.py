"""What people do to a picture before they post it again; each edit is a function from a picture to a file."""

import io
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from tests.media.pictures import encoded, photograph

Picture = Image.Image
Edit = Callable[[Picture], bytes]

ORIENTATION = 0x0112
"""The EXIF tag that says how a picture is to be turned for showing it (EXIF 2.32, table 4)."""
TURNED_RIGHT = 6


def photographs(count: int) -> Iterator[Picture]:
    """Yield pictures that are like photographs, the same ones each time."""
    sizes = ((640, 480), (480, 640), (800, 600), (720, 405))
    for number in range(count):
        width, height = sizes[number % len(sizes)]
        yield Image.fromarray(photograph(1000 + number, width, height))


def jpeg(picture: Picture) -> bytes:
    """Save as most programs do."""
    return encoded(picture, "JPEG", quality=85)


def scaled(picture: Picture, longer: int, shorter: int) -> Picture:
    """Enlarge a picture to a camera's two sides, lying or standing as it does."""
    sides = (longer, shorter) if picture.width >= picture.height else (shorter, longer)
    return picture.resize(sides, Image.Resampling.LANCZOS)


def grainy(picture: Picture, seed: int) -> Picture:
    """Add what a sensor adds, noise of four levels: it makes files as large as those of cameras."""
    noise = np.random.default_rng(seed).normal(0.5, 4.0, (picture.height, picture.width, 1))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def _converted(mode: str, form: str) -> Edit:
    return lambda picture: encoded(picture.convert(mode), form)


def _palette(picture: Picture) -> bytes:
    return encoded(picture.quantize(256), "PNG")


def _sixteen_bits(picture: Picture) -> bytes:
    return encoded(picture.convert("L").convert("I").point(lambda level: level * 257).convert("I;16"), "PNG")


def _orientation(picture: Picture) -> bytes:
    """Store the picture on its side, with the tag that puts it upright."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    return encoded(picture.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=85, exif=exif)


def _turned(turn: Image.Transpose) -> Edit:
    return lambda picture: jpeg(picture.transpose(turn))


def _filtered(kernel: ImageFilter.Filter) -> Edit:
    return lambda picture: jpeg(picture.filter(kernel))


def _shrunk(share: float) -> Edit:
    return lambda picture: jpeg(picture.resize((int(picture.width * share), int(picture.height * share))))


def _recompressed(picture: Picture) -> bytes:
    first = Image.open(io.BytesIO(encoded(picture, "JPEG", quality=30)))
    return encoded(first, "WEBP", quality=40)


def _framed(picture: Picture) -> bytes:
    return jpeg(ImageOps.expand(picture, border=60, fill="black"))


MODES: Mapping[str, Edit] = {
    "CMYK": _converted("CMYK", "JPEG"),
    "palette": _palette,
    "web palette": _converted("P", "PNG"),
    "grey": _converted("L", "PNG"),
    "grey with alpha": _converted("LA", "PNG"),
    "alpha": _converted("RGBA", "PNG"),
    "1 bit": _converted("1", "PNG"),
    "16 bits": _sixteen_bits,
    "EXIF orientation": _orientation,
}
DIHEDRAL: Mapping[str, Edit] = {turn.name.lower().replace("_", " "): _turned(turn) for turn in Image.Transpose}
EDITED: Mapping[str, Edit] = {
    "as it is": jpeg,
    "blurred": _filtered(ImageFilter.GaussianBlur(4)),
    "sharpened": _filtered(ImageFilter.UnsharpMask(radius=3, percent=300)),
    "high contrast": lambda picture: jpeg(ImageEnhance.Contrast(picture).enhance(1.6)),
    "high saturation": lambda picture: jpeg(ImageEnhance.Color(picture).enhance(2.0)),
    "a third of the size": _shrunk(1 / 3),
    "square": lambda picture: jpeg(picture.resize((256, 256))),
    "compressed twice": _recompressed,
    "framed in black": _framed,
}

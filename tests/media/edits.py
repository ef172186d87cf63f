"""What people do to a photograph, by accident or in order not to be recognised."""

from collections.abc import Callable

import numpy as np
from PIL import ExifTags, Image

from stanch.kernels.pdq import luma_of
from tests.media.pictures import RGB, bordered, encoded, photograph

Edit = Callable[[RGB], bytes]


def _resized(share: float) -> Edit:
    def edit(picture: RGB) -> bytes:
        image = Image.fromarray(picture)
        return encoded(image.resize((round(image.width * share), round(image.height * share))), "JPEG")

    return edit


def _recompressed(quality: int) -> Edit:
    return lambda picture: encoded(picture, "JPEG", quality=quality)


def _converted(mode: str, form: str, **options: object) -> Edit:
    return lambda picture: encoded(Image.fromarray(picture).convert(mode, **options), form)  # type: ignore[arg-type]


def _sixteen_bits(picture: RGB) -> bytes:
    return encoded(Image.fromarray(luma_of(picture).astype(np.uint16) * 257))


def _turned(times: int) -> Edit:
    return lambda picture: encoded(np.ascontiguousarray(np.rot90(picture, times)), "JPEG", quality=85)


def _mirrored(picture: RGB) -> bytes:
    return encoded(np.ascontiguousarray(picture[:, ::-1]), "JPEG", quality=85)


def _oriented(orientation: int) -> Edit:
    def edit(picture: RGB) -> bytes:
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        return encoded(picture, "JPEG", exif=exif)

    return edit


def _letterboxed(**sides: int) -> Edit:
    return lambda picture: encoded(bordered(picture, **sides), "JPEG", quality=75)


def _cropped(picture: RGB) -> bytes:
    height, width, _ = picture.shape
    down, across = round(height / 100), round(width / 100)
    return encoded(np.ascontiguousarray(picture[down:-down, across:-across]), "JPEG")


def _transparent(picture: RGB) -> bytes:
    """Put the picture on a transparent ground, and make it a little transparent itself."""
    image = Image.fromarray(bordered(picture, top=30, left=40, right=40))
    opacity = np.zeros((image.height, image.width), np.uint8)
    opacity[30:, 40:-40] = 235
    image.putalpha(Image.fromarray(opacity))
    return encoded(image)


def _as_animation(picture: RGB) -> bytes:
    """Hide the picture between two others."""
    height, width, _ = picture.shape
    others = [Image.fromarray(photograph(seed, width, height)) for seed in (91, 92)]
    return encoded(others[0], "GIF", save_all=True, append_images=[Image.fromarray(picture), others[1]])


EDITS: dict[str, Edit] = {
    **{f"JPEG {quality}": _recompressed(quality) for quality in (30, 50, 70, 90)},
    "CMYK": _converted("CMYK", "JPEG"),
    "web palette": _converted("P", "GIF"),
    "adaptive palette": _converted("P", "PNG", palette=Image.Palette.ADAPTIVE),
    "grey": _converted("L", "JPEG"),
    "one bit": _converted("1", "PNG"),
    "16 bits": _sixteen_bits,
    **{f"turned {90 * times}": _turned(times) for times in (1, 2, 3)},
    "mirrored": _mirrored,
    **{f"EXIF {orientation}": _oriented(orientation) for orientation in range(1, 9)},
    "half the size": _resized(0.5),
    "twice the size": _resized(2.0),
    "letterbox": _letterboxed(top=50, bottom=50),
    "white frame": _letterboxed(top=20, right=20, bottom=20, left=20, level=255),
    "grey pillars": _letterboxed(left=70, right=70, level=90),
    "1 % cropped": _cropped,
    "transparent": _transparent,
    "animation": _as_animation,
}

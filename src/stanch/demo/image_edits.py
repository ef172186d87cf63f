"""What uploaders do to a picture: each edit takes a picture and gives the bytes of a file.

The same picture gives the same bytes as long as Pillow stays the same.
"""

import io
from collections.abc import Callable

from PIL import Image, ImageOps

from stanch.demo.drawing.canvas import Canvas
from stanch.demo.drawing.lettering import letter

Edit = Callable[[Image.Image], bytes]

JPEG_QUALITY = 40
PALETTE_COLOURS = 64
SMALLER = 0.4
CROPPED_SHARE = 0.01
BAR_SHARE = 0.12

_ORIENTATION_TAG = 0x0112
_QUARTER_TURN_CLOCKWISE = 6  # EXIF 2.32, orientation: to be shown, turn by 90 degrees clockwise
_CAPTION_SHARE = 0.1


def identical(picture: Image.Image) -> bytes:
    """Write a picture as it is: the file that a bank gets."""
    return _png(picture)


def recompressed(picture: Image.Image) -> bytes:
    """Write a JPEG of low quality."""
    return _jpeg(picture, quality=JPEG_QUALITY)


def cmyk(picture: Image.Image) -> bytes:
    """Write a JPEG in the inks of a printer."""
    return _jpeg(picture.convert("CMYK"))


def palette(picture: Image.Image) -> bytes:
    """Write a PNG with a palette of 64 colours chosen for the picture."""
    return _png(picture.quantize(PALETTE_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))


def web_palette(picture: Image.Image) -> bytes:
    """Write a PNG with the fixed palette of the early web, dithered."""
    return _png(picture.convert("P", palette=Image.Palette.WEB, dither=Image.Dither.FLOYDSTEINBERG))


def quarter_turned(picture: Image.Image) -> bytes:
    """Turn the pixels clockwise by 90 degrees."""
    return _jpeg(picture.transpose(Image.Transpose.ROTATE_270))


def turned_by_exif(picture: Image.Image) -> bytes:
    """Turn the pixels, and say in the EXIF data that a viewer has to turn them back."""
    exif = Image.Exif()
    exif[_ORIENTATION_TAG] = _QUARTER_TURN_CLOCKWISE
    return _jpeg(picture.transpose(Image.Transpose.ROTATE_90), exif=exif)


def mirrored(picture: Image.Image) -> bytes:
    """Swap left and right."""
    return _jpeg(ImageOps.mirror(picture))


def resized(picture: Image.Image) -> bytes:
    """Reduce both sides to 40 %."""
    size = (round(picture.width * SMALLER), round(picture.height * SMALLER))
    return _jpeg(picture.resize(size, Image.Resampling.LANCZOS))


def cropped(picture: Image.Image) -> bytes:
    """Cut off 1 % at each side."""
    return cropped_more(CROPPED_SHARE)(picture)


def cropped_more(share: float) -> Edit:
    """Return an edit that cuts off this share of the width and height at each side."""

    def crop(picture: Image.Image) -> bytes:
        across, down = round(picture.width * share), round(picture.height * share)
        return _jpeg(picture.crop((across, down, picture.width - across, picture.height - down)))

    return crop


def greyscale(picture: Image.Image) -> bytes:
    """Take the colour out."""
    return _jpeg(picture.convert("L"))


def letterboxed(picture: Image.Image) -> bytes:
    """Put black bars above and below."""
    bar = round(picture.height * BAR_SHARE)
    return _jpeg(ImageOps.expand(picture, border=(0, bar, 0, bar), fill="black"))


def with_caption(picture: Image.Image) -> bytes:
    """Put a strip with words below, as reposts have it."""
    strip = Canvas(picture.width, round(picture.height * _CAPTION_SHARE))
    strip.rectangle((0, 0, strip.width, strip.height), "#ffffff")
    box = (strip.width * 0.05, strip.height * 0.2, strip.width * 0.95, strip.height * 0.8)
    letter(strip, "Seen in the harbour this morning", "en", box, "#202020")
    whole = Image.new("RGB", (picture.width, picture.height + strip.height))
    whole.paste(picture, (0, 0))
    whole.paste(strip.finished(), (0, picture.height))
    return _jpeg(whole)


IMAGE_EDITS: dict[str, Edit] = {
    "identical": identical,
    "recompressed": recompressed,
    "cmyk": cmyk,
    "palette": palette,
    "web-palette": web_palette,
    "quarter-turned": quarter_turned,
    "turned-by-exif": turned_by_exif,
    "mirrored": mirrored,
    "resized": resized,
    "cropped": cropped,
    "greyscale": greyscale,
    "letterboxed": letterboxed,
}
"""Edits after which every poster is found."""

REPORTED_EDITS: dict[str, Edit] = {
    "cropped-2": cropped_more(0.02),
    "cropped-3": cropped_more(0.03),
    "cropped-5": cropped_more(0.05),
    "cropped-10": cropped_more(0.10),
    "with-caption": with_caption,
}
"""Edits that go beyond what the method promises: how many posters are found is reported, not asserted."""


def _jpeg(picture: Image.Image, *, quality: int = 85, exif: Image.Exif | None = None) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, exif=exif or Image.Exif())
    return stream.getvalue()


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()

"""An image file to luma planes. Runs only in a worker.

Pillow opens the formats; `stanch.media.normalise` says what becomes of a frame.
"""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import TypeVar

from PIL import AvifImagePlugin, Image, ImageFile, UnidentifiedImageError

from stanch.errors import MediaTooLargeError, UnreadableMediaError
from stanch.media import wire
from stanch.media.limits import Limits
from stanch.media.normalise import Normaliser
from stanch.media.raw import raw_luma
from stanch.media.reel import Reel

Made = TypeVar("Made")

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO")
"""What Pillow may try. It knows many more, most of them rare and little tested."""

_SINGLE = frozenset({"MPO"})
"""What Pillow makes of a JPEG with more pictures behind it: depth maps and thumbnails, which no viewer shows."""


def prepare(limits: Limits) -> None:
    """Load the decoders, and have them refuse what is too large or cut short."""
    Image.init()
    # Pillow refuses what has more than twice this many pixels, and only warns from this many on.
    Image.MAX_IMAGE_PIXELS = (limits.pixels + 1) // 2
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # A confined process gets no further threads either, and this decoder fails where it asks for them in vain.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    warnings.simplefilter("ignore")


def image(data: bytes, limits: Limits, token: int) -> tuple[wire.Decoded, Sequence[memoryview]]:
    """Return an image's frames: what they are, and their planes.

    Raises
    ------
    MediaTooLargeError
        Before anything is decoded, if the header promises too much.
    UnreadableMediaError
        If it cannot be opened. Decoders raise much else besides, over frames that are missing or cut short.
    """
    return opened_with(data, limits, lambda opened: _decode(opened, limits, token))


def opened_with(data: bytes, limits: Limits, make: Callable[[Image.Image], Made]) -> Made:
    """Return what is made of an image that is opened and found small enough; raises as `image` does."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _refuse_large(opened, limits)
            return make(opened)
    except UnidentifiedImageError:
        raise UnreadableMediaError(medium="image", problem="it is not what it begins like") from None
    except Image.DecompressionBombError as error:
        raise _too_large(_pixels_in(str(error)) or limits.pixels + 1, "pixels", limits.pixels) from None


def _decode(opened: Image.Image, limits: Limits, token: int) -> tuple[wire.Decoded, Sequence[memoryview]]:
    frames = 1 if opened.format in _SINGLE else int(getattr(opened, "n_frames", 1))
    picks = _picks(frames, opened, limits)
    reel, normaliser = Reel(limits), Normaliser()
    for number in picks:
        show(opened, number, limits)
        if number == 0:
            raw = raw_luma(opened)
        reel.add(number, normaliser.backgrounds(opened))
    if len(picks) < frames:
        normaliser.remark(f"{len(picks):,} of {frames:,} frames were looked at")
    answer = wire.Decoded(
        token=token,
        format=opened.format or "",
        frames=frames,
        raw=None if raw is None else reel.plane(raw),
        planes=reel.planes,
        views=reel.views,
        remarks=normaliser.remarks,
    )
    return answer, reel.bytes


def show(opened: Image.Image, number: int, limits: Limits) -> None:
    """Decode one frame, in place. Pillow raises one error or another if it is missing or cut short."""
    if number:
        opened.seek(number)
    _refuse_large(opened, limits)
    opened.load()
    _refuse_large(opened, limits)


def _picks(frames: int, opened: Image.Image, limits: Limits) -> list[int]:
    """Return which frames are looked at: all, or as many as the limits allow, evenly spread."""
    width, height = opened.size
    count = max(1, min(frames, limits.frames, limits.pixels // (width * height)))
    return [index * frames // count for index in range(count)]


def _refuse_large(opened: Image.Image, limits: Limits) -> None:
    width, height = opened.size
    if max(width, height) > limits.side:
        raise _too_large(max(width, height), "pixels along a side", limits.side)
    if width * height > limits.pixels:
        raise _too_large(width * height, "pixels", limits.pixels)


def _too_large(actual: int, unit: str, limit: int) -> MediaTooLargeError:
    return MediaTooLargeError(medium="image", actual=actual, unit=unit, limit=limit)


def _pixels_in(message: str) -> int:
    """Return the number of pixels that Pillow's error names: it says so nowhere else."""
    found = re.search(r"\((\d+) pixels\)", message)
    return int(found[1]) if found else 0

"""An image file to luma planes. Runs only in a worker.

Pillow opens the formats; `stanch.media.normalise` says what becomes of a frame.
"""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image, ImageFile, UnidentifiedImageError

from stanch.errors import MediaTooLargeError, UnreadableMediaError
from stanch.media import wire
from stanch.media.limits import Limits
from stanch.media.luma import is_luma_alone
from stanch.media.normalise import Normaliser
from stanch.media.planes import loaded
from stanch.media.raw import raw_luma
from stanch.media.reel import Reel
from stanch.values import AS_IS

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
    return opened_with(data, limits, lambda opened: _decoded(_see(opened, limits), token))


def hashes(data: bytes, limits: Limits, token: int) -> tuple[wire.Hashed, Sequence[memoryview]]:
    """Return what PDQ says of an image's frames, and the coefficients of each hash; raises as `image` does."""
    return opened_with(data, limits, lambda opened: _hashed(_see(opened, limits), token))


def opened_with(data: bytes, limits: Limits, make: Callable[[ImageFile.ImageFile], Made]) -> Made:
    """Return what is made of an image that is opened and found small enough; raises as `image` does."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _refuse_large(opened, limits)
            return make(opened)
    except UnidentifiedImageError:
        raise UnreadableMediaError(medium="image", problem="it is not what it begins like") from None
    except Image.DecompressionBombError as error:
        raise _too_large(_pixels_in(str(error)) or limits.pixels + 1, "pixels", limits.pixels) from None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """What there is to see of an image; `raw` is the number of the plane of its raw pixels."""

    format: str
    frames: int
    reel: Reel
    raw: int | None
    remarks: list[str]


def _see(opened: ImageFile.ImageFile, limits: Limits) -> _Seen:
    frames = 1 if opened.format in _SINGLE else int(getattr(opened, "n_frames", 1))
    picks = _picks(frames, opened, limits)
    reel, normaliser = Reel(limits, frames=len(picks)), Normaliser()
    for number in picks:
        if number == 0:
            backgrounds, raw = _first(opened, normaliser, limits)
        else:
            show(opened, number, limits)
            backgrounds = normaliser.backgrounds(opened)
        reel.add(number, backgrounds)
    if len(picks) < frames:
        normaliser.remark(f"{len(picks):,} of {frames:,} frames were looked at")
    return _Seen(
        format=opened.format or "",
        frames=frames,
        reel=reel,
        raw=None if raw is None else reel.plane(raw),
        remarks=normaliser.remarks,
    )


def _first(
    opened: ImageFile.ImageFile, normaliser: Normaliser, limits: Limits
) -> tuple[dict[str, NDArray[np.uint8]], NDArray[np.uint8] | None]:
    """Decode the first frame; return it on its backgrounds, and as a program sees it that normalises nothing.

    Where the two do not differ, they are one array.
    """
    if is_luma_alone(opened):
        opened.draft("L", None)
        luma = loaded(opened)
        return {AS_IS: normaliser.upright(opened, luma)}, luma
    show(opened, 0, limits)
    backgrounds = normaliser.backgrounds(opened)
    return backgrounds, backgrounds[AS_IS] if normaliser.leaves(opened) else raw_luma(opened)


def _decoded(seen: _Seen, token: int) -> tuple[wire.Decoded, Sequence[memoryview]]:
    answer = wire.Decoded(
        token=token,
        format=seen.format,
        frames=seen.frames,
        raw=seen.raw,
        planes=seen.reel.planes,
        views=seen.reel.views,
        remarks=seen.remarks,
    )
    return answer, seen.reel.bytes


def _hashed(seen: _Seen, token: int) -> tuple[wire.Hashed, Sequence[memoryview]]:
    results, looks, raw = seen.reel.hashed(seen.raw)
    width, height = seen.reel.size
    answer = wire.Hashed(
        token=token,
        format=seen.format,
        frames=seen.frames,
        width=width,
        height=height,
        qualities=[result.quality for result in results],
        looks=looks,
        raw=raw,
        remarks=seen.remarks,
    )
    return answer, [memoryview(result.coefficients.astype("<i8").tobytes()) for result in results]


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

"""From a worker's answer to an image, or to the error that it stands for. Nothing in it is taken on trust."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from stanch.errors import (
    DecoderCrashedError,
    MediaTooLargeError,
    NotScannedError,
    UnreadableMediaError,
    UnsupportedMediumError,
)
from stanch.kernels.pdq import PdqResult
from stanch.media import wire
from stanch.media.pictures import VARIANTS, DecodedImage, HashedImage, HashedPicture, Picture
from stanch.media.previews import BLURRED_SIDE, CHANNELS, SHARP_SIDE, Preview, Previews
from stanch.values import AS_IS, Medium


def assemble(answer: wire.Decoded, body: bytearray) -> DecodedImage:
    """Return the image that an answer describes.

    Raises
    ------
    DecoderCrashedError
        If the answer contradicts itself: no sound worker's does.
    """
    planes = _planes(answer, body)
    pictures = tuple(_picture(view, planes, answer.frames) for view in answer.views)
    _require_sound(answer, pictures, len(planes))
    height, width = pictures[0].luma.shape
    return DecodedImage(
        pictures=pictures,
        raw=None if answer.raw is None else Picture(luma=planes[answer.raw]),
        raw_differs=answer.raw is not None and answer.raw != answer.views[0].plane,
        width=width,
        height=height,
        format=answer.format,
        frames=answer.frames,
        remarks=tuple(answer.remarks),
    )


def hashed(answer: wire.Hashed, body: bytearray) -> HashedImage:
    """Return the image that an answer with hashes describes; raises as `assemble` does."""
    results = _results(answer, body)
    _require(all(look.hash < len(results) for look in answer.looks))
    pictures = tuple(_hashed_picture(look, results, answer.frames) for look in answer.looks)
    _require_sound(answer, pictures, len(results))
    return HashedImage(
        pictures=pictures,
        raw=None if answer.raw is None else HashedPicture(hashed=results[answer.raw]),
        raw_differs=answer.raw is not None and answer.raw != answer.looks[0].hash,
        width=answer.width,
        height=answer.height,
        format=answer.format,
        frames=answer.frames,
        remarks=tuple(answer.remarks),
    )


def previews(answer: wire.Previewed, body: bytearray) -> Previews:
    """Return the small pictures that an answer describes; raises as `assemble` does."""
    sizes = [plane.width * plane.height * CHANNELS for plane in (answer.sharp, answer.blurred)]
    _require(sum(sizes) == len(body))
    sharp = _preview(answer.sharp, bytes(body[: sizes[0]]), SHARP_SIDE)
    return Previews(sharp=sharp, blurred=_preview(answer.blurred, bytes(body[sizes[0] :]), BLURRED_SIDE))


def _preview(plane: wire.Plane, pixels: bytes, side: int) -> Preview:
    _require(max(plane.width, plane.height) <= side)
    return Preview(width=plane.width, height=plane.height, pixels=pixels)


def refusal(answer: wire.Refused, medium: Medium) -> NotScannedError:
    """Return the error that an answer stands for; a code that no worker has any use for is a worker gone wrong."""
    problem = "".join(letter if letter.isprintable() else " " for letter in answer.problem)
    match answer.code:
        case UnreadableMediaError.code:
            return UnreadableMediaError(medium=medium, problem=problem or "no reason given")
        case UnsupportedMediumError.code:
            return UnsupportedMediumError(medium=medium)
        case MediaTooLargeError.code if answer.unit.isprintable():
            return MediaTooLargeError(medium=medium, actual=answer.actual, unit=answer.unit, limit=answer.limit)
        case _:
            return DecoderCrashedError(problem="its answer made no sense")


def _planes(answer: wire.Decoded, body: bytearray) -> list[NDArray[np.uint8]]:
    """Cut the body into planes; they must use it up."""
    sizes = [plane.width * plane.height for plane in answer.planes]
    ends = list(accumulate(sizes))
    _require(bool(ends) and ends[-1] == len(body))
    pixels = np.frombuffer(body, dtype=np.uint8)
    pixels.flags.writeable = False
    return [
        pixels[end - size : end].reshape(plane.height, plane.width)
        for plane, size, end in zip(answer.planes, sizes, ends, strict=True)
    ]


def _results(answer: wire.Hashed, body: bytearray) -> list[PdqResult]:
    """Cut the body into the coefficients of each hash; they must use it up."""
    count = len(answer.qualities)
    _require(count > 0 and count * wire.HASH_BYTES == len(body))
    coefficients = np.frombuffer(body, dtype="<i8").reshape(count, 16, 16).astype(np.int64, copy=False)
    return [PdqResult.of(*pair) for pair in zip(coefficients, answer.qualities, strict=True)]


def _hashed_picture(look: wire.Look, results: list[PdqResult], frames: int) -> HashedPicture:
    _require(look.variant in VARIANTS and look.start < look.end <= frames)
    return HashedPicture(hashed=results[look.hash], start=look.start, end=look.end, variant=look.variant)


def _require_sound(
    answer: wire.Decoded | wire.Hashed, pictures: Sequence[Picture | HashedPicture], planes: int
) -> None:
    """Require what an answer of pixels and one of hashes both have to fulfil."""
    _require(bool(pictures) and pictures[0].variant == AS_IS)
    _require(all(words.isprintable() for words in (answer.format, *answer.remarks)))
    _require(answer.raw is None or answer.raw < planes)


def _picture(view: wire.View, planes: list[NDArray[np.uint8]], frames: int) -> Picture:
    _require(view.plane < len(planes) and view.variant in VARIANTS and view.start < view.end <= frames)
    plane = planes[view.plane]
    height, width = plane.shape
    _require(view.left < view.right <= width and view.top < view.bottom <= height)
    luma = plane[view.top : view.bottom, view.left : view.right]
    return Picture(luma=luma, start=view.start, end=view.end, variant=view.variant)


def _require(holds: bool) -> None:  # noqa: FBT001 - what has to hold is all that it takes
    if not holds:
        raise DecoderCrashedError(problem="its answer contradicts itself")

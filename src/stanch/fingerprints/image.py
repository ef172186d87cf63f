"""Fingerprints of images: PDQ of the picture as it is shown, and of its pixels as they are decoded.

A bank stores each picture once: upright, in sRGB, on white, with borders of one colour removed (`pdq/1`). A
query makes the variants: borders removed and as they are, on white and on black, each turned and mirrored.
`pdq-raw/1` is for lists that partners hashed without any of this; there too the query turns and mirrors.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.errors import NotScannedError, TooPlainError
from stanch.fingerprints.reading import Reading
from stanch.kernels.pdq import DIHEDRAL, QUALITY_FLOOR, PdqResult, dihedral, pdq
from stanch.media import DecodedImage, Decoders, Picture
from stanch.values import AS_IS, PDQ, PDQ_RAW, Fingerprint, Medium, Method, NotScanned

ALIKE = 8
"""Consecutive frames of an entry that are at most this many bits apart are one feature."""


class _Frame(NamedTuple):
    """A hash, and the half-open range of frames that it stands for."""

    start: int
    end: int
    hashed: PdqResult

    @property
    def rich(self) -> bool:
        """Whether there is enough in it to go by."""
        return self.hashed.quality >= QUALITY_FLOOR


def as_entry(data: bytes, decoders: Decoders, name: str) -> Reading:
    """Return what a bank stores of an image: one `pdq/1` fingerprint, a feature for each frame unlike the last.

    Raises
    ------
    NotScannedError
        If it cannot be decoded.
    TooPlainError
        If no frame has quality 50.
    """
    image = decoders.image(data)
    frames = _frames(image.canonical)
    kept = _unlike_the_last([frame for frame in frames if frame.rich])
    if not kept:
        best = max(frame.hashed.quality for frame in frames)
        raise TooPlainError(name=name, quality=best, floor=QUALITY_FLOOR)
    bits = np.stack([frame.hashed.bits for frame in kept])
    fingerprint = _fingerprint(PDQ, kept, bits, image, AS_IS)
    return Reading(medium=Medium.IMAGE, fingerprints=(fingerprint,), remarks=(*image.remarks, *_plainness(frames)))


def as_query(data: bytes, decoders: Decoders) -> Reading:
    """Return an image's fingerprints by `pdq/1` and `pdq-raw/1`, one for each variant.

    A frame below quality 50 gives no feature, and a remark says so. What cannot be decoded is in the reading's
    `not_scanned`.
    """
    try:
        image = decoders.image(data)
    except NotScannedError as error:
        return Reading(medium=Medium.IMAGE, not_scanned=(NotScanned(code=error.code, reason=str(error)),))
    hashes = {picture: pdq(picture.luma) for picture in image.pictures}
    fingerprints: list[Fingerprint] = []
    for variant in dict.fromkeys(picture.variant for picture in image.pictures):
        fingerprints += _turned(PDQ, _frames(image.of_variant(variant), hashes), image, variant)
    if image.raw is not None:
        same = hashes if image.raw_differs else {image.raw: hashes[image.pictures[0]]}
        fingerprints += _turned(PDQ_RAW, _frames((image.raw,), same), image, AS_IS)
    remarks = (*image.remarks, *_plainness(_frames(image.canonical, hashes)))
    return Reading(medium=Medium.IMAGE, fingerprints=tuple(fingerprints), remarks=remarks)


def _frames(
    pictures: Sequence[Picture], known: Mapping[Picture, PdqResult] = MappingProxyType({})
) -> list[_Frame]:
    """Hash pictures whose hash is not known already."""
    return [_Frame(picture.start, picture.end, known.get(picture) or pdq(picture.luma)) for picture in pictures]


def _unlike_the_last(frames: Sequence[_Frame]) -> list[_Frame]:
    """Leave out each frame that hardly differs from the last one kept, and have that one stand for both."""
    kept: list[_Frame] = []
    for frame in frames:
        if kept and _bits_apart(kept[-1].hashed.bits, frame.hashed.bits) <= ALIKE:
            kept[-1] = kept[-1]._replace(end=frame.end)
        else:
            kept.append(frame)
    return kept


def _bits_apart(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def _turned(method: Method, frames: Sequence[_Frame], image: DecodedImage, variant: str) -> list[Fingerprint]:
    """Return eight fingerprints of the same frames: turned and mirrored; none if all are too plain."""
    rich = [frame for frame in frames if frame.rich]
    if not rich:
        return []
    bits = np.stack([dihedral(frame.hashed.coefficients) for frame in rich])
    return [
        _fingerprint(method, rich, bits[:, number], image, _joined(variant, turn))
        for number, turn in enumerate(DIHEDRAL)
    ]


def _fingerprint(
    method: Method, frames: Sequence[_Frame], bits: NDArray[np.uint64], image: DecodedImage, variant: str
) -> Fingerprint:
    starts = [frame.start for frame in frames]
    return Fingerprint.of(
        method,
        bits,
        at=starts,
        start=starts,
        end=[frame.end for frame in frames],
        quality=[frame.hashed.quality for frame in frames],
        extent=image.frames,
        variant=variant,
    )


def _joined(variant: str, turn: str) -> str:
    done = [step for step in (variant, turn) if step != AS_IS]
    return ", ".join(done) or AS_IS


def _plainness(frames: Sequence[_Frame]) -> tuple[str, ...]:
    """Return what to say of frames that are too plain."""
    plain = [frame.hashed.quality for frame in frames if not frame.rich]
    if not plain:
        return ()
    which = "" if len(frames) == 1 else f"{len(plain)} of {len(frames)} frames are "
    return (f"{which}too plain to compare (quality {max(plain)}, {QUALITY_FLOOR} needed)",)

"""Fingerprints of images: PDQ of the picture as it is shown, and of its pixels as they are decoded.

A bank stores each picture once: upright, in sRGB, on white, with borders of one colour removed (`pdq/1`). A
query makes the variants: borders removed and as they are, on white and on black, each turned and mirrored.
`pdq-raw/1` is for lists that partners hashed without any of this; there too the query turns and mirrors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stanch.errors import NotScannedError, TooPlainError
from stanch.fingerprints.reading import Reading
from stanch.kernels.pdq import DIHEDRAL, QUALITY_FLOOR, PdqResult, dihedral
from stanch.media import Decoders, HashedPicture
from stanch.values import AS_IS, PDQ, PDQ_RAW, Fingerprint, Medium, Method, NotScanned

ALIKE = 8
"""Consecutive frames of an entry that are at most this many bits apart are one feature."""


def as_entry(data: bytes, decoders: Decoders, name: str) -> Reading:
    """Return what a bank stores of an image: one `pdq/1` fingerprint, a feature for each frame unlike the last.

    Raises
    ------
    NotScannedError
        If it cannot be decoded.
    TooPlainError
        If no frame has quality 50.
    """
    image = decoders.hashes(data)
    frames = image.canonical
    kept = _unlike_the_last(_rich(frames))
    if not kept:
        best = max(frame.hashed.quality for frame in frames)
        raise TooPlainError(name=name, quality=best, floor=QUALITY_FLOOR)
    bits = np.stack([frame.hashed.bits for frame in kept])
    (fingerprint,) = _fingerprints(PDQ, kept, {AS_IS: bits}, image.frames)
    return Reading(medium=Medium.IMAGE, fingerprints=(fingerprint,), remarks=(*image.remarks, *_plainness(frames)))


def as_query(data: bytes, decoders: Decoders) -> Reading:
    """Return an image's fingerprints by `pdq/1` and `pdq-raw/1`, one for each variant.

    A frame below quality 50 gives no feature, and a remark says so. What cannot be decoded is in the reading's
    `not_scanned`.
    """
    try:
        image = decoders.hashes(data)
    except NotScannedError as error:
        return Reading(medium=Medium.IMAGE, not_scanned=(NotScanned(code=error.code, reason=str(error)),))
    stills = image.pictures if image.raw is None else (*image.pictures, image.raw)
    turns = {
        hashed: dihedral(hashed.coefficients) for hashed in dict.fromkeys(one.hashed for one in _rich(stills))
    }
    fingerprints: list[Fingerprint] = []
    for variant in dict.fromkeys(picture.variant for picture in image.pictures):
        fingerprints += _turned(PDQ, image.of_variant(variant), turns, image.frames, variant)
    if image.raw is not None:
        fingerprints += _turned(PDQ_RAW, (image.raw,), turns, image.frames, AS_IS)
    remarks = (*image.remarks, *_plainness(image.canonical))
    return Reading(medium=Medium.IMAGE, fingerprints=tuple(fingerprints), remarks=remarks)


def _rich(frames: Sequence[HashedPicture]) -> list[HashedPicture]:
    """Return the frames in which there is enough to go by."""
    return [frame for frame in frames if frame.hashed.quality >= QUALITY_FLOOR]


def _unlike_the_last(frames: Sequence[HashedPicture]) -> list[HashedPicture]:
    """Leave out each frame that hardly differs from the last one kept, and have that one stand for both."""
    kept: list[HashedPicture] = []
    for frame in frames:
        if kept and _bits_apart(kept[-1].hashed.bits, frame.hashed.bits) <= ALIKE:
            kept[-1] = replace(kept[-1], end=frame.end)
        else:
            kept.append(frame)
    return kept


def _bits_apart(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def _turned(
    method: Method,
    frames: Sequence[HashedPicture],
    turns: Mapping[PdqResult, NDArray[np.uint64]],
    extent: int,
    variant: str,
) -> list[Fingerprint]:
    """Return eight fingerprints of the same frames: turned and mirrored; none if all are too plain."""
    rich = _rich(frames)
    if not rich:
        return []
    bits = np.stack([turns[frame.hashed] for frame in rich], axis=1)
    named = {_joined(variant, turn): bits[number] for number, turn in enumerate(DIHEDRAL)}
    return _fingerprints(method, rich, named, extent)


def _fingerprints(
    method: Method, frames: Sequence[HashedPicture], named: Mapping[str, NDArray[np.uint64]], extent: int
) -> list[Fingerprint]:
    """Return a fingerprint of the same frames for each variant's bits; their other columns are the same arrays."""
    starts = np.array([frame.start for frame in frames], np.float64)
    ends = np.array([frame.end for frame in frames], np.float64)
    qualities = np.array([frame.hashed.quality for frame in frames], np.uint8)
    for column in (starts, ends, qualities):
        column.flags.writeable = False
    return [
        Fingerprint(
            method=method,
            bits=bits,
            at=starts,
            start=starts,
            end=ends,
            quality=qualities,
            extent=float(extent),
            variant=variant,
        )
        for variant, bits in named.items()
    ]


def _joined(variant: str, turn: str) -> str:
    done = [step for step in (variant, turn) if step != AS_IS]
    return ", ".join(done) or AS_IS


def _plainness(frames: Sequence[HashedPicture]) -> tuple[str, ...]:
    """Return what to say of frames that are too plain."""
    plain = [frame.hashed.quality for frame in frames if frame.hashed.quality < QUALITY_FLOOR]
    if not plain:
        return ()
    which = "" if len(frames) == 1 else f"{len(plain)} of {len(frames)} frames are "
    return (f"{which}too plain to compare (quality {max(plain)}, {QUALITY_FLOOR} needed)",)

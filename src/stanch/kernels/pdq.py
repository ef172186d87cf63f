"""PDQ, the published perceptual hash of Facebook, in integers: the same bits on every machine.

`docs/decisions/pdq-in-integers.md` says why, and how it is kept exact.

Source: the algorithm is published with Facebook's ThreatExchange (`pdq/`, hashing.pdf, 2019).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError, ShapeMismatchError
from stanch.kernels.pdq_numba import describe_numba, shrink_numba
from stanch.kernels.pdq_tables import (
    DCT,
    DCT_BITS,
    LONGEST_SIDE,
    SAMPLES,
    WEIGHT_BITS,
    Bands,
    bands,
    mirrored_bands,
)

QUALITY_FLOOR = 50
"""Below this the published algorithm calls a picture too plain for its hash to mean anything."""
SMALLEST_SIDE = 5
"""A picture with a shorter side than this has no hash: all bits are 0, and so is its quality."""

FRACTION_BITS = 16
"""The 64 x 64 samples are kept in units of 2^-16."""

_GRADIENT = 90
"""This much summed difference between neighbours, in hundredths of the range, is one point of quality."""
REPAID = 1_000_000_000
"""How many pixels numpy must have hashed before numba, which costs about as much to load, takes over."""

DIHEDRAL = (
    "as-is",
    "rotated-90",
    "rotated-180",
    "rotated-270",
    "mirrored",
    "mirrored-rotated-90",
    "mirrored-rotated-180",
    "mirrored-rotated-270",
)
"""What is done to a picture in each row of `dihedral`: mirrored (left becomes right), then turned clockwise."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PdqResult:
    """What PDQ says of one picture.

    Parameters
    ----------
    coefficients : int64 array, shape (16, 16), the DCT in units of 2^-16; vertical frequency first.
    bits : uint64 array, shape (4,), most significant word first.
    quality : 0 to 100; below 50 there is too little in the picture to go by.
    """

    coefficients: NDArray[np.int64]
    bits: NDArray[np.uint64]
    quality: int

    @classmethod
    def of(cls, coefficients: NDArray[np.int64], quality: int) -> Self:
        """Make a result, its bits from its coefficients."""
        return cls(coefficients=coefficients, bits=_bits(coefficients), quality=quality)


def pdq(luma: NDArray[np.uint8]) -> PdqResult:
    """Hash a picture.

    Parameters
    ----------
    luma : uint8 array, shape (height, width), both at least 1 and at most 2^20. A view that turns or mirrors a
        contiguous array is hashed as it lies, as fast as the array itself.

    Raises
    ------
    ShapeMismatchError
        If it is not two-dimensional.
    InvalidValueError
        If it is empty, too long along a side, or not uint8.
    """
    _check(luma)
    return _hashed(luma, _CHOICE.form(luma.size))


def pdq_numpy(luma: NDArray[np.uint8]) -> PdqResult:
    """Return what `pdq` returns, without ever loading numba: for a process whose memory is limited."""
    _check(luma)
    return _hashed(luma, PLAIN)


def dihedral(coefficients: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the hashes of a picture turned and mirrored, in the order of `DIHEDRAL`, without looking at it again.

    Mirroring a picture left to right changes the sign of its odd horizontal frequencies, and turning it over its
    diagonal transposes them; every quarter turn is made of these two. Frequencies count from 1 here.

    Parameters
    ----------
    coefficients : int64 array, shape (16, 16), from `pdq`.

    Returns
    -------
    uint64 array, shape (8, 4)
    """
    odd = np.where(np.arange(1, 17) % 2 == 1, -1, 1)
    across, down = odd[None, :], odd[:, None]
    mirrored = coefficients * across
    turned = [variant for picture in (coefficients, mirrored) for variant in _quarter_turns(picture, across, down)]
    return _bits(np.stack(turned))


def luma_of(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma of a picture by ITU-R BT.601, rounded as Pillow's `convert("L")` rounds.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3).
    """
    weighted = rgb.astype(np.uint32) @ np.array([19595, 38470, 7471], dtype=np.uint32)
    return ((weighted + 32768) >> 16).astype(np.uint8)


def shrink_numpy(
    luma: NDArray[np.uint8], rows: Bands | None = None, columns: Bands | None = None
) -> NDArray[np.int64]:
    """Return the 64 x 64 samples of a picture, in units of 2^-44: what `shrink_numba` must equal.

    Parameters
    ----------
    luma : uint8 array, shape (height, width).
    rows, columns : the weights down and across, if not those of its height and width.
    """
    rows, columns = rows or bands(luma.shape[0]), columns or bands(luma.shape[1])
    blurred = np.empty((SAMPLES, luma.shape[1]), np.int32)
    for sample, (start, stop) in enumerate(zip(rows.starts, rows.stops, strict=True)):
        weights = rows.weights[sample, : stop - start]
        np.einsum("y,yx->x", weights, luma[start:stop], dtype=np.int32, out=blurred[sample])
    drawn_on = blurred.astype(np.int64)[:, columns.pixels()]
    samples: NDArray[np.int64] = np.einsum("ijx,jx->ij", drawn_on, columns.weights.astype(np.int64))
    return samples


def describe_numpy(samples: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Return the coefficients and the quality that samples come to: what `describe_numba` must equal.

    Parameters
    ----------
    samples : int64 array, shape (64, 64), from `shrink_numpy`.

    Returns
    -------
    int64 array, shape (16, 16), as in `PdqResult`, and 0 to 100
    """
    scaled = _rounded_shift(samples, 2 * WEIGHT_BITS - FRACTION_BITS)
    return _transform(scaled), _quality(scaled)


class Form(NamedTuple):
    """One of the two ways to hash, which give equal results."""

    shrink: Callable[[NDArray[np.uint8], Bands, Bands], NDArray[np.int64]]
    describe: Callable[[NDArray[np.int64]], tuple[NDArray[np.int64], int]]


PLAIN = Form(shrink_numpy, describe_numpy)
COMPILED = Form(shrink_numba, describe_numba)


class _Choice:
    """Chooses numpy until the time that took would have paid for loading numba, then numba.

    The two give equal results, so nothing but time depends on which it is.
    """

    def __init__(self, *, repaid: int = REPAID) -> None:
        self._lock = threading.Lock()
        self._repaid = repaid
        self._done = 0

    def form(self, pixels: int) -> Form:
        with self._lock:
            self._done += pixels
            return COMPILED if self._done > self._repaid else PLAIN


_CHOICE = _Choice()


def _hashed(luma: NDArray[np.uint8], form: Form) -> PdqResult:
    if min(luma.shape) < SMALLEST_SIDE:
        return PdqResult.of(np.zeros((16, 16), np.int64), 0)
    return PdqResult.of(*form.describe(_as_it_lies(luma, form)))


def _as_it_lies(luma: NDArray[np.uint8], form: Form) -> NDArray[np.int64]:
    """Shrink a picture row by row of memory, in whatever direction that is.

    Sums are exact, so that it does not matter which way is summed first: the samples of a picture turned over its
    diagonal are its samples turned over theirs, and a side that is read backwards takes its weights backwards.
    """
    down, across = luma.strides
    if abs(down) < abs(across):
        return np.ascontiguousarray(_as_it_lies(luma.T, form).T)
    rows, columns = (
        (mirrored_bands if stride < 0 else bands)(length)
        for stride, length in zip(luma.strides, luma.shape, strict=True)
    )
    return form.shrink(luma[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1], rows, columns)


def _check(luma: NDArray[np.uint8]) -> None:
    if luma.ndim != 2:
        raise ShapeMismatchError(what="luma", expected="(height, width)", actual=luma.shape)
    if luma.dtype != np.uint8:
        raise InvalidValueError(what="luma", problem=f"must be uint8, not {luma.dtype}")
    if luma.size == 0 or max(luma.shape) > LONGEST_SIDE:
        raise InvalidValueError(what="luma", problem=f"sides of {luma.shape} are not 1 to {LONGEST_SIDE:,} pixels")


def _transform(samples: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return DCT * samples * DCT transposed; every product and sum stays below 2^53."""
    half = _rounded_shift(np.einsum("ki,ij->kj", DCT, samples), DCT_BITS)
    return _rounded_shift(np.einsum("kj,mj->km", half, DCT), DCT_BITS)


def _rounded_shift(values: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    shifted: NDArray[np.int64] = (values + (1 << (bits - 1))) >> bits
    return shifted


def _bits(coefficients: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a bit for each coefficient above the 128th smallest; bit 16 i + j, from the least on, is (i, j).

    Parameters
    ----------
    coefficients : int64 array, shape (..., 16, 16).

    Returns
    -------
    uint64 array, shape (..., 4)
    """
    flat = coefficients.reshape(*coefficients.shape[:-2], 256)
    above = flat > np.partition(flat, 127, axis=-1)[..., 127:128]
    return np.packbits(above[..., ::-1], axis=-1).view(">u8").astype(np.uint64)


def _quality(samples: NDArray[np.int64]) -> int:
    """Return how much neighbouring samples differ, each difference in whole hundredths of the range."""
    range_in_hundredths = 255 << FRACTION_BITS
    total = sum(int((np.abs(np.diff(samples, axis=axis)) * 100 // range_in_hundredths).sum()) for axis in (0, 1))
    return min(100, total // _GRADIENT)


def _quarter_turns(
    picture: NDArray[np.int64], across: NDArray[np.int64], down: NDArray[np.int64]
) -> tuple[NDArray[np.int64], ...]:
    """Return the coefficients of a picture turned clockwise by 0, 90, 180 and 270 degrees."""
    return picture, picture.T * across, picture * across * down, picture.T * down

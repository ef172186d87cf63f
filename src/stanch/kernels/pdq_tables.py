"""The constant numbers of PDQ, as integers, so that every machine sums the same.

PDQ blurs an image by two passes of a box filter each way and then takes 64 x 64 samples of it. All of that is
linear and separable: sample (i, j) is the sum over y and x of R[i, y] * luma[y, x] * C[j, x], and each row of R
and of C differs from zero only in a narrow band. Here the bands are rounded to multiples of 2^-22.

With luma up to 255 and rows that sum to 2^22 or hardly more, the sums over y stay below 2^31 and those over x
below 2^53. So they are exact in int32 and int64, whatever the order of their additions.

Source: the algorithm is published with Facebook's ThreatExchange (`pdq/`, hashing.pdf, 2019).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SAMPLES = 64
"""Samples each way."""
WEIGHT_BITS = 22
"""A weight of the bands is a multiple of 2^-22."""
DCT_BITS = 20
"""An entry of the DCT matrix is a multiple of 2^-20."""
LONGEST_SIDE = 1 << 20
"""Up to this many pixels along a side, rounded weights add up to so little over 2^22 that all sums fit."""

_RECIPROCAL_BITS = 40


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Bands:
    """One row of weights for each sample along a side of `length` pixels.

    Parameters
    ----------
    starts : int64 array, shape (64,), the first pixel that a sample draws on.
    stops : int64 array, shape (64,), one past its last.
    weights : int32 array, shape (64, widest), in units of 2^-22; beyond its band a row is zero.
    """

    length: int
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    weights: NDArray[np.int32]

    def pixels(self) -> NDArray[np.int64]:
        """Return the pixel that each weight is for, shape (64, widest); where there is none its weight is zero."""
        pixels = self.starts[:, None] + np.arange(self.weights.shape[1], dtype=np.int64)
        clipped: NDArray[np.int64] = np.minimum(pixels, self.length - 1)
        return clipped


@lru_cache(maxsize=64)
def mirrored_bands(length: int) -> Bands:
    """Return the weights that give a side read from its last pixel to its first what `bands` gives it reversed."""
    plain = bands(length)
    counts = (plain.stops - plain.starts)[:, None]
    columns = np.arange(plain.weights.shape[1])
    backwards = np.take_along_axis(plain.weights, np.maximum(counts - 1 - columns, 0), axis=1)
    weights = np.where(columns < counts, backwards, 0).astype(np.int32)
    return Bands(length=length, starts=length - plain.stops, stops=length - plain.starts, weights=weights)


@lru_cache(maxsize=64)
def bands(length: int) -> Bands:
    """Return the weights of two box filters and the sampling along a side of `length` pixels.

    A filter with window W = ceil(length / 128) and half = (W + 2) // 2 gives at p the mean of the pixels from
    p - (W - half) up to, not including, p + half, as far as there are any. Sample i is taken at
    int((i + 0.5) * length / 64). So pixel q counts in sample c with the mean, over the places p in the window
    of c, of 1 / n(p) where q lies in the window of p, and n(p) is how many pixels that window holds.
    """
    window = -(-length // (2 * SAMPLES))
    ahead = (window + 2) // 2
    behind = window - ahead
    places = np.arange(length, dtype=np.int64)
    counts = np.minimum(places + ahead, length) - np.maximum(places - behind, 0)
    reciprocals = ((1 << _RECIPROCAL_BITS) + counts // 2) // counts
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(reciprocals)])

    centres = (2 * np.arange(SAMPLES, dtype=np.int64) + 1) * length // (2 * SAMPLES)
    first, last = np.maximum(centres - behind, 0), np.minimum(centres + ahead, length)
    starts, stops = np.maximum(first - behind, 0), np.minimum(last - 1 + ahead, length)

    pixels = starts[:, None] + np.arange(int((stops - starts).max()))
    low = np.maximum(first[:, None], pixels - ahead + 1)
    high = np.minimum(last[:, None], pixels + behind + 1)
    low, high = np.minimum(low, length), np.minimum(high, length)
    sums = np.where(high > low, running[high] - running[low], 0)
    divisor = (last - first)[:, None] << (_RECIPROCAL_BITS - WEIGHT_BITS)
    weights = ((sums + divisor // 2) // divisor).astype(np.int32)
    weights[pixels >= stops[:, None]] = 0
    return Bands(length=length, starts=starts, stops=stops, weights=weights)


def _dct_matrix() -> NDArray[np.int64]:
    """Return rows 1 to 16 of the 64-point DCT (row 0, the mean, is left out), in units of 2^-20.

    No entry lies near enough to a tie for one machine's cosine to round otherwise than another's: a test says so.
    """
    frequencies = np.arange(1, 17)[:, None]
    angles = np.pi / 128 * frequencies * (2 * np.arange(SAMPLES)[None, :] + 1)
    exact = np.sqrt(2 / SAMPLES) * np.cos(angles)
    matrix: NDArray[np.int64] = np.rint(np.ldexp(exact, DCT_BITS)).astype(np.int64)
    return matrix


DCT = _dct_matrix()
"""int64 array, shape (16, 64)."""

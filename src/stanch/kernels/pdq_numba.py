"""The part of PDQ that touches every pixel, and the arithmetic after it, compiled; neither holds the lock.

Each pixel is widened, multiplied and added once, for the band of rows that it lies in (bands overlap only where a
side is a little longer than a multiple of 128). Rows are taken four at a time, so that sums are loaded and stored
once for four pixels, and columns four bands at a time, so that weights are.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import jit
from stanch.kernels.pdq_tables import DCT, Bands, bands


def shrink_numba(
    luma: NDArray[np.uint8], rows: Bands | None = None, columns: Bands | None = None
) -> NDArray[np.int64]:
    """Return what `stanch.kernels.pdq.shrink_numpy` returns, in about one multiplication a pixel."""
    rows, columns = rows or bands(luma.shape[0]), columns or bands(luma.shape[1])
    pixels = luma if luma.flags.c_contiguous else np.ascontiguousarray(luma)
    blurred = _blur_down(pixels, rows.starts, rows.stops, rows.weights)
    return _blur_across(blurred, columns.starts, columns.stops, columns.weights)


def describe_numba(samples: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Return what `stanch.kernels.pdq.describe_numpy` returns."""
    coefficients, quality = _describe(samples, DCT)
    return coefficients, int(quality)


@jit
def _blur_down(
    luma: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64], weights: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Sum each band of rows, shape (64, width), in int32: 255 * 2^22 and a little fits."""
    width = luma.shape[1]
    blurred = np.zeros((64, width), np.int32)
    for i in range(64):
        total, row, last, at = blurred[i], starts[i], stops[i], 0
        while row + 4 <= last:
            a, b, c, d = luma[row], luma[row + 1], luma[row + 2], luma[row + 3]
            wa, wb, wc, wd = weights[i, at], weights[i, at + 1], weights[i, at + 2], weights[i, at + 3]
            for x in range(width):
                upper = wa * np.int32(a[x]) + wb * np.int32(b[x])
                total[x] += upper + wc * np.int32(c[x]) + wd * np.int32(d[x])
            row, at = row + 4, at + 4
        while row < last:
            a, wa = luma[row], weights[i, at]
            for x in range(width):
                total[x] += wa * np.int32(a[x])
            row, at = row + 1, at + 1
    return blurred


@jit
def _blur_across(
    blurred: NDArray[np.int32], starts: NDArray[np.int64], stops: NDArray[np.int64], weights: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Sum each band of columns, shape (64, 64), in int64."""
    samples = np.empty((64, 64), np.int64)
    for i in range(0, 64, 4):
        a, b, c, d = blurred[i], blurred[i + 1], blurred[i + 2], blurred[i + 3]
        for j in range(64):
            start, weight = starts[j], weights[j]
            ta, tb, tc, td = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
            for x in range(stops[j] - start):
                w = np.int64(weight[x])
                ta += np.int64(a[start + x]) * w
                tb += np.int64(b[start + x]) * w
                tc += np.int64(c[start + x]) * w
                td += np.int64(d[start + x]) * w
            samples[i, j], samples[i + 1, j], samples[i + 2, j], samples[i + 3, j] = ta, tb, tc, td
    return samples


@jit
def _describe(samples: NDArray[np.int64], dct: NDArray[np.int64]) -> tuple[NDArray[np.int64], np.int64]:
    """Scale samples to units of 2^-16, transform them both ways, and sum how much neighbours differ."""
    scaled = (samples + (1 << 27)) >> 28
    half = np.zeros((16, 64), np.int64)
    coefficients = np.empty((16, 16), np.int64)
    for k in range(16):
        row = half[k]
        for i in range(64):
            factor = dct[k, i]
            for j in range(64):
                row[j] += factor * scaled[i, j]
        for j in range(64):
            row[j] = (row[j] + (1 << 19)) >> 20
        for m in range(16):
            total = np.int64(0)
            for j in range(64):
                total += row[j] * dct[m, j]
            coefficients[k, m] = (total + (1 << 19)) >> 20
    steps = np.int64(0)
    for i in range(64):
        for j in range(63):
            steps += abs(scaled[i, j + 1] - scaled[i, j]) * 100 // (255 << 16)
            steps += abs(scaled[j + 1, i] - scaled[j, i]) * 100 // (255 << 16)
    return coefficients, min(np.int64(100), steps // 90)

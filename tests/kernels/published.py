"""PDQ as published, plainly in floating point: the judge of what the integers mean."""

import numpy as np
from numpy.typing import NDArray

from stanch.values import words_from_bytes


def published_pdq(luma: NDArray[np.uint8]) -> tuple[NDArray[np.uint64], int]:
    """Return hash and quality by filtering every pixel, sampling, and transforming."""
    blurred = luma.astype(np.float64)
    for _ in range(2):
        blurred = box_filtered(box_filtered(blurred.T).T)
    height, width = luma.shape
    rows = [int((i + 0.5) * height / 64) for i in range(64)]
    columns = [int((i + 0.5) * width / 64) for i in range(64)]
    samples = blurred[np.ix_(rows, columns)]
    return bits_of(samples), quality_of(samples)


def box_filtered(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average along the first axis over a window of a 128th of it, as much of the window as there is."""
    length = len(values)
    window = -(-length // 128)
    ahead = (window + 2) // 2
    behind = window - ahead
    return np.stack([values[max(0, at - behind) : at + ahead].mean(axis=0) for at in range(length)])


def bits_of(samples: NDArray[np.float64]) -> NDArray[np.uint64]:
    matrix = [
        [np.sqrt(2 / 64) * np.cos(np.pi / 128 * (i + 1) * (2 * j + 1)) for j in range(64)] for i in range(16)
    ]
    coefficients = np.array(matrix) @ samples @ np.array(matrix).T
    median = sorted(coefficients.ravel())[127]
    number = sum(1 << k for k, value in enumerate(coefficients.ravel()) if value > median)
    return words_from_bytes(number.to_bytes(32, "big"))


def quality_of(samples: NDArray[np.float64]) -> int:
    down = np.trunc(np.diff(samples, axis=0) * 100 / 255)
    across = np.trunc(np.diff(samples, axis=1) * 100 / 255)
    return min(100, int(abs(down).sum() + abs(across).sum()) // 90)

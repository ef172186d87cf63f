"""Pictures like photographs and drawings, made from whole numbers, so that they are the same everywhere."""

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RGB = NDArray[np.uint8]

SIZES = ((320, 240), (640, 480), (300, 420), (517, 389), (256, 256))


@lru_cache(maxsize=200)
def photograph(seed: int, width: int = 320, height: int = 240) -> RGB:
    """Return a picture with something of everything: soft texture, a gradient of light, and a few hard shapes."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    light = (x * (_mixed(seed, 1) % 80) // width) + (y * (_mixed(seed, 2) % 80) // height)
    cells = [
        (max(width, height) // octave + 1, weight) for octave, weight in ((4, 90), (8, 60), (16, 40), (48, 20))
    ]
    warm, cold = (
        light + sum(_texture(x, y, cell, seed * 31 + tone) * weight // 256 for cell, weight in cells)
        for tone in (0, 1)
    )
    rgb = np.stack([warm, warm, cold], axis=-1)
    for shape in range(5):
        rgb[_shape(x, y, seed * 17 + shape)] += [_mixed(seed, shape * 3 + c) % 150 - 75 for c in range(3)]
    picture = np.clip(rgb, 0, 255).astype(np.uint8)
    picture.flags.writeable = False
    return np.asarray(picture)


def encoded(picture: RGB | Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """Return a picture as a file."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def bordered(picture: RGB, *, top: int = 0, right: int = 0, bottom: int = 0, left: int = 0, level: int = 0) -> RGB:
    """Return a picture with borders of one grey."""
    return np.pad(picture, ((top, bottom), (left, right), (0, 0)), constant_values=level)


def numbers(seed: int) -> Iterator[int]:
    """Yield numbers of 32 bits that look random and are always the same for a seed."""
    index = 0
    while True:
        yield _mixed(seed, index)
        index += 1


def _shape(x: NDArray[np.int64], y: NDArray[np.int64], seed: int) -> NDArray[np.bool_]:
    """Return where a disc, a rectangle or a stripe lies."""
    height, width = x.shape
    across, down = _mixed(seed, 1) % width, _mixed(seed, 2) % height
    size = min(width, height) // (3 + _mixed(seed, 3) % 6) + 2
    match _mixed(seed, 4) % 3:
        case 0:
            inside = (x - across) ** 2 + (y - down) ** 2 < size**2
        case 1:
            inside = (abs(x - across) < size) & (abs(y - down) < size // 2)
        case _:
            inside = abs((x - across) * 2 + (y - down)) < size // 3
    return np.asarray(inside)


def _texture(x: NDArray[np.int64], y: NDArray[np.int64], cell: int, seed: int) -> NDArray[np.int64]:
    """Return noise of 0 to 255 that changes over `cell` pixels, interpolated in between."""
    column, row, right, below = x // cell, y // cell, x % cell, y % cell
    across, down = np.arange(column.max() + 2), np.arange(row.max() + 2)[:, None]
    grid = _mixed(seed, across * 7919 + down * 104729) % 256
    corners = [grid[row + dy, column + dx] for dy in (0, 1) for dx in (0, 1)]
    upper = corners[0] * (cell - right) + corners[1] * right
    lower = corners[2] * (cell - right) + corners[3] * right
    mixed: NDArray[np.int64] = (upper * (cell - below) + lower * below) // (cell * cell)
    return mixed


def _mixed(seed: int, index: Any) -> Any:
    """Return a well stirred number of 32 bits, or an array of them."""
    value = (index * 0x9E3779B1 + seed * 0x85EBCA6B + 0x27D4EB2F) & 0xFFFFFFFF
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        value = ((value ^ (value >> shift)) * factor) & 0xFFFFFFFF
    return value ^ (value >> 16)

"""Pillow's luma as arrays, copied once or not at all. Runs only in a worker.

`np.asarray` of a Pillow image copies it in pieces, and then the pieces. Pillow can be lent an array in place of
memory of its own (`Image.frombuffer`, which documents that the two share it), and decodes or copies into that.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile


def pixels(luma: Image.Image) -> NDArray[np.uint8]:
    """Return what is in an image of mode `L`, as a uint8 array, shape (height, width)."""
    array, shared = _lent(luma.size)
    lent = shared.im
    shared.readonly = 0
    shared.paste(luma)
    return array if shared.im is lent else np.asarray(shared)


def loaded(opened: ImageFile.ImageFile) -> NDArray[np.uint8]:
    """Decode an image file that decodes to mode `L`, straight into an array, shape (height, width)."""
    array, shared = _lent(opened.size)
    lent = opened.im = shared.im
    opened.load()
    # What decodes elsewhere after all, as some plug-ins may, is copied.
    return array if opened.im is lent else pixels(opened)


def _lent(size: tuple[int, int]) -> tuple[NDArray[np.uint8], Image.Image]:
    """Return an array and an image that are the same memory."""
    width, height = size
    array = np.empty((height, width), np.uint8)
    return array, Image.frombuffer("L", size, array, "raw", "L", 0, 1)

"""The first frame as programs see it that normalise nothing. Runs only in a worker.

Partners' lists were mostly hashed by `threatexchange`, whose `pdq_hasher.py` hands the pixels that Pillow decodes
to `pdqhash` as they are: palette indices as grey levels, the first three of four inks as red, green and blue. So
that such a hash is found again, the same is done here.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stanch.media.planes import pixels

_CONVERTED = frozenset({"LA", "I;16"})
"""Modes that it converts first; the second then clips every value above 255."""
_AS_THEY_ARE = frozenset({"1", "L", "P"})
_COLOURED = frozenset({"RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "RGBa"})


def raw_luma(frame: Image.Image) -> NDArray[np.uint8] | None:
    """Return the luma that such a program hashes, or None where it fails.

    Parameters
    ----------
    frame : decoded, in whatever mode the file is.

    Returns
    -------
    uint8 array, shape (height, width)
    """
    if frame.mode in _CONVERTED:
        return _luma(frame.convert("RGB"))
    if frame.mode in _AS_THEY_ARE:
        return pixels(frame) if frame.mode == "L" else np.asarray(frame).astype(np.uint8)
    if frame.mode in _COLOURED:
        return _luma(frame if frame.mode == "RGB" else Image.merge("RGB", frame.split()[:3]))
    return None


def _luma(image: Image.Image) -> NDArray[np.uint8]:
    return pixels(image.convert("L"))

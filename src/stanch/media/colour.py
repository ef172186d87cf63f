"""The colours of a frame as a screen shows them. Runs only in a worker."""

import io
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Remark = Callable[[str], None]

IGNORED_PROFILE = "the colour profile is unreadable or for other colours, and was ignored"

_WIDE = ("I", "F")
"""Modes of more than 8 bits a sample begin with one of these: `I`, `I;16`, `I;16B`, `F`, ..."""
_OPAQUE = 255
_WIDEST = 65535
_ROWS_AT_ONCE = 64


def luma_and_alpha(frame: Image.Image, remark: Remark) -> tuple[Image.Image, Image.Image | None]:
    """Return the luma of a frame in sRGB, and how opaque it is if that is not everywhere; both in mode `L`.

    Parameters
    ----------
    frame : decoded, in whatever mode the file is.
    remark : is told what had to be ignored.
    """
    colours, alpha = colours_and_alpha(frame, remark)
    return colours.convert("L"), alpha


def colours_and_alpha(frame: Image.Image, remark: Remark) -> tuple[Image.Image, Image.Image | None]:
    """Return the colours of a frame in sRGB or in grey, and how opaque it is if that is not everywhere."""
    if frame.mode.startswith(_WIDE):
        return Image.fromarray(narrowed(np.asarray(frame))), None
    colours, alpha = _without_alpha(frame)
    if alpha is not None and alpha.getextrema()[0] == _OPAQUE:
        alpha = None
    return _in_srgb(colours, frame.info.get("icc_profile"), remark), alpha


def narrowed(samples: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return samples of 16 or 32 bits, or floating ones, as 8 bits: scaled, never clipped.

    Integers within 0 to 65,535 are taken to be of 16 bits; floating samples within 0 to 1 to be shares, within
    0 to 255 to be of 8 bits. All else has no scale that anybody could know, and is stretched from its lowest to
    its highest.

    Parameters
    ----------
    samples : integer or float array, shape (height, width).

    Returns
    -------
    uint8 array, shape (height, width)
    """
    start, end = _scale(samples)
    narrow = [np.rint((block - start) * (_OPAQUE / (end - start))).astype(np.uint8) for block in _blocks(samples)]
    return np.concatenate(narrow)


def _scale(samples: NDArray[np.generic]) -> tuple[float, float]:
    """Return what shall become black, and what white."""
    low = min(float(block.min()) for block in _blocks(samples))
    high = max(float(block.max()) for block in _blocks(samples))
    whole = np.issubdtype(samples.dtype, np.integer)
    if low < 0 or high > (_WIDEST if whole else _OPAQUE):
        return low, high if high > low else low + abs(low) + 1
    return 0.0, float(_WIDEST if whole else 1 if high <= 1 else _OPAQUE)


def _blocks(samples: NDArray[np.generic]) -> Iterator[NDArray[np.float64]]:
    """Yield a few rows at a time, as this form takes much memory. What is no number counts as 0."""
    for first in range(0, len(samples), _ROWS_AT_ONCE):
        block = samples[first : first + _ROWS_AT_ONCE].astype(np.float64)
        yield np.nan_to_num(block, posinf=0.0, neginf=0.0)


def _without_alpha(frame: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Split a frame into its colours and its opacity."""
    if frame.mode == "LA":
        grey, alpha = frame.split()
        return grey, alpha
    if frame.has_transparency_data:
        rgba = frame.convert("RGBA")
        return rgba, rgba.getchannel("A")
    if frame.mode in {"L", "RGB", "CMYK", "LAB"}:
        return frame, None
    return frame.convert("L" if frame.mode == "1" else "RGB"), None


def _in_srgb(colours: Image.Image, profile: object, remark: Remark) -> Image.Image:
    """Return colours in sRGB or in grey: through their profile, if they have one that can be used."""
    if colours.mode == "RGBA" and profile:
        colours = colours.convert("RGB")
    try:
        if colours.mode == "LAB":
            return _converted(colours, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
        if isinstance(profile, bytes) and profile:
            return _converted(colours, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        remark(IGNORED_PROFILE)
    return colours if colours.mode in {"L", "RGB", "RGBA"} else colours.convert("RGB")


def _converted(colours: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(colours, profile, srgb(), outputMode="RGB")
    if converted is None:
        raise TypeError
    return converted


@cache
def srgb() -> ImageCms.ImageCmsProfile:
    """Return the profile of what screens show."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

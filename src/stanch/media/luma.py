"""The luma of a JPEG, decoded alone. Runs only in a worker.

A JPEG of colours holds a plane of luma and two of colour differences. Where its colours are sRGB already, that
first plane is the luma that is hashed, but for what rounding and clipping to red, green and blue would have moved;
so the other two need not be transformed, enlarged or mixed. `docs/decisions/luma-alone.md` has the measurements.
"""

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms, ImageFile

from stanch.media.colour import srgb

_JPEG = frozenset({"JPEG", "MPO"})
_LUMA_FIRST = 1
"""The transform that Adobe's marker names for a plane of luma and two of colour differences."""
_LETTERS = tuple(b"RGB")
"""What planes are numbered by that hold red, green and blue, where no marker says so."""
_LEVELS = 1
"""How far, in levels of 255, a profile may move a colour for it to be plainly sRGB."""
_STEPS = 9
_LONGEST_PROFILE = 1 << 16
"""Bytes; those that say sRGB take from 400 to 4,000."""


def is_luma_alone(opened: Image.Image) -> bool:
    """Whether an image file, before it is decoded, is a JPEG whose first plane is the luma that is to be hashed.

    Not so where red, green and blue are stored as they are, where there are four inks, or where a colour profile
    means anything but sRGB.
    """
    if opened.format not in _JPEG or not isinstance(opened, ImageFile.ImageFile) or len(opened.tile) != 1:
        return False
    profile = opened.info.get("icc_profile")
    if opened.mode == "L":
        return not profile
    return opened.mode == "RGB" and _is_luma_first(opened) and (not profile or _is_plainly_srgb(profile))


def _is_luma_first(opened: Image.Image) -> bool:
    """Whether three planes are luma and colour differences; where markers contradict each other, they are not."""
    numbers = tuple(plane[0] for plane in getattr(opened, "layer", ()))
    stated = opened.info.get("adobe_transform", _LUMA_FIRST)
    return stated == _LUMA_FIRST and len(numbers) == 3 and numbers != _LETTERS


def _is_plainly_srgb(profile: object) -> bool:
    return isinstance(profile, bytes) and len(profile) <= _LONGEST_PROFILE and _moves_nothing(profile)


@lru_cache(maxsize=64)
def _moves_nothing(profile: bytes) -> bool:
    """Whether a profile leaves colours from everywhere in the cube, and all greys, where sRGB has them."""
    try:
        stated = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        moved = ImageCms.profileToProfile(_samples(), stated, srgb(), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False
    apart = np.asarray(moved).astype(np.int16) - np.asarray(_samples())
    return bool(np.abs(apart).max() <= _LEVELS)


def _samples() -> Image.Image:
    """Return an image of one row: greys, then colours at equal steps along each axis of the cube."""
    steps = np.linspace(0, 255, _STEPS).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    greys = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, -1, 3)
    return Image.fromarray(np.concatenate([greys, cube], axis=1))

"""An image file to the small pictures that a person is shown. Runs only in a worker."""

from collections.abc import Sequence

from PIL import Image, ImageFilter

from stanch.media import wire
from stanch.media.decode import opened_with, show
from stanch.media.limits import Limits
from stanch.media.normalise import Normaliser
from stanch.media.previews import BLUR, BLURRED_SIDE, SHARP_SIDE


def image(data: bytes, limits: Limits, token: int) -> tuple[wire.Previewed, Sequence[memoryview]]:
    """Return an image's first frame, small and sharp, and smaller and blurred; raises as `decode.image` does."""
    return opened_with(data, limits, lambda opened: _drawn(opened, limits, token))


def _drawn(opened: Image.Image, limits: Limits, token: int) -> tuple[wire.Previewed, Sequence[memoryview]]:
    show(opened, 0, limits)
    whole = Normaliser().shown(opened)
    sharp = _within(whole, SHARP_SIDE)
    blurred = _within(whole, BLURRED_SIDE).filter(ImageFilter.GaussianBlur(BLUR))
    answer = wire.Previewed(token=token, sharp=_plane(sharp), blurred=_plane(blurred))
    return answer, [memoryview(picture.tobytes()) for picture in (sharp, blurred)]


def _within(picture: Image.Image, side: int) -> Image.Image:
    """Return a picture made smaller until it fits; one that fits is not enlarged."""
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small


def _plane(picture: Image.Image) -> wire.Plane:
    return wire.Plane(width=picture.width, height=picture.height)

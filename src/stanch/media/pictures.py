"""What decoding an image gives."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.pdq import PdqResult
from stanch.values import AS_IS

BORDERS_REMOVED = "borders-removed"
"""The variant without borders of one colour."""
ON_BLACK = "on-black"
"""The variant in which what is transparent shows black; everywhere else it shows white."""
ON_BLACK_BORDERS_REMOVED = f"{ON_BLACK}, {BORDERS_REMOVED}"

VARIANTS = (AS_IS, BORDERS_REMOVED, ON_BLACK, ON_BLACK_BORDERS_REMOVED)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Picture:
    """One frame of an image, in one variant.

    Parameters
    ----------
    luma : uint8 array, shape (height, width), not writable.
    start, end : the half-open range of frames that look like this.
    variant : one of `VARIANTS`; `as-is` is there for every frame, the others only where they differ from it.
    """

    luma: NDArray[np.uint8]
    start: int = 0
    end: int = 1
    variant: str = AS_IS


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class HashedPicture:
    """What PDQ says of one frame of an image, in one variant; the rest is as in `Picture`."""

    hashed: PdqResult
    start: int = 0
    end: int = 1
    variant: str = AS_IS


class _Staged(Protocol):
    """What a picture and its hash have in common."""

    @property
    def start(self) -> int: ...

    @property
    def variant(self) -> str: ...


Staged = TypeVar("Staged", bound=_Staged)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SeenImage(Generic[Staged]):
    """An image as it is shown: upright, in sRGB, on white where it is transparent.

    Parameters
    ----------
    pictures : its frames, in order, in their variants. Frames that equal an earlier one are left out.
    raw : the first frame as a program sees it that normalises nothing, or None where such a program fails.
    raw_differs : whether `raw` is anything but the first frame as it is.
    width, height : in pixels, of the first frame.
    format : the name of its format, such as `JPEG`.
    frames : how many it has.
    remarks : what a person should know, such as that its colour profile was ignored.
    """

    pictures: tuple[Staged, ...]
    raw: Staged | None
    raw_differs: bool
    width: int
    height: int
    format: str
    frames: int
    remarks: tuple[str, ...] = ()

    def of_variant(self, variant: str) -> tuple[Staged, ...]:
        """Return the frames in one variant; where it does not differ from another, the frame in that one.

        Removing borders falls back to leaving them, and black to white.
        """
        order = _FALLBACKS[variant]
        chosen: dict[int, Staged] = {}
        for picture in self.pictures:
            if picture.variant in order:
                held = chosen.get(picture.start)
                if held is None or order.index(picture.variant) < order.index(held.variant):
                    chosen[picture.start] = picture
        return tuple(chosen[start] for start in sorted(chosen))

    @property
    def canonical(self) -> tuple[Staged, ...]:
        """The frames that a bank stores: borders removed, on white."""
        return self.of_variant(BORDERS_REMOVED)


class DecodedImage(SeenImage[Picture]):
    """An image as it is shown, in pixels."""

    __slots__ = ()


class HashedImage(SeenImage[HashedPicture]):
    """An image as it is shown, in hashes: `stanch.kernels.pdq.pdq` of what a `DecodedImage` would hold."""

    __slots__ = ()


_FALLBACKS = {
    AS_IS: (AS_IS,),
    BORDERS_REMOVED: (BORDERS_REMOVED, AS_IS),
    ON_BLACK: (ON_BLACK, AS_IS),
    ON_BLACK_BORDERS_REMOVED: (ON_BLACK_BORDERS_REMOVED, ON_BLACK, BORDERS_REMOVED, AS_IS),
}

"""The frames of one image as a worker collects them. Runs only in a worker."""

from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from stanch.errors import MediaTooLargeError
from stanch.kernels.pdq import PdqResult, pdq_numpy
from stanch.media import wire
from stanch.media.borders import Box, without_borders
from stanch.media.limits import Limits
from stanch.media.pictures import BORDERS_REMOVED
from stanch.values import AS_IS


@dataclass(kw_only=True, slots=True)
class _Shot:
    """Frames that look the same: from the first on until the next that is different."""

    start: int
    end: int
    looks: list[tuple[int, Box, str]] = field(default_factory=list)


class Reel:
    """Collects frames, each look once.

    A frame that equals the one before lengthens it; one that equals an earlier one is left out. Borders are noted
    as a part of a plane, so that no pixel is sent twice.

    Parameters
    ----------
    frames : how many will be added; a single one is compared with nothing.
    """

    def __init__(self, limits: Limits, *, frames: int) -> None:
        self._limits = limits
        self._alone = frames == 1
        self._planes: list[NDArray[np.uint8]] = []
        self._shots: dict[bytes, _Shot] = {}
        self._last = b""

    def add(self, number: int, backgrounds: dict[str, NDArray[np.uint8]]) -> None:
        """Add a frame.

        Parameters
        ----------
        backgrounds : uint8 arrays, shape (height, width), by the variant that they are.
        """
        digest = b"alone" if self._alone else _digest(backgrounds)
        if digest == self._last:
            self._shots[digest].end = number + 1
        elif digest not in self._shots:
            shot = _Shot(start=number, end=number + 1)
            for variant, luma in backgrounds.items():
                shot.looks += self._looks(luma, variant)
            self._shots[digest] = shot
        self._last = digest

    def plane(self, luma: NDArray[np.uint8]) -> int:
        """Keep a plane, unless it equals the first, and return its number.

        Raises
        ------
        MediaTooLargeError
            If all planes together are larger than an answer may be.
        """
        if self._planes and (luma is self._planes[0] or np.array_equal(luma, self._planes[0])):
            return 0
        size = luma.size + sum(plane.size for plane in self._planes)
        if size > self._limits.output:
            raise MediaTooLargeError(medium="image", actual=size, unit="bytes decoded", limit=self._limits.output)
        self._planes.append(luma)
        return len(self._planes) - 1

    @property
    def planes(self) -> list[wire.Plane]:
        """The sizes of all planes."""
        return [wire.Plane(width=plane.shape[1], height=plane.shape[0]) for plane in self._planes]

    @property
    def bytes(self) -> list[memoryview]:
        """What is in all planes."""
        return [np.ascontiguousarray(plane).data.cast("B") for plane in self._planes]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the first plane."""
        height, width = self._planes[0].shape
        return width, height

    def hashed(self, raw: int | None) -> tuple[list[PdqResult], list[wire.Look], int | None]:
        """Return the hashes of all looks and of a raw plane, the looks, and the number of the raw plane's hash."""
        views = self.views
        results = [
            pdq_numpy(self._planes[view.plane][view.top : view.bottom, view.left : view.right]) for view in views
        ]
        looks = [
            wire.Look(hash=number, start=view.start, end=view.end, variant=view.variant)
            for number, view in enumerate(views)
        ]
        if raw is None or raw == views[0].plane:
            return results, looks, None if raw is None else 0
        return [*results, pdq_numpy(self._planes[raw])], looks, len(results)

    @property
    def views(self) -> list[wire.View]:
        """All frames in all their variants."""
        return [
            wire.View(plane=plane, start=shot.start, end=shot.end, variant=variant, **box._asdict())
            for shot in self._shots.values()
            for plane, box, variant in shot.looks
        ]

    def _looks(self, luma: NDArray[np.uint8], variant: str) -> list[tuple[int, Box, str]]:
        plane, box = self.plane(luma), without_borders(luma)
        height, width = luma.shape
        whole = Box(0, 0, width, height)
        looks = [(plane, whole, variant)]
        if box != whole:
            looks.append((plane, box, BORDERS_REMOVED if variant == AS_IS else f"{variant}, {BORDERS_REMOVED}"))
        return looks


def _digest(backgrounds: dict[str, NDArray[np.uint8]]) -> bytes:
    state = blake2b(digest_size=16)
    for variant, luma in backgrounds.items():
        state.update(f"{variant} {luma.shape}".encode())
        state.update(np.ascontiguousarray(luma).data)
    return state.digest()

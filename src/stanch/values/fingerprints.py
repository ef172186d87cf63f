"""A fingerprint: features over stretches of a medium."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stanch.errors import ShapeMismatchError
from stanch.values.methods import Method

AS_IS = "as-is"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Fingerprint:
    """The features that one method takes from one content, in one variant of it.

    Parameters
    ----------
    method : how the features were made.
    bits : uint64 array, shape (features, method.words), the features; most significant word first.
    at : float64 array, shape (features,), where each feature begins, in the units that alignment uses:
        symbols of the normalised text, seconds of video and sound, frames of an image, path segments of a link.
    start, end : float64 arrays, shape (features,), the half-open stretch of the original that each feature
        covers, in the original's own units: characters (code points) of a text, else as `at`.
    quality : uint8 array, shape (features,), 0 to 100; how much there was to go by.
    extent : the length of the whole, in the units of `at`.
    variant : what was done to the content first (`rotated-90`, `mirrored`, ...); a bank stores one, `as-is`.
    """

    method: Method
    bits: NDArray[np.uint64]
    at: NDArray[np.float64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    quality: NDArray[np.uint8]
    extent: float
    variant: str = AS_IS

    def __post_init__(self) -> None:
        column = (len(self.at),)
        if self.bits.shape != (*column, self.method.words):
            raise ShapeMismatchError(what="bits", expected=(*column, self.method.words), actual=self.bits.shape)
        if not self.start.shape == self.end.shape == self.quality.shape == column:
            self._refuse_columns(column)

    def _refuse_columns(self, expected: tuple[int, ...]) -> NoReturn:
        shapes = {name: getattr(self, name).shape for name in ("start", "end", "quality")}
        name = next(name for name, actual in shapes.items() if actual != expected)
        raise ShapeMismatchError(what=name, expected=expected, actual=shapes[name])

    @classmethod
    def whole(cls, method: Method, bits: NDArray[np.uint64]) -> Self:
        """Make a fingerprint of one feature that stands for the whole content: `of` in a tenth of the time.

        Parameters
        ----------
        bits : uint64 array, shape (1, method.words). Borrowed, not copied.
        """
        return cls(method=method, bits=bits, at=_NOUGHT, start=_NOUGHT, end=_ONE, quality=_FULL, extent=1.0)

    @classmethod
    def of(
        cls,
        method: Method,
        bits: ArrayLike,
        *,
        at: ArrayLike | None = None,
        start: ArrayLike | None = None,
        end: ArrayLike | None = None,
        quality: ArrayLike = 100,
        extent: float = 1.0,
        variant: str = AS_IS,
    ) -> Self:
        """Make a fingerprint, filling in what one whole-content feature would have.

        Without `at`, `start` and `end` every feature begins at 0 and covers the whole extent.
        """
        rows = np.ascontiguousarray(np.atleast_2d(np.asarray(bits, dtype=np.uint64)))
        count = len(rows)
        begin = _column(0.0 if at is None else at, count)
        return cls(
            method=method,
            bits=rows,
            at=begin,
            start=begin if start is None else _column(start, count),
            end=_column(extent if end is None else end, count),
            quality=np.broadcast_to(np.asarray(quality, dtype=np.uint8), (count,)),
            extent=float(extent),
            variant=variant,
        )

    def __len__(self) -> int:
        return len(self.at)

    def hex(self) -> list[str]:
        """Return each feature as lower-case hexadecimal, most significant digit first."""
        return [row.astype(">u8").tobytes().hex() for row in self.bits]


def words_from_bytes(digest: bytes) -> NDArray[np.uint64]:
    """Return a digest of 8 n bytes as n words, most significant first."""
    return np.frombuffer(digest, dtype=">u8").astype(np.uint64)


def words_from_hex(digits: Sequence[str]) -> NDArray[np.uint64]:
    """Return hexadecimal strings of one width as a uint64 array, shape (strings, words)."""
    rows = [words_from_bytes(bytes.fromhex(text)) for text in digits]
    return np.stack(rows) if rows else np.empty((0, 0), dtype=np.uint64)


def _column(values: ArrayLike, count: int) -> NDArray[np.float64]:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (count,))


_NOUGHT, _ONE = _column(0.0, 1), _column(1.0, 1)
_FULL: NDArray[np.uint8] = np.broadcast_to(np.uint8(100), (1,))
"""The columns of every feature that stands for a whole; views that cannot be written to."""

"""Where everything stands in a segment file; it follows from the shapes of its columns alone.

Nothing that can be computed is written, so nothing that is written can contradict it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
import numpy as np

ALIGNED = 64  # bytes: a line of the processor's cache, and its widest vector
PADDING = 64  # bytes that a kernel may read beyond the last element of a column
BLOCK = 1 << 20  # bytes under one checksum
CHECKSUM = 32  # bytes of a SHA-256
MOST_DIMENSIONS = 4
LARGEST = 1 << 48  # bytes of a column as its shape says, which keeps every product within 64 bits

Kind: TypeAlias = Literal["u1", "u2", "u4", "u8", "i2", "i4", "i8", "f4", "f8"]
_Length: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]


class Column(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """What the table says of one column.

    Attributes
    ----------
    kind : of its elements, little-endian, and their width in bytes.
    shape : as it is given back.
    constant : every row is the same, and only the first is stored.
    """

    name: Annotated[str, msgspec.Meta(min_length=1)]
    kind: Kind
    shape: Annotated[tuple[_Length, ...], msgspec.Meta(min_length=1, max_length=MOST_DIMENSIONS)]
    constant: bool

    @property
    def dtype(self) -> "np.dtype[Any]":
        """The elements as numpy calls them."""
        return np.dtype(f"<{self.kind}")

    @property
    def stored(self) -> tuple[int, ...]:
        """The shape of what is stored."""
        return (1, *self.shape[1:]) if self.constant else self.shape

    @property
    def size(self) -> int:
        """Bytes of what is stored."""
        return math.prod(self.stored) * int(self.kind[1])

    @property
    def room(self) -> int:
        """Bytes until the next column begins: at least `PADDING` more than its own, all of them zero."""
        return aligned(self.size + PADDING)

    def problem(self) -> str | None:
        """Return what is wrong with the shape, if anything is."""
        if math.prod(max(length, 1) for length in self.shape) * int(self.kind[1]) > LARGEST:
            return f"shape {self.shape} is larger than {LARGEST:,} bytes"
        if self.constant and self.shape[0] < 2:
            return f"constant, but of shape {self.shape}"
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a column stands.

    Attributes
    ----------
    begin, end : bytes of the file, half-open, with the padding.
    first_block : number of the first of its blocks; each column begins one.
    """

    column: Column
    begin: int
    end: int
    first_block: int

    @property
    def blocks(self) -> int:
        """How many blocks it has."""
        return blocks_in(self.end - self.begin)


def aligned(size: int) -> int:
    """Return `size` (bytes), rounded up."""
    return -(-size // ALIGNED) * ALIGNED


def blocks_in(size: int) -> int:
    """Return in how many blocks so many bytes lie."""
    return -(-size // BLOCK)


def all_blocks(columns: Sequence[Column]) -> int:
    """Return how many blocks these columns have."""
    return sum(blocks_in(column.room) for column in columns)


def place(columns: Sequence[Column], *, body: int) -> Iterator[Place]:
    """Yield where each column stands, if the first begins at byte `body` of the file."""
    block = 0
    for column in columns:
        placed = Place(column=column, begin=body, end=body + column.room, first_block=block)
        yield placed
        body, block = placed.end, block + placed.blocks

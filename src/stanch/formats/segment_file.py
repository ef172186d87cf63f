"""The segment file: named columns that never change, mapped into memory by any number of processes.

Written once, in one step; opened without reading the columns; checked block by block while it serves. A writer
never changes a file that has its name, so one that is mapped may be replaced or removed: whoever has it mapped
keeps what it was, and the disk gets its room back when the last has let go.
"""

import hashlib
import mmap
import os
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from stanch.errors import DamagedSegmentError, InvalidValueError
from stanch.formats.replacing import replacing, write_all
from stanch.formats.segment_header import Plan, read_at, read_head
from stanch.formats.segment_layout import BLOCK, CHECKSUM, MOST_DIMENSIONS, Column, Kind, Place


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, weakref_slot=True)
class SegmentFile:
    """An open segment. There is nothing to close: the mapping goes when nobody holds it or a column any more.

    Attributes
    ----------
    about : what its writer wanted to say of it.
    columns : by name, as they were ordered when written; read-only views into the mapping. At least 64 bytes of
        the file follow the last element of each, so that a kernel may read beyond it.
    size : bytes of the file.
    blocks : how many blocks `check_blocks` numbers, from 0 on.
    sha256 : of the header, which fixes every other byte: two files with the same one are the same.
    """

    path: Path
    about: bytes
    columns: Mapping[str, NDArray[Any]] = field(repr=False)
    size: int
    blocks: int
    sha256: bytes
    _places: tuple[Place, ...] = field(repr=False)
    _checksums: bytes = field(repr=False)
    _handle: int = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class DamagedBlock:
    """A block that is not as it was written.

    Attributes
    ----------
    begin, end : bytes of the file, half-open.
    column : all of the block lies in this one, or in the padding after it.
    """

    number: int
    begin: int
    end: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"block {self.number}, bytes {self.begin:,} to {self.end:,}, column {self.column!r}: {self.problem}"


def write_segment(path: Path, columns: Mapping[str, NDArray[Any]], *, about: bytes = b"") -> None:
    """Write a segment, replacing the file in one step: after a crash at any instant the old or the new one stands.

    The same columns give the same bytes. Besides the columns this takes a few megabytes of memory, or one row of a
    column whose rows are not contiguous.

    Parameters
    ----------
    columns : of 1 to 4 dimensions and of kind u1, u2, u4, u8, i2, i4, i8, f4 or f8. Of one that `np.broadcast_to`
        made of a single row, only that row is stored.
    about : what to say of it, under the checksums of the head; with the columns' names at most 16 MiB.

    Raises
    ------
    InvalidValueError
        If a column or `about` cannot be written.
    CannotWriteError
        If the system refuses; then what stood there is untouched.
    """
    described = tuple(_described(name, array) for name, array in columns.items())
    plan = Plan(about, described)
    with replacing(path) as handle:
        os.lseek(handle, plan.body, os.SEEK_SET)
        checksums = [
            checksum
            for column, array in zip(described, columns.values(), strict=True)
            for checksum in _write_blocks(handle, _pieces(column, array))
        ]
        os.lseek(handle, 0, os.SEEK_SET)
        write_all(handle, plan.head(b"".join(checksums)))


def open_segment(path: Path) -> SegmentFile:
    """Open a segment. Its head is checked; its columns are not read, `check_blocks` does that little by little.

    Raises
    ------
    NewerVersionError
        If a later Stanch wrote it.
    DamagedSegmentError
        If it is no segment, or not as it was written.
    OSError
        If there is no such file, or it may not be read or mapped.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        segment = _opened(path, handle)
    except BaseException:
        os.close(handle)
        raise
    weakref.finalize(segment, os.close, handle)
    return segment


def check_blocks(segment: SegmentFile, *, from_block: int = 0, most: int | None = None) -> Iterator[DamagedBlock]:
    """Read blocks and yield those that are not as they were written; the work is done as they are asked for.

    For a check that goes on in the background: `from_block=0, most=64`, then `from_block=64`, until
    `segment.blocks`. Other threads run while a block (1 MiB) is read and hashed. It is read through the descriptor
    and not through the mapping: a file that was cut, or a disk that cannot read, gives a damaged block, no signal.

    Parameters
    ----------
    from_block : number of the first.
    most : how many; None for all that follow.
    """
    for number, place in islice(_from(segment, from_block), most):
        begin = place.begin + (number - place.first_block) * BLOCK
        end = min(begin + BLOCK, place.end)
        if problem := _problem(segment, number, begin, end):
            yield DamagedBlock(number=number, begin=begin, end=end, column=place.column.name, problem=problem)


def _described(name: str, array: NDArray[Any]) -> Column:
    """Return what the table says of a column."""
    kind = f"{array.dtype.kind}{array.dtype.itemsize}"
    if kind not in get_args(Kind):
        problem = f"{array.dtype} is none of {', '.join(get_args(Kind))}"
        raise InvalidValueError(what=f"column {name!r}", problem=problem)
    if not name or not 1 <= array.ndim <= MOST_DIMENSIONS:
        problem = f"needs a name and 1 to {MOST_DIMENSIONS} dimensions, not {array.ndim}"
        raise InvalidValueError(what=f"column {name!r}", problem=problem)
    constant = len(array) > 1 and array.strides[0] == 0
    column = Column(name, cast("Kind", kind), array.shape, constant)
    if (wrong := column.problem()) is not None:
        raise InvalidValueError(what=f"column {name!r}", problem=wrong)
    return column


def _pieces(column: Column, array: NDArray[Any]) -> Iterator[memoryview]:
    """Yield the bytes of a column in order, a few rows at a time, then the padding."""
    rows = array[: column.stored[0]]
    if column.size:
        step = max(1, BLOCK * len(rows) // column.size)
        for first in range(0, len(rows), step):
            piece = np.ascontiguousarray(rows[first : first + step], dtype=column.dtype)
            yield piece.reshape(-1).view(np.uint8).data
    yield memoryview(bytes(column.room - column.size))


def _write_blocks(handle: int, pieces: Iterable[memoryview]) -> Iterator[bytes]:
    """Write pieces and yield the checksum of each block, the last of which may be shorter."""
    digest, room = hashlib.sha256(), BLOCK
    for piece in pieces:
        left = piece
        while left:
            taken, left = left[:room], left[room:]
            digest.update(taken)
            write_all(handle, taken)
            room -= len(taken)
            if not room:
                yield digest.digest()
                digest, room = hashlib.sha256(), BLOCK
    if room < BLOCK:
        yield digest.digest()


def _opened(path: Path, handle: int) -> SegmentFile:
    head = read_head(path, handle)
    try:
        mapping = mmap.mmap(handle, head.size, access=mmap.ACCESS_READ)
    except ValueError as error:  # it was longer when its size was asked
        raise DamagedSegmentError(path=path, place="size", problem=str(error)) from error
    return SegmentFile(
        path=path,
        about=head.about,
        columns=MappingProxyType({place.column.name: _view(mapping, place) for place in head.places}),
        size=head.size,
        blocks=sum(place.blocks for place in head.places),
        sha256=head.sha256,
        _places=head.places,
        _checksums=head.checksums,
        _handle=handle,
    )


def _view(mapping: mmap.mmap, place: Place) -> NDArray[Any]:
    column = place.column
    stored = np.ndarray(column.stored, column.dtype, buffer=mapping, offset=place.begin)
    return np.broadcast_to(stored, column.shape) if column.constant else stored


def _from(segment: SegmentFile, number: int) -> Iterator[tuple[int, Place]]:
    """Yield the blocks from `number` on, each with the column that it lies in."""
    for place in segment._places:  # noqa: SLF001 - of this module
        for block in range(max(number, place.first_block), place.first_block + place.blocks):
            yield block, place


def _problem(segment: SegmentFile, number: int, begin: int, end: int) -> str:
    """Return what is wrong with a block, or nothing."""
    handle = segment._handle  # noqa: SLF001 - of this module
    try:
        if (size := os.fstat(handle).st_size) < end:
            return f"the file was cut to {size:,} bytes"
        data = read_at(handle, begin, end - begin)
    except OSError as error:
        return error.strerror or str(error)
    expected = segment._checksums[number * CHECKSUM :][:CHECKSUM]  # noqa: SLF001 - of this module
    return "" if hashlib.sha256(data).digest() == expected else "its checksum does not fit"

"""The head of a segment file: what says what is in it, and is checked before anything else is looked at.

The file's page in the reference draws it; its decision note says why it is so.
"""

import hashlib
import os
import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import msgspec

from stanch.errors import DamagedSegmentError, InvalidValueError, NewerVersionError
from stanch.formats.segment_layout import CHECKSUM, Column, Place, aligned, all_blocks, place

MAGIC = b"STANCHSG"
VERSION = 1
LARGEST_TABLE = 1 << 24  # bytes, so that no file makes a reader ask for much memory

# Magic, version, bytes of the file, bytes of the table, SHA-256 of the table, SHA-256 of the checksums; then the
# SHA-256 of these, by which all else in the file is fixed.
_FIELDS = struct.Struct(f"<8sQQQ{CHECKSUM}s{CHECKSUM}s")
HEADER = _FIELDS.size + CHECKSUM


class Table(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """What is written between the header and the checksums, as msgpack."""

    about: bytes
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What stands before the columns.

    Attributes
    ----------
    size : bytes of the file.
    places : of the columns, in their order.
    checksums : of the blocks, `CHECKSUM` bytes each.
    sha256 : of the header.
    """

    about: bytes
    size: int
    places: tuple[Place, ...]
    checksums: bytes
    sha256: bytes


class Plan:
    """The head of a file whose columns are known and whose checksums are not yet.

    Parameters
    ----------
    about : what the writer wants to say.
    columns : in the order in which they stand.

    Raises
    ------
    InvalidValueError
        If there is more to say than a head holds.
    """

    def __init__(self, about: bytes, columns: tuple[Column, ...]) -> None:
        self._table = msgspec.msgpack.encode(Table(about, columns))
        if len(self._table) > LARGEST_TABLE:
            problem = f"with the columns' names {len(self._table):,} bytes, at most {LARGEST_TABLE:,} are written"
            raise InvalidValueError(what="about", problem=problem)
        self.body = _body(len(self._table), columns)
        self.size = self.body + sum(column.room for column in columns)

    def head(self, checksums: bytes) -> bytes:
        """Return the bytes of the head; `checksums` are those of all blocks, `CHECKSUM` bytes each."""
        padded = checksums.ljust(self.body - HEADER - len(self._table), b"\0")
        fields = _FIELDS.pack(MAGIC, VERSION, self.size, len(self._table), _sha256(self._table), _sha256(padded))
        return fields + _sha256(fields) + self._table + padded


def read_head(path: Path, handle: int) -> Head:
    """Return the head of an open file. Of the columns nothing is read, only 32 bytes a block.

    Raises
    ------
    NewerVersionError
        If a later Stanch wrote it.
    DamagedSegmentError
        If it is no segment, or not as it was written.
    """
    header = _read(path, handle, 0, HEADER, "header")
    size, length, of_table, of_checksums = _fields(path, header, os.fstat(handle).st_size)
    written = _read(path, handle, HEADER, length, "table")
    if _sha256(written) != of_table:
        raise DamagedSegmentError(path=path, place="table", problem="its checksum does not fit")
    table = _table(path, written)
    body = _body(length, table.columns)
    places = tuple(place(table.columns, body=body))
    if (places[-1].end if places else body) != size:
        raise DamagedSegmentError(path=path, place="table", problem="its columns do not fill the file")
    checksums = _read(path, handle, HEADER + length, body - HEADER - length, "checksums")
    if _sha256(checksums) != of_checksums:
        raise DamagedSegmentError(path=path, place="checksums", problem="their own checksum does not fit")
    return Head(about=table.about, size=size, places=places, checksums=checksums, sha256=header[_FIELDS.size :])


def _body(length: int, columns: tuple[Column, ...]) -> int:
    """Return at which byte the columns begin, after a table of so many bytes."""
    return aligned(HEADER + length + all_blocks(columns) * CHECKSUM)


def _fields(path: Path, header: bytes, actual: int) -> tuple[int, int, bytes, bytes]:
    """Return the bytes of the file and of the table, and two checksums."""
    magic, version, size, length, of_table, of_checksums = _FIELDS.unpack_from(header)
    if magic != MAGIC:
        raise DamagedSegmentError(path=path, place="header", problem="not a Stanch segment file")
    if _sha256(header[: _FIELDS.size]) != header[_FIELDS.size :]:
        raise DamagedSegmentError(path=path, place="header", problem="its checksum does not fit")
    if version > VERSION:
        raise NewerVersionError(path=path, version=version, supported=VERSION)
    if size != actual:
        problem = f"{actual:,} bytes, where its header says {size:,}"
        raise DamagedSegmentError(path=path, place="size", problem=problem)
    if version != VERSION or length > min(size - HEADER, LARGEST_TABLE):
        problem = f"version {version} with a table of {length:,} bytes"
        raise DamagedSegmentError(path=path, place="header", problem=problem)
    return size, length, of_table, of_checksums


def _table(path: Path, written: bytes) -> Table:
    try:
        table = msgspec.msgpack.decode(written, type=Table)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedSegmentError(path=path, place="table", problem=str(error)) from error
    problems = [f"column {one.name!r}: {problem}" for one in table.columns if (problem := one.problem())]
    names = Counter(column.name for column in table.columns)
    problems += [f"column {name!r} stands here {count} times" for name, count in names.items() if count > 1]
    if problems:
        raise DamagedSegmentError(path=path, place="table", problem=problems[0])
    return table


def _read(path: Path, handle: int, begin: int, size: int, what: str) -> bytes:
    """Return `size` bytes from `begin` on, all of them."""
    try:
        data = read_at(handle, begin, size)
    except OSError as error:
        raise DamagedSegmentError(path=path, place=what, problem=error.strerror or str(error)) from error
    if len(data) < size:
        raise DamagedSegmentError(
            path=path, place=what, problem=f"the file ends in it, at byte {begin + len(data):,}"
        )
    return data


def read_at(handle: int, begin: int, size: int) -> bytes:
    """Return `size` bytes of a file from `begin` on; fewer only where the file ends."""
    data = os.pread(handle, size, begin)
    while len(data) < size and (more := os.pread(handle, size - len(data), begin + len(data))):
        data += more
    return data


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

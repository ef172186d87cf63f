"""Segments for tests, and how their page says that they are read, written down a second time."""

import hashlib
import math
import struct
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from stanch.formats import SegmentFile, open_segment, write_segment

FIELDS = struct.Struct("<8sQQQ32s32s")
MIB = 1 << 20
KINDS = ("u1", "u2", "u4", "u8", "i2", "i4", "i8", "f4", "f8")


def small() -> dict[str, NDArray[Any]]:
    """Return a column of each sort, each of bytes that no other has."""
    return {
        "words": np.full((3, 2), 0x11, np.uint8).view("<u2"),
        "empty": np.zeros((0, 4), "<u8"),
        "constant": np.broadcast_to(np.full(1, 0x22222222, "<u4"), (1_000_000,)),
        "row": np.broadcast_to(np.full(5, 0x33, "u1"), (7, 5)),
        "places": np.full(9, 0x4444444444444444, "<i8"),
    }


def written(path: Path, columns: dict[str, NDArray[Any]], about: bytes = b"") -> SegmentFile:
    """Write a segment and open it."""
    write_segment(path, columns, about=about)
    return open_segment(path)


def content(number: int) -> dict[str, NDArray[Any]]:
    """Return the columns of the file with this number: three megabytes, none of them as in any other."""
    rows = np.arange(200_000, dtype=np.uint64)
    return {
        "words": rows[:, None] * np.array([number, 7], np.uint64),
        "number": np.broadcast_to(np.uint32(number), 9),
    }


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two columns are the same to the bit, in whatever order their bytes are kept."""
    little = one.dtype.newbyteorder("<")
    return (little, one.shape) == (other.dtype.newbyteorder("<"), other.shape) and (
        np.ascontiguousarray(one, little).tobytes() == np.ascontiguousarray(other, little).tobytes()
    )


def by_the_page(data: bytes) -> tuple[bytes, dict[str, NDArray[Any]]]:
    """Read a segment as its page says, copying everything, and checking everything."""
    magic, version, size, length, of_table, of_checksums = FIELDS.unpack_from(data)
    assert (magic, version, size) == (b"STANCHSG", 1, len(data))
    assert data[96:128] == hashlib.sha256(data[:96]).digest()
    table = data[128 : 128 + length]
    assert of_table == hashlib.sha256(table).digest()
    about, described = msgspec.msgpack.decode(table)
    stored = [(1, *shape[1:]) if constant else shape for _, _, shape, constant in described]
    sizes = [math.prod(shape) * int(kind[1]) for shape, (_, kind, _, _) in zip(stored, described, strict=True)]
    rooms = [(size + 64 + 63) // 64 * 64 for size in sizes]
    blocks = sum((room + MIB - 1) // MIB for room in rooms)
    begin = (128 + length + 32 * blocks + 63) // 64 * 64
    checksums = data[128 + length : begin]
    assert of_checksums == hashlib.sha256(checksums).digest()
    columns = {}
    for (name, kind, shape, _), short, size, room in zip(described, stored, sizes, rooms, strict=True):
        for first in range(begin, begin + room, MIB):
            block = data[first : min(first + MIB, begin + room)]
            assert checksums[:32] == hashlib.sha256(block).digest()
            checksums = checksums[32:]
        array = np.frombuffer(data[begin : begin + size], f"<{kind}").reshape(short)
        columns[name] = np.broadcast_to(array, shape)
        begin += room
    assert begin == size_of(data)
    return about, columns


def size_of(data: bytes) -> int:
    """Return how many bytes a segment says it has."""
    return int(FIELDS.unpack_from(data)[2])


def sealed(table: bytes, *, rest: bytes = b"", **changed: Any) -> bytes:
    """Return a file whose header fits the table and what follows, but for the fields that are `changed`."""
    fields = {
        "magic": b"STANCHSG",
        "version": 1,
        "size": 128 + len(table) + len(rest),
        "length": len(table),
        "of_table": hashlib.sha256(table).digest(),
        "of_checksums": hashlib.sha256(rest).digest(),
        **changed,
    }
    header = FIELDS.pack(*fields.values())
    return header + hashlib.sha256(header).digest() + table + rest


def mapped(path: Path) -> dict[str, int]:
    """Return what the kernel says of this process's mapping of a file, in kB."""
    found: dict[str, int] = {}
    inside = False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            inside = line.endswith(str(path))
        elif inside and rest[-1] == "kB":
            found[first[:-1]] = found.get(first[:-1], 0) + int(rest[0])
    return found

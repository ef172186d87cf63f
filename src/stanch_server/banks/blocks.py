"""The bytes of an index file: a header, a table, and blocks with a checksum each.

```
header   64 bytes, little-endian: magic, version, bytes of the table, number, bytes of the file, and the SHA-256
         of these and of the table
table    msgpack: for each block its name, where it begins, its bytes, its SHA-256
blocks   each from a multiple of 8 on
```
"""

import hashlib
import struct
from collections.abc import Mapping

import msgspec

from stanch.errors import StanchError

MAGIC = b"STANCHIX"
VERSION = 1
_FIELDS = struct.Struct("<8sIIQQ")
_HEADER = _FIELDS.size + hashlib.sha256().digest_size
_ALIGNED = 8


class DamagedIndexError(StanchError):
    """The index file is damaged: {problem}."""

    code = "damaged-index"


class _Block(msgspec.Struct, array_like=True, frozen=True):
    name: str
    begin: int
    size: int
    sha256: bytes


def pack(blocks: Mapping[str, bytes], *, number: int) -> list[bytes]:
    """Return the pieces of a file that holds these blocks.

    Parameters
    ----------
    number : of the change up to which they tell.
    """
    begin, table, body = 0, [], []
    for name, content in blocks.items():
        table.append(_Block(name, begin, len(content), hashlib.sha256(content).digest()))
        body += [content, bytes(_aligned(len(content)) - len(content))]
        begin += _aligned(len(content))
    written = msgspec.msgpack.encode(table)
    first = _aligned(_HEADER + len(written))
    fields = _FIELDS.pack(MAGIC, VERSION, len(written), number, first + begin)
    checksum = hashlib.sha256(fields + written).digest()
    return [fields, checksum, written, bytes(first - _HEADER - len(written)), *body]


def unpack(data: bytes) -> dict[str, memoryview]:
    """Return the blocks of a file, every checksum of which was compared.

    Raises
    ------
    DamagedIndexError
        If it is not whole, was altered, or is of another version.
    """
    table_end = _HEADER + _checked(data)
    if hashlib.sha256(data[: _FIELDS.size] + data[_HEADER:table_end]).digest() != data[_FIELDS.size : _HEADER]:
        raise DamagedIndexError(problem="the checksum of its header does not fit")
    view = memoryview(data)
    blocks = {}
    for block in _table(data[_HEADER:table_end]):
        begin = _aligned(table_end) + block.begin
        blocks[block.name] = view[begin : begin + block.size]
        if hashlib.sha256(blocks[block.name]).digest() != block.sha256:
            raise DamagedIndexError(problem=f"the checksum of block {block.name!r} does not fit")
    return blocks


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _checked(data: bytes) -> int:
    """Return how many bytes the table takes, if the header fits the file."""
    if len(data) < _HEADER:
        raise DamagedIndexError(problem="it ends in its header")
    magic, version, table, _, size = _FIELDS.unpack_from(data)
    if (magic, version) != (MAGIC, VERSION):
        raise DamagedIndexError(problem="it is none, or of another version")
    if size != len(data):
        raise DamagedIndexError(problem=f"it has {len(data):,} bytes instead of {size:,}")
    return int(table)


def _table(written: bytes) -> list[_Block]:
    try:
        return msgspec.msgpack.decode(written, type=list[_Block])
    except msgspec.MsgspecError as error:
        raise DamagedIndexError(problem=f"its table cannot be read: {error}") from error

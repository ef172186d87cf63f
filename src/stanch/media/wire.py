"""What goes through the pipes between a process and its decoders.

A message is a header in MessagePack and a body of plain bytes, both preceded by their lengths. Nothing that comes
from a worker is trusted: headers are decoded into these types and no others, and `stanch.media.assembly` checks
that what they say fits together.
"""

import struct
from enum import StrEnum
from typing import Annotated

import msgspec

PREFIX = struct.Struct(">IQ")
"""Length of the header, length of the body."""
LONGEST_HEADER = 1 << 20

MOST = 1 << 62

Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Side = Annotated[int, msgspec.Meta(ge=1, le=1 << 31)]
Words = Annotated[str, msgspec.Meta(max_length=400)]
Quality = Annotated[int, msgspec.Meta(ge=0, le=100)]


HASH_BYTES = 16 * 16 * 8
"""The coefficients of one hash: 16 x 16 integers of 64 bits, least significant byte first."""


class Wanted(StrEnum):
    """What is asked of an item, and so which answer is one."""

    PLANES = "planes"
    """`Decoded`: every pixel."""
    HASHES = "hashes"
    """`Hashed`: what PDQ says of them, so that no pixel need travel."""
    PREVIEW = "preview"
    """`Previewed`: small pictures for a person."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The body holds the item. The token comes back in the answer, so that none is taken for another's."""

    token: int
    medium: str
    wanted: Wanted = Wanted.PLANES


class Plane(msgspec.Struct, frozen=True, kw_only=True):
    """A luma plane; the body of an answer holds them one after the other, row by row, a byte a pixel."""

    width: Side
    height: Side


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a plane that is a picture: the frames from `start` up to `end`, in one variant."""

    plane: Count
    left: Count
    top: Count
    right: Count
    bottom: Count
    start: Count
    end: Count
    variant: Words


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The first word of a worker, once it is confined."""


class Decoded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An image; `raw` is the number of its plane. After a `last` answer a worker ends."""

    token: int
    format: Words
    frames: Count
    planes: Annotated[list[Plane], msgspec.Meta(max_length=4096)]
    views: Annotated[list[View], msgspec.Meta(max_length=4096)]
    raw: Count | None
    remarks: Annotated[list[Words], msgspec.Meta(max_length=32)]
    last: bool = False


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """The number of a hash, and what it is of: the frames from `start` up to `end`, in one variant."""

    hash: Count
    start: Count
    end: Count
    variant: Words


class Hashed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Hashes of an image; `raw` is the number of the hash of its raw pixels.

    The body holds the coefficients of each hash, one hash after the other.
    """

    token: int
    format: Words
    frames: Count
    width: Side
    height: Side
    qualities: Annotated[list[Quality], msgspec.Meta(max_length=4097)]
    looks: Annotated[list[Look], msgspec.Meta(max_length=4096)]
    raw: Count | None
    remarks: Annotated[list[Words], msgspec.Meta(max_length=32)]
    last: bool = False


class Previewed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Small pictures of an image, the sharp one and the blurred one.

    The body holds them one after the other, row by row, three bytes a pixel: red, green, blue.
    """

    token: int
    sharp: Plane
    blurred: Plane
    last: bool = False


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why an item was not decoded: the code of an error of `stanch.errors`, and its fields."""

    token: int
    code: Words
    problem: Words = ""
    unit: Words = ""
    actual: Count = 0
    limit: Count = 0
    last: bool = False


Made = Decoded | Hashed | Previewed
Answer = Ready | Made | Refused

_encoder = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(Request)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def head(message: Request | Answer, body: int = 0) -> bytes:
    """Return what goes before a body of so many bytes."""
    header = _encoder.encode(message)
    return PREFIX.pack(len(header), body) + header


def request(header: bytes) -> Request:
    """Read what a worker is asked."""
    return _requests.decode(header)


def answer(header: bytes | bytearray) -> Answer:
    """Read what a worker answers.

    Raises
    ------
    msgspec.MsgspecError
        If it is not an answer.
    """
    return _answers.decode(header)

"""The background file: what an installation has learnt to be common, as one file that nothing executes.

JSON, one object a line: the first says what it is and under which key publishers are known, each further line is
one gram, in order, and the last holds their number and the SHA-256 of all bytes before it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from stanch.errors import DamagedFileError, FormatError, NewerVersionError
from stanch.formats.replacing import replacing, write_all

VERSION = 1
FORMAT = "stanch-background"

T = TypeVar("T")
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError)

Moment = Annotated[datetime, Meta(tz=True)]
Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class GramRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One gram: when who printed it, who stated it to be common, or that somebody has undone it.

    Parameters
    ----------
    gram : its hash, 12 hexadecimal digits.
    seen : moment, publisher and printing of each sighting.
    """

    gram: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
    seen: tuple[tuple[Moment, Number, Number], ...] = ()
    stated_by: str = ""
    stated_at: Moment | None = None
    refused: bool = False


class _Header(msgspec.Struct, kw_only=True):
    format: str = ""
    version: int = 0
    key: Annotated[str, Meta(pattern="^([0-9a-f]{2})*$")] = ""


class _Trailer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    grams: int
    sha256: str


def write_background_file(path: Path, *, key: bytes, grams: Iterable[GramRecord]) -> None:
    """Write what was learnt, replacing the file in one step.

    Raises
    ------
    CannotWriteError
        If the system refuses; then the old file stands.
    """
    header = _Header(format=FORMAT, version=VERSION, key=key.hex())
    lines = [msgspec.json.encode(each) + b"\n" for each in (header, *sorted(grams, key=lambda each: each.gram))]
    body = b"".join(lines)
    trailer = _Trailer(grams=len(lines) - 1, sha256=hashlib.sha256(body).hexdigest())
    with replacing(path) as handle:
        write_all(handle, body + msgspec.json.encode(trailer) + b"\n")


def read_background_file(path: Path) -> tuple[bytes, tuple[GramRecord, ...]]:
    """Read the key, and what was learnt.

    Raises
    ------
    NewerVersionError
        If a later Stanch wrote it.
    DamagedFileError
        If its checksum does not fit, or its end is missing.
    FormatError
        If a line is not what it should be; the error names the line.
    """
    lines = path.read_bytes().splitlines(keepends=True)
    header = _header(path, lines[0] if lines else b"")
    _check_end(path, lines)
    grams = tuple(_decoded(path, number, line, GramRecord) for number, line in enumerate(lines[1:-1], start=2))
    return bytes.fromhex(header.key), grams


def _header(path: Path, line: bytes) -> _Header:
    header = _decoded(path, 1, line, _Header)
    if header.format != FORMAT:
        raise FormatError(path=path, line=1, problem="not a Stanch background file")
    if header.version > VERSION:
        raise NewerVersionError(path=path, version=header.version, supported=VERSION)
    return header


def _check_end(path: Path, lines: list[bytes]) -> None:
    try:
        trailer = msgspec.json.decode(lines[-1], type=_Trailer)
    except _NOT_JSON:
        raise DamagedFileError(path=path, problem="it ends without its checksum") from None
    found = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    if not lines[-1].endswith(b"\n") or (trailer.grams, trailer.sha256) != (len(lines) - 2, found):
        raise DamagedFileError(path=path, problem="its checksum does not fit its content")


def _decoded(path: Path, number: int, line: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except _NOT_JSON as error:
        raise FormatError(path=path, line=number, problem=str(error)) from error

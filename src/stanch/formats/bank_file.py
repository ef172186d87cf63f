"""The bank file: a whole bank as one file that anyone can read and nothing executes.

JSON, one object a line. The first line describes the bank, each further line is one entry, in order of its id,
and the last line holds the number of entries and the SHA-256 of all bytes before it. The same bank gives the
same bytes on every machine: keys are in fixed order, times are in UTC, features are hexadecimal.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, TypeVar

import msgspec

from stanch.errors import DamagedFileError, FormatError, NewerVersionError, StanchError
from stanch.formats.fingerprint_record import FingerprintRecord, fingerprint_from, record_of
from stanch.values import (
    BEHAVIOUR_BASED,
    BankInfo,
    ContentType,
    Designation,
    Entry,
    Purpose,
    State,
)

VERSION = 1
FORMAT = "stanch-bank"

T = TypeVar("T")
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError)


class _Designation(msgspec.Struct, kw_only=True):
    list: str
    identifier: str
    date: date


class _Header(msgspec.Struct, kw_only=True):
    format: str
    version: int
    name: str
    owner: str
    legal_basis: str
    purpose: Purpose
    state: State
    content_type: ContentType | None = None
    designation: _Designation | Literal["behaviour-based"] | None = None
    reason: str | None = None
    radius: dict[str, int] = {}


class _Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    entry: str
    added: datetime
    fingerprints: Annotated[list[FingerprintRecord], msgspec.Meta(min_length=1)]
    confirmed_by: str | None = None
    expires: datetime | None = None
    labels: list[str] = []
    note: str = ""


class _Trailer(msgspec.Struct, kw_only=True):
    entries: int
    sha256: str


class _Probe(msgspec.Struct):
    """The two fields by which any version of the format is recognised."""

    format: str = ""
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class BankFile:
    """What a bank file holds."""

    info: BankInfo
    entries: tuple[Entry, ...]


def write_bank_file(path: Path, info: BankInfo, entries: Iterable[Entry]) -> None:
    """Write a bank, replacing the file in one step: after a crash at any instant the old or the new one stands.

    Raises
    ------
    OSError
        If it cannot be written; then the old file is untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            _write(stream, info, entries)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def read_bank_file(path: Path) -> BankFile:
    """Read a bank; nothing in the file is executed.

    Raises
    ------
    NewerVersionError
        If a later Stanch wrote it.
    DamagedFileError
        If its checksum does not fit, or its end is missing.
    FormatError
        If a line is not what it should be; the error names the line.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        first = stream.readline()
        header = _header(path, first)
        digest.update(first)
        entries = tuple(_entries(path, stream, digest))
    info = _refusing(path, 1, lambda: _info_from(header))
    return BankFile(info=info, entries=entries)


def looks_like_bank_file(path: Path) -> bool:
    """Tell a bank file, of whatever version, from other files by its first line."""
    with path.open("rb") as stream:
        return stream.read(64).startswith(f'{{"format":"{FORMAT}"'.encode())


def _write(stream: BinaryIO, info: BankInfo, entries: Iterable[Entry]) -> None:
    digest = hashlib.sha256()
    count = -1
    for count, record in enumerate(_records(info, entries)):  # noqa: B007 - the header counts as none
        line = msgspec.json.encode(record) + b"\n"
        digest.update(line)
        stream.write(line)
    trailer = _Trailer(entries=count, sha256=digest.hexdigest())
    stream.write(msgspec.json.encode(trailer) + b"\n")


def _records(info: BankInfo, entries: Iterable[Entry]) -> Iterator[_Header | _Entry]:
    yield _header_of(info)
    for entry in sorted(entries, key=lambda entry: entry.id):
        yield _record_of(entry)


def _header_of(info: BankInfo) -> _Header:
    designation: Any = info.designation
    if isinstance(designation, Designation):
        designation = _Designation(list=designation.list, identifier=designation.identifier, date=designation.date)
    return _Header(
        format=FORMAT,
        version=VERSION,
        name=info.name,
        owner=info.owner,
        legal_basis=info.legal_basis,
        purpose=info.purpose,
        state=info.state,
        content_type=info.content_type,
        designation=designation,
        reason=info.reason,
        radius=dict(sorted(info.radius.items())),
    )


def _info_from(header: _Header) -> BankInfo:
    named = header.designation
    designation = (
        Designation(list=named.list, identifier=named.identifier, date=named.date)
        if isinstance(named, _Designation)
        else named and BEHAVIOUR_BASED
    )
    return BankInfo(
        name=header.name,
        owner=header.owner,
        legal_basis=header.legal_basis,
        purpose=header.purpose,
        state=header.state,
        content_type=header.content_type,
        designation=designation,
        reason=header.reason,
        radius=header.radius,
    )


def _record_of(entry: Entry) -> _Entry:
    return _Entry(
        entry=entry.id,
        added=entry.added.astimezone(UTC),
        fingerprints=[record_of(fingerprint) for fingerprint in entry.fingerprints],
        confirmed_by=entry.confirmed_by,
        expires=entry.expires and entry.expires.astimezone(UTC),
        labels=list(entry.labels),
        note=entry.note,
    )


def _header(path: Path, line: bytes) -> _Header:
    try:
        probe = msgspec.json.decode(line, type=_Probe)
    except _NOT_JSON:
        probe = _Probe()
    if probe.format != FORMAT:
        raise FormatError(path=path, line=1, problem="not a Stanch bank file")
    if probe.version > VERSION:
        raise NewerVersionError(path=path, version=probe.version, supported=VERSION)
    return _decoded(path, 1, line, _Header)


def _entries(path: Path, stream: BinaryIO, digest: Any) -> Iterator[Entry]:  # noqa: ANN401 - hashlib's type has no public name
    seen = set[str]()
    line, number = stream.readline(), 2
    while following := stream.readline():
        entry = _entry(path, number, line)
        if entry.id in seen:
            raise FormatError(path=path, line=number, problem=f"entry {entry.id!r} stands here twice")
        seen.add(entry.id)
        digest.update(line)
        yield entry
        line, number = following, number + 1
    _check_end(path, line, count=number - 2, sha256=digest.hexdigest())


def _entry(path: Path, number: int, line: bytes) -> Entry:
    record = _decoded(path, number, line, _Entry)
    return _refusing(path, number, lambda: _entry_from(record))


def _entry_from(record: _Entry) -> Entry:
    return Entry(
        id=record.entry,
        added=record.added,
        fingerprints=tuple(fingerprint_from(written) for written in record.fingerprints),
        confirmed_by=record.confirmed_by,
        expires=record.expires,
        labels=tuple(record.labels),
        note=record.note,
    )


def _check_end(path: Path, line: bytes, *, count: int, sha256: str) -> None:
    try:
        trailer = msgspec.json.decode(line, type=_Trailer)
    except _NOT_JSON:
        raise DamagedFileError(path=path, problem=f"it ends after line {count + 1} without its checksum") from None
    if not line.endswith(b"\n") or (trailer.entries, trailer.sha256) != (count, sha256):
        raise DamagedFileError(path=path, problem="its checksum does not fit its content")


def _decoded(path: Path, number: int, line: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except _NOT_JSON as error:
        raise FormatError(path=path, line=number, problem=str(error)) from error


def _refusing(path: Path, number: int, act: Callable[[], T]) -> T:
    """Name the line in what a value refuses."""
    try:
        return act()
    except (StanchError, ValueError) as error:
        raise FormatError(path=path, line=number, problem=str(error)) from error


def _sync_folder(folder: Path) -> None:
    """Make a rename last: it is the folder that remembers it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

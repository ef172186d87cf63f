"""Posts that wait for the service: one file a request, in a folder, safe at any crash.

A file is a line of JSON, the record, and the body of the request as it will be sent. It is written whole under
another name, reaches the disk, and then gets its own: after a crash at any instant it is there whole or not.
It holds what somebody posted, unencrypted; nobody but its owner may read it, and it goes when the service has it.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from stanch.client.answers import NotScannedAnswer, Problem
from stanch.client.errors import SpoolError
from stanch.client.messages import Request
from stanch.errors import DamagedFileError

FORMAT: Final = "stanch-spool"
VERSION: Final = 1
SUFFIX: Final = ".post"
DRAFT: Final = ".draft-"
REFUSED: Final = "refused"

OLD_DRAFT: Final = 3_600
"""Seconds after which nobody is still writing a draft: whoever did was killed."""


class WaitingPost(msgspec.Struct, frozen=True, kw_only=True):
    """Whose post it is, so that the answer can say so without reading the body."""

    idempotency_key: str
    post: str = ""
    account: str = ""
    audience: str = ""
    not_scanned: tuple[NotScannedAnswer, ...] = ()
    remarks: tuple[str, ...] = ()


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    version: int
    kept: datetime
    method: str
    path: str
    headers: dict[str, str]
    posts: tuple[WaitingPost, ...]
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A request that waits, with the posts in it."""

    request: Request
    posts: tuple[WaitingPost, ...]


class Spool:
    """A folder of requests that wait.

    Several processes may keep and send at once: what is sent twice counts once, by its idempotency key.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, waiting: Waiting, *, now: datetime) -> Path:
        """Keep a request, and return its file; once this returns, a power cut does not lose it.

        A request that waits already is kept once.

        Raises
        ------
        SpoolError
            If it cannot be written.
        """
        path = self.folder / _name(waiting)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                self._write(path, _bytes_of(waiting, now))
        except OSError as error:
            raise SpoolError(folder=self.folder, problem=str(error)) from error
        return path

    def waiting(self) -> list[Path]:
        """Return the files that wait, oldest first, and remove what killed processes left half written."""
        self._sweep()
        return sorted(self.folder.glob(f"*{SUFFIX}"), key=_age)

    def read(self, path: Path) -> Waiting:
        """Return what a file holds, or raise DamagedFileError."""
        head, _, body = path.read_bytes().partition(b"\n")
        try:
            record = msgspec.json.decode(head, type=_Record)
        except msgspec.DecodeError as error:
            raise DamagedFileError(path=path, problem=str(error)) from error
        if (record.format, record.version) != (FORMAT, VERSION):
            raise DamagedFileError(path=path, problem="not of a format that this Stanch reads")
        if hashlib.sha256(body).hexdigest() != record.sha256:
            raise DamagedFileError(path=path, problem="its checksum does not fit its content")
        request = Request(method=record.method, path=record.path, headers=record.headers, body=body)
        return Waiting(request=request, posts=record.posts)

    def remove(self, path: Path) -> None:
        """Remove what the service has now."""
        path.unlink(missing_ok=True)

    def aside(self, path: Path) -> Path:
        """Return where a file goes that the service will not have."""
        return self.folder / REFUSED / path.name

    def refuse(self, path: Path, problems: Sequence[Problem]) -> None:
        """Put a file aside that the service will not have, with the reasons beside it."""
        aside = self.aside(path)
        aside.parent.mkdir(exist_ok=True, mode=0o700)
        aside.with_suffix(".json").write_bytes(msgspec.json.encode(problems))
        with suppress(FileNotFoundError):  # another process was first
            path.replace(aside)
        _sync_folder(aside.parent)

    def _write(self, path: Path, content: bytes) -> None:
        handle, draft = tempfile.mkstemp(dir=self.folder, prefix=DRAFT)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(draft).replace(path)
            _sync_folder(self.folder)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(draft).unlink()
            raise

    def _sweep(self) -> None:
        for draft in self.folder.glob(f"{DRAFT}*"):
            with suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > OLD_DRAFT:
                    draft.unlink()


def _name(waiting: Waiting) -> str:
    """Name a request by its keys and by its body: another post under the same key replaces nothing."""
    keys = "\n".join(post.idempotency_key for post in waiting.posts)
    return hashlib.sha256(keys.encode() + b"\0" + waiting.request.body).hexdigest()[:40] + SUFFIX


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name


def _bytes_of(waiting: Waiting, now: datetime) -> bytes:
    record = _Record(
        format=FORMAT,
        version=VERSION,
        kept=now,
        method=waiting.request.method,
        path=waiting.request.path,
        headers=dict(waiting.request.headers),
        posts=waiting.posts,
        sha256=hashlib.sha256(waiting.request.body).hexdigest(),
    )
    return msgspec.json.encode(record) + b"\n" + waiting.request.body


def _sync_folder(folder: Path) -> None:
    """Make a name last: it is the folder that remembers it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The list of erasures, kept apart from database and backup, so that no restore undoes one.

Lines of text, only ever added, each waited for on the disk. A line names a blob, what became of its erasure, and
when; nothing of the content. It ends in a check over itself and the line before it: a line that was altered, taken
out or put elsewhere is found. An end without a line feed is of a writer that died before anything was
acknowledged, and is cut off by the next.

`begun` is written inside the transaction that erases, before it commits; `erased` after that; `kept` if it turned
out that it never committed. So what was acknowledged is on the list, even if the process died in the next instant
and an old database is restored.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from stanch_server.vault import durable
from stanch_server.vault.errors import DamagedErasureListError
from stanch_server.vault.values import BlobId

FIRST: Final = "0" * 16
LONGEST: Final = 256


class Mark(StrEnum):
    """What became of an erasure."""

    BEGUN = "begun"
    ERASED = "erased"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasures:
    """The list.

    Parameters
    ----------
    path : of the file; made when the first line is added.
    """

    path: Path

    def add(self, blobs: Iterable[str], mark: Mark, *, at: datetime) -> None:
        """Add a line for each blob; they are on the disk when this returns.

        Raises
        ------
        StorageError
            If they cannot be written; then none of them is on the list.
        DamagedErasureListError
            If the last line is not what was written.
        """
        said = [f"{mark} {blob} {at.astimezone(UTC).isoformat()}" for blob in blobs]
        with durable.refusing(self.path), self._locked() as handle:
            _append(handle, _lines(said, self._last_check(handle)))

    def read(self) -> dict[BlobId, Mark]:
        """Return the last mark of each blob.

        Raises
        ------
        DamagedErasureListError
            If a line is not what was written; the error names the first.
        """
        if not self.path.exists():
            return {}
        marks, check = {}, FIRST
        with self.path.open("rb") as stream:
            for number, line in enumerate(_whole(stream), 1):
                said, found = _parts(line)
                check = _check(said, check)
                if found != check:
                    problem = "altered, or a line before it was removed"
                    raise DamagedErasureListError(path=self.path, line=number, problem=problem)
                mark, blob, _ = said.split(" ")
                marks[BlobId(blob)] = Mark(mark)
        return marks

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Give the open file to one writer at a time, over all processes."""
        durable.make_folder(self.path.parent)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_size == 0:
                durable.sync_folder(self.path.parent)
            yield handle
        finally:
            os.close(handle)

    def _last_check(self, handle: int) -> str:
        """Cut off an end that was never acknowledged. Return the check of the last line."""
        size = os.fstat(handle).st_size
        tail = os.pread(handle, 2 * LONGEST, max(0, size - 2 * LONGEST))
        whole = tail.rpartition(b"\n")
        if len(whole[2]) > LONGEST:
            raise DamagedErasureListError(path=self.path, line="the last", problem="is no line of this list")
        if whole[2]:
            os.ftruncate(handle, size - len(whole[2]))
        return _parts(whole[0].rpartition(b"\n")[2])[1] if whole[0] else FIRST


def _append(handle: int, data: bytes) -> None:
    """Write at the end and wait for the disk; if that fails, leave the file as it was."""
    size = os.lseek(handle, 0, os.SEEK_END)
    try:
        durable.write_all(handle, data)
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def _lines(said: Iterable[str], check: str) -> bytes:
    lines = []
    for one in said:
        check = _check(one, check)
        lines.append(f"{one} {check}\n")
    return "".join(lines).encode()


def _whole(stream: Iterable[bytes]) -> Iterator[bytes]:
    return (line[:-1] for line in stream if line.endswith(b"\n"))


def _parts(line: bytes) -> tuple[str, str]:
    said, _, check = line.decode("utf-8", "replace").rpartition(" ")
    return said, check


def _check(said: str, before: str) -> str:
    return hashlib.sha256(f"{before} {said}".encode()).hexdigest()[: len(FIRST)]

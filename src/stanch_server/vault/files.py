"""The encrypted files: one a blob, by its id, in a tree of two levels. They mean nothing without their rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from stanch_server.vault import durable
from stanch_server.vault.errors import DamagedBlobError
from stanch_server.vault.values import BlobId

DRAFTS = "drafts"


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """The tree of files.

    Parameters
    ----------
    folder : where it stands; made when something is written.
    """

    folder: Path

    def path(self, blob: str) -> Path:
        """Return where the file of a blob stands, be it there or not."""
        return self.folder / blob[:2] / blob[2:4] / blob

    def write(self, blob: str, content: Iterable[bytes]) -> int:
        """Write a blob's file, so that it stands when this returns. Return its bytes; raises as `write_new`."""
        return durable.write_new(self.path(blob), content, drafts=self.folder / DRAFTS)

    def open(self, blob: str, *, size: int) -> BinaryIO:
        """Open a blob's file, which must be of `size` bytes.

        Raises
        ------
        DamagedBlobError
            If it is not there, or shorter or longer.
        """
        try:
            stream = self.path(blob).open("rb")
        except FileNotFoundError:
            raise DamagedBlobError(blob=blob, problem="its file is missing") from None
        actual = stream.seek(0, 2)
        if actual != size:
            stream.close()
            raise DamagedBlobError(blob=blob, problem=f"its file is of {actual} bytes, not of {size}")
        stream.seek(0)
        return stream

    def holds(self, blob: str) -> bool:
        """Return whether a blob has a file."""
        return self.path(blob).exists()

    def remove(self, blob: str) -> bool:
        """Remove a blob's file. Return whether there was one."""
        return durable.remove(self.path(blob))

    def blobs(self, *, before: datetime) -> Iterator[BlobId]:
        """Yield the ids of the files that were written before a time."""
        for path in _older(self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"), before):
            yield BlobId(path.name)

    def drafts(self, *, before: datetime) -> Iterator[Path]:
        """Yield the drafts to which nothing was written since a time."""
        yield from _older((self.folder / DRAFTS).glob("*"), before)


def _older(paths: Iterable[Path], before: datetime) -> Iterator[Path]:
    for path in paths:
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue  # erased meanwhile
        if written < before:
            yield path

"""Manifests: which files of the index are used, and the only ways to change that.

A file is written once and never changed. The manifest names those that are used, and is replaced in one step.
"""

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from filelock import FileLock, Timeout
from msgspec import Meta

from stanch.errors import CannotWriteError
from stanch.formats.replacing import replacing, write_all
from stanch_server.banks.marks import Mark
from stanch_server.vault.durable import make_folder

MANIFEST = "manifest.json"
LOCK = ".writing"
_SEGMENT = r"\d{20}-[0-9a-f]{8}\.segment"
_TOMBSTONES = rf"tombstones-{_SEGMENT}"
_OURS = re.compile(rf"{_SEGMENT}|{_TOMBSTONES}|\.({_SEGMENT}|{_TOMBSTONES}|{re.escape(MANIFEST)})\..+")

logger = logging.getLogger(__name__)


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A file as a manifest names it.

    Attributes
    ----------
    sha256 : of its header, which fixes every other byte; hexadecimal.
    entries : how many it holds, dead or alive.
    """

    name: Annotated[str, Meta(pattern=f"^({_SEGMENT}|{_TOMBSTONES})$")]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    entries: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Which files are used.

    Attributes
    ----------
    mark : of the last change that is certainly in them; later ones may be too.
    made : when.
    tombstones : the file of what is dead; None where nothing is.
    before : the files of the generation before, which somebody may be about to open.
    damaged : segments that were found damaged, whose entries stand in others now: whoever has one open changes.
    """

    version: Literal[1] = 1
    mark: Mark
    made: datetime
    segments: list[Named]
    tombstones: Named | None
    before: list[str]
    damaged: list[str]

    def files(self) -> list[str]:
        """Return the names of all files that are used."""
        return [named.name for named in (*self.segments, *([self.tombstones] if self.tombstones else []))]


def read_manifest(folder: Path) -> Manifest | None:
    """Return which files are used; None if nothing says so that can be read."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        logger.info("there is no index to start from")
    except (OSError, msgspec.MsgspecError) as error:
        logger.warning("index manifest cannot be read", extra={"error": str(error)})
    return None


def folded_number(folder: Path) -> int:
    """Return the number of the last change that is certainly in the newest generation; 0 if there is none."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return 0  # the indexer has not made one yet, or it was deleted
    return manifest.mark.number


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step, or raise CannotWriteError and leave the one before."""
    with replacing(folder / MANIFEST) as handle:
        write_all(handle, msgspec.json.encode(manifest))


def new_path(folder: Path, mark: Mark) -> Path:
    """Return a name for a segment that holds what was so at a change, or later."""
    return folder / f"{mark.number:020}-{secrets.token_hex(4)}.segment"


@contextmanager
def writing(folder: Path) -> Iterator[bool]:
    """Give whether this process is alone in writing to the folder, which is made if it is not there.

    The lease of the indexer saves work; this keeps two, one of which was stopped for longer than its lease, from
    sweeping what the other is about to name. It ends with the process, however that ends.

    Raises
    ------
    CannotWriteError
        If the folder cannot be made or written to.
    """
    lock = FileLock(folder / LOCK)
    try:
        make_folder(folder)
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise CannotWriteError(path=folder, problem=error.strerror or str(error)) from error
    try:
        yield True
    finally:
        lock.release()


def sweep(folder: Path) -> None:
    """Remove files that neither this generation nor the one before uses, and drafts of those who were killed.

    For whoever is alone in `writing`. Other files are left alone.
    """
    manifest = read_manifest(folder)
    kept = set() if manifest is None else {*manifest.files(), *manifest.before}
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name not in kept and _OURS.fullmatch(path.name):
                path.unlink()

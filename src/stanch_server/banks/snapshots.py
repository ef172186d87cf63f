"""Index files: everything that is searched up to one change, so that a process starts without reading all rows.

A derived cache. A file is written once and never changed; a manifest names the newest. Each may be damaged, or all
be deleted, at any time: what does not fit its checksums, or tells of another database, is not used.
"""

import logging
import re
import secrets
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from stanch_server.banks.blocks import DamagedIndexError, pack, unpack
from stanch_server.banks.columns import About, about_of, from_blocks, to_blocks
from stanch_server.banks.folded import Folded
from stanch_server.vault.durable import write_new

MANIFEST = "manifest.json"
DRAFTS = "drafts"
_NAME = re.compile(r"(\d{20})-[0-9a-f]{8}\.index")

logger = logging.getLogger(__name__)


class _Manifest(msgspec.Struct):
    newest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """An index file that was read and found whole."""

    path: Path
    about: About
    folded: Folded


def write(folder: Path, folded: Folded, about: About, *, before: Path | None) -> Path:
    """Write a new file, read it back, name it in the manifest, and remove all but it and the one before.

    Parameters
    ----------
    before : a file that is whole; it stays, in case the new one is found damaged later.

    Raises
    ------
    StorageError
        If the disk refuses; what was there before is still there.
    DamagedIndexError
        If what is read back is not what was written; the same.
    """
    path = folder / f"{about.mark.number:020}-{secrets.token_hex(4)}.index"
    write_new(path, pack(to_blocks(folded, about), number=about.mark.number), drafts=folder / DRAFTS)
    try:
        unpack(path.read_bytes())
    except OSError as error:
        raise DamagedIndexError(problem=f"it cannot be read back ({error.strerror})") from error
    named = msgspec.json.encode(_Manifest(newest=path.name))
    write_new(folder / MANIFEST, [named], drafts=folder / DRAFTS)
    _sweep(folder, {path, before})
    return path


def newest(folder: Path) -> Snapshot | None:
    """Return the newest file that is whole and of this database; None if there is none.

    What is passed over is told in the log.
    """
    for path in _candidates(folder):
        try:
            snapshot = read(path)
        except FileNotFoundError:
            continue  # removed since it was listed: there is a newer one
        except (DamagedIndexError, OSError) as error:
            logger.warning("index file is not used", extra={"file": path.name, "error": str(error)})
            continue
        if snapshot.about.mark.stands():
            return snapshot
        logger.warning("index file is of another database", extra={"file": path.name})
    logger.info("there is no index file to start from")
    return None


def read(path: Path) -> Snapshot:
    """Read a file whole; into memory, so that nothing that happens to the file later can be noticed.

    Raises
    ------
    DamagedIndexError
        If it is not as it was written.
    OSError
        If it cannot be read.
    """
    blocks = unpack(path.read_bytes())
    return Snapshot(path=path, about=about_of(blocks), folded=from_blocks(blocks))


def _candidates(folder: Path) -> list[Path]:
    """Return the files, the one that the manifest names first, then the newest first."""
    named = _named(folder)
    files = sorted(_files(folder), key=lambda path: (path.name == named, path.name), reverse=True)
    if files and named != files[0].name:
        logger.warning("index manifest names no file", extra={"file": files[0].name})
    return files


def _named(folder: Path) -> str:
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest).newest
    return ""


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _sweep(folder: Path, kept: Container[Path | None]) -> None:
    """Remove all other files, and drafts that somebody was killed over."""
    with suppress(OSError):
        for path in (*_files(folder), *(folder / DRAFTS).iterdir()):
            if path not in kept:
                path.unlink()

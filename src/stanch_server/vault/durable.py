"""Writing so that it is on the disk: to a draft, waited for, renamed, the folder waited for."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stanch_server.vault.errors import StorageError


def write_new(path: Path, content: Iterable[bytes], *, drafts: Path) -> int:
    """Write a file that then stands whole under its name, or not at all. Return its bytes.

    When this returns, file and name survive a loss of power. An error of the content passes through as it is.

    Parameters
    ----------
    path : of the file; nobody else writes it.
    drafts : a folder on the same disk.

    Raises
    ------
    StorageError
        If it cannot be written; nothing of it is left.
    """
    draft = drafts / f"{path.name}.{secrets.token_hex(4)}"
    try:
        with refusing(path):
            make_folder(drafts)
            make_folder(path.parent)
        written = _write_draft(draft, content, path)
        with refusing(path):
            draft.rename(path)
            sync_folder(path.parent)
    except BaseException:
        for left in (draft, path):
            with suppress(OSError):
                left.unlink()
        raise
    return written


def _write_draft(draft: Path, content: Iterable[bytes], path: Path) -> int:
    with refusing(path):
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    written = 0
    try:
        for piece in content:
            with refusing(path):
                written += write_all(handle, piece)
        with refusing(path):
            os.fsync(handle)
    finally:
        os.close(handle)
    return written


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Say of what the disk refuses which file could not be written."""
    try:
        yield
    except OSError as error:
        raise StorageError(path=path, problem=error.strerror or str(error)) from error


def write_all(handle: int, data: bytes) -> int:
    """Write all of `data`, however little each call takes. Return its length."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
    return len(data)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, and wait until their names are on the disk; only the owner may enter."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: Path) -> bool:
    """Remove a file for good. Return whether there was one."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    sync_folder(path.parent)
    return True

"""Writing so that a file stands whole under its name, or not at all: a draft, waited for, renamed."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stanch.errors import CannotWriteError


@contextmanager
def replacing(path: Path) -> Iterator[int]:
    """Give a descriptor to write a draft with; at the end the draft takes the name, whatever stood there before.

    The draft lies in the same folder as `.NAME.RANDOM`. A process that is killed leaves it behind: whoever knows
    that nobody writes in the folder may remove what matches `.NAME.*`. After a loss of power the old or the new
    file stands. Only the owner may read it.

    Raises
    ------
    CannotWriteError
        If the system refuses anything, as a full disk does. The draft is gone, and what stood there stands. (Only
        if the folder cannot be waited for, the new file stands, and a loss of power may bring back the old.)
    """
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            yield from _writing(handle)
            Path(draft).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(draft).unlink()
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise CannotWriteError(path=path, problem=error.strerror or str(error)) from error


def _writing(handle: int) -> Iterator[int]:
    """Lend a descriptor, wait until what was written is on the disk, and close it in any case."""
    try:
        yield handle
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes | memoryview) -> None:
    """Write all of `data` (bytes), however little each call takes."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _sync_folder(folder: Path) -> None:
    """Make a rename last: it is the folder that remembers it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""What the indexer is troubled by, where other processes can read it."""

import errno
import logging
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from stanch.errors import CannotWriteError, DamagedSegmentError
from stanch.formats.replacing import replacing, write_all

FILE = "trouble.json"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Kind = Literal["full", "refused", "damaged"]

logger = logging.getLogger(__name__)


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why the index is not as it should be. Everything is found all the same.

    Attributes
    ----------
    kind : the disk is full, or refuses otherwise; or it gave back something else than was written.
    said : what, in one sentence; it names files and no content.
    since : when it began.
    """

    kind: Kind
    said: str
    since: datetime


class NoRoomError(CannotWriteError):
    """{path} cannot be written: {problem}."""

    code = "no-room"


def kind_of(error: CannotWriteError | DamagedSegmentError) -> Kind:
    """Return what kind of trouble it is that something could not be written, or not be read back."""
    if isinstance(error, DamagedSegmentError):
        return "damaged"
    cause = error.__cause__
    full = isinstance(error, NoRoomError) or (isinstance(cause, OSError) and cause.errno in FULL)
    return "full" if full else "refused"


def note(folder: Path, kind: Kind, said: str, *, now: datetime) -> None:
    """Keep what the trouble is, until `clear`; the same trouble keeps the time at which it began."""
    known = read(folder)
    if known is not None and (known.kind, known.said) == (kind, said):
        return
    since = known.since if known is not None and known.kind == kind else now
    try:
        with replacing(folder / FILE) as handle:
            write_all(handle, msgspec.json.encode(Trouble(kind=kind, said=said, since=since)))
    except CannotWriteError as error:
        logger.warning("what troubles the indexer could not be written", extra={"error": str(error)})


def clear(folder: Path) -> None:
    """Say that all is well again."""
    with suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)


def read(folder: Path) -> Trouble | None:
    """Return what the indexer is troubled by, if anything."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Trouble)
    except (OSError, msgspec.MsgspecError):
        return None

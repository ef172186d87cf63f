"""The indexer: folds changes into index files, in one process at a time."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import Error, close_old_connections, connections

from stanch_server.banks import leases, snapshots
from stanch_server.banks.blocks import DamagedIndexError
from stanch_server.banks.columns import About
from stanch_server.banks.folded import Folded
from stanch_server.banks.marks import Mark, newest_mark
from stanch_server.banks.snapshots import Snapshot
from stanch_server.banks.tail import follow, read_all
from stanch_server.vault.errors import StorageError

LEASE = "indexer"
LEASE_SECONDS = 60.0
PAUSE = 1.0
PAUSE_AFTER_TROUBLE = 5.0

TAIL = 1_000
"""A longer tail of changes than this, and than a tenth of the entries, is folded at once."""

PATIENCE = timedelta(minutes=10)
"""A shorter one is folded after this time."""

CHECKED = timedelta(minutes=10)
"""So often a file that looks untouched is read again, in case the disk has damaged it."""

FOLDS = 50
"""After so many files made from one another, one is made from the database again."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """A file as it was when it was last found whole."""

    path: Path
    about: About
    status: tuple[int, ...]
    checked: datetime


class Indexer:
    """One candidate for the work of the indexer.

    Nothing hangs on its work but the time that a process takes to start.

    Parameters
    ----------
    folder : of the index files.
    holder : its name in the lease; another one in every process.
    """

    def __init__(self, *, folder: Path, holder: str) -> None:
        self._folder = folder
        self._holder = holder
        self._until: datetime | None = None
        self._seen: _Seen | None = None

    def run_once(self, *, now: datetime) -> bool:
        """Make a new file if it holds the lease and one is due. Return whether it did.

        Raises
        ------
        StorageError, DamagedIndexError
            If the disk refuses, or gives back something else.
        """
        if not self._leads(now) or not self._due(now):
            return False
        self._make(now)
        return True

    def resign(self, *, now: datetime) -> None:
        """Give the lease back, so that another takes over at once."""
        self._until = None
        leases.release(name=LEASE, holder=self._holder, now=now)

    def _leads(self, now: datetime) -> bool:
        """Return whether this is the indexer; the lease is renewed when half of it has gone by."""
        if self._until is not None and now < self._until - timedelta(seconds=LEASE_SECONDS / 2):
            return True
        held = leases.acquire(name=LEASE, holder=self._holder, seconds=LEASE_SECONDS, now=now)
        self._until = now + timedelta(seconds=LEASE_SECONDS) if held else None
        return held

    def _due(self, now: datetime) -> bool:
        newest, seen = newest_mark(), self._whole(now)
        if seen is None or not seen.about.mark.stands():
            return True
        tail = newest.number - seen.about.mark.number
        return tail > max(TAIL, seen.about.entries / 10) or (tail > 0 and now - seen.about.made >= PATIENCE)

    def _whole(self, now: datetime) -> _Seen | None:
        """Return the newest file that is whole; it is read again if it looks touched, and from time to time."""
        seen = self._seen
        if seen is None or _status(seen.path) != seen.status or not timedelta() <= now - seen.checked < CHECKED:
            snapshot = snapshots.newest(self._folder)
            self._seen = None if snapshot is None else _seen(snapshot.path, snapshot.about, now)
        return self._seen

    def _make(self, now: datetime) -> None:
        base = snapshots.newest(self._folder)
        folded, mark, folds = _from_database() if base is None or base.about.folds >= FOLDS else _from_file(base)
        about = About(mark=mark, made=now, folds=folds, entries=len(folded.entries))
        path = snapshots.write(self._folder, folded, about, before=base.path if base else None)
        self._seen = _seen(path, about, now)
        logger.info("index file made", extra={"file": path.name, "entries": about.entries})


def run_forever(
    *,
    folder: Path,
    holder: str,
    stop: threading.Event,
    pause: float = PAUSE,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Keep the index files up with the database until `stop` is set, whenever this process holds the lease.

    Parameters
    ----------
    folder : of the files; made if it is not there.
    holder : the name of this process in the lease; another one in every process.
    pause : seconds between two looks. While the database or the disk refuse, it waits longer.
    """
    indexer = Indexer(folder=folder, holder=holder)
    while not stop.is_set():
        stop.wait(_look(indexer, now(), pause))
    try:
        indexer.resign(now=now())
    except Error:
        logger.warning("indexer could not give its lease back; it runs out by itself")
    connections.close_all()


def _look(indexer: Indexer, now: datetime, pause: float) -> float:
    """Do what is due, and return how many seconds to wait until the next look."""
    close_old_connections()
    try:
        indexer.run_once(now=now)
    except Error as error:
        logger.warning("indexer waits for the database", extra={"error": type(error).__qualname__})
        connections.close_all()
        return PAUSE_AFTER_TROUBLE
    except (StorageError, DamagedIndexError) as error:
        logger.warning("indexer could not write", extra={"error": str(error)})
        return PAUSE_AFTER_TROUBLE
    return pause


def _from_database() -> tuple[Folded, Mark, int]:
    folded, mark = Folded(), newest_mark()
    read_all(folded)
    return folded, mark, 0


def _from_file(base: Snapshot) -> tuple[Folded, Mark, int]:
    mark, newest = base.about.mark, newest_mark()
    while mark.number < newest.number and (reached := follow(base.folded, mark)) != mark:
        mark = reached
    return base.folded, mark, base.about.folds + 1


def _seen(path: Path, about: About, now: datetime) -> _Seen:
    return _Seen(path=path, about=about, status=_status(path), checked=now)


def _status(path: Path) -> tuple[int, ...]:
    """Return what changes when somebody touches a file; nothing if it is gone."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

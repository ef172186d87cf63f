"""The indexer: folds changes into segments, in one process at a time, and keeps these whole."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import Error, close_old_connections, connections

from stanch.errors import CannotWriteError, DamagedSegmentError
from stanch_server.banks import folding, generations, leases, trouble
from stanch_server.banks.generations import Generation, Lost
from stanch_server.banks.manifests import MANIFEST, sweep, writing
from stanch_server.banks.marks import Mark, newest_mark
from stanch_server.banks.patrol import Patrol, status

LEASE = "indexer"
LEASE_SECONDS = 60.0
PAUSE = 1.0
PAUSE_AFTER_TROUBLE = 5.0

TAIL = 2_000
"""A longer tail of changes than this is folded at once."""

PATIENCE = timedelta(minutes=10)
"""A shorter one is folded after this time."""

logger = logging.getLogger(__name__)


class Indexer:
    """One candidate for the work of the indexer.

    No answer hangs on its work, but the time that a process takes to start and the memory that it needs do.

    Parameters
    ----------
    folder : of the segments.
    holder : its name in the lease; another one in every process.
    """

    def __init__(self, *, folder: Path, holder: str) -> None:
        self._folder = folder
        self._holder = holder
        self._until: datetime | None = None
        self._patrol = Patrol()
        self._open: Generation | None = None
        self._status: tuple[int, ...] = ()
        self._swept = False

    def run_once(self, *, now: datetime) -> bool:
        """Do what is due, if it holds the lease. Return whether it made a new generation.

        Raises
        ------
        CannotWriteError, DamagedSegmentError
            If the disk refuses, or gives back something else; the generation before stands.
        """
        if not self._leads(now):
            return False
        with writing(self._folder) as alone:
            return alone and self._work(now)

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

    def _work(self, now: datetime) -> bool:
        """Look after the segments, fold, and merge until nothing is to be merged."""
        if not self._swept:  # drafts of one that was killed
            sweep(self._folder)
            self._swept = True
        try:
            made = self._fold(now)
            while self._merge():
                made = True
        except (CannotWriteError, DamagedSegmentError) as error:
            sweep(self._folder)  # what was written in vain takes up room
            trouble.note(self._folder, trouble.kind_of(error), str(error), now=now)
            raise
        trouble.clear(self._folder)
        return made

    def _fold(self, now: datetime) -> bool:
        """Make a generation of all that is known now, if one is due."""
        newest = newest_mark()
        generation = self._patrolled(now)
        if generation is None:
            self._publish(folding.everything(self._folder, newest), newest, now)
        elif generation.lost:
            self._heal(generation, now)
        elif self._patrol.tombstones_touched(generation, self._folder):
            self._publish(list(generation.segments), generation.mark, generation.manifest.made)
        elif _due(generation, newest, now):
            changed, mark = folding.changes_since(generation.mark)
            self._publish(folding.folded(self._folder, generation, changed, mark), mark, now)
        else:
            return False
        return True

    def _heal(self, generation: Generation, now: datetime) -> None:
        """Read again from the database what stood in damaged segments."""
        said = "; ".join(f"{lost.name}: {lost.problem}" for lost in generation.lost)
        trouble.note(self._folder, "damaged", f"segments are damaged and made anew: {said}", now=now)
        logger.warning("index segments are made anew", extra={"error": said})
        segments, made = folding.healed(self._folder, generation), generation.manifest.made
        self._publish(segments, generation.mark, made, damaged=generation.lost)

    def _merge(self) -> bool:
        """Merge segments, if some are to be merged."""
        generation = self._current()
        if generation is None or generation.lost:
            return False  # somebody has just spoilt it; the next look deals with that
        segments = folding.merged(self._folder, generation)
        if segments is not None:
            self._publish(segments, generation.mark, generation.manifest.made)
        return segments is not None

    def _patrolled(self, now: datetime) -> Generation | None:
        """Return the newest generation, without what turns out to be damaged."""
        generation = self._current()
        if generation is None or not generation.mark.stands():
            return None
        if lost := self._patrol.look(generation, now=now):
            self._open = generation.without(lost)
        return self._open

    def _current(self) -> Generation | None:
        """Return the newest generation; it is opened again if somebody has touched one of its files."""
        seen = status(self._folder / MANIFEST)
        if self._open is None or seen != self._status or self._patrol.touched(self._open):
            self._status, self._open = seen, generations.newest(self._folder)
            if self._open is not None:
                self._patrol.begin(self._open, self._folder)
        return self._open

    def _publish(
        self, segments: list[folding.Segment], mark: Mark, made: datetime, *, damaged: Iterable[Lost] = ()
    ) -> None:
        manifest = generations.publish(
            self._folder, segments, mark=mark, made=made, damaged=[lost.name for lost in damaged]
        )
        self._open = None
        entries = sum(segment.entries - len(dead) for segment, dead in segments)
        logger.info("index made", extra={"segments": len(manifest.segments), "entries": entries})


def run_forever(
    *,
    folder: Path,
    holder: str,
    stop: threading.Event,
    pause: float = PAUSE,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Keep the segments up with the database until `stop` is set, whenever this process holds the lease.

    Parameters
    ----------
    folder : of the segments; made if it is not there.
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
    except (CannotWriteError, DamagedSegmentError) as error:
        logger.warning("indexer could not write", extra={"error": str(error)})
        return PAUSE_AFTER_TROUBLE
    return pause


def _due(generation: Generation, newest: Mark, now: datetime) -> bool:
    tail = newest.number - generation.mark.number
    return tail > TAIL or (tail > 0 and now - generation.manifest.made >= PATIENCE)

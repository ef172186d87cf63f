"""From a generation, or else from the database, to what a process searches; and to the next generation."""

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import Error, connections

from stanch.errors import StanchError
from stanch.media import Decoders
from stanch_server.banks import generations
from stanch_server.banks.known import Known
from stanch_server.banks.manifests import MANIFEST, Manifest, read_manifest
from stanch_server.banks.marks import Mark, newest_mark
from stanch_server.banks.patrol import status
from stanch_server.banks.tail import follow, read_all, read_banks, read_others, take_in_batches

CHANGES = 2_000
"""With more entries than this in memory it is worth while to change to a newer generation."""

AGE = timedelta(minutes=10)
"""After this time it is in any case."""

LOOK_EVERY = 1.0
"""Seconds from one look at the manifest to the next."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What is searched, and where it comes from.

    Attributes
    ----------
    mark : the change up to which it is complete, for now.
    manifest : of the generation that it rests on; None if all was read from the database.
    since : when that generation was made, or everything was read.
    """

    known: Known
    mark: Mark
    manifest: Manifest | None
    since: datetime

    def is_outdone_by(self, newest: Manifest, *, now: datetime) -> bool:
        """Return whether it is worth while to change to this generation."""
        if newest == self.manifest:
            return False
        used = set() if self.manifest is None else {named.name for named in self.manifest.segments}
        spoilt = not used.isdisjoint(newest.damaged)
        return spoilt or self.known.changed > CHANGES or now - self.since >= AGE


def load(decoders: Decoders, folder: Path | None) -> Loaded:
    """Open the newest generation, or read everything. What has changed since its mark is still to be followed.

    Parameters
    ----------
    folder : of the generations; None to read everything.
    """
    loaded = None if folder is None else load_generation(decoders, folder)
    return load_rows(decoders) if loaded is None else loaded


def load_rows(decoders: Decoders) -> Loaded:
    """Read everything from the database, into memory."""
    known, newest = Known(decoders), newest_mark()  # before the rows: what changes meanwhile is followed later
    with _uncollected():
        read_all(known)
    return Loaded(known=known, mark=newest, manifest=None, since=datetime.now(UTC))


def load_generation(decoders: Decoders, folder: Path) -> Loaded | None:
    """Open the newest generation; from the database comes what is lost of it. None if there is none to be used."""
    generation = generations.newest(folder)
    if generation is None:
        return None
    known = Known(decoders)
    with _uncollected():
        read_banks(known)
        try:
            known.attach(generation.archive())
        except StanchError as error:
            logger.warning("index is not used", extra={"error": str(error)})
            return None
        if generation.lost:
            take_in_batches(known, read_others(generation.holds))
    manifest = generation.manifest
    return Loaded(known=known, mark=manifest.mark, manifest=manifest, since=manifest.made)


def caught_up(loaded: Loaded) -> Loaded | None:
    """Apply what has changed since; None if the database is another one, so that nothing of this holds."""
    followed = follow(loaded.known, loaded.mark)
    while followed is not None and not followed.ended:
        followed = follow(loaded.known, followed.mark)
    return None if followed is None else replace(loaded, mark=followed.mark)


class Adoption:
    """Looks now and then for a newer generation, and changes to it in a thread of its own.

    Parameters
    ----------
    folder : of the generations.
    adopt : changes to the newest one.
    """

    def __init__(self, folder: Path, adopt: Callable[[], object]) -> None:
        self._folder = folder
        self._adopt = adopt
        self._lock = threading.Lock()
        self._next = 0.0
        self._thread: threading.Thread | None = None

    def consider(self, loaded: Loaded) -> None:
        """Change to a newer generation if there is one and it is worth while; returns at once."""
        if time.monotonic() < self._next or not self._lock.acquire(blocking=False):
            return
        try:
            self._next = time.monotonic() + LOOK_EVERY
            if (self._thread is None or not self._thread.is_alive()) and self._worth(loaded):
                self._thread = threading.Thread(target=self._run, name="adoption", daemon=True)
                self._thread.start()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Wait until nothing is under way."""
        if self._thread is not None:
            self._thread.join()

    def _worth(self, loaded: Loaded) -> bool:
        if not status(self._folder / MANIFEST):
            return False
        newest = read_manifest(self._folder)
        return newest is not None and loaded.is_outdone_by(newest, now=datetime.now(UTC))

    def _run(self) -> None:
        try:
            self._adopt()
        except Error as error:
            logger.warning("a newer index waits for the database", extra={"error": type(error).__qualname__})
        except Exception:
            logger.exception("a newer index could not be used")
        finally:
            connections.close_all()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector from walking again and again what is being loaded: none of it is garbage."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()

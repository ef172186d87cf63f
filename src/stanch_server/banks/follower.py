"""What is searched, made from the database and kept up with it, in every process by itself."""

import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from uuid import UUID

from django.db import Error

from stanch.fingerprints import Reading, as_queries, as_query
from stanch.matching import LearntOfEntry, Sightings
from stanch.media import Decoders
from stanch.values import Part, PartResult, Post, PostResult
from stanch_server.banks.changes import last_number
from stanch_server.banks.known import Known
from stanch_server.banks.loading import Adoption, Loaded, caught_up, load, load_generation
from stanch_server.banks.marks import glance


class _Current(NamedTuple):
    """What is searched, and what the newest change looked like when it was known; read at once, or not at all."""

    loaded: Loaded
    glanced: tuple[object, ...] | None


class Follower:
    """A matcher that knows every committed change, and looks only into the banks that a source may use.

    Each question first asks for the newest change, which is one look-up of one row; only if it has moved are the
    changes since then read and applied. So nothing has to run besides: what is added or removed anywhere is known
    here with the next question, whether or not an indexer is up.

    A change names an entry or a bank, and the state that it is in now is looked up. So it is harmless to apply a
    change twice, or one whose entry has changed again since; this is also why loading needs no transaction: what
    changes while the rows are read is applied once more afterwards.

    If the database no longer holds the change that is known last, it is another one, or was restored from a
    backup: then all is read anew.

    Any number of threads may ask. Do not ask inside a transaction that has changed banks itself: every other
    thread would learn of what is not committed.

    Parameters
    ----------
    decoders : worker processes that open media, closed with the follower; by default it starts its own.
    folder : of the generations, so that it need not read all rows when it starts; None to read them all.
    """

    def __init__(self, decoders: Decoders | None = None, *, folder: Path | None = None) -> None:
        self.decoders = decoders or Decoders()
        self._folder = folder
        self._lock = threading.RLock()
        self._current: _Current | None = None
        self._adoption = None if folder is None else Adoption(folder, self.adopt)

    @property
    def number(self) -> int:
        """The number of the last change that is known here; 0 before the first question."""
        current = self._current
        return 0 if current is None else current.loaded.mark.number

    def lag(self) -> int:
        """Return how many committed changes are not known here yet; the next question learns of them."""
        return max(0, last_number() - self.number)

    def match(self, post: Post, *, source: UUID | None, now: datetime) -> PostResult:
        """Return what was found in a post; parameters as in `match_readings`."""
        queries = as_queries(post.parts, self.decoders)
        known = self._up_to_date()
        parts = known.matcher.match_many(queries, now=now, banks=known.allowed(source))
        return PostResult(post=post.id, parts=parts)

    def match_part(self, part: Part, *, source: UUID | None, now: datetime) -> PartResult:
        """Return what was found in one part; parameters as in `match_readings`."""
        return self.match_readings(part.name, as_query(part, self.decoders), source=source, now=now)

    def match_readings(
        self, name: str, readings: Iterable[Reading], *, source: UUID | None, now: datetime
    ) -> PartResult:
        """Return what fingerprints find that were made elsewhere, by everything that is committed.

        Parameters
        ----------
        source : whose content it is: its own banks are searched, and those of all sources. None is nobody: only
            those of all sources.
        now : the time by which entries may have expired.
        """
        known = self._up_to_date()
        return known.matcher.match_readings(name, readings, now=now, banks=known.allowed(source))

    def sightings(
        self, readings: Iterable[Reading], result: PartResult, *, source: UUID | None, now: datetime
    ) -> list[Sightings]:
        """Return what the texts of a part share with entries outside of what matched; see `Matcher.sightings`."""
        known = self._up_to_date()
        return known.matcher.sightings(readings, result.matches, now=now, banks=known.allowed(source))

    def learnt_of_entries(self, *, now: datetime) -> list[LearntOfEntry]:
        """Return each entry of any bank that holds something that was learnt."""
        return self._up_to_date().matcher.learnt_of_entries(now=now)

    def rehearse(self, post: Post, *, now: datetime) -> None:
        """Look for a post in the banks of all sources and tell nobody, so that what it needs is in memory."""
        self._up_to_date().matcher.match_many(as_queries(post.parts, self.decoders), now=now)

    def refresh(self) -> int:
        """Apply every committed change that is not known here yet, and return the number of the last one."""
        self._up_to_date()
        return self.number

    def adopt(self) -> bool:
        """Change to the newest generation; return whether there was one.

        Questions are answered by the one before until the new one knows as much; they wait for the last few
        changes at most. A thread of the follower's own does this when it is worth while (`Loaded.is_outdone_by`).
        """
        loaded = None if self._folder is None else load_generation(self.decoders, self._folder)
        loaded = None if loaded is None else caught_up(loaded)
        if loaded is None:
            return False
        with self._lock:
            loaded = caught_up(loaded)
            if loaded is None or loaded.mark.number < self.number:
                return False  # the database was put back: the next question reads it anew
            self._current = _Current(loaded, None)
        return True

    def close(self) -> None:
        """End the decoder processes, and wait for the thread that changes to a newer generation."""
        if self._adoption is not None:
            self._adoption.close()
        self.decoders.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _up_to_date(self) -> Known:
        """Return what is searched, with every committed change."""
        current = self._current
        if current is None or glance() != current.glanced:
            with self._lock:
                glanced = glance()  # anew: another thread may have gone ahead while this one waited
                current = self._current = _Current(self._caught_up(), glanced)
        if self._adoption is not None:
            self._adoption.consider(current.loaded)
        return current.loaded.known

    def _caught_up(self) -> Loaded:
        """Return what is searched once every committed change has been applied. For whoever holds the lock."""
        current = self._current
        try:
            loaded = None if current is None else caught_up(current.loaded)
            folder = self._folder
            while loaded is None:
                loaded, folder = caught_up(load(self.decoders, folder)), None  # at the second try from the rows
        except Error:
            raise  # the database went away; what has been applied is right, and will be applied again
        except BaseException:
            self._current = None  # a change may have been applied by half: the next question reads all anew
            raise
        return loaded

"""What is searched, made from the database and kept up with it, in every process by itself."""

import gc
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import Error

from stanch.fingerprints import Reading, as_query
from stanch.media import Decoders
from stanch.values import Part, PartResult, Post, PostResult
from stanch_server.banks import snapshots
from stanch_server.banks.changes import last_number
from stanch_server.banks.known import Known
from stanch_server.banks.marks import Mark, glance, newest_mark
from stanch_server.banks.tail import follow, read_all


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
    folder : of the index files, so that it need not read all rows when it starts; None to read them all.
    """

    def __init__(self, decoders: Decoders | None = None, *, folder: Path | None = None) -> None:
        self.decoders = decoders or Decoders()
        self._folder = folder
        self._lock = threading.RLock()
        self._known = Known(self.decoders)
        self._mark: Mark | None = None
        self._glance: tuple[object, ...] | None = None

    @property
    def number(self) -> int:
        """The number of the last change that is known here; 0 before the first question."""
        return 0 if self._mark is None else self._mark.number

    def lag(self) -> int:
        """Return how many committed changes are not known here yet; the next question learns of them."""
        return max(0, last_number() - self.number)

    def match(self, post: Post, *, source: UUID | None, now: datetime) -> PostResult:
        """Return what was found in a post; parameters as in `match_readings`."""
        read = [(part.name, as_query(part, self.decoders)) for part in post.parts]
        self.refresh()
        parts = tuple(self._match(name, readings, source, now) for name, readings in read)
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
        self.refresh()
        return self._match(name, readings, source, now)

    def refresh(self) -> int:
        """Apply every committed change that is not known here yet, and return the number of the last one."""
        if glance() != self._glance or self._mark is None:
            with self._lock:
                glanced = glance()  # anew: another thread may have gone ahead while this one waited
                self._catch_up(newest_mark())
                self._glance = glanced
        return self.number

    def close(self) -> None:
        """End the decoder processes."""
        self.decoders.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _match(self, name: str, readings: Iterable[Reading], source: UUID | None, now: datetime) -> PartResult:
        known = self._known
        return known.matcher.match_readings(name, readings, now=now, banks=known.allowed(source))

    def _catch_up(self, newest: Mark) -> None:
        try:
            if self._mark is None or not self._mark.stands():
                self._load(newest)
            while self.number < newest.number and self._follow():
                pass
        except Error:
            raise  # the database went away; what has been applied is right, and will be applied again
        except BaseException:
            self._mark = None  # a change may have been applied by half: the next question reads all anew
            raise

    def _load(self, newest: Mark) -> None:
        """Read everything; `newest` was asked for before: what changes meanwhile is followed later."""
        known = Known(self.decoders)
        with _uncollected():
            snapshot = None if self._folder is None else snapshots.newest(self._folder)
            if snapshot is None:
                read_all(known)
            else:
                snapshot.folded.pour(known)
                newest = snapshot.about.mark
        self._known, self._mark = known, newest

    def _follow(self) -> bool:
        """Apply the next changes; return whether there were any."""
        assert self._mark is not None
        before, self._mark = self._mark, follow(self._known, self._mark)
        return before != self._mark


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

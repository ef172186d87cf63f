"""What is searched, made from the database and kept up with it, in every process by itself."""

import threading
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from stanch.fingerprints import Reading
from stanch.matching import Bank as LiveBank
from stanch.matching import Matcher
from stanch.values import Part, PartResult, Post, PostResult
from stanch_server.banks.changes import last_number
from stanch_server.banks.models import Bank, Change, Entry
from stanch_server.banks.records import info_of, value_of

BATCH = 5_000
"""Rows that are read at a time."""


class Follower:
    """A matcher that knows every committed change.

    Each question first asks for the number of the newest change, which is one look-up of one row; only if it has
    moved are the changes since then read and applied. So nothing has to run besides: what is added or removed
    anywhere is known here with the next question, whether or not an indexer is up.

    A change names an entry or a bank, and the state that it is in now is looked up. So it is harmless to apply a
    change twice, or one whose entry has changed again since; this is also why loading needs no snapshot: what
    changes while the rows are read is applied once more afterwards.

    Parameters
    ----------
    matcher : an empty matcher, which this follower alone changes from now on.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._lock = threading.RLock()
        self._number: int | None = None
        self._banks: dict[object, str] = {}
        self._held: dict[str, str] = {}

    @property
    def number(self) -> int:
        """The number of the last change that is known here; 0 before the first question."""
        return self._number or 0

    def match(self, post: Post, *, now: datetime) -> PostResult:
        """Return what was found in a post, by everything that is committed."""
        self.refresh()
        return self._matcher.match(post, now=now)

    def match_part(self, part: Part, *, now: datetime) -> PartResult:
        """Return what was found in one part, by everything that is committed."""
        self.refresh()
        return self._matcher.match_part(part, now=now)

    def match_readings(self, name: str, readings: Iterable[Reading], *, now: datetime) -> PartResult:
        """Return what fingerprints find that were made elsewhere, by everything that is committed."""
        self.refresh()
        return self._matcher.match_readings(name, readings, now=now)

    def refresh(self) -> int:
        """Apply every committed change that is not known here yet, and return the number of the last one."""
        newest = last_number()
        if self._number == newest:
            return newest
        with self._lock:
            if self._number is None:
                self._load(newest)
            while self._number is not None and self._number < newest:
                self._follow()
            return self.number

    def _load(self, number: int) -> None:
        """Read every bank and entry. `number` was read before: what changes meanwhile is followed later."""
        for bank in Bank.objects.order_by("name"):
            self._take_bank(bank)
        self._take_entries(Entry.objects.filter(removed=None))
        self._number = number

    def _follow(self) -> None:
        changes = list(Change.objects.filter(number__gt=self.number).order_by("number")[:BATCH])
        for bank in Bank.objects.filter(id__in={change.bank_id for change in changes if change.entry_id is None}):
            self._take_bank(bank)
        entries = {change.entry_id for change in changes if change.entry_id is not None}
        self._drop(entry for entry in Entry.objects.filter(id__in=entries).exclude(removed=None))
        self._take_entries(Entry.objects.filter(id__in=entries, removed=None))
        if changes:
            self._number = changes[-1].number

    def _take_bank(self, row: Bank) -> None:
        if row.id in self._banks:
            self._matcher.describe(info_of(row))
        else:
            self._matcher.add_bank(LiveBank(info_of(row)))
            self._banks[row.id] = row.name

    def _take_entries(self, rows: QuerySet[Entry]) -> None:
        for row in rows.iterator(chunk_size=BATCH):
            key = str(row.id)
            if key not in self._held:
                self._matcher.add(self._banks[row.bank_id], value_of(row))
                self._held[key] = self._banks[row.bank_id]

    def _drop(self, rows: Iterable[Entry]) -> None:
        for row in rows:
            bank = self._held.pop(str(row.id), None)
            if bank is not None:
                self._matcher.remove(bank, str(row.id))

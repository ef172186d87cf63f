"""Where in the history of changes a process stands, and whether the database still has that history."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Self
from uuid import UUID

from django.db import connection

from stanch_server.banks.models import Change
from stanch_server.rows import fetch


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One change, by all that it says: a number alone is given again after a backup was restored.

    Two databases that hold the same mark hold the same changes before it, since ids are random.
    """

    number: int
    bank: UUID | None
    entry: UUID | None
    at: datetime | None

    @classmethod
    def of(cls, change: Change) -> Self:
        """Return the mark of a change."""
        return cls(number=change.number, bank=change.bank_id, entry=change.entry_id, at=change.at)

    def stands(self) -> bool:
        """Return whether the database holds this change."""
        held = Change.objects.filter(number=self.number).first()
        return self == (NOTHING if held is None else Mark.of(held))


NOTHING = Mark(number=0, bank=None, entry=None, at=None)
"""The mark of a database in which nothing has changed yet."""


def newest_mark() -> Mark:
    """Return the mark of the newest committed change."""
    newest = Change.objects.order_by("-number").first()
    return NOTHING if newest is None else Mark.of(newest)


def glance() -> tuple[object, ...] | None:
    """Return the newest committed change as the database writes it, to be compared with an earlier glance.

    For every question: a tenth of what `newest_mark` takes, since no statement is built and no object made.
    """
    return next(iter(fetch(_statement(connection.vendor))), None)


@cache
def _statement(_vendor: str) -> str:
    """Return the look-up in the words of this database; it has no parameters."""
    newest = Change.objects.order_by("-number").values_list("number", "bank_id", "entry_id", "at")[:1]
    return str(newest.query)

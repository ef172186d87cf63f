"""Numbers for changes, in commit order."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import F

from stanch.errors import InvalidValueError
from stanch_server.banks.models import Bank, Change, ChangeCounter, Entry

COUNTER = 1


def record_changes(bank: Bank, entries: Iterable[Entry | None], *, at: datetime) -> int:
    """Write one change for each entry (or, with None, for the bank itself), and return the last number.

    The counter's row is locked by its own update and held until the transaction ends. So the next number is given
    only after this one is committed or gone: whoever reads number n has been able to read all before it. The lock
    is taken last, so it is held for as short a time as can be.

    Raises
    ------
    InvalidValueError
        If no transaction is open: the number could be seen without its change.
    """
    if not connection.in_atomic_block:
        raise InvalidValueError(
            what="change", problem="must be recorded in the transaction of what it follows from"
        )
    chosen = list(entries)
    row = ChangeCounter.objects.filter(id=COUNTER)
    if not row.update(number=F("number") + len(chosen)):  # the first change of all makes the row
        ChangeCounter.objects.get_or_create(id=COUNTER)
        row.update(number=F("number") + len(chosen))
    last = row.get().number
    Change.objects.bulk_create(
        Change(number=last - len(chosen) + place, bank=bank, entry=entry, at=at)
        for place, entry in enumerate(chosen, start=1)
    )
    return last


def last_number() -> int:
    """Return the number of the newest committed change; 0 if there is none."""
    return ChangeCounter.objects.filter(id=COUNTER).values_list("number", flat=True).first() or 0

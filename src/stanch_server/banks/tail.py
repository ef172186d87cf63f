"""Reading banks and entries, whole or what has changed, into whatever holds them."""

from collections.abc import Iterable
from itertools import islice
from typing import Protocol
from uuid import UUID

from django.db.models import QuerySet

from stanch.values import BankInfo
from stanch.values import Entry as EntryValue
from stanch_server.banks.marks import Mark
from stanch_server.banks.models import Bank, Change, Entry
from stanch_server.banks.records import info_of, value_of

BATCH = 5_000
"""Rows that are read at a time."""


class Holder(Protocol):
    """What holds banks and entries. To be told the same twice does it no harm."""

    def take_bank(self, bank: UUID, info: BankInfo, *, source: UUID | None) -> None:
        """Take a bank in, or what has changed of it."""
        ...

    def take(self, entries: Iterable[tuple[UUID, EntryValue]]) -> None:
        """Take entries in, each with its bank, or what has changed of them; pass over unknown banks."""
        ...

    def drop(self, entries: Iterable[str]) -> None:
        """Forget entries; those that are not known are passed over."""
        ...


def read_all(holder: Holder) -> None:
    """Read every bank and entry. What changes meanwhile may be read or not: follow from a mark taken before."""
    _take_banks(holder, Bank.objects.order_by("name"))
    _take_entries(holder, Entry.objects.filter(removed=None))


def follow(holder: Holder, mark: Mark) -> Mark:
    """Read the next changes after a mark, and return the mark of the last of them; the same if there are none."""
    changes = list(Change.objects.filter(number__gt=mark.number).order_by("number")[:BATCH])
    banks = {change.bank_id for change in changes if change.entry_id is None}
    _take_banks(holder, Bank.objects.filter(id__in=banks))
    entries = Entry.objects.filter(id__in={change.entry_id for change in changes if change.entry_id is not None})
    holder.drop(str(entry) for entry in entries.exclude(removed=None).values_list("id", flat=True))
    _take_entries(holder, entries.filter(removed=None))
    return Mark.of(changes[-1]) if changes else mark


def _take_banks(holder: Holder, rows: QuerySet[Bank]) -> None:
    for row in rows:
        holder.take_bank(row.id, info_of(row), source=row.source_id)


def _take_entries(holder: Holder, rows: QuerySet[Entry]) -> None:
    read = ((row.bank_id, value_of(row)) for row in rows.iterator(chunk_size=BATCH))
    while batch := list(islice(read, BATCH)):
        holder.take(batch)

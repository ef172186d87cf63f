"""Reading banks and entries, whole or what has changed, into whatever holds them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from stanch.values import BankInfo
from stanch.values import Entry as EntryValue
from stanch_server.banks.background import common_grams
from stanch_server.banks.marks import NOTHING, Mark
from stanch_server.banks.models import Bank, Change, Entry
from stanch_server.banks.records import info_of, value_of

BATCH = 5_000
"""Rows that are read at a time."""

LOWEST = UUID(int=0)


T = TypeVar("T")


class Followed(NamedTuple):
    """How far changes were followed.

    Attributes
    ----------
    mark : of the last change that was read; the one before if there was none.
    ended : whether there was no other when it was read.
    """

    mark: Mark
    ended: bool


class Holder(Protocol):
    """What holds banks and entries. To be told the same twice does it no harm."""

    def take_bank(self, bank: UUID, info: BankInfo, *, source: UUID | None) -> None:
        """Take a bank in, or what has changed of it."""
        ...

    def take_background(self, grams: Sequence[int]) -> None:
        """Take what was learnt to be common, all of it, in the place of what was taken before."""
        ...

    def take(self, entries: Iterable[tuple[UUID, EntryValue]]) -> None:
        """Take entries in, each with its bank, or what has changed of them; pass over unknown banks."""
        ...

    def drop(self, entries: Iterable[str]) -> None:
        """Forget entries; those that are not known are passed over."""
        ...


def read_all(holder: Holder) -> None:
    """Read every bank and entry. What changes meanwhile may be read or not: follow from a mark taken before."""
    read_banks(holder)
    _take_entries(holder, Entry.objects.filter(removed=None))


def read_banks(holder: Holder) -> None:
    """Read every bank."""
    _take_banks(holder, Bank.objects.order_by("name"))


def read_others(held: Callable[[Sequence[UUID]], NDArray[np.bool_]]) -> Iterator[tuple[UUID, EntryValue]]:
    """Yield every entry that is not held elsewhere, with its bank, in order of id; see `read_all`.

    In batches by id, so that no transaction stays open for as long as it takes.

    Parameters
    ----------
    held : says of some ids which entries need not be read.
    """
    last = LOWEST
    present = Entry.objects.filter(removed=None).order_by("id")
    while ids := list(present.filter(id__gt=last).values_list("id", flat=True)[:BATCH]):
        wanted = [ids[place] for place in np.flatnonzero(~held(ids)).tolist()]
        if wanted:
            yield from ((row.bank_id, value_of(row)) for row in present.filter(id__in=wanted))
        last = ids[-1]


def nothing_held(ids: Sequence[UUID]) -> NDArray[np.bool_]:
    """Say of all entries that they have to be read."""
    return np.zeros(len(ids), np.bool_)


def follow(holder: Holder, mark: Mark) -> Followed | None:
    """Read the next changes after a mark; None if the database does not hold the mark, so that it is another one.

    Every question after a change waits for this, so it takes as few statements as can be.
    """
    changes = list(Change.objects.filter(number__gte=mark.number).order_by("number")[: BATCH + 1])
    if mark != NOTHING and (not changes or Mark.of(changes.pop(0)) != mark):
        return None
    if not changes:
        return Followed(mark, ended=True)
    if banks := {change.bank_id for change in changes if change.entry_id is None}:
        _take_banks(holder, Bank.objects.filter(id__in=banks))
    if entries := {change.entry_id for change in changes if change.entry_id is not None}:
        _take_changed(holder, entries)
    return Followed(Mark.of(changes[-1]), ended=len(changes) < BATCH)


def take_in_batches(holder: Holder, entries: Iterable[tuple[UUID, EntryValue]]) -> None:
    """Give entries to a holder, many at a time."""
    for batch in _batches(entries):
        holder.take(batch)


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    left = iter(things)
    while batch := list(islice(left, BATCH)):
        yield batch


def _take_banks(holder: Holder, rows: QuerySet[Bank]) -> None:
    for row in rows:
        holder.take_bank(row.id, info_of(row), source=row.source_id)
    holder.take_background(common_grams())  # what is learnt is told by a change of a bank


def _take_changed(holder: Holder, changed: Collection[UUID]) -> None:
    """Take what is there of some entries; the others are gone."""
    gone = set(changed)
    for rows in _batches(Entry.objects.filter(id__in=changed, removed=None).iterator(chunk_size=BATCH)):
        gone.difference_update(row.id for row in rows)
        holder.take((row.bank_id, value_of(row)) for row in rows)
    holder.drop(str(entry) for entry in gone)


def _take_entries(holder: Holder, rows: QuerySet[Entry]) -> None:
    take_in_batches(holder, ((row.bank_id, value_of(row)) for row in rows.iterator(chunk_size=BATCH)))

"""Taking an entry out of its bank, together with what rested on it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from stanch_server.banks import operations as banks
from stanch_server.banks.models import Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item
from stanch_server.review.errors import ChangedMeanwhileError, NotRestingError
from stanch_server.review.models import Decision
from stanch_server.review.operations.common import held_all, record, stated
from stanch_server.review.operations.undoing import take_back
from stanch_server.review.resting import decisions_on, held_for


def remove_entry(
    *,
    entry: Entry,
    reason: str,
    reinstate: Collection[UUID],
    lift: Collection[UUID] = (),
    seen: Collection[UUID] | None = None,
    acting_user: str,
    at: datetime,
) -> list[Decision]:
    """Remove an entry, and undo the chosen decisions that rested on it; all of it or nothing.

    Parameters
    ----------
    reinstate : decisions to undo; each rests on the entry. One that was undone meanwhile is no harm.
    lift : items that the machine alone holds or blocks, and that match the entry: they are let through to review.
    seen : every decision and item that the person was shown; None if nobody was shown anything.

    Returns
    -------
    The decisions that were undone.

    Raises
    ------
    ChangedMeanwhileError
        If something rests on the entry that the person was not shown.
    NotRestingError
        If a decision or an item was chosen that does not rest on it.
    UnknownEntryError
        If somebody has removed it already.
    LockedItemError
        If a chosen item is locked.
    """
    why = stated(reason)
    chosen = _chosen(entry, reinstate)
    with transaction.atomic():
        items = held_all({one.item_id for one in chosen} | set(lift))
        banks.remove_entries(bank=entry.bank, names=[entry.name], acting_user=acting_user, at=at, reason=why)
        _refuse_unseen(entry, seen)
        lifting = _lifting(entry, items, lift)
        undone = [
            one for one in chosen if take_back(one, items[one.item_id], reason=why, acting_user=acting_user, at=at)
        ]
        for item in lifting:
            record("lifted", item, acting_user=acting_user, at=at, entry=str(entry.id))
            intake.lift(item=item, acting_user=acting_user, at=at)
    return undone


def _chosen(entry: Entry, reinstate: Collection[UUID]) -> list[Decision]:
    """Return the chosen decisions, oldest first, so that messages come in that order."""
    chosen = Decision.objects.filter(id__in=reinstate, rests_on__entry=entry).order_by("decided", "id")
    found = list(chosen)
    missing = set(reinstate) - {one.id for one in found}
    if missing:
        raise NotRestingError(decision=min(missing), entry=entry.id)
    return found


def _refuse_unseen(entry: Entry, seen: Collection[UUID] | None) -> None:
    """Nobody decides on this entry any more: it is removed, and this transaction holds its row."""
    if seen is None:
        return
    resting = {*decisions_on(entry).values_list("id", flat=True), *held_for(entry).values_list("id", flat=True)}
    if resting - set(seen):
        raise ChangedMeanwhileError(entry=entry.id)


def _lifting(entry: Entry, items: dict[UUID, Item], lift: Collection[UUID]) -> list[Item]:
    """Return the chosen items that are still held; one that was decided on or let through is passed over."""
    resting = set(held_for(entry).filter(id__in=lift).values_list("id", flat=True))
    matching = set(Item.objects.filter(id__in=lift, matched__entry=entry).values_list("id", flat=True))
    strangers = set(lift) - matching
    if strangers:
        raise NotRestingError(decision=min(strangers), entry=entry.id)
    return [items[one] for one in sorted(resting)]

"""On which entries the word on an item rests, a person's or the machine's alone."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.found import found_of
from stanch_server.intake.models import Item, ItemEntry
from stanch_server.review.models import Decision, DecisionEntry

HELD: Final = (Item.Level.HOLD, Item.Level.BLOCK)
NOTE: Final = "decision {decision}"
"""What the note of an entry says that came of a decision: by it, both are found from each other."""


def held_entries(item: Item, *, bank: Bank | None = None, names: Collection[str] = ()) -> list[Entry]:
    """Return the entries that an item matches with effect and that are still there.

    Nobody removes them before this transaction ends, nor those of these names in a bank: all are locked by id, in
    one go, so that no two who lock several wait for each other.
    """
    matched = {UUID(match.entry) for match in found_of(item).matches if match.has_effect}
    wanted = Q(id__in=matched) | (Q(bank=bank, name__in=names) if bank else Q(pk=None))
    rows = Entry.objects.select_for_update(no_key=True).filter(wanted, removed=None).order_by("id")
    return [row for row in rows if row.id in matched]


def decisions_on(entry: Entry) -> QuerySet[Decision]:
    """Return the standing decisions that rest on an entry, oldest first."""
    rests = DecisionEntry.objects.filter(decision=OuterRef("pk"), entry=entry)
    return Decision.objects.filter(Exists(rests), undone=None).order_by("decided", "id")


def held_for(entry: Entry) -> QuerySet[Item]:
    """Return the items that the machine alone holds or blocks and that match an entry, oldest first."""
    matched = ItemEntry.objects.filter(item=OuterRef("pk"), entry=entry)
    stands = Decision.objects.filter(item=OuterRef("pk"), undone=None)
    held = Item.objects.filter(Exists(matched), ~Exists(stands), level__in=HELD, state=Item.State.DONE)
    return held.order_by("received", "id")


def supported(decisions: Collection[UUID], *, without: Entry) -> dict[UUID, list[Entry]]:
    """Return what else decisions rest on: entries that are still there, by decision; none if nothing is."""
    others = DecisionEntry.objects.filter(decision__in=decisions, entry__removed=None).exclude(entry=without)
    found: dict[UUID, list[Entry]] = {}
    for one in others.select_related("entry__bank").order_by("id"):
        found.setdefault(one.decision_id, []).append(one.entry)
    return found


def matched_beside(items: Collection[UUID], *, without: Entry) -> dict[UUID, list[Entry]]:
    """Return what else items match with effect: entries that are still there, by item; none if nothing is."""
    others = ItemEntry.objects.filter(item__in=items, entry__removed=None).exclude(entry=without)
    found: dict[UUID, list[Entry]] = {}
    for one in others.select_related("entry__bank").order_by("id"):
        found.setdefault(one.item_id, []).append(one.entry)
    return found


def entries_of(decision: Decision) -> list[Entry]:
    """Return the entries that a decision confirmed, by name; none if it confirmed none."""
    if decision.confirmed is None:
        return []
    came = Q(note=NOTE.format(decision=decision.id), added=decision.decided) | Q(id=decision.confirmed_id)
    found = Entry.objects.filter(came, bank=decision.confirmed.bank_id).select_related("bank")
    return list(found.order_by("name"))


def came_of(entry: Entry) -> Decision | None:
    """Return the decision that confirmed an entry; None if none did."""
    noted = Q(confirmed=entry)
    if identity := _uuid(entry.note.removeprefix(NOTE.format(decision=""))):
        noted |= Q(id=identity, decided=entry.added)
    return Decision.objects.filter(noted).select_related("item").order_by("decided").first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""What all operations of this room write: the outcome into an item's row, and the record of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.conf import settings

from stanch.values import Level
from stanch_server.audit import operations as audit
from stanch_server.banks.models import Entry
from stanch_server.intake.contents import Content
from stanch_server.intake.errors import OutdatedScanError
from stanch_server.intake.found import Found
from stanch_server.intake.models import Item, ItemEntry, ItemPart
from stanch_server.intake.operations.sighting import note_sightings
from stanch_server.intake.scanning import Scanned
from stanch_server.outbox.operations import enqueue

SCAN_TOPIC: Final = "intake.scan"
HOLD_TOPIC: Final = "intake.hold-ends"


def set_outcome(item: Item, scanned: Scanned, *, at: datetime) -> None:
    """Put what came of a scan into an unsaved row."""
    item.state = Item.State.DONE
    item.level = item.first_level = int(scanned.level)
    item.hold_until = at + timedelta(hours=settings.HOLD_HOURS) if scanned.level is Level.HOLD else None
    item.kinds, item.found = scanned.kinds, msgspec.json.encode(scanned.found)
    item.evasion = scanned.evasion
    item.change, item.settled = scanned.change, at


def write_outcome(item: Item, scanned: Scanned, *, acting_user: str, at: datetime) -> None:
    """Write what goes with an outcome: the entries it rests on, the end of a hold, and the audit record.

    Raises
    ------
    OutdatedScanError
        If an entry that it rests on was removed since it was scanned.
    """
    if scanned.level > Level.ALLOW:
        _note_entries(item, scanned.found)
    note_sightings(item, scanned, at=at)
    if item.hold_until is not None:
        enqueue(topic=HOLD_TOPIC, payload={"item": str(item.id)}, due=item.hold_until)
    record(
        "item.outcome",
        item,
        acting_user=acting_user,
        at=at,
        outcome=str(scanned.level),
        because=sorted({reason.code for reason in scanned.found.reasons}),
        methods=sorted({match.method for match in scanned.found.matches}),
        change=scanned.change,
    )


def _note_entries(item: Item, found: Found) -> None:
    """Note which entries matched with effect. Who removes one is shown what rests on it, so none may join late."""
    matched = {match.entry for match in found.matches if match.has_effect}
    there = dict(Entry.objects.filter(id__in=matched).values_list("id", "removed"))
    if any(there.values()):
        raise OutdatedScanError(item=item.id)
    ItemEntry.objects.bulk_create(ItemEntry(item=item, entry_id=entry) for entry in there)


def write_parts(item: Item, contents: Iterable[Content], blobs: dict[str, str], media: dict[str, str]) -> None:
    """Write which parts an item has, and where their content lies."""
    ItemPart.objects.bulk_create(
        ItemPart(
            item=item,
            position=place,
            name=one.name,
            form=one.form,
            medium=media.get(one.name, ""),
            blob=blobs.get(one.name, ""),
        )
        for place, one in enumerate(contents)
    )


def record(action: str, item: Item, *, acting_user: str, at: datetime, **detail: Any) -> None:  # noqa: ANN401 - any JSON
    """Record what was done with an item, in the transaction in which it is done."""
    audit.record(
        actor=acting_user, action=action, subject=str(item.id), source=str(item.source_id), detail=detail, at=at
    )

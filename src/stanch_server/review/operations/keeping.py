"""What is kept of an item's content, and until when it must be."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from stanch_server.accounts.operations import SYSTEM
from stanch_server.intake import operations as intake
from stanch_server.intake.contents import hold_on_to
from stanch_server.intake.models import Item, ItemPart
from stanch_server.outbox.operations import enqueue
from stanch_server.review.calendar import Why, periods
from stanch_server.vault.access import get_blob

PRESERVATION_TOPIC: Final = "review.preservation-ends"


def preserve(item: Item, *, why: Why, reason: str, acting_user: str, at: datetime) -> None:
    """Preserve everything that is kept of an item, for as long as the calendar says."""
    period = periods()[why]
    hold_on_to(
        _blobs(item), until=period.end(at), reason=f"{reason}: {period.law}", acting_user=acting_user, now=at
    )


def preserved_until(item: Item, *, now: datetime) -> datetime | None:
    """Return until when something of an item must be kept; None if it may be let go."""
    kept = [get_blob(blob, sources=[item.source_id]).preserved_until for blob in _blobs(item)]
    return max((until for until in kept if until is not None and until > now), default=None)


def let_go_later(item: Item, *, due: datetime) -> None:
    """Queue the end of a preservation, in the transaction that began it: what was kept goes then, and no later."""
    enqueue(topic=PRESERVATION_TOPIC, payload={"item": str(item.id)}, key=str(item.id), due=due)


def end_preservation(item: UUID, *, now: datetime) -> bool:
    """Let go of what is kept of an item that is decided on, unless something else preserves it: then, after that.

    What waits for a decision stays, and what is sealed stays for the authority.

    Returns
    -------
    Whether it was let go.
    """
    with transaction.atomic():
        rows = Item.objects.select_for_update(no_key=True).exclude(decided=None)
        row = rows.filter(id=item, locked=None).first()
        if row is None:
            return False
        until = preserved_until(row, now=now)
        if until is not None:
            let_go_later(row, due=until)
            return False
        intake.close(item=row, acting_user=SYSTEM, at=now, preserve_until=None, reason="preservation ended")
    return True


def _blobs(item: Item) -> Iterator[str]:
    yield from ItemPart.objects.filter(item=item).exclude(blob="").values_list("blob", flat=True)

"""What is kept of an item's content, and until when it must be."""

from collections.abc import Iterator
from datetime import datetime

from stanch_server.intake.models import Item, ItemPart
from stanch_server.review.calendar import Why, periods
from stanch_server.vault import operations as vault
from stanch_server.vault.access import get_blob


def preserve(item: Item, *, why: Why, reason: str, acting_user: str, at: datetime) -> None:
    """Preserve everything that is kept of an item, for as long as the calendar says."""
    period = periods()[why]
    for blob in _blobs(item):
        vault.preserve(
            blob=blob,
            until=period.end(at),
            reason=f"{reason}: {period.law}",
            acting_user=acting_user,
            now=at,
        )


def preserved_until(item: Item, *, now: datetime) -> datetime | None:
    """Return until when something of an item must be kept; None if it may be let go."""
    kept = [get_blob(blob, sources=[item.source_id]).preserved_until for blob in _blobs(item)]
    return max((until for until in kept if until is not None and until > now), default=None)


def _blobs(item: Item) -> Iterator[str]:
    yield from ItemPart.objects.filter(item=item).exclude(blob="").values_list("blob", flat=True)

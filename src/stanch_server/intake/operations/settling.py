"""What happens to an item later: the scan that it waited for, and the end of its hold."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from stanch.values import Level
from stanch_server.accounts.operations import SYSTEM
from stanch_server.intake.contents import let_go, read
from stanch_server.intake.models import Item, ItemPart
from stanch_server.intake.operations.rows import record, set_outcome, write_outcome
from stanch_server.intake.scanning import Scanned, scan, unscanned
from stanch_server.intake.webhooks import announce


def scan_pending(item_id: UUID, *, now: datetime) -> bool:
    """Scan an item that waits for it, and tell its source. Again is no harm.

    Returns
    -------
    Whether it was this call that settled it.

    Raises
    ------
    OutdatedScanError
        If an entry that it matches was removed meanwhile.
    VaultError
        If its content cannot be opened.
    """
    item = _waiting(item_id).first()
    if item is None:
        return False
    parts = list(item.parts.select_related("item"))
    contents = [read(part, acting_user=SYSTEM, reason="scanned", now=now) for part in parts]
    return _settle(item, parts, scan(contents, source=item.source_id, now=now), now)


def give_up_scan(item_id: UUID, *, now: datetime) -> bool:
    """Leave an item to a person whose scan failed each time, and tell its source: it is not scanned, never clean.

    Nothing of it is opened for that.

    Returns
    -------
    Whether it was this call that settled it.
    """
    item = _waiting(item_id).first()
    if item is None:
        return False
    parts = list(item.parts.all())
    return _settle(item, parts, unscanned({part.name: part.form for part in parts}), now)


def end_hold(item_id: UUID, *, now: datetime) -> bool:
    """End a hold that nobody has decided on: the item is published, and still waits for a look.

    Returns
    -------
    Whether it was this call that ended it.
    """
    with transaction.atomic():
        held = Item.objects.filter(id=item_id, level=Level.HOLD, decided=None, hold_until__lte=now, locked=None)
        if not held.update(level=Level.REVIEW, hold_until=None):
            return False
        item = Item.objects.get(id=item_id)
        record("item.hold-ended", item, acting_user=SYSTEM, at=now)
        announce(item=item, kind="item.outcome", at=now)
    return True


def _waiting(item_id: UUID) -> QuerySet[Item]:
    return Item.objects.filter(id=item_id, state=Item.State.PENDING, locked=None)


def _settle(item: Item, parts: list[ItemPart], scanned: Scanned, now: datetime) -> bool:
    with transaction.atomic():
        set_outcome(item, scanned, at=now)
        if not _settled(item):
            return False
        write_outcome(item, scanned, acting_user=SYSTEM, at=now)
        _keep_or_not(parts, scanned, now)
        announce(item=item, kind="item.done", at=now)
    return True


def _settled(item: Item) -> bool:
    """Write the outcome if the item waits for it still: another worker may have been first, or it was locked."""
    names = ("state", "level", "first_level", "hold_until", "kinds", "evasion", "found", "change", "settled")
    return bool(_waiting(item.id).update(**{name: getattr(item, name) for name in names}))


def _keep_or_not(parts: list[ItemPart], scanned: Scanned, now: datetime) -> None:
    """Let the content go of what matched nothing; else note what each part turned out to be."""
    if scanned.level is Level.ALLOW:
        blobs = [part.blob for part in parts if part.blob]
        let_go(blobs, acting_user=SYSTEM, reason="nothing to look at", now=now)
        ItemPart.objects.filter(id__in=[part.id for part in parts]).delete()
        return
    for part in parts:
        part.medium = scanned.media.get(part.name, "")
    ItemPart.objects.bulk_update(parts, ["medium"])

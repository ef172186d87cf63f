"""What a person's word does to an item: closed, opened again, lifted, locked."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from stanch.values import Level
from stanch_server.intake.contents import hold_on_to, let_go
from stanch_server.intake.errors import LockedItemError
from stanch_server.intake.models import Item, ItemPart
from stanch_server.intake.operations.rows import record
from stanch_server.intake.operations.sighting import withhold_sightings
from stanch_server.intake.webhooks import announce


def close(
    *, item: Item, acting_user: str, at: datetime, preserve_until: datetime | None = None, reason: str
) -> None:
    """Note that an item is decided on, in the decision's transaction, and do with its content as the law has it.

    Parameters
    ----------
    preserve_until : until when its content has to be kept; without it, the content is erased now.
    reason : why, for the audit log.

    Raises
    ------
    LockedItemError
        If it is locked.
    """
    with transaction.atomic():
        if not _open(item).filter(decided=None).update(decided=at):
            _refuse_locked(item)
        item.decided = at
        blobs = list(_kept(item).values_list("blob", flat=True))
        if preserve_until is not None:
            hold_on_to(blobs, until=preserve_until, reason=reason, acting_user=acting_user, now=at)
            return
        let_go(blobs, acting_user=acting_user, reason=reason, now=at)
        _kept(item).update(blob="")


def reopen(*, item: Item, acting_user: str, at: datetime) -> bool:
    """Let an item wait for a look again, in the transaction that undoes its decision.

    It is published meanwhile, whatever the machine had said at first: a person has just said that it was wrong.

    Returns
    -------
    Whether it was decided on.
    """
    with transaction.atomic():
        opened = _open(item).exclude(decided=None).update(decided=None, hold_until=None)
        if opened:
            _open(item).filter(level__gt=Level.REVIEW).update(level=Level.REVIEW)
            item.refresh_from_db(fields=["decided", "level", "hold_until"])
            withhold_sightings(item=item, acting_user=acting_user, at=at)
            record("item.reopened", item, acting_user=acting_user, at=at)
    return bool(opened)


def lift(*, item: Item, acting_user: str, at: datetime) -> bool:
    """Lower a hold or a block that nobody has decided on to review, and tell the source.

    Returns
    -------
    Whether there was one.
    """
    with transaction.atomic():
        held = _open(item).filter(level__gt=Level.REVIEW, decided=None)
        if not held.update(level=Level.REVIEW, hold_until=None):
            return False
        item.refresh_from_db(fields=["level", "hold_until"])
        record("item.lifted", item, acting_user=acting_user, at=at)
        announce(item=item, kind="item.outcome", at=at)
    return True


def lock(*, item: Item, acting_user: str, at: datetime) -> bool:
    """Lock an item: from now on nothing of it is shown, handed out or changed here.

    Returns
    -------
    False if it was locked before.
    """
    with transaction.atomic():
        if not _open(item).update(locked=at, locked_by=acting_user):
            return False
        item.locked, item.locked_by = at, acting_user
        record("item.locked", item, acting_user=acting_user, at=at)
    return True


def _open(item: Item) -> QuerySet[Item]:
    return Item.objects.filter(id=item.id, locked=None)


def _kept(item: Item) -> QuerySet[ItemPart]:
    return ItemPart.objects.filter(item=item).exclude(blob="")


def _refuse_locked(item: Item) -> None:
    if not _open(item).exists():
        raise LockedItemError(item=item.id)

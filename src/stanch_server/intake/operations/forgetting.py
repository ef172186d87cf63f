"""Forgetting an item: everywhere, but for the commitments of the audit log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from stanch_server.audit import operations as audit
from stanch_server.audit.access import says_of
from stanch_server.intake.contents import let_go
from stanch_server.intake.errors import LockedItemError, PreservedItemError
from stanch_server.intake.models import IdempotencyKey, Item, ItemPart
from stanch_server.intake.webhooks.operations import forget_messages
from stanch_server.vault import operations as vault
from stanch_server.vault.errors import PreservedBlobError
from stanch_server.vault.values import Proof


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What was forgotten: the id of the item that was, the blobs of its content, and how many records say less."""

    item: UUID
    blobs: tuple[str, ...]
    records: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ForgottenProof:
    """What shows that an item is forgotten, looked up afresh."""

    item: UUID
    row_gone: bool
    records_gone: bool
    blobs: tuple[Proof, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing of the item is left."""
        return self.row_gone and self.records_gone and all(one.holds for one in self.blobs)


Erasing = Callable[[Item], None]
_erasing: list[Erasing] = []


def when_forgotten(erase: Erasing) -> None:
    """Have a room above erase what it holds of an item, in the transaction in which the item is forgotten."""
    if erase not in _erasing:
        _erasing.append(erase)


def forget(*, item: Item, acting_user: str, now: datetime) -> Forgotten:
    """Erase an item: content, row, what rests on it, and what the audit log says of it.

    The chain of the log stays valid: of each record the commitment remains, and that it was erased is recorded. If
    it was forgotten already, nothing is done.

    Raises
    ------
    PreservedItemError
        If its content has to be kept until a date; then nothing is erased.
    LockedItemError
        If it is locked: it is evidence.
    """
    gone = item.id
    with transaction.atomic():
        held = _held(gone)
        if held is None:
            return Forgotten(item=gone, blobs=(), records=0)
        blobs = _let_go(held, acting_user, now)
        for erase in _erasing:
            erase(held)
        IdempotencyKey.objects.filter(item=gone).delete()
        forget_messages(item=held)
        records = audit.erase_about(str(gone), acting_user=acting_user, at=now)
        Item.objects.filter(id=gone).delete()
    for blob in blobs:
        vault.finish_erasure(blob=blob, now=now)
    return Forgotten(item=gone, blobs=blobs, records=records)


def _held(item: UUID) -> Item | None:
    """Return an item as it is now: nobody decides on it or locks it before this transaction ends."""
    held = Item.objects.select_for_update(no_key=True).filter(id=item).first()
    if held is not None and held.locked is not None:
        raise LockedItemError(item=item)
    return held


def _let_go(item: Item, acting_user: str, now: datetime) -> tuple[str, ...]:
    blobs = tuple(ItemPart.objects.filter(item=item).exclude(blob="").values_list("blob", flat=True))
    try:
        let_go(blobs, acting_user=acting_user, reason="forgotten", now=now)
    except PreservedBlobError as error:
        raise PreservedItemError(item=item.id, until=error.fields["until"]) from error
    return blobs


def prove_forgotten(forgotten: Forgotten) -> ForgottenProof:
    """Return what shows that an item is forgotten."""
    return ForgottenProof(
        item=forgotten.item,
        row_gone=not Item.objects.filter(id=forgotten.item).exists(),
        records_gone=not says_of(str(forgotten.item)),
        blobs=tuple(vault.prove_erased(blob) for blob in forgotten.blobs),
    )

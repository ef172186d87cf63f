"""Bytes gone: the key first, in the transaction; then the file; each step on a list that no restore touches."""

from datetime import datetime
from typing import Final

from django.db import transaction

from stanch_server.audit.operations import record
from stanch_server.outbox.operations import enqueue
from stanch_server.vault.erasures import Mark
from stanch_server.vault.errors import PreservedBlobError
from stanch_server.vault.models import Blob
from stanch_server.vault.operations.common import SYSTEM, erasures, files, locked, moment, stated
from stanch_server.vault.operations.preserving import refuse_preserved
from stanch_server.vault.values import BlobId, Expired, Proof, State

ERASED_TOPIC: Final = "vault.erased"


def erase(*, blob: str, acting_user: str, reason: str, now: datetime | None = None) -> bool:
    """Destroy a blob's key. Nobody can open it once this has committed, nor after any restore.

    The file goes soon after, through the outbox, or at once with `finish_erasure`.

    Returns
    -------
    Whether it was this call that erased; False if it was erased before.

    Raises
    ------
    UnknownBlobError
        If there is no such blob.
    PreservedBlobError
        If it is preserved.
    StorageError
        If the list of erasures cannot be written; then nothing is erased.
    """
    at, why = moment(now), stated(reason)
    with transaction.atomic():
        row = locked(blob)
        if row.state == State.ERASED:
            return False
        refuse_preserved(row, at)
        erasures().add([blob], Mark.BEGUN, at=at)
        destroy_key(row, at)
        note(row, "vault.erased", actor=acting_user, reason=why, at=at)
        enqueue(topic=ERASED_TOPIC, payload={"blob": blob}, key=blob)
    return True


def finish_erasure(*, blob: str, now: datetime | None = None) -> bool:
    """Remove an erased blob's file and confirm the erasure on the list. Return False if there is nothing to do.

    Raises
    ------
    RuntimeError
        If called inside a transaction: the erasure could still be rolled back, and the file would be gone.
    """
    at = moment(now)
    with transaction.atomic(durable=True):
        open_erasures = Blob.objects.filter(pk=blob, state=State.ERASED, confirmed=None)
        if not open_erasures.exists():
            return False
    files().remove(blob)
    erasures().add([blob], Mark.ERASED, at=at)
    return bool(open_erasures.update(confirmed=at))


def expire_due(*, now: datetime, acting_user: str = SYSTEM, limit: int = 1_000) -> Expired:
    """Erase what has reached the end of its retention, oldest first; what is preserved waits.

    Parameters
    ----------
    limit : at most so many; call again while `erased` equals it.
    """
    due = Blob.objects.filter(state=State.STORED, expires__lte=now)
    held = due.filter(preservations__released=None, preservations__until__gt=now).values("pk")
    chosen = due.exclude(pk__in=held).order_by("expires", "pk").values_list("pk", flat=True)
    erased = 0
    for blob in list(chosen[:limit]):
        try:
            erased += erase(blob=blob, acting_user=acting_user, reason="retention ended", now=now)
        except PreservedBlobError:
            continue  # since it was chosen
    return Expired(erased=erased, preserved=held.distinct().count())


def prove_erased(blob: str) -> Proof:
    """Return what shows that a blob is erased, looked up afresh: row, file and list."""
    return Proof(
        blob=BlobId(blob),
        key_gone=not Blob.objects.filter(pk=blob, state=State.STORED).exists(),
        file_gone=not files().holds(blob),
        listed=erasures().read().get(BlobId(blob)) is Mark.ERASED,
    )


def destroy_key(row: Blob, at: datetime) -> None:
    """Turn a locked row into what stays of an erased blob: id, purpose, source and times."""
    row.state, row.erased, row.size = State.ERASED, at, 0
    row.nonce = row.wrapped_key = row.master_id = None
    row.save(update_fields=["state", "erased", "size", "nonce", "wrapped_key", "master"])


def note(row: Blob, action: str, *, actor: str, reason: str, at: datetime) -> None:
    """Record what was done to a row."""
    record(actor=actor, action=action, subject=row.pk, source=row.source, detail={"reason": reason}, at=at)

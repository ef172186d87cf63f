"""Another master key: it becomes current, data keys are wrapped anew, and the old one can be destroyed."""

from datetime import datetime

from django.db import IntegrityError, transaction

from stanch_server.audit.operations import record
from stanch_server.vault import models
from stanch_server.vault.cipher import wrapped
from stanch_server.vault.errors import DamagedBlobError, MasterKeyError
from stanch_server.vault.keyring import MasterKey
from stanch_server.vault.models import Blob
from stanch_server.vault.operations.common import key_ring, moment
from stanch_server.vault.operations.opening import data_key
from stanch_server.vault.operations.storing import wrapping_key
from stanch_server.vault.values import BlobId, Rotation, State


def rotate_master_key(*, acting_user: str, batch: int = 500, now: datetime | None = None) -> Rotation:
    """Make a new master key current and wrap every data key by it. No file is touched.

    If it is interrupted, both keys are in use, everything opens, and `resume_rotation` does the rest.

    Parameters
    ----------
    batch : rows in one transaction.

    Raises
    ------
    RuntimeError
        If called inside a transaction.
    """
    with transaction.atomic(durable=True):
        wrapping_key()
        made = key_ring().add()
        _record("vault.key-rotated", made.id, acting_user, moment(now))
    return resume_rotation(batch=batch)


def resume_rotation(*, batch: int = 500) -> Rotation:
    """Wrap by the current key whatever another one still wraps; parameters and errors as above."""
    done, damaged, last = 0, list[BlobId](), ""
    while True:
        with transaction.atomic(durable=True):
            master = wrapping_key()
            waiting = Blob.objects.filter(state=State.STORED, pk__gt=last).exclude(master=master.id)
            rows = list(waiting.order_by("pk")[:batch])
            if not rows:
                return Rotation(key=master.id, rewrapped=done, damaged=tuple(damaged))
            for row in rows:
                try:
                    done += _rewrap(row, master)
                except (DamagedBlobError, MasterKeyError):
                    damaged.append(BlobId(row.pk))
            last = rows[-1].pk


def _rewrap(row: Blob, master: MasterKey) -> bool:
    """Wrap one key anew, by compare-and-set. Return False if the row was erased or wrapped by others meanwhile."""
    unchanged = Blob.objects.filter(pk=row.pk, state=State.STORED, master=row.master_id)
    key = data_key(row)
    row.master_id = master.id
    wrapping = wrapped(key, master=master.secret, facts=row.facts())
    return bool(unchanged.update(master=master.id, wrapped_key=wrapping))


def destroy_retired_keys(*, acting_user: str, now: datetime | None = None) -> tuple[str, ...]:
    """Destroy the old master keys that wrap nothing any more. Return their ids.

    From then on nothing can be read in database backups that are older than the rotation. That may be the purpose,
    and is why this is a step of its own.

    Raises
    ------
    RuntimeError
        If called inside a transaction.
    """
    at, ring = moment(now), key_ring()
    wrapping_key()
    destroyed = tuple(key for key in ring.retired() if _give_up(key, acting_user, at))
    for key in destroyed:
        ring.destroy(key)
    return destroyed


def _give_up(key: str, acting_user: str, at: datetime) -> bool:
    """Delete a key's row. The database refuses if a blob refers to it, also one that commits at the same time."""
    try:
        with transaction.atomic(durable=True):
            models.MasterKey.objects.get_or_create(pk=key)  # waits for a writer that is making the same row
            if Blob.objects.filter(master=key).exists():  # deleting would refuse too, after reading each of them
                return False
            models.MasterKey.objects.filter(pk=key).delete()
            _record("vault.key-destroyed", key, acting_user, at)
    except IntegrityError:
        return False
    return True


def _record(action: str, key: str, acting_user: str, at: datetime) -> None:
    record(actor=acting_user, action=action, subject=key, detail={}, at=at)

"""Bytes in: the file first, then the row, so that what is acknowledged is always there."""

import secrets
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from django.db import transaction

from stanch.errors import InvalidValueError
from stanch_server.audit.operations import record
from stanch_server.vault import models
from stanch_server.vault.cipher import ALGORITHM, Seal, content_size, new_key, new_prefix, wrapped
from stanch_server.vault.errors import MissingMasterKeyError
from stanch_server.vault.keyring import MasterKey
from stanch_server.vault.models import SOURCE_LENGTH, Blob
from stanch_server.vault.operations.common import files, key_ring, moment
from stanch_server.vault.values import BlobId, Purpose, Source


def store(
    *,
    data: bytes | BinaryIO,
    purpose: Purpose,
    source: Source,
    acting_user: str,
    expires: datetime | None = None,
    now: datetime | None = None,
) -> BlobId:
    """Encrypt and keep some bytes; they are on the disk when this returns.

    Best called before a transaction is opened: on SQLite a long one keeps every other writer waiting while the
    file is written. If the caller's transaction is rolled back, the file is left without a row: nobody can open
    it, and it is swept later.

    Parameters
    ----------
    data : the bytes, or a stream that is read to its end, a chunk at a time.
    source : whose it is.
    expires : when retention ends.

    Raises
    ------
    StorageError
        If the disk takes no more; nothing is kept then.
    MasterKeyError
        If there is no key to wrap with.
    InvalidValueError
        If the source is no id, or a time has no zone.
    """
    blob, at, key = BlobId(secrets.token_hex(16)), moment(now), new_key()
    row = Blob(
        pk=blob,
        purpose=Purpose(purpose),
        source=_checked(source),
        algorithm=ALGORITHM,
        nonce=new_prefix(),
        created=at,
        expires=None if expires is None else moment(expires),
    )
    seal = Seal(key=key, prefix=bytes(row.nonce or b""), blob=blob, purpose=row.purpose)
    stream = BytesIO(data) if isinstance(data, bytes) else data
    row.size = content_size(files().write(blob, seal.sealed(stream)))
    with transaction.atomic():
        try:
            _insert(row, key, acting_user)
        except BaseException:
            # Rolled back for certain. A failure of the commit itself is not: then sweeping finds out.
            with suppress(OSError):
                files().remove(blob)
            raise
    return blob


def wrapping_key() -> MasterKey:
    """Return the master key that wraps new data keys, its row certain to be there; the first is made here.

    If the key was current until now, it is seen after its row is there. A rotation that comes later cannot
    destroy it: the database keeps the row while something in this transaction refers to it.

    Raises
    ------
    MissingMasterKeyError
        If there were keys once, and they are not here.
    """
    ring = key_ring()
    if not ring.is_founded():
        if models.MasterKey.objects.exists():
            raise MissingMasterKeyError(key="current", folder=ring.folder)
        ring.found()
    key = ring.current()
    while True:
        models.MasterKey.objects.get_or_create(pk=key.id)
        seen = ring.current()
        if seen.id == key.id:
            return key
        key = seen


def _insert(row: Blob, key: bytes, acting_user: str) -> None:
    master = wrapping_key()
    row.master_id = master.id
    row.wrapped_key = wrapped(key, master=master.secret, facts=row.facts())
    row.save(force_insert=True)
    record(
        actor=acting_user,
        action="vault.stored",
        subject=row.pk,
        source=row.source,
        detail={"purpose": row.purpose, "size": row.size},
        at=row.created,
    )


def _checked(source: Source) -> str:
    said = str(source)
    if not said or len(said) > SOURCE_LENGTH or not said.isprintable():
        raise InvalidValueError(what="source", problem=f"give its id, of at most {SOURCE_LENGTH} characters")
    return said

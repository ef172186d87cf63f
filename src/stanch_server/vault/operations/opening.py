"""Bytes out, each chunk authenticated before anybody sees it, and the access recorded before the first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, Self

from django.db import transaction

from stanch_server.audit.operations import record
from stanch_server.vault.access import authorised, described
from stanch_server.vault.cipher import ALGORITHM, Seal, sealed_size, unwrapped
from stanch_server.vault.errors import DamagedBlobError, ErasedBlobError, MissingMasterKeyError
from stanch_server.vault.models import Blob
from stanch_server.vault.operations.common import files, key_ring, moment, stated
from stanch_server.vault.values import Source, State, StoredBlob


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedBlob:
    """A blob that can be read once, from beginning to end; a context manager.

    Parameters
    ----------
    blob : what is known of it.
    """

    blob: StoredBlob
    _seal: Seal
    _stream: BinaryIO

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the content in pieces of at most 64 KiB; raises as `read` does."""
        return self._seal.opened(self._stream, size=self.blob.size)

    def read(self) -> bytes:
        """Return all of the content.

        Raises
        ------
        DamagedBlobError
            If a chunk is not what was stored; the error says which.
        """
        return b"".join(self)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def open_blob(
    *,
    blob: str,
    sources: Collection[Source],
    acting_user: str,
    reason: str,
    holder: str = "",
    now: datetime | None = None,
) -> OpenedBlob:
    """Open a blob, and record who did and why.

    Parameters
    ----------
    sources : those that the caller was already authorised for.
    reason : why it is opened, for the audit log: `revealed`, `matched again`.
    holder : the id of what it is the content of. The record is about that, so that the log says whose content was
        seen, and says it no more once that is forgotten.

    Raises
    ------
    Http404
        If there is no such blob, or it belongs to another source.
    ErasedBlobError
        If it was erased.
    DamagedBlobError
        If its row or file is not what was stored.
    MasterKeyError
        If the key that wraps its own is not there.
    """
    opened = _opened(authorised(blob, sources=sources))
    try:
        with transaction.atomic():
            record(
                actor=acting_user,
                action="vault.opened",
                subject=holder or opened.blob.id,
                source=opened.blob.source,
                detail={"reason": stated(reason)} | ({"blob": opened.blob.id} if holder else {}),
                at=moment(now),
            )
    except BaseException:
        opened.close()
        raise
    return opened


def _opened(row: Blob) -> OpenedBlob:
    """Open a row; if that fails because it was erased or wrapped anew meanwhile, go by what it is now."""
    try:
        return _as_it_is(row)
    except (DamagedBlobError, MissingMasterKeyError):
        fresh = Blob.objects.get(pk=row.pk)
        if (fresh.state, fresh.master_id) == (row.state, row.master_id):
            raise
        return _as_it_is(fresh)


def _as_it_is(row: Blob) -> OpenedBlob:
    if row.state == State.ERASED:
        raise ErasedBlobError(blob=row.pk)
    if row.algorithm != ALGORITHM:
        raise DamagedBlobError(blob=row.pk, problem="its row is not what was stored")
    seal = Seal(key=data_key(row), prefix=bytes(row.nonce or b""), blob=row.pk, purpose=row.purpose)
    return OpenedBlob(blob=described(row), _seal=seal, _stream=files().open(row.pk, size=sealed_size(row.size)))


def data_key(row: Blob) -> bytes:
    """Return the unwrapped key of a stored row, to this room.

    Raises
    ------
    DamagedBlobError
        If anything in the row is not what was stored.
    MasterKeyError
        If the master key is not there.
    """
    master = key_ring().key(row.master_id or "")
    return unwrapped(bytes(row.wrapped_key or b""), master=master.secret, facts=row.facts(), blob=row.pk)

"""Fetch and authorise in one step. What a caller may not know of does not exist for them: `Http404`."""

from collections.abc import Collection
from datetime import datetime

from django.http import Http404

from stanch_server.vault.models import Blob
from stanch_server.vault.values import BlobId, Purpose, Source, State, StoredBlob


def get_blob(blob: str, *, sources: Collection[Source]) -> StoredBlob:
    """Return what is known of a blob.

    Parameters
    ----------
    blob : its id.
    sources : those that the caller was already authorised for.

    Raises
    ------
    Http404
        If there is no such blob, or it belongs to another source.
    """
    return described(authorised(blob, sources=sources))


def list_blobs(source: Source, *, sources: Collection[Source], purpose: Purpose | None = None) -> list[StoredBlob]:
    """Return what is stored for a source, oldest first; raises as `get_blob` does."""
    if str(source) not in {str(one) for one in sources}:
        raise Http404
    rows = Blob.objects.filter(source=str(source), state=State.STORED).prefetch_related("preservations")
    chosen = rows.filter(purpose=purpose) if purpose else rows
    return [described(row) for row in chosen.order_by("created", "id")]


def authorised(blob: str, *, sources: Collection[Source]) -> Blob:
    """Return the row of a blob to this room; raises as `get_blob` does."""
    row = Blob.objects.filter(pk=blob, source__in=[str(one) for one in sources]).first()
    if row is None:
        raise Http404
    return row


def described(row: Blob) -> StoredBlob:
    """Return what may leave this room of a row."""
    return StoredBlob(
        id=BlobId(row.pk),
        purpose=Purpose(row.purpose),
        source=row.source,
        size=row.size,
        state=State(row.state),
        created=row.created,
        expires=row.expires,
        erased=row.erased,
        preserved_until=_preserved_until(row),
    )


def _preserved_until(row: Blob) -> datetime | None:
    return max((one.until for one in row.preservations.all() if one.released is None), default=None)

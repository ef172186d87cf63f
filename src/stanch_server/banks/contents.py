"""The content of entries, where any is kept: encrypted in the vault, as the property of their bank's source."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from django.http import Http404

from stanch_server.banks.models import Bank, Entry
from stanch_server.vault import operations as vault
from stanch_server.vault.errors import PreservedBlobError, UnknownBlobError
from stanch_server.vault.values import Purpose

EVERYWHERE: Final = "everywhere"
"""Whose the content of a bank is that belongs to all sources."""


def keep(*, bank: Bank, content: bytes, acting_user: str, at: datetime) -> str:
    """Keep the content of an entry, and return its id in the vault. Call it before a transaction is opened.

    Raises
    ------
    VaultError
        If it cannot be kept.
    """
    return vault.store(data=content, purpose=Purpose.ENTRY, source=_owner(bank), acting_user=acting_user, now=at)


def open_content(*, entry: Entry, acting_user: str, reason: str, now: datetime) -> bytes:
    """Return the content of an entry to somebody who may reveal it; the access is recorded before.

    Raises
    ------
    Http404
        If none was kept.
    VaultError
        If it was erased, or is damaged.
    """
    if not entry.blob:
        raise Http404
    with vault.open_blob(
        blob=entry.blob,
        sources=[_owner(entry.bank)],
        acting_user=acting_user,
        reason=reason,
        holder=str(entry.id),
        now=now,
    ) as opened:
        return opened.read()


def forget(*, blob: str, acting_user: str, reason: str, at: datetime) -> bool:
    """Erase the content of an entry; return False if it is gone already, or preserved for an authority."""
    try:
        return vault.erase(blob=blob, acting_user=acting_user, reason=reason, now=at)
    except (PreservedBlobError, UnknownBlobError):
        return False


def erase_unnamed(*, now: datetime) -> int:
    """Erase contents of entries that never came to be, or that were removed and are preserved no more."""
    return vault.erase_unnamed(purpose=Purpose.ENTRY, named=_named, now=now)


def _named(blobs: Collection[str]) -> Iterable[str]:
    return Entry.objects.filter(blob__in=blobs, removed=None).values_list("blob", flat=True)


def _owner(bank: Bank) -> str:
    return str(bank.source_id) if bank.source_id else EVERYWHERE

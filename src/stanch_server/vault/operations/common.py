"""What several operations need: the parts of the vault, one locked row, a time."""

from datetime import UTC, datetime
from typing import Final

from django.utils import timezone

from stanch.errors import InvalidValueError
from stanch_server.vault.erasures import Erasures
from stanch_server.vault.errors import UnknownBlobError
from stanch_server.vault.files import Files
from stanch_server.vault.keyring import KeyRing
from stanch_server.vault.models import REASON_LENGTH, Blob
from stanch_server.vault.places import places

SYSTEM: Final = "system"
"""Who acts where no person does."""


def files() -> Files:
    """Return the tree of encrypted files."""
    return Files(folder=places().folder)


def erasures() -> Erasures:
    """Return the list of erasures."""
    return Erasures(path=places().erasures)


def key_ring() -> KeyRing:
    """Return the master keys."""
    return KeyRing(places().keys)


def locked(blob: str) -> Blob:
    """Return a row that nobody else changes before this transaction ends.

    SQLite has one writer at a time, which this transaction is from its start (`BEGIN IMMEDIATE`).

    Raises
    ------
    UnknownBlobError
        If there is none.
    """
    row = Blob.objects.select_for_update(no_key=True).filter(pk=blob).first()
    if row is None:
        raise UnknownBlobError(blob=blob)
    return row


def moment(given: datetime | None) -> datetime:
    """Return a time in UTC: the one that is given, or now.

    Raises
    ------
    InvalidValueError
        If it has no time zone.
    """
    if given is None:
        return timezone.now()
    if given.tzinfo is None:
        raise InvalidValueError(what="time", problem="needs a time zone")
    return given.astimezone(UTC)


def stated(reason: str) -> str:
    """Return a reason, if it is one.

    Raises
    ------
    InvalidValueError
        If it is empty or too long to keep.
    """
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise InvalidValueError(what="reason", problem=f"give one, of at most {REASON_LENGTH} characters")
    return reason.strip()

"""The only place that writes records. Numbers and chain come later, from the sequencer."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connections, router

from stanch.errors import InvalidValueError
from stanch_server.audit.errors import NotErasableError, UnknownAuditEntryError, UnrecordedError
from stanch_server.audit.hashing import canonical, commitment, payload_bytes
from stanch_server.audit.models import ACTION_LENGTH, NAME_LENGTH, AuditEntry, AuditPayload
from stanch_server.rows import insert_columns

ERASED = "audit.erased"
SALT_BYTES = 32


def record(
    *,
    actor: str,
    action: str,
    subject: str,
    source: str | None = None,
    detail: Mapping[str, Any] | None = None,
    at: datetime,
) -> str:
    """Write a record in the transaction of what it is about, and return its opaque id.

    Writers do not wait for one another here: the record gets its number after commit.

    Parameters
    ----------
    actor : opaque id of the person or key that acted; `system` where nobody did.
    action : what was done, such as `bank.entry-added`.
    subject : opaque id of what it was done to.
    source : whose it is; without one, the record is seen only by those who see every source.
    detail : whatever else a reader needs, as plain JSON. Ids rather than content.
    at : when, with its time zone.

    Raises
    ------
    UnrecordedError
        If no transaction is open.
    InvalidValueError
        If a part cannot be kept exactly as it is given.
    """
    using = router.db_for_write(AuditEntry)
    if not connections[using].in_atomic_block:
        raise UnrecordedError(action=action)
    fields = _checked(actor=actor, action=action, subject=subject, source=source, at=at)
    written = canonical(dict(detail or {}))
    salt = secrets.token_bytes(SALT_BYTES).hex()
    payload = payload_bytes(**fields, detail=written)
    opaque_id = uuid.uuid4().hex
    row = insert_columns(AuditEntry, {"opaque_id": opaque_id, "at": at, "commitment": commitment(salt, payload)})
    insert_columns(AuditPayload, {"entry_id": row, "salt": salt, **fields, "detail": written})
    return opaque_id


def _checked(*, at: datetime, **fields: str | None) -> dict[str, Any]:
    """Return the fields if each can be stored as it is: what a database cuts would break the commitment."""
    if at.tzinfo is None:
        raise InvalidValueError(what="audit time", problem="needs a time zone")
    for name, value in fields.items():
        longest = ACTION_LENGTH if name == "action" else NAME_LENGTH
        if value is None and name == "source":
            continue
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            problem = f"must be at most {longest} printable characters"
            raise InvalidValueError(what=f"audit {name}", problem=problem)
    return fields


def erase(entry: str, *, acting_user: str, at: datetime) -> str | None:
    """Erase what a record says, and its salt; record that. The chain stays valid: the commitment remains.

    Parameters
    ----------
    entry : opaque id of the record.

    Returns
    -------
    The id of the record that says so; None if the record had been erased before.

    Raises
    ------
    UnknownAuditEntryError
        If there is no such record.
    NotErasableError
        If it is itself the record of an erasure: without it, erased could not be told from removed.
    UnrecordedError
        If no transaction is open.
    """
    row = AuditEntry.objects.using(router.db_for_write(AuditEntry)).filter(opaque_id=entry).first()
    if row is None:
        raise UnknownAuditEntryError(entry=entry)
    payload = AuditPayload.objects.using(row._state.db).filter(entry=row).first()  # noqa: SLF001 - documented by Django
    if payload is None:
        return None
    if payload.action == ERASED:
        raise NotErasableError(entry=entry)
    source = payload.source
    noted = record(actor=acting_user, action=ERASED, subject=entry, source=source, at=at)
    # Two that erase at once both come here; the one that deletes nothing has noted what was true anyway.
    AuditPayload.objects.using(row._state.db).filter(entry=row).delete()  # noqa: SLF001 - documented by Django
    return noted


def erase_about(subject: str, *, acting_user: str, at: datetime) -> int:
    """Erase what every record of one subject says; raises as `erase` does. Return how many said something."""
    told = AuditPayload.objects.using(router.db_for_write(AuditPayload)).filter(subject=subject)
    entries = list(told.exclude(action=ERASED).values_list("entry__opaque_id", flat=True))
    return sum(erase(entry, acting_user=acting_user, at=at) is not None for entry in entries)

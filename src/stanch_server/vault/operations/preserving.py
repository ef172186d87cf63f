"""What must not be erased: an order, a complaint, a court may each ask for it, until a date."""

import secrets
from datetime import datetime

from django.db import transaction

from stanch.errors import InvalidValueError
from stanch_server.audit.operations import record
from stanch_server.vault.errors import ErasedBlobError, PreservedBlobError, UnknownPreservationError
from stanch_server.vault.models import Blob, Preservation
from stanch_server.vault.operations.common import locked, moment, stated
from stanch_server.vault.values import State


def preserve(*, blob: str, until: datetime, reason: str, acting_user: str, now: datetime | None = None) -> str:
    """Keep a blob from being erased until a date. Return the id of this preservation.

    Several may lie on one blob; it is free when each has ended or was released. To prolong one is to add another.

    Raises
    ------
    UnknownBlobError
        If there is no such blob.
    ErasedBlobError
        If it is gone.
    InvalidValueError
        If the date has passed, or no reason is given.
    """
    at, end = moment(now), moment(until)
    if end <= at:
        raise InvalidValueError(what="until", problem="lies in the past")
    with transaction.atomic():
        row = locked(blob)
        if row.state == State.ERASED:
            raise ErasedBlobError(blob=blob)
        made = Preservation.objects.create(
            pk=secrets.token_hex(16), blob=row, reason=stated(reason), until=end, created=at
        )
        _record("vault.preserved", made, acting_user, made.reason, at)
    return made.pk


def release(*, preservation: str, reason: str, acting_user: str, now: datetime | None = None) -> bool:
    """End a preservation before its date. Return False if it was released before.

    Raises
    ------
    UnknownPreservationError
        If there is none of that id.
    """
    at = moment(now)
    with transaction.atomic():
        found = Preservation.objects.select_related("blob").filter(pk=preservation).first()
        if found is None:
            raise UnknownPreservationError(preservation=preservation)
        if not Preservation.objects.filter(pk=preservation, released=None).update(released=at):
            return False
        _record("vault.released", found, acting_user, stated(reason), at)
    return True


def refuse_preserved(row: Blob, at: datetime) -> None:
    """Let a locked row pass that nothing preserves at this time.

    Raises
    ------
    PreservedBlobError
        If something does; the error names the latest date.
    """
    held = Preservation.objects.filter(blob=row, released=None, until__gt=at).order_by("-until").first()
    if held is not None:
        raise PreservedBlobError(blob=row.pk, until=held.until)


def _record(action: str, made: Preservation, acting_user: str, reason: str, at: datetime) -> None:
    detail = {"preservation": made.pk, "until": made.until.isoformat(), "reason": reason}
    record(actor=acting_user, action=action, subject=made.blob_id, source=made.blob.source, detail=detail, at=at)

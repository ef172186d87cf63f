"""What a reveal hands out: the right to fetch one picture, in this session, for a short while."""

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

LASTS: Final = timedelta(minutes=2)
SALT: Final = "stanch.review.reveal"


def token_for(request: HttpRequest, *, item: UUID, part: int, entry: str = "", now: datetime) -> str:
    """Return a token for the picture of a part, or of an entry beside it."""
    said = [_session(request), str(item), part, entry, (now + LASTS).timestamp()]
    return signing.Signer(salt=SALT).sign_object(said, compress=True)


def opened_by(request: HttpRequest, token: str, *, item: UUID, part: int, now: datetime) -> str | None:
    """Return what a token opens: the id of an entry, or an empty string for the part itself; None if nothing.

    It opens nothing in another session, for another part, or after two minutes.
    """
    try:
        session, for_item, for_part, entry, until = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    right = (session, for_item, for_part) == (_session(request), str(item), part)
    return str(entry) if right and now.timestamp() < until else None


def _session(request: HttpRequest) -> str:
    """Return what names a session without giving its key away."""
    return hashlib.sha256(f"{SALT} {request.session.session_key}".encode()).hexdigest()

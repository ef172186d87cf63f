"""API keys as requests need them: read at each request, understood once.

Every request looks the rows of a key's prefix up, so that one that was revoked opens nothing from then on. As long
as the database says what it said before, what was made of it still holds.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import ApiKey, Source
from stanch_server.rows import fetch


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A key whose source is open and that nobody revoked; it may have expired."""

    id: UUID
    source: UUID
    secret_hash: str
    capabilities: frozenset[str]
    expires_at: datetime
    last_used_day: date | None


FIELDS = (
    "id",
    "source_id",
    "secret_hash",
    "capabilities",
    "expires_at",
    "last_used_day",
    "revoked_at",
    "source__state",
)

_understood: dict[str, tuple[list[Any], tuple[Key, ...]]] = {}


def with_prefix(prefix: str) -> tuple[Key, ...]:
    """Return the keys of a prefix, by what is committed now."""
    rows = fetch(_statement(connection.vendor), [prefix])
    if not rows:
        return ()
    held = _understood.get(prefix)
    if held is None or held[0] != rows:
        held = _understood[prefix] = (rows, _read(prefix))
    return held[1]


def _read(prefix: str) -> tuple[Key, ...]:
    valid = ApiKey.objects.filter(prefix=prefix, revoked_at=None, source__state=Source.State.ACTIVE)
    return tuple(
        Key(
            id=key.id,
            source=key.source_id,
            secret_hash=key.secret_hash,
            capabilities=KEY_CAPABILITIES.intersection(key.capabilities),
            expires_at=key.expires_at,
            last_used_day=key.last_used_day,
        )
        for key in valid
    )


@cache
def _statement(_vendor: str) -> str:
    """Return the look-up in the words of this database; its one parameter is the prefix."""
    words, _ = ApiKey.objects.filter(prefix="").values_list(*FIELDS).query.sql_with_params()
    return str(words)

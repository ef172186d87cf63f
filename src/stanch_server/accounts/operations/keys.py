"""Writing API keys."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from stanch.errors import InvalidValueError
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import ApiKey, Source
from stanch_server.accounts.operations.recording import record
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.accounts.secrets import digest, new_key

LONGEST_LIFE: Final = timedelta(days=366)


@transaction.atomic
def create_api_key(
    *,
    source: Source,
    name: str,
    capabilities: Collection[str],
    expires_at: datetime,
    acting_user: str,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key of a program to one source. Return it and its secret, which cannot be had again.

    Parameters
    ----------
    capabilities : some of `KEY_CAPABILITIES`.
    expires_at : at most a year ahead: a key that is forgotten ends by itself.

    Raises
    ------
    InvalidValueError
        If a capability is not for programs, none is given, or it would end too late or has ended.
    """
    if not capabilities or not KEY_CAPABILITIES.issuperset(capabilities):
        raise InvalidValueError(what="capabilities", problem=f"give some of {', '.join(sorted(KEY_CAPABILITIES))}")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise InvalidValueError(what="expires_at", problem=f"must lie ahead, at most {LONGEST_LIFE.days} days")
    prefix, secret = new_key()
    key = ApiKey.objects.create(
        source=source,
        name=name,
        prefix=prefix,
        secret_hash=digest(secret),
        capabilities=sorted(set(capabilities)),
        created_at=now,
        created_by=acting_user,
        expires_at=expires_at,
    )
    record("key-created", key.id, acting_user=acting_user, now=now, source=source, capabilities=key.capabilities)
    return key, secret


@transaction.atomic
def revoke_api_key(key: ApiKey, *, acting_user: str, now: datetime) -> None:
    """End a key from the next request on; it cannot be undone."""
    if ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=now):
        record("key-revoked", key.id, acting_user=acting_user, now=now, source=key.source_id)


def note_key_used(principal: KeyPrincipal, *, now: datetime) -> None:
    """Note the day on which a key was last used: one write a day, so that nobody can follow its hours.

    This alone leaves no audit entry: what the program did leaves its own.
    """
    day = now.astimezone(UTC).date()
    if not principal.used_today:
        ApiKey.objects.filter(id=principal.key).exclude(last_used_day=day).update(last_used_day=day)

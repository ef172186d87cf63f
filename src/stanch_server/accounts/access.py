"""Fetch and authorise in one step.

What a caller may not know of does not exist for them (`Http404`); what they may know of but not do is refused
(`PermissionDenied`, 403). A caller knows of a source if they have any role there, or everywhere.
"""

import hmac
from datetime import UTC, datetime
from typing import Final, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from stanch_server.accounts import keyring
from stanch_server.accounts.capabilities import CAPABILITIES, ROLES, Role
from stanch_server.accounts.models import ApiKey, Membership, Person, Source
from stanch_server.accounts.principals import Caller, KeyPrincipal
from stanch_server.accounts.secrets import digest, read_bearer

Row = TypeVar("Row", bound=Model)
EVERYWHERE: Final = None  # in place of a source: the installation as a whole


def capabilities_of(caller: Caller, source: UUID | None) -> frozenset[str] | None:
    """Return what a caller may do with a source (or, with None, everywhere), None if they may not know of it."""
    if isinstance(caller, KeyPrincipal):
        return caller.capabilities if source == caller.source else None
    if not caller.is_active:
        return None
    held = Membership.objects.filter(
        Q(source=None) | Q(source=source) if source else Q(source=None), person=caller
    )
    roles = [ROLES[Role(role)] for role in held.values_list("role", flat=True)]
    return frozenset().union(*roles) if roles else None


def require(caller: Caller, capability: str, source: Source | UUID | None) -> None:
    """Let a caller pass who has a capability for a source, or with None everywhere.

    Raises
    ------
    Http404
        If they may not know that the source exists.
    PermissionDenied
        If they may know of it, but not do this.
    """
    held = capabilities_of(caller, source.id if isinstance(source, Source) else source)
    if held is None and source is not None:
        raise Http404
    if held is None or _known(capability) not in held:
        raise PermissionDenied


def get_source(caller: Caller, source: UUID, capability: str) -> Source:
    """Return a source with which a caller may do something; raises as `require` does."""
    require(caller, capability, source)
    return _get(Source.objects.filter(id=source))


def sources_with(caller: Caller, capability: str) -> QuerySet[Source]:
    """Return the sources with which a caller may do something, by name; none is no error."""
    granting = [role for role, held in ROLES.items() if _known(capability) in held]
    sources = Source.objects.order_by("name")
    if isinstance(caller, KeyPrincipal):
        return sources.filter(id=caller.source) if capability in caller.capabilities else sources.none()
    held = Membership.objects.filter(person=caller, person__is_active=True, role__in=granting)
    return sources if held.filter(source=None).exists() else sources.filter(id__in=held.values("source"))


def require_anywhere(caller: Caller, capability: str) -> None:
    """Let a caller pass who has a capability for at least one source, or everywhere.

    Raises
    ------
    PermissionDenied
        If they have it nowhere.
    """
    if isinstance(caller, KeyPrincipal):
        allowed = _known(capability) in caller.capabilities
    else:
        granting = [role for role, held in ROLES.items() if _known(capability) in held]
        allowed = caller.is_active and Membership.objects.filter(person=caller, role__in=granting).exists()
    if not allowed:
        raise PermissionDenied


def list_people(caller: Caller) -> QuerySet[Person]:
    """Return everybody, with their memberships; raises as `require` does."""
    require(caller, "people.manage", EVERYWHERE)
    return Person.objects.order_by("display_name").prefetch_related("memberships__source")


def get_person(caller: Caller, person: UUID) -> Person:
    """Return a person to someone who manages people; raises as `require` does."""
    require(caller, "people.manage", EVERYWHERE)
    return _get(Person.objects.filter(id=person))


def list_keys(caller: Caller, source: UUID) -> QuerySet[ApiKey]:
    """Return a source's keys, newest first; raises as `require` does."""
    require(caller, "keys.manage", source)
    return ApiKey.objects.filter(source=source).order_by("-created_at")


def get_key(caller: Caller, key: UUID) -> ApiKey:
    """Return a key to someone who manages keys of its source; raises as `require` does."""
    found = _get(ApiKey.objects.filter(id=key).select_related("source"))
    require(caller, "keys.manage", found.source)
    return found


def authenticate_key(header: str, *, now: datetime) -> KeyPrincipal | None:
    """Return who sends an `Authorization: Bearer …` header, or None if no valid key is in it.

    One query by the indexed prefix. Hashes are compared in constant time.

    Parameters
    ----------
    header : the header's value, as it came.
    now : at which the key must not have expired.
    """
    read = read_bearer(header)
    if read is None:
        return None
    prefix, key = read
    sent = digest(key)
    for one in keyring.with_prefix(prefix):
        if hmac.compare_digest(one.secret_hash, sent) and one.expires_at > now:
            return KeyPrincipal(
                key=one.id,
                source=one.source,
                capabilities=one.capabilities,
                used_today=one.last_used_day == now.astimezone(UTC).date(),
            )
    return None


def _known(capability: str) -> str:
    if capability not in CAPABILITIES:
        raise LookupError(capability)  # a slip of the pen must not refuse quietly, and never allow
    return capability


def _get(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise Http404
    return found

"""Fetch and authorise in one step: who sees which bank."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import Http404

from stanch.values import FINDING
from stanch_server.accounts import access as accounts
from stanch_server.accounts.models import Person
from stanch_server.accounts.principals import Caller
from stanch_server.banks.models import Bank, Entry

_FOUND_BY = frozenset(method.id for method in FINDING)

READING = {"banks.read", "match.query"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """What the register says of a bank: that it is there, whose, on what basis, and how large."""

    name: str
    owner: str
    legal_basis: str
    content_type: str
    designation: str
    state: str
    purpose: str
    reason: str
    entries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many entries a bank holds: in all, confirmed by a person, and no longer matched since they expired."""

    entries: int
    confirmed: int
    expired: int


def banks_with(caller: Caller, capability: str) -> QuerySet[Bank]:
    """Return the banks with which a caller may do something: those of their sources, and those of all sources.

    A bank of all sources is read by whoever reads one of them, and changed only by those who may everywhere.
    """
    sources = accounts.sources_with(caller, capability)
    shared = everywhere(caller, capability) or (capability in READING and sources.exists())
    return Bank.objects.filter(Q(source__in=sources) | Q(source=None) if shared else Q(source__in=sources))


def get_bank(caller: Caller, bank: UUID, capability: str) -> Bank:
    """Return a bank with which a caller may do something.

    Raises
    ------
    Http404
        If there is none, or they may not know of it.
    PermissionDenied
        If they may see it, but not do this.
    """
    allowed = banks_with(caller, capability).filter(id=bank).first()
    if allowed is not None:
        return allowed
    if not banks_with(caller, "banks.read").filter(id=bank).exists():
        raise Http404
    raise PermissionDenied


def get_entry(caller: Caller, bank: UUID, entry: UUID, capability: str) -> Entry:
    """Return an entry that has not been removed; raises as `get_bank` does."""
    found = Entry.objects.filter(bank=get_bank(caller, bank, capability), id=entry, removed=None).first()
    if found is None:
        raise Http404
    return found


def adding(bank: Bank) -> str:
    """Return the capability by which a person adds to a bank: what is known to be good lets content pass."""
    return "banks.write" if bank.purpose == Bank.Purpose.KNOWN_GOOD else "banks.confirm"


def get_bank_to_add(caller: Caller, bank: UUID) -> Bank:
    """Return a bank to which a person may add by hand; raises as `get_bank` does."""
    return get_bank(caller, bank, adding(get_bank(caller, bank, "banks.confirm")))


def may(caller: Caller, bank: Bank, capability: str) -> bool:
    """Return whether a caller may do something with a bank, for a page that offers it or does not."""
    return banks_with(caller, capability).filter(id=bank.id).exists()


class _Named(msgspec.Struct):
    """As much of a fingerprint as says which method made it; the rest is skipped unread."""

    method: str


def everywhere(caller: Caller, capability: str) -> bool:
    """Return whether a caller may do something for the installation as a whole."""
    return capability in (accounts.capabilities_of(caller, accounts.EVERYWHERE) or ())


def entries_of(bank: Bank, *, text: str = "") -> QuerySet[Entry]:
    """Return the entries of a bank that have not been removed.

    Parameters
    ----------
    text : only entries whose name holds it, or one of whose labels does, in whatever case.
    """
    held = Entry.objects.filter(bank=bank, removed=None)
    if not text:
        return held
    # Labels are JSON text: SQLite keeps letters beyond ASCII escaped in it, PostgreSQL as they are.
    written = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    wanted = Q(name__icontains=text)
    for one in written:
        wanted |= Q(labels_text__icontains=one)
    return held.annotate(labels_text=Cast("labels", TextField())).filter(wanted)


def counts_of(bank: Bank, *, now: datetime) -> Counts:
    """Return how many entries a bank holds."""
    held = entries_of(bank).aggregate(
        entries=Count("id"),
        confirmed=Count("id", filter=~Q(confirmed_by="")),
        expired=Count("id", filter=Q(expires__lte=now)),
    )
    return Counts(**held)


def methods_of(entry: Entry) -> list[str]:
    """Return the ids of the methods by which an entry can be found."""
    named = msgspec.json.decode(bytes(entry.fingerprints), type=list[_Named])
    return [one.method for one in named if one.method in _FOUND_BY]


def names_of(actors: Collection[str], *, managing: bool) -> dict[str, str]:
    """Return what a page calls the people behind opaque ids: names for those who manage, else the ids."""
    said = {actor: actor for actor in actors}
    if managing:
        known = [UUID(actor) for actor in actors if _is_uuid(actor)]
        people = Person.objects.filter(id__in=known).exclude(display_name="")
        said.update({person.actor: person.display_name for person in people})
    return said


def register(caller: Caller) -> list[Registered]:
    """Return every bank of the installation, for anyone who uses the console: nothing is searched for in secret.

    Raises
    ------
    PermissionDenied
        If the caller is no such person.
    """
    accounts.require_anywhere(caller, "banks.register")
    held = Count("entries", filter=Q(entries__removed=None))
    return [_registered(bank, bank.held) for bank in Bank.objects.annotate(held=held).order_by("name")]


def _is_uuid(actor: str) -> bool:
    try:
        return str(UUID(actor)) == actor
    except ValueError:
        return False


def _registered(bank: Bank, held: int) -> Registered:
    named = f"{bank.designation_list} {bank.designation_identifier} ({bank.designation_date})"
    return Registered(
        name=bank.name,
        owner=bank.owner,
        legal_basis=bank.legal_basis,
        content_type=bank.content_type,
        designation="behaviour-based" if bank.behaviour_based else named if bank.designation_date else "",
        state=bank.state,
        purpose=bank.purpose,
        reason=bank.reason,
        entries=held,
    )

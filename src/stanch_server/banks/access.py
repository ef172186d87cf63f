"""Fetch and authorise in one step: who sees which bank."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from stanch_server.accounts import access as accounts
from stanch_server.accounts.principals import Caller
from stanch_server.banks.models import Bank, Entry

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


def banks_with(caller: Caller, capability: str) -> QuerySet[Bank]:
    """Return the banks with which a caller may do something: those of their sources, and those of all sources.

    A bank of all sources is read by whoever reads one of them, and changed only by those who may everywhere.
    """
    sources = accounts.sources_with(caller, capability)
    shared = _everywhere(caller, capability) or (capability in READING and sources.exists())
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


def _everywhere(caller: Caller, capability: str) -> bool:
    return capability in (accounts.capabilities_of(caller, accounts.EVERYWHERE) or ())


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

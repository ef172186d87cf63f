"""The banks that a person works with, and the register of all there are."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from stanch_server.accounts import access as accounts
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.banks import access
from stanch_server.banks.models import Bank
from stanch_server.banks.sentences import CONTENT_TYPES


@rule(capability="banks.read", source_from=Scope.ANYWHERE)
def banks(request: PersonRequest) -> HttpResponse:
    """List the banks that the person reads, by name."""
    held = Count("entries", filter=Q(entries__removed=None))
    rows = access.banks_with(request.caller, "banks.read").select_related("source").annotate(held=held)
    shown = {
        "banks": rows.order_by("name"),
        "may_make": _may_make(request),
        "content_types": CONTENT_TYPES,
    }
    return render(request, "banks/banks.html", shown)


@rule(capability="banks.register", source_from=Scope.ANYWHERE)
def register(request: PersonRequest) -> HttpResponse:
    """List every bank of the installation: nothing is searched for in secret."""
    purposes, states = dict(Bank.Purpose.choices), dict(Bank.State.choices)
    rows = [
        {
            "bank": bank,
            "content_type": CONTENT_TYPES.get(bank.content_type, ""),
            "purpose": purposes[bank.purpose],
            "state": states[bank.state],
        }
        for bank in access.register(request.caller)
    ]
    return render(request, "banks/register.html", {"rows": rows})


def _may_make(request: PersonRequest) -> bool:
    return accounts.sources_with(request.caller, "banks.manage").exists() or access.everywhere(
        request.caller, "banks.manage"
    )

"""One bank: what it is, what it holds, and the two things of it that can be changed."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from stanch.values import METHODS, State
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.banks import access, operations
from stanch_server.banks.forms import RadiusForm, SearchForm
from stanch_server.banks.models import Bank
from stanch_server.banks.paging import page_of
from stanch_server.banks.sentences import CONTENT_TYPES, METHOD_NAMES, RADIUS_METHODS
from stanch_server.banks.views.said import messages, with_word
from stanch_server.banks.views.shown import shown_entries

MANAGING = "banks.manage"
changing = rule(capability=MANAGING, source_from=Scope.ANYWHERE, methods=("POST",))


@rule(capability="banks.read", source_from=Scope.ANYWHERE)
def bank(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """Show a bank, and the newest of its entries or those that are looked for."""
    return _bank(request, access.get_bank(request.caller, bank_id, "banks.read"))


@changing
def threshold(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """Set how near something must be to match, for one method."""
    held = access.get_bank(request.caller, bank_id, MANAGING)
    form = RadiusForm(request.POST)
    if not form.is_valid():
        return _bank(request, held, refused=form, status=422)
    operations.set_radius(bank=held, **form.cleaned_data, acting_user=request.caller.actor, at=clock.now())
    return redirect(with_word("threshold", "banks:bank", held.id))


@rule(capability=MANAGING, source_from=Scope.ANYWHERE)
def ask_state(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """Say what the other state changes, before it does."""
    held = access.get_bank(request.caller, bank_id, MANAGING)
    shown = {
        "bank": held,
        "counts": access.counts_of(held, now=clock.now()),
        "wanted": _other(held),
        "enabling": held.state == Bank.State.SHADOW,
        "known_good": held.purpose == Bank.Purpose.KNOWN_GOOD,
    }
    return render(request, "banks/state.html", shown)


@changing
def set_state(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """Give a bank effect, or take it away."""
    held = access.get_bank(request.caller, bank_id, MANAGING)
    wanted = request.POST.get("state", "")
    if wanted not in set(State):
        return redirect("banks:state", held.id)
    changed = operations.set_state(
        bank=held, state=State(wanted), acting_user=request.caller.actor, at=clock.now()
    )
    return redirect(with_word(wanted if changed else "unchanged", "banks:bank", held.id))


def _bank(
    request: PersonRequest, held: Bank, *, refused: RadiusForm | None = None, status: int = 200
) -> HttpResponse:
    search = SearchForm(request.GET if "q" in request.GET else {"q": ""})
    text = search.text()
    now = clock.now()
    page = page_of(access.entries_of(held, text=text), after=request.GET.get("after", ""))
    managing = access.may(request.caller, held, MANAGING)
    shown = {
        "bank": held,
        "messages": messages(request),
        "content_type": CONTENT_TYPES.get(held.content_type, ""),
        "counts": access.counts_of(held, now=now),
        "thresholds": _thresholds(held, refused),
        "search": search,
        "text": text,
        "entries": shown_entries(page.entries, managing=managing, now=now),
        "next": page.after,
        "may_manage": managing,
        "may_add": access.may(request.caller, held, access.adding(held)),
    }
    return render(request, "banks/bank.html", shown, status=status)


def _thresholds(held: Bank, refused: RadiusForm | None) -> list[dict[str, object]]:
    """Return a row for each method whose matches may differ, with the form to change it."""
    rows: list[dict[str, object]] = []
    for method in RADIUS_METHODS:
        radius = held.radius.get(method.id, method.radius)
        mine = refused is not None and refused.data.get("method") == method.id
        rows.append(
            {
                "method": method.id,
                "name": METHOD_NAMES[method.id],
                "radius": radius,
                "usual": METHODS[method.id].radius,
                "form": refused if mine else RadiusForm({"method": method.id, "radius": radius}),
            }
        )
    return rows


def _other(held: Bank) -> str:
    return State.ENABLED.value if held.state == Bank.State.SHADOW else State.SHADOW.value

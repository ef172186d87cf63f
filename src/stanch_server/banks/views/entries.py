"""Entries of a bank: one that is added by hand, and one as it stands."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stanch.errors import StanchError
from stanch.values import TEXT_GRAM
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.banks import access, live, operations
from stanch_server.banks.adding import WAYS, Way
from stanch_server.banks.forms import DetailsForm
from stanch_server.banks.making import content_of, made
from stanch_server.banks.models import Bank, Entry
from stanch_server.banks.sentences import sentence
from stanch_server.banks.views.said import messages, with_word
from stanch_server.banks.views.shown import shown_entries

FIRST_WAY = "text"


@rule(capability="banks.confirm", source_from=Scope.ANYWHERE, methods=("GET", "POST"))
def add(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """Add known content by hand: a named person's confirmation that it is what the bank says."""
    bank = access.get_bank_to_add(request.caller, bank_id)
    name = request.GET.get("by", FIRST_WAY)
    way = WAYS.get(name, WAYS[FIRST_WAY])
    if request.method != "POST":
        return _ask(request, bank, way, way.form(bank=bank, at=clock.now()))
    form = way.form(request.POST, request.FILES, bank=bank, at=clock.now())
    entry = _added(request, bank, way, form) if form.is_valid() else None
    if entry is None:
        return _ask(request, bank, way, form, status=422)
    return redirect(with_word("added", "banks:entry", bank.id, entry.id))


@rule(capability="banks.read", source_from=Scope.ANYWHERE)
def entry(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Show what is known of an entry; its content stays in the vault."""
    held = access.get_entry(request.caller, bank_id, entry_id, "banks.read")
    return _entry(request, held, DetailsForm(bank=held.bank, entry=held, at=clock.now()))


@rule(capability="banks.write", source_from=Scope.ANYWHERE, methods=("POST",))
def change(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Change labels, note and expiry."""
    held = access.get_entry(request.caller, bank_id, entry_id, "banks.write")
    form = DetailsForm(request.POST, bank=held.bank, entry=held, at=clock.now())
    if not form.is_valid():
        return _entry(request, held, form, status=422)
    changed = operations.set_details(
        entry=held, details=form.details(), acting_user=request.caller.actor, at=clock.now()
    )
    return redirect(with_word("changed" if changed else "unchanged", "banks:entry", bank_id, held.id))


def _added(request: PersonRequest, bank: Bank, way: Way, form: DetailsForm) -> Entry | None:
    """Add what the form holds; if it cannot be, say why beside it and return None."""
    someone, now, part = request.caller.actor, clock.now(), way.part(form.cleaned_data)
    try:
        entry = made(
            part,
            live.follower().decoders,
            details=form.details(),
            confirmed_by=someone,
            at=now,
            subdomains=bool(form.cleaned_data.get("subdomains")),
        )
        return operations.add_with_content(
            bank=bank, entry=entry, content=content_of(part), acting_user=someone, at=now
        )
    except StanchError as error:
        form.add_error(way.about, ValidationError(sentence(error)))
        return None


def _ask(request: PersonRequest, bank: Bank, way: Way, form: DetailsForm, *, status: int = 200) -> HttpResponse:
    shown = {
        "bank": bank,
        "ways": WAYS,
        "way": way,
        "form": form,
        "known_good": bank.purpose == Bank.Purpose.KNOWN_GOOD,
    }
    return render(request, "banks/add.html", shown, status=status)


def _entry(request: PersonRequest, held: Entry, form: DetailsForm, *, status: int = 200) -> HttpResponse:
    managing = access.may(request.caller, held.bank, "banks.manage")
    (shown_entry,) = shown_entries([held], managing=managing, now=clock.now())
    shown = {
        "bank": held.bank,
        "entry": held,
        "shown": shown_entry,
        "by_passages": TEXT_GRAM.id in access.methods_of(held),
        "form": form,
        "messages": messages(request),
        "may_change": access.may(request.caller, held.bank, "banks.write"),
    }
    return render(request, "banks/entry.html", shown, status=status)

"""Taking an entry out of its bank, with everything that rests on it in sight."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from stanch.errors import StanchError
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, Scope, by_method, rule
from stanch_server.banks.access import get_entry
from stanch_server.banks.models import Entry
from stanch_server.intake.access import items_with
from stanch_server.review import access, operations, resting
from stanch_server.review.errors import NotRestingError
from stanch_server.review.forms import RemovalForm
from stanch_server.review.grounds import ADVERSE
from stanch_server.review.models import Decision
from stanch_server.review.views.shared import CONFLICT, INVALID, people, sentence


# A bank may belong to all sources; so the view fetches the entry through the access function, which authorises.
@rule(capability="banks.write", source_from=Scope.ANYWHERE)
def preview(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Show what rests on an entry, and what removing it would do."""
    entry = get_entry(request.caller, bank_id, entry_id, "banks.write")
    return render(request, "review/remove_entry.html", _shown(request, entry, RemovalForm()))


@rule(capability="banks.write", source_from=Scope.ANYWHERE, methods=("POST",))
def act(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Remove the entry and reinstate what was chosen."""
    entry = get_entry(request.caller, bank_id, entry_id, "banks.write")
    form = RemovalForm(request.POST)
    if not form.is_valid():
        return render(request, "review/remove_entry.html", _shown(request, entry, form), status=INVALID)
    try:
        undone = _remove(request, entry, form)
    except StanchError as error:
        shown = {**_shown(request, entry, form), "problem": sentence(error)}
        return render(request, "review/remove_entry.html", shown, status=CONFLICT)
    shown = {"entry": entry, "bank": entry.bank, "undone": undone, "lifted": form.cleaned_data["lift"]}
    return render(request, "review/removed.html", shown)


remove_entry = by_method(GET=preview, POST=act)


def _remove(request: PersonRequest, entry: Entry, form: RemovalForm) -> list[Decision]:
    """Remove an entry, and reinstate of what was chosen only what this person may undo."""
    given, caller = form.cleaned_data, request.caller
    for chosen, allowed in (
        (given["reinstate"], access.decisions_with(caller, "items.undo")),
        (given["lift"], items_with(caller, "items.undo")),
    ):
        strange = set(chosen) - set(allowed.filter(id__in=chosen).values_list("id", flat=True))
        if strange:
            raise NotRestingError(decision=min(strange), entry=entry.id)
    return operations.remove_entry(
        entry=entry,
        reason=given["reason"],
        reinstate=given["reinstate"],
        lift=given["lift"],
        seen=given["seen"],
        acting_user=caller.actor,
        at=clock.now(),
    )


def _shown(request: PersonRequest, entry: Entry, form: RemovalForm) -> dict[str, Any]:
    decisions, items = access.rests(request.caller, entry)
    return {
        "entry": entry,
        "bank": entry.bank,
        "form": form,
        "decisions": decisions,
        "items": items,
        "adverse": ADVERSE,
        "came_of": resting.came_of(entry),
        "names": people(entry.confirmed_by, *{one.decision.decided_by for one in decisions if one.decision}),
    }

"""What was decided, and what each decision rested on."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.banks.models import Entry
from stanch_server.intake.found import found_of
from stanch_server.review import access, resting
from stanch_server.review.console.words import KINDS, METHODS, Said
from stanch_server.review.forms import ReasonForm
from stanch_server.review.models import Decision
from stanch_server.review.operations.keeping import preserved_until
from stanch_server.review.views.shared import people

PAGE_ROWS: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """An entry that a decision rested on, and by which matches: part, kind and method, in words."""

    entry: Entry
    matches: tuple[tuple[str, Said, Said], ...]


@rule(capability="decisions.read", source_from=Scope.ANYWHERE)
def decisions(request: PersonRequest) -> HttpResponse:
    """List decisions, newest first."""
    held = access.decisions_with(request.caller, "decisions.read").select_related("item", "source")
    chosen = request.GET.get("action", "")
    if chosen in Decision.Action.values:
        held = held.filter(action=chosen)
    rows = list(_before(held, request.GET.get("before", "")).order_by("-decided", "-id")[: PAGE_ROWS + 1])
    page = rows[:PAGE_ROWS]
    shown = {
        "decisions": page,
        "older": page[-1].id if len(rows) > PAGE_ROWS else None,
        "actions": Decision.Action.choices,
        "chosen": chosen,
        "names": people(*{row.decided_by for row in page}),
    }
    return render(request, "review/decisions.html", shown)


@rule(capability="decisions.read", source_from=access.source_of_decision)
def decision(request: PersonRequest, decision_id: UUID) -> HttpResponse:
    """Show a decision with everything that it rested on."""
    found = access.get_decision(request.caller, decision_id, "decisions.read")
    may_undo = found.undone is None and access.may(request.caller, "items.undo", found.source_id)
    shown = {
        "decision": found,
        "item": found.item,
        "grounds": _grounds(found),
        "confirmed": resting.entries_of(found),
        "preserved": preserved_until(found.item, now=clock.now()),
        "names": people(found.decided_by, found.undone_by),
        "undo_form": ReasonForm() if may_undo and found.item.locked is None else None,
        "may_remove": access.may(request.caller, "banks.write", found.source_id),
    }
    return render(request, "review/decision.html", shown)


def _grounds(decision: Decision) -> list[Ground]:
    matches: dict[str, list[tuple[str, Said, Said]]] = {}
    for match in found_of(decision.item).matches:
        kind, method = KINDS.get(match.kind, match.kind), METHODS.get(match.method, match.method)
        matches.setdefault(match.entry, []).append((match.part, kind, method))
    rests = decision.rests_on.select_related("entry__bank").order_by("id")
    return [Ground(entry=one.entry, matches=tuple(matches.get(str(one.entry_id), ()))) for one in rests]


def _before(held: QuerySet[Decision], given: str) -> QuerySet[Decision]:
    """Return what is older than a decision; everything if there is none of that id."""
    try:
        last = held.filter(id=UUID(given)).first()
    except ValueError:
        last = None
    if last is None:
        return held
    return held.filter(Q(decided__lt=last.decided) | Q(decided=last.decided, id__lt=last.id))

"""The list of items: newest first, narrowed by what a person chooses, with how many there are of each outcome."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stanch_server.accounts import access as accounts
from stanch_server.accounts.rules import PersonRequest, Scope, own_account, rule
from stanch_server.intake import access
from stanch_server.intake.models import Item
from stanch_server.review.console.filters import EVASION, HOLDS, NEWEST, OUTCOMES, Filters
from stanch_server.review.console.rows import Tag, rows_of, tag_of
from stanch_server.review.console.words import MEDIA

MOST_COUNTED: Final = 1000
"""Of what there is more, the list says only that: counting all would take longer than looking."""
LOOKED_THROUGH: Final = 1000
"""So many items, the newest, say which languages are offered."""
LIST: Final = "list"

reading = rule(capability="items.read", source_from=Scope.ANYWHERE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many items there are of one outcome; `more` if there are more than were counted."""

    name: str
    tag: Tag
    number: int
    more: bool
    address: str
    chosen: bool


@own_account(reason="leads to the first page that a person may open")
def home(request: PersonRequest) -> HttpResponse:
    """Send a person to the items, or to their account if those are not theirs to see."""
    try:
        accounts.require_anywhere(request.caller, "items.read")
    except PermissionDenied:
        return redirect("accounts:account")
    return redirect("console:items")


@reading
def items(request: PersonRequest) -> HttpResponse:
    """List items. To htmx only the list is sent, not the page around it."""
    filters, mine = Filters.read(request.GET), access.items_with(request.caller, "items.read")
    shown, older = filters.page(mine.select_related("source"))
    said: dict[str, Any] = {
        "rows": rows_of(shown),
        "filters": filters,
        "counts": list(_counts(filters, mine)),
        "everything": filters.address(outcome=""),
        "older": filters.address(after=older) if older else "",
        "newest": filters.address() if filters.after else "",
    }
    if request.headers.get("HX-Target") == LIST:
        return render(request, "console/_list.html", said)
    return render(request, "console/items.html", said | _choices(request, mine))


@reading
def counts(request: PersonRequest) -> HttpResponse:
    """Return how many items there are now: asked for again and again while the list is looked at."""
    filters, mine = Filters.read(request.GET), access.items_with(request.caller, "items.read")
    said = {"counts": list(_counts(filters, mine)), "filters": filters, "everything": filters.address(outcome="")}
    return render(request, "console/_counts.html", said)


def _counts(filters: Filters, mine: QuerySet[Item]) -> Iterator[Count]:
    chosen = filters.narrowed(mine, but_outcome=True)
    for name, condition in OUTCOMES.items():
        number = chosen.filter(condition)[: MOST_COUNTED + 1].count()
        yield Count(
            name=name,
            tag=tag_of(name),
            number=min(number, MOST_COUNTED),
            more=number > MOST_COUNTED,
            address=filters.address(outcome=name),
            chosen=filters.outcome == name,
        )


def _choices(request: PersonRequest, mine: QuerySet[Item]) -> dict[str, Any]:
    """Return what there is to choose from."""
    latest = mine.order_by("-received").values_list("language", flat=True)[:LOOKED_THROUGH]
    return {
        "sources": accounts.sources_with(request.caller, "items.read"),
        "languages": sorted({language for language in latest if language}),
        "media": MEDIA.items(),
        "orders": (NEWEST, HOLDS, EVASION),
    }

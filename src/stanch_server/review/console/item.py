"""One item: what is known of it, what was found, and its parts, veiled until somebody reveals them."""

from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from stanch_server.accounts import access as accounts
from stanch_server.accounts.rules import PersonRequest, rule
from stanch_server.intake import access
from stanch_server.intake.found import Found, FoundPart, FoundReason, found_of
from stanch_server.intake.models import Item
from stanch_server.review.console.filters import Filters
from stanch_server.review.console.parts import parts_of
from stanch_server.review.console.rows import Tag, decision_tag, outcome_of, tag_of
from stanch_server.review.console.words import AUDIENCES, MEDIA, REASONS, UNDONE, Said, word
from stanch_server.review.models import Decision
from stanch_server.review.views import decide


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownReason:
    """One reason for the outcome: the level it speaks for, what it is, the library's own words, and where."""

    level: Tag
    said: Said
    detail: str
    part: str
    bank: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Evading:
    """A part that is written so that machines misread it: how much of its letters, and how."""

    part: str
    share: str
    undone: tuple[Said, ...]


@rule(capability="items.read", source_from=access.source_of_item)
def item(request: PersonRequest, item_id: UUID) -> HttpResponse:
    """Show an item; of a locked one nothing but that it is locked."""
    row = access.get_item(request.caller, item_id, "items.read")
    said = _around(request, row)
    if row.locked is not None:
        return render(request, "console/locked.html", said)
    said |= _known(request, row)
    return render(request, "console/item.html", said | decide.context(request, row))


def _around(request: PersonRequest, row: Item) -> dict[str, Any]:
    """Return what leads on from an item: the one before and the one after it, and the list."""
    filters = Filters.read(request.GET)
    before, after = filters.beside(access.items_with(request.caller, "items.read"), row)
    return {"item": row, "before": before, "after": after, "query": filters.address(), "filters": filters}


def _known(request: PersonRequest, row: Item) -> dict[str, Any]:
    found, held = found_of(row), accounts.capabilities_of(request.caller, row.source_id) or frozenset()
    decisions = Decision.objects.filter(item=row).order_by("-decided")
    return {
        "outcome": tag_of(outcome_of(row)),
        "first_outcome": None if row.first_level == row.level else _first(row),
        "audience": word(AUDIENCES, row.audience),
        "media": [word(MEDIA, name) for name in row.kinds.split()],
        "reasons": [_reason(one, found) for one in found.reasons],
        "evading": [_evading(part) for part in found.parts if part.evasion],
        "remarks": found.remarks,
        "parts": parts_of(row, request.caller),
        "decided": [(decision, decision_tag(decision)) for decision in decisions],
        "may_reveal": "items.reveal" in held,
    }


def _first(row: Item) -> Tag | None:
    return None if row.first_level is None else tag_of(Item.Level(row.first_level).name.lower())


def _evading(part: FoundPart) -> Evading:
    undone = tuple(word(UNDONE, name) for name in part.undone)
    return Evading(part=part.name, share=f"{ceil(100 * part.evasion)}%", undone=undone)


def _reason(one: FoundReason, found: Found) -> ShownReason:
    matched = found.matches[one.match] if one.match is not None and one.match < len(found.matches) else None
    return ShownReason(
        level=tag_of(one.level),
        said=word(REASONS, one.code),
        detail=one.text,
        part=one.part,
        bank=matched.bank if matched else "",
    )

"""Fetch and authorise in one step: whose decisions and reports these are."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from stanch_server.accounts import access as accounts
from stanch_server.accounts.principals import Caller
from stanch_server.banks.access import get_entry
from stanch_server.banks.models import Entry
from stanch_server.intake.models import Item
from stanch_server.review import resting
from stanch_server.review.models import Decision, ThreatReport


@dataclass(frozen=True, kw_only=True, slots=True)
class Resting:
    """A decision or an item that rests on an entry, and what else supports it.

    Parameters
    ----------
    others : entries that are still there and that it rests on, too.
    """

    id: UUID
    item: Item
    others: tuple[Entry, ...]
    decision: Decision | None = None

    @property
    def chosen(self) -> bool:
        """Whether it is offered as chosen: nothing else supports it, and something can be done about it."""
        return not self.others and self.item.locked is None


def source_of_decision(decision_id: UUID, **_rest: object) -> UUID | None:
    """Return whose a decision is, None if there is none."""
    return Decision.objects.filter(id=decision_id).values_list("source_id", flat=True).first()


def source_of_report(report_id: UUID, **_rest: object) -> UUID | None:
    """Return whose a report is, None if there is none."""
    return ThreatReport.objects.filter(id=report_id).values_list("source_id", flat=True).first()


def may_reveal_entry(caller: Caller, entry: Entry) -> bool:
    """Return whether a caller may reveal the content of an entry whose bank they read.

    As beside an item: of a bank of all sources it is enough to reveal at one.
    """
    sources = accounts.sources_with(caller, "items.reveal")
    mine = entry.bank.source_id
    return sources.exists() if mine is None else sources.filter(id=mine).exists()


def get_entry_to_reveal(caller: Caller, bank: UUID, entry: UUID) -> Entry:
    """Return an entry whose content a caller may reveal; raises as `banks.access.get_entry` does."""
    found = get_entry(caller, bank, entry, "banks.read")
    if not may_reveal_entry(caller, found):
        raise PermissionDenied
    return found


def decisions_with(caller: Caller, capability: str) -> QuerySet[Decision]:
    """Return the decisions with which a caller may do something: those of their sources."""
    return Decision.objects.filter(source__in=accounts.sources_with(caller, capability))


def get_decision(caller: Caller, decision: UUID, capability: str) -> Decision:
    """Return a decision with which a caller may do something.

    Raises
    ------
    Http404
        If there is none, or they may not know of it.
    PermissionDenied
        If they may see it, but not do this.
    """
    found = Decision.objects.select_related("item", "source", "confirmed__bank").filter(id=decision).first()
    if found is None:
        raise Http404
    accounts.require(caller, capability, found.source_id)
    return found


def get_report(caller: Caller, report: UUID) -> ThreatReport:
    """Return a report to somebody who may use the exits; raises as `get_decision` does."""
    found = ThreatReport.objects.select_related("item", "source").filter(id=report).first()
    if found is None:
        raise Http404
    accounts.require(caller, "exits.use", found.source_id)
    return found


def may(caller: Caller, capability: str, source: UUID) -> bool:
    """Return whether a caller may do something with a source, for a page that offers it or does not."""
    return capability in (accounts.capabilities_of(caller, source) or ())


def standing(item: Item) -> Decision | None:
    """Return the decision that stands on an item that the caller was already authorised for."""
    return Decision.objects.filter(item=item, undone=None).select_related("confirmed__bank").first()


def resting_on(caller: Caller, entry: Entry) -> list[Decision]:
    """Return the standing decisions that rest on an entry and that the caller may undo, oldest first."""
    undoable = accounts.sources_with(caller, "items.undo")
    return list(resting.decisions_on(entry).filter(source__in=undoable).select_related("item", "source"))


def held_for(caller: Caller, entry: Entry) -> list[Item]:
    """Return the items that the machine alone holds or blocks for an entry and the caller may let through."""
    undoable = accounts.sources_with(caller, "items.undo")
    return list(resting.held_for(entry).filter(source__in=undoable).select_related("source"))


def rests(caller: Caller, entry: Entry) -> tuple[list[Resting], list[Resting]]:
    """Return the decisions that rest on an entry, and the items that it alone has held, each with its support."""
    decisions, items = resting_on(caller, entry), held_for(caller, entry)
    decided = resting.supported([one.id for one in decisions], without=entry)
    matched = resting.matched_beside([one.id for one in items], without=entry)
    return (
        [
            Resting(id=one.id, item=one.item, decision=one, others=tuple(decided.get(one.id, ())))
            for one in decisions
        ],
        [Resting(id=one.id, item=one, others=tuple(matched.get(one.id, ()))) for one in items],
    )


def reports_of(item: Item) -> list[ThreatReport]:
    """Return the reports about an item that the caller was already authorised for, oldest first."""
    return list(ThreatReport.objects.filter(item=item).order_by("made"))


def standing_on(items: Collection[UUID]) -> dict[UUID, Decision]:
    """Return the decisions that stand on items, by item."""
    return {one.item_id: one for one in Decision.objects.filter(item__in=items, undone=None)}

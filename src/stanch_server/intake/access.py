"""Fetch and authorise in one step: whose items these are."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from stanch_server.accounts import access as accounts
from stanch_server.accounts.principals import Caller
from stanch_server.intake.models import Item, Policy, Webhook


def items_with(caller: Caller, capability: str) -> QuerySet[Item]:
    """Return the items with which a caller may do something: those of their sources."""
    return Item.objects.filter(source__in=accounts.sources_with(caller, capability))


def get_item(caller: Caller, item: UUID, capability: str) -> Item:
    """Return an item with which a caller may do something.

    Raises
    ------
    Http404
        If there is none, or they may not know of it.
    PermissionDenied
        If they may see it, but not do this.
    """
    found = Item.objects.select_related("source").filter(id=item).first()
    if found is None:
        raise Http404
    accounts.require(caller, capability, found.source_id)
    return found


def source_of_item(item_id: UUID, **_rest: object) -> UUID | None:
    """Return whose an item is, None if there is no such item."""
    return Item.objects.filter(id=item_id).values_list("source_id", flat=True).first()


def policies_for(caller: Caller, source: UUID) -> QuerySet[Policy]:
    """Return what is recorded for a source, by bank; raises as `accounts.access.require` does."""
    accounts.require(caller, "policies.read", source)
    return Policy.objects.filter(source=source).select_related("bank").order_by("bank__name")


def webhooks_for(caller: Caller, source: UUID) -> QuerySet[Webhook]:
    """Return the webhooks of a source that were not removed; raises as `accounts.access.require` does."""
    accounts.require(caller, "webhooks.read", source)
    return Webhook.objects.filter(source=source, removed=None).order_by("created", "id")

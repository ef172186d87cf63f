"""Fetch webhooks and authorise in one step; refused as `accounts.access.require` does."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from stanch_server.accounts import access as accounts
from stanch_server.accounts.principals import Caller
from stanch_server.intake.models import Webhook


def webhooks_of(caller: Caller, source: UUID) -> QuerySet[Webhook]:
    """Return a source's webhooks, but for removed ones, oldest first, to someone who sees them."""
    accounts.require(caller, "webhooks.read", source)
    return Webhook.objects.filter(source=source, removed=None).order_by("created", "id")


def get_webhook(caller: Caller, webhook_id: UUID) -> Webhook:
    """Return a webhook to someone who manages those of its source."""
    webhook = Webhook.objects.filter(id=webhook_id, removed=None).select_related("source").first()
    if webhook is None:
        raise Http404
    accounts.require(caller, "webhooks.manage", webhook.source)
    return webhook


def source_of_webhook(webhook_id: UUID) -> UUID | None:
    """Return whose a webhook is."""
    return Webhook.objects.filter(id=webhook_id).values_list("source_id", flat=True).first()

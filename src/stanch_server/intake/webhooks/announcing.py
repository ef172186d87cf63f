"""Queueing a message for everybody whom a source has arranged to be told."""

from datetime import datetime
from uuid import UUID

from django.db import connections

from stanch.errors import InvalidValueError
from stanch_server.intake.models import Item, Webhook
from stanch_server.intake.webhooks.messages import KINDS, TOPIC, about, key, payload
from stanch_server.outbox.operations import enqueue


def announce(
    *,
    item: Item,
    kind: str,
    at: datetime,
    action: str | None = None,
    label: str = "",
    decision: UUID | None = None,
    reasons: str = "",
) -> int:
    """Queue a message about an item, in the caller's transaction, for each webhook of its source.

    Messages about one item reach a webhook in the order in which they were announced, since the last of them is
    what the source acts on: a `reinstate` that its `remove` overtakes would be a removal that nobody wanted. So
    the item's row is locked first (rows written by transactions that overlap have no order), and the key under
    which the outbox keeps order is webhook and item. Messages about different items overtake one another freely.

    Parameters
    ----------
    item : as it is now, unsaved changes included.
    kind : `item.done`, `item.outcome`, `decision.made` or `decision.undone`.
    action, label, decision, reasons : what was decided; see `messages.About`.

    Returns
    -------
    How many were queued: none for webhooks that were removed, or disabled by their receiver.

    Raises
    ------
    InvalidValueError
        If there is no such kind of message.
    OutsideTransactionError
        If no transaction is open.
    """
    if kind not in KINDS:
        raise InvalidValueError(what="kind", problem=f"must be one of {', '.join(KINDS)}")
    told = list(
        Webhook.objects.filter(source=item.source_id, removed=None, disabled=None).order_by("created", "id")
    )
    if told:
        _lock(item)
    data = about(item, action=action, label=label, decision=decision, reasons=reasons)
    for webhook in told:
        enqueue(topic=TOPIC, key=key(webhook, item), payload=payload(webhook, kind=kind, at=at, data=data))
    return len(told)


def _lock(item: Item) -> None:
    """Let nobody else announce anything about an item until this transaction ends."""
    rows = Item.objects.select_for_update(no_key=True).filter(id=item.id)
    if connections[rows.db].in_atomic_block:  # the outbox refuses what is announced without a transaction
        rows.values_list("id").first()

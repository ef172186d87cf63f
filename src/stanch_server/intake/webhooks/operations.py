"""The only place that writes webhooks: each change with its audit record, in one transaction."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from stanch_server.accounts.models import Source
from stanch_server.accounts.operations import SYSTEM
from stanch_server.audit import operations as audit
from stanch_server.intake.models import Item, Webhook
from stanch_server.intake.webhooks import addresses, signing
from stanch_server.intake.webhooks.errors import RemovedWebhookError, TooManyWebhooksError
from stanch_server.intake.webhooks.messages import TEST_KIND, TEST_TOPIC, TOPIC, key, payload
from stanch_server.intake.webhooks.sealing import seal
from stanch_server.outbox import access as outbox
from stanch_server.outbox import operations as queue

MOST: Final = 10
BOTH_SIGN: Final = timedelta(hours=24)


def add_webhook(*, source: Source, url: str, acting_user: str, at: datetime) -> tuple[Webhook, str]:
    """Arrange that a source is told at an address. Return that, and the secret, which cannot be had again.

    Raises
    ------
    AddressError
        If nothing may be sent there.
    TooManyWebhooksError
        If the source has ten.
    """
    private = bool(getattr(settings, "WEBHOOKS_TO_PRIVATE_ADDRESSES", False))
    address = addresses.read(url, private=private)
    secret, made = signing.new_secret(), uuid.uuid4()
    with transaction.atomic():
        Source.objects.select_for_update().get(id=source.id)  # two that add at once are counted one by one
        if Webhook.objects.filter(source=source, removed=None).count() >= MOST:
            raise TooManyWebhooksError(most=MOST)
        webhook = Webhook.objects.create(
            id=made,
            source=source,
            url=str(address),
            secret=seal(secret, webhook=made),
            created=at,
            created_by=acting_user,
        )
        _record("added", webhook, acting_user, at)
    return webhook, signing.shown(secret)


def rotate_secret(*, webhook: Webhook, acting_user: str, at: datetime) -> str:
    """Give a webhook a new secret and return it. For 24 hours the old one signs beside it.

    Raises
    ------
    RemovedWebhookError
        If it was removed.
    """
    secret = signing.new_secret()
    with transaction.atomic():
        row = _kept(webhook).select_for_update().first()
        if row is None:
            raise RemovedWebhookError(webhook=webhook.id)
        row.old_secret, row.old_until = row.secret, at + BOTH_SIGN
        row.secret = seal(secret, webhook=row.id)
        row.save(update_fields=["secret", "old_secret", "old_until"])
        _record("rotated", row, acting_user, at)
    return signing.shown(secret)


def remove_webhook(*, webhook: Webhook, acting_user: str, at: datetime) -> bool:
    """Send nothing more to a webhook, also nothing that is queued. Secrets are erased, dead letters let go.

    Returns
    -------
    False if it was removed before.
    """
    gone = {"removed": at, "secret": b"", "old_secret": b"", "old_until": None}
    with transaction.atomic():
        removed = _change("removed", webhook, _kept(webhook), acting_user, at, **gone)
        while letters := outbox.dead_letters(lanes=[str(webhook.id)]):
            for letter in letters:
                queue.discard(letter.id, now=at)
    return removed


def disable_webhook(*, webhook: Webhook, at: datetime, acting_user: str = SYSTEM) -> bool:
    """Send nothing more to a receiver that has said that it is gone, until a person enables it again."""
    return _change("disabled", webhook, _kept(webhook).filter(disabled=None), acting_user, at, disabled=at)


def enable_webhook(*, webhook: Webhook, acting_user: str, at: datetime) -> bool:
    """Send to a webhook again that was disabled; what was announced meanwhile is not made up for."""
    disabled = _kept(webhook).exclude(disabled=None)
    return _change("enabled", webhook, disabled, acting_user, at, disabled=None)


def send_test(*, webhook: Webhook, acting_user: str, at: datetime) -> bool:
    """Queue a message that says nothing, to see whether it arrives; also to a webhook that is disabled.

    Returns
    -------
    False if the webhook was removed.
    """
    fresh = {"test_sent": at, "tested": None, "test_problem": ""}
    with transaction.atomic():
        if not _change("tested", webhook, _kept(webhook), acting_user, at, **fresh):
            return False
        test = payload(webhook, kind=TEST_KIND, at=at, data={"webhook": str(webhook.id)})
        queue.enqueue(topic=TEST_TOPIC, key=str(webhook.id), payload=test)
    return True


def note_test(*, webhook: Webhook, problem: str, at: datetime) -> None:
    """Note what came of a test message; who asked for it is recorded already."""
    _kept(webhook).update(tested=at, test_problem=problem)


def forget_messages(*, item: Item) -> int:
    """Delete the messages about an item, in the transaction that forgets it; also what has not arrived yet."""
    webhooks = Webhook.objects.filter(source=item.source_id)
    return queue.forget(topic=TOPIC, keys=[key(webhook, item) for webhook in webhooks])


def _kept(webhook: Webhook) -> QuerySet[Webhook]:
    return Webhook.objects.filter(id=webhook.id, removed=None)


def _change(
    action: str, webhook: Webhook, rows: QuerySet[Webhook], acting_user: str, at: datetime, **values: object
) -> bool:
    """Write values if the row still is as it has to be, and record it. Return whether it was."""
    with transaction.atomic():
        if not rows.update(**values):
            return False
        for name, value in values.items():
            setattr(webhook, name, value)
        _record(action, webhook, acting_user, at)
    return True


def _record(action: str, webhook: Webhook, acting_user: str, at: datetime) -> None:
    audit.record(
        actor=acting_user,
        action=f"webhook.{action}",
        subject=str(webhook.id),
        source=str(webhook.source_id),
        at=at,
    )

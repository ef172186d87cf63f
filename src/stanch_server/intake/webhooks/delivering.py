"""What the worker does with a queued message: sign it as it is now sent, send it, and note what that teaches."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from stanch_server.intake.models import Webhook
from stanch_server.intake.webhooks import operations
from stanch_server.intake.webhooks.errors import Problem, SealedSecretError
from stanch_server.intake.webhooks.messages import TEST_TOPIC, TOPIC
from stanch_server.intake.webhooks.sealing import unseal
from stanch_server.intake.webhooks.sending import send
from stanch_server.intake.webhooks.signing import headers
from stanch_server.outbox.errors import DeliveryError, HopelessError
from stanch_server.outbox.handlers import Backoff, Delivery, register

# 5 s, 10 s, … 11 h, then 12 h: eighteen attempts take 44 hours, give or take their random share.
BACKOFF: Final = Backoff(first=timedelta(seconds=5), longest=timedelta(hours=12))
ATTEMPTS: Final = 18


def deliver(delivery: Delivery) -> None:
    """Send a queued message to its webhook. One that was removed since gets nothing more.

    Raises
    ------
    DeliveryError
        If it was not acknowledged.
    HopelessError
        If the receiver is gone: then the webhook is disabled, and what was queued waits for a person.
    """
    webhook = _webhook(delivery.payload)
    if webhook is None:
        return
    if webhook.disabled is not None:
        raise HopelessError(problem=Problem.DISABLED.value)
    try:
        _send(webhook, delivery.payload, timezone.now())
    except HopelessError:
        operations.disable_webhook(webhook=webhook, at=timezone.now())
        raise


def try_out(delivery: Delivery) -> None:
    """Send a test message once, and note at the webhook what came of it."""
    webhook = _webhook(delivery.payload)
    if webhook is None:
        return
    problem = ""
    try:
        _send(webhook, delivery.payload, timezone.now())
    except DeliveryError as error:
        problem = str(error.fields["problem"])
    operations.note_test(webhook=webhook, problem=problem, at=timezone.now())


def _webhook(payload: Mapping[str, Any]) -> Webhook | None:
    return Webhook.objects.filter(id=UUID(payload["webhook"]), removed=None).first()


def _send(webhook: Webhook, payload: Mapping[str, Any], at: datetime) -> None:
    body = str(payload["body"]).encode()
    signed = headers(str(payload["message"]), body, keys=_keys(webhook, at), at=at)
    private = bool(getattr(settings, "WEBHOOKS_TO_PRIVATE_ADDRESSES", False))
    send(webhook.url, body, signed, private=private)


def _keys(webhook: Webhook, at: datetime) -> list[bytes]:
    """Return the secrets that sign now: the present one, and after a rotation for a day the one before it, too."""
    sealed = [webhook.secret]
    if webhook.old_until is not None and at < webhook.old_until:
        sealed.append(webhook.old_secret)
    try:
        return [unseal(bytes(one), webhook=webhook.id) for one in sealed]
    except SealedSecretError as error:
        raise DeliveryError(problem=Problem.SECRET.value) from error


def register_topics() -> None:
    """Say who delivers what this package queues."""
    threads = 2 * int(getattr(settings, "WORKER_THREADS", 4))
    register(TOPIC, deliver, max_attempts=ATTEMPTS, backoff=BACKOFF, ordered=True, threads=threads)
    register(TEST_TOPIC, try_out, max_attempts=3, threads=2)

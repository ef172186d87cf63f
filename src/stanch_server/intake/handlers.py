"""What this room does after the fact."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from stanch_server.intake.operations.rows import HOLD_TOPIC, SCAN_TOPIC
from stanch_server.intake.operations.settling import end_hold, give_up_scan, scan_pending
from stanch_server.intake.webhooks.delivering import register_topics
from stanch_server.outbox.handlers import ENDLESS, Backoff, Delivery, register

UNSCANNED_AFTER: Final = 10
"""After so many attempts, half an hour or so, an item that cannot be scanned is left to a person."""

BACKOFF: Final = Backoff(first=timedelta(seconds=5), longest=timedelta(minutes=10))


def scan(delivery: Delivery) -> None:
    """Scan an item that waits for it. After too many attempts nothing of it is opened: it may kill each worker."""
    settle = scan_pending if delivery.attempt <= UNSCANNED_AFTER else give_up_scan
    settle(UUID(delivery.payload["item"]), now=timezone.now())


def hold_ends(delivery: Delivery) -> None:
    """End a hold that nobody has decided on."""
    end_hold(UUID(delivery.payload["item"]), now=timezone.now())


# Threads: a scan that takes long holds up no other.
register(SCAN_TOPIC, scan, max_attempts=ENDLESS, backoff=BACKOFF, threads=2)
register(HOLD_TOPIC, hold_ends, max_attempts=ENDLESS, backoff=BACKOFF)
register_topics()

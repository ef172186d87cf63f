"""What this room does after the fact."""

from uuid import UUID

from django.utils import timezone

from stanch_server.intake.operations.rows import HOLD_TOPIC, SCAN_TOPIC
from stanch_server.intake.operations.settling import end_hold, scan_pending
from stanch_server.intake.webhooks.delivering import register_topics
from stanch_server.outbox.handlers import Delivery, register


def scan(delivery: Delivery) -> None:
    """Scan an item that waits for it."""
    scan_pending(UUID(delivery.payload["item"]), now=timezone.now())


def hold_ends(delivery: Delivery) -> None:
    """End a hold that nobody has decided on."""
    end_hold(UUID(delivery.payload["item"]), now=timezone.now())


register(SCAN_TOPIC, scan, max_attempts=8, threads=2)  # one that takes long holds up no other
register(HOLD_TOPIC, hold_ends, max_attempts=30)
register_topics()

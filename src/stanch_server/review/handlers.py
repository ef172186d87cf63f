"""What this room does after the fact: content that was preserved for a time is let go when it is over."""

from uuid import UUID

from django.utils import timezone

from stanch_server.outbox.handlers import ENDLESS, Delivery, register
from stanch_server.review.operations.keeping import PRESERVATION_TOPIC, end_preservation


def preservation_ends(delivery: Delivery) -> None:
    """Let go of what a decision had preserved; again is no harm."""
    end_preservation(UUID(delivery.payload["item"]), now=timezone.now())


register(PRESERVATION_TOPIC, preservation_ends, max_attempts=ENDLESS)

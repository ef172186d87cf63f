"""What the vault does after the fact: the file of an erased blob goes once its erasure has committed."""

from django.utils import timezone

from stanch_server.outbox.handlers import Delivery, register
from stanch_server.vault.operations.erasing import ERASED_TOPIC, finish_erasure


def finish(delivery: Delivery) -> None:
    """Remove the file and confirm the erasure on the list; again is no harm."""
    finish_erasure(blob=str(delivery.payload["blob"]), now=timezone.now())


register(ERASED_TOPIC, finish, max_attempts=50)

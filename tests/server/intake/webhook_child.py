"""A worker that is killed after it has sent a message and before it can say so."""

import os
import signal
from datetime import datetime

import django

if __name__ == "__main__":
    django.setup()

from stanch_server.outbox import operations
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import run_once
from tests.server.intake.webhook_cast import LATER


def die(row: OutboxRow, *, now: datetime) -> bool:
    """End this process at once, when a row is about to be settled."""
    assert row.attempts
    assert now
    os.kill(os.getpid(), signal.SIGKILL)
    return False


if __name__ == "__main__":
    operations.complete = die
    run_once(worker="killed", now=LATER)

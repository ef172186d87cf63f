"""The worker: claims what is due, hands it to its handler, settles it."""

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import Error, close_old_connections, connections
from django.utils import timezone

from stanch_server.outbox import handlers, operations, waking
from stanch_server.outbox.couriers import couriers
from stanch_server.outbox.delivering import deliver, describe

__all__ = ["LEASE_SECONDS", "Delivered", "describe", "run_forever", "run_once"]

LEASE_SECONDS = 60.0
BATCH = 20
PAUSE = 0.2
PAUSE_AFTER_TROUBLE = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """What became of the rows of one round: done, to be tried again, dead."""

    done: int = 0
    failed: int = 0
    dead: int = 0

    def __bool__(self) -> bool:
        return bool(self.done or self.failed or self.dead)


def run_once(
    *,
    worker: str,
    now: datetime,
    limit: int = BATCH,
    lease_seconds: float = LEASE_SECONDS,
    topics: Collection[str] | None = None,
) -> Delivered:
    """Claim up to `limit` due rows and deliver them here, one after the other, also those that have threads.

    A handler that raises costs its own row. When half of the lease has gone by, the rest is given back, so that no
    handler starts on a lease that is about to end. A row whose lease was lost meanwhile counts as failed.

    Parameters
    ----------
    topics : only these; every topic with a handler here if not given.
    """
    rows = operations.claim(worker=worker, topics=topics, limit=limit, lease_seconds=lease_seconds, now=now)
    began, count = time.monotonic(), {"done": 0, "failed": 0, "dead": 0}
    for number, row in enumerate(rows):
        if time.monotonic() - began > lease_seconds / 2:
            operations.release(rows[number:], now=now)
            break
        count[deliver(row, now=lambda: now)] += 1
    return Delivered(**count)


def run_forever(
    *,
    worker: str,
    stop: threading.Event,
    wake: threading.Event = waking.WAKE,
    pause: float = PAUSE,
    lease_seconds: float = LEASE_SECONDS,
) -> None:
    """Deliver until `stop` is set; what is being delivered then is finished first.

    Looks every `pause` seconds, at once after a round that found something, and when woken. While the database is
    away it waits. Topics that have threads of their own are delivered beside the others.
    """
    apart = {topic.topic for topic in handlers.threaded()}
    here = [topic for topic in handlers.topics() if topic not in apart]
    with couriers(worker=worker, stop=stop, pause=pause, lease_seconds=lease_seconds):
        while not stop.is_set():
            wake.clear()
            close_old_connections()
            try:
                busy = run_once(worker=worker, now=timezone.now(), lease_seconds=lease_seconds, topics=here)
            except Error as error:
                logger.warning("outbox worker waits for the database", extra={"error": type(error).__qualname__})
                connections.close_all()
                stop.wait(PAUSE_AFTER_TROUBLE)
            else:
                if not busy:
                    wake.wait(pause)
    connections.close_all()

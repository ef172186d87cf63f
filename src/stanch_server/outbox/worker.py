"""The worker: claims what is due, hands it to its handler, settles it."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from django.db import Error, close_old_connections, connections
from django.utils import timezone

from stanch_server.outbox import operations, waking
from stanch_server.outbox.errors import DeliveryError
from stanch_server.outbox.handlers import Delivery, registration
from stanch_server.outbox.models import OutboxRow

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


def run_once(*, worker: str, now: datetime, limit: int = BATCH, lease_seconds: float = LEASE_SECONDS) -> Delivered:
    """Claim up to `limit` due rows and deliver them, one after the other.

    A handler that raises costs its own row. When half of the lease has gone by, the rest is given back, so that no
    handler starts on a lease that is about to end. A row whose lease was lost meanwhile counts as failed.
    """
    rows = operations.claim(worker=worker, limit=limit, lease_seconds=lease_seconds, now=now)
    began, count = time.monotonic(), {"done": 0, "failed": 0, "dead": 0}
    for number, row in enumerate(rows):
        if time.monotonic() - began > lease_seconds / 2:
            operations.release(rows[number:], now=now)
            break
        count[_deliver(row, now)] += 1
    return Delivered(**count)


def _deliver(row: OutboxRow, now: datetime) -> str:
    """Hand one row to its handler and settle it. Return what it counts as."""
    delivery = Delivery(
        id=row.pk,
        topic=row.topic,
        key=row.key,
        payload=row.payload,
        created=row.created,
        attempt=row.attempts,
    )
    try:
        registration(row.topic).handler(delivery)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises costs its own row and nothing else
        told = describe(error)
        logger.warning("outbox delivery failed", extra={"topic": row.topic, "row": row.pk, "error": told})
        return "dead" if operations.fail(row, error=told, now=now) else "failed"
    return "done" if operations.complete(row, now=now) else "failed"


def describe(error: Exception) -> str:
    """Return what may be stored of an error: its class, and its own words or the line it comes from.

    The words of other errors than `DeliveryError` may quote what was being handled, so they are left out.
    """
    name = type(error).__qualname__
    if isinstance(error, DeliveryError):
        return f"{name}: {error}"
    return f"{name} in {_place(error.__traceback__)}"


def _place(traceback: TracebackType | None) -> str:
    """Return module and line where an error was raised."""
    place = "an unknown place"
    while traceback:
        place = f"{traceback.tb_frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


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
    away it waits.
    """
    while not stop.is_set():
        wake.clear()
        close_old_connections()
        try:
            busy = run_once(worker=worker, now=timezone.now(), lease_seconds=lease_seconds)
        except Error as error:
            logger.warning("outbox worker waits for the database", extra={"error": type(error).__qualname__})
            connections.close_all()
            stop.wait(PAUSE_AFTER_TROUBLE)
        else:
            if not busy:
                wake.wait(pause)
    connections.close_all()

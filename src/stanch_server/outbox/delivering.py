"""Handing one row to its handler, and settling it."""

import logging
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from stanch_server.outbox import operations
from stanch_server.outbox.errors import DeliveryError, HopelessError
from stanch_server.outbox.handlers import Delivery, registration
from stanch_server.outbox.models import OutboxRow

logger = logging.getLogger(__name__)


def deliver(row: OutboxRow, *, now: Callable[[], datetime]) -> str:
    """Hand one row to its handler and settle it.

    Parameters
    ----------
    now : asked once the handler is through.

    Returns
    -------
    What it counts as: `done`, `failed` (also if its lease was lost) or `dead`.
    """
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
        return _fail(row, error, now())
    return "done" if operations.complete(row, now=now()) else "failed"


def _fail(row: OutboxRow, error: Exception, now: datetime) -> str:
    told = describe(error)
    logger.warning("outbox delivery failed", extra={"topic": row.topic, "row": row.pk, "error": told})
    dead = operations.fail(row, error=told, now=now, hopeless=isinstance(error, HopelessError))
    return "dead" if dead else "failed"


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

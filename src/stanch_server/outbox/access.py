"""Looking at the queue: for the console, health checks and metrics. Who may look is decided above."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from stanch_server.outbox.models import OutboxRow

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueState:
    """How the queue stands: rows waiting, how long the first has been due, and dead letters."""

    waiting: int
    late: timedelta
    dead: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetter:
    """A row that was tried too often. Its payload is not shown."""

    id: int
    topic: str
    key: str
    created: datetime
    dead: datetime
    attempts: int
    last_error: str


def state(*, now: datetime) -> QueueState:
    """Return how the queue stands. What is not yet due is waiting, but not late."""
    alive = Q(dead__isnull=True)
    seen = OutboxRow.objects.filter(done__isnull=True).aggregate(
        waiting=Count("id", filter=alive), first=Min("due", filter=alive), dead=Count("id", filter=~alive)
    )
    late = max(timedelta(), now - (seen["first"] or now))
    return QueueState(waiting=seen["waiting"], late=late, dead=seen["dead"])


def dead_letters(*, before: int | None = None, limit: int = PAGE) -> tuple[DeadLetter, ...]:
    """Return dead letters, newest row first; `before` is the id of the last one of the page before."""
    rows = OutboxRow.objects.filter(dead__isnull=False, done__isnull=True).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    fields = tuple(DeadLetter.__dataclass_fields__)
    return tuple(DeadLetter(**row) for row in rows.values(*fields)[:limit])

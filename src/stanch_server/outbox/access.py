"""Looking at the queue: for the console, health checks and metrics. Who may look is decided above."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.operations import in_lane, not_held_back

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueState:
    """How the queue stands: rows waiting, how long the first has been due, and dead letters."""

    waiting: int
    late: timedelta
    dead: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetter:
    """A row that was tried too often. Of its payload nothing is shown but `kind`, a word that names what it is."""

    id: int
    topic: str
    key: str
    kind: str
    created: datetime
    dead: datetime
    attempts: int
    last_error: str


def state(*, now: datetime) -> QueueState:
    """Return how the queue stands. What is not yet due is waiting, but not late.

    Nor is what a dead letter of its key holds back: that waits for a person, and `dead` says so.
    """
    alive = Q(dead__isnull=True)
    seen = OutboxRow.objects.filter(done__isnull=True).aggregate(
        waiting=Count("id", filter=alive), dead=Count("id", filter=~alive)
    )
    free = not_held_back(OutboxRow.objects.filter(alive, done__isnull=True))
    first = free.aggregate(first=Min("due"))["first"]
    return QueueState(waiting=seen["waiting"], dead=seen["dead"], late=max(timedelta(), now - (first or now)))


def dead_letters(
    *,
    before: int | None = None,
    limit: int = PAGE,
    lanes: Collection[str] | None = None,
) -> tuple[DeadLetter, ...]:
    """Return dead letters, newest row first.

    Parameters
    ----------
    before : the id of the last one of the page before.
    lanes : only of these lanes (`handlers.lane_of`).
    """
    rows = _dead()
    if before is not None:
        rows = rows.filter(id__lt=before)
    if lanes is not None:
        rows = rows.filter(_any_of(lanes)) if lanes else rows.none()
    return tuple(_letter(row) for row in rows[:limit])


def dead_letter(row_id: int) -> DeadLetter | None:
    """Return one dead letter; None if it is not dead, was discarded, or never was."""
    row = _dead().filter(id=row_id).first()
    return None if row is None else _letter(row)


def _dead() -> QuerySet[OutboxRow]:
    rows = OutboxRow.objects.filter(dead__isnull=False, done__isnull=True).order_by("-id")
    return rows.defer("payload").annotate(kind=KeyTextTransform("kind", "payload"))


def _any_of(lanes: Collection[str]) -> Q:
    found = Q()
    for lane in lanes:
        found |= in_lane(lane)
    return found


def _letter(row: OutboxRow) -> DeadLetter:
    told = {name: getattr(row, name) for name in DeadLetter.__dataclass_fields__}
    return DeadLetter(**told | {"kind": told["kind"] or ""})

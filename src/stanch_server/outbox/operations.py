"""The only place that writes rows of the queue."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stanch_server.outbox import handlers, waking
from stanch_server.outbox.errors import OutsideTransactionError
from stanch_server.outbox.models import ERROR_LENGTH, OutboxRow

LOST_LEASE = "the worker died or hung in the last attempt"


def enqueue(*, topic: str, payload: Mapping[str, Any], key: str = "", due: datetime | None = None) -> OutboxRow:
    """Write a row in the transaction of what it follows from; it is there if and only if that commits.

    Parameters
    ----------
    topic : names the handler.
    payload : what it needs, JSON-able: ids rather than content.
    key : what the row is about; order is kept within a key where the topic asks for it.
    due : not before then; at once if not given.

    Raises
    ------
    OutsideTransactionError
        If no transaction is open: the row could be there without its cause, or the cause without it.
    """
    using = router.db_for_write(OutboxRow)
    if not connections[using].in_atomic_block:
        raise OutsideTransactionError(topic=topic)
    now = timezone.now()
    row = OutboxRow.objects.create(topic=topic, key=key, payload=dict(payload), created=now, due=due or now)
    transaction.on_commit(waking.wake, using=using)
    return row


def claim(
    *,
    worker: str,
    topics: Collection[str] | None = None,
    limit: int,
    lease_seconds: float,
    now: datetime,
    busy: Collection[str] = (),
) -> list[OutboxRow]:
    """Lease rows that are due, oldest first, and return those that this worker won.

    Within the lease nobody else gets them. A row that has used up its attempts, because its workers were killed
    or hung, is declared dead instead.

    Parameters
    ----------
    worker : who claims, for people who look at the table.
    topics : only these; every topic with a handler here if not given.
    limit : at most so many.
    busy : lanes (`handlers.lane_of`) from which none is taken.
    """
    rows = _claimable(topics, now)
    for lane in busy:
        rows = rows.exclude(in_lane(lane))
    if not rows.exists():  # asked without a lock: an idle worker never keeps a writer waiting
        return []
    with transaction.atomic(using=rows.db):
        candidates = list(_without_waiting(rows.order_by("due", "id"))[:limit])
        return [row for row in candidates if _lease(row, worker, now, now + timedelta(seconds=lease_seconds))]


def not_held_back(rows: QuerySet[OutboxRow]) -> QuerySet[OutboxRow]:
    """Leave out rows of ordered topics that are behind another one of their key."""
    ahead = OutboxRow.objects.filter(
        topic=OuterRef("topic"), key=OuterRef("key"), id__lt=OuterRef("id"), done__isnull=True
    )
    ordered = handlers.topics(ordered=True)
    return rows.exclude(~Q(key=""), Exists(ahead), topic__in=ordered) if ordered else rows


def in_lane(lane: str) -> Q:
    """Return the condition that a row is of a lane (`handlers.lane_of`)."""
    return Q(key=lane) | Q(key__startswith=f"{lane} ")


def _claimable(wanted: Collection[str] | None, now: datetime) -> QuerySet[OutboxRow]:
    """Return the waiting rows that are due, unleased, and not behind another of their key."""
    rows = _rows().filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=now),
        topic__in=handlers.topics() if wanted is None else wanted,
        done__isnull=True,
        dead__isnull=True,
        due__lte=now,
    )
    return not_held_back(rows)


def _without_waiting(rows: QuerySet[OutboxRow]) -> QuerySet[OutboxRow]:
    """Pass over what another worker is claiming, where the database can; SQLite has one writer anyway."""
    if connections[rows.db].features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows


def _lease(row: OutboxRow, worker: str, now: datetime, until: datetime) -> bool:
    """Win one row by compare-and-set on its attempts. Return whether it is ours to deliver."""
    if row.attempts >= handlers.registration(row.topic).max_attempts:
        _at(row).update(dead=now, lease_until=None, leased_by="", last_error=row.last_error or LOST_LEASE)
        return False
    if not _at(row).update(attempts=row.attempts + 1, lease_until=until, leased_by=worker):
        return False  # another worker was first
    row.attempts, row.lease_until, row.leased_by = row.attempts + 1, until, worker
    return True


def complete(row: OutboxRow, *, now: datetime) -> bool:
    """Mark a delivered row done. Return False if the lease was lost and someone else has claimed it since."""
    return bool(_at(row).update(done=now, lease_until=None, leased_by="", last_error=""))


def fail(row: OutboxRow, *, error: str, now: datetime, hopeless: bool = False) -> bool:
    """Give a row back after a failed attempt: due again after its backoff, or dead after the last one.

    Parameters
    ----------
    hopeless : it is dead at once.

    Returns
    -------
    Whether it is dead now. False also if the lease was lost: then whoever claimed it since settles it.
    """
    topic = handlers.registration(row.topic)
    told = {"lease_until": None, "leased_by": "", "last_error": error[:ERROR_LENGTH]}
    if hopeless or row.attempts >= topic.max_attempts:
        return bool(_at(row).update(dead=now, **told))
    _at(row).update(due=now + topic.backoff.wait(row=row.pk, attempt=row.attempts), **told)
    return False


def release(rows: Collection[OutboxRow], *, now: datetime) -> int:
    """Give back rows that were claimed and not tried; the claim does not count as an attempt."""
    return sum(_at(row).update(attempts=row.attempts - 1, lease_until=None, leased_by="", due=now) for row in rows)


def replay(row_id: int, *, now: datetime) -> bool:
    """Make a dead row due again, with all its attempts before it. A person decides that; the caller records it.

    Returns
    -------
    Whether it was dead and not discarded.
    """
    dead = _rows().filter(pk=row_id, dead__isnull=False, done__isnull=True)
    return bool(dead.update(dead=None, due=now, attempts=0, lease_until=None, leased_by=""))


def discard(row_id: int, *, now: datetime) -> bool:
    """Let a dead row go: it is never delivered, and holds back none of its key any more.

    Returns
    -------
    Whether it was dead and not discarded before.
    """
    return bool(_rows().filter(pk=row_id, dead__isnull=False, done__isnull=True).update(done=now))


def forget(*, topic: str, keys: Collection[str]) -> int:
    """Delete every row of these keys, delivered or not, because what they are about is forgotten.

    A delivery that is going on is not stopped; its row is gone when it would be settled.
    """
    return _rows().filter(topic=topic, key__in=list(keys)).delete()[0]


def purge(*, older_than: timedelta, now: datetime, limit: int = 1_000) -> int:
    """Delete rows that were done or discarded longer ago than that; dead ones stay until a person decides.

    Returns
    -------
    How many were deleted: fewer than `limit` when there are no more.
    """
    old = _rows().filter(done__lt=now - older_than).order_by("done").values_list("pk", flat=True)
    return _rows().filter(pk__in=list(old[:limit])).delete()[0]


def _rows() -> QuerySet[OutboxRow]:
    """Return every row, from the database that is written to."""
    return OutboxRow.objects.using(router.db_for_write(OutboxRow))


def _at(row: OutboxRow) -> QuerySet[OutboxRow]:
    """Return the row if it still is as it was seen: open, and under the same lease or none.

    The end of the lease is compared too: attempts start anew when a dead letter is replayed.
    """
    lease = {"attempts": row.attempts, "leased_by": row.leased_by, "lease_until": row.lease_until}
    return _rows().filter(pk=row.pk, done__isnull=True, dead__isnull=True, **lease)

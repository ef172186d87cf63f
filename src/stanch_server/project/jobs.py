"""What is due now and then: erasures, retention, and rows that nobody needs any more."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import Error, close_old_connections, connection, connections
from django.utils import timezone

from stanch_server.banks import contents as entries
from stanch_server.banks import leases
from stanch_server.intake import contents as items
from stanch_server.intake.operations import forget_sightings, learn_common, purge_idempotency_keys
from stanch_server.outbox import operations as outbox
from stanch_server.outbox.delivering import describe
from stanch_server.vault import operations as vault

LEASE = "jobs"
LEASE_SECONDS = 60.0
LOOK_EVERY = 1.0
OUTBOX_KEPT = timedelta(days=7)
FAILED_SIGN_INS_KEPT = timedelta(days=1)
PAGE = 1_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Something that one worker does now and then; twice at once is no harm.

    Parameters
    ----------
    act : does it, given the time; returns how much there was to do.
    """

    name: str
    every: timedelta
    act: Callable[[datetime], int]


def settle_erasures(now: datetime) -> int:
    """Finish erasures that a crash left half-way."""
    settled = vault.settle_erasures(now=now)
    return settled.finished + settled.withdrawn


def expire(now: datetime) -> int:
    """Erase content at the end of its retention."""
    return _all_pages(lambda: vault.expire_due(now=now, limit=PAGE).erased)


def sweep(now: datetime) -> int:
    """Remove files that no row knows."""
    swept = vault.sweep_orphans(now=now)
    return swept.drafts + swept.orphans


def erase_unnamed(now: datetime) -> int:
    """Erase content in the vault that nothing names: its process died before it had written what it is of."""
    return items.erase_unnamed(now=now) + entries.erase_unnamed(now=now)


def purge_outbox(now: datetime) -> int:
    """Delete what was delivered a week ago."""
    return _all_pages(lambda: outbox.purge(older_than=OUTBOX_KEPT, now=now, limit=PAGE))


def learn_background(now: datetime) -> int:
    """Learn which grams weigh nothing since enough publishers printed them."""
    return learn_common(now=now)


def forget_background(now: datetime) -> int:
    """Delete sightings of grams that came to nothing within thirty days."""
    return forget_sightings(now=now)


def purge_names(now: datetime) -> int:
    """Forget idempotency keys that are older than seven days."""
    return purge_idempotency_keys(now=now)


def checkpoint(_now: datetime) -> int:
    """Empty SQLite's log: what it holds of rows that were erased since must not outlive them for long."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return 0


def end_sessions(_now: datetime) -> int:
    """Delete sessions that have ended."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.clear_expired()
    return 0


def forget_failed_sign_ins(now: datetime) -> int:
    """Delete counts of failed sign-ins, which hold addresses, once they lock nobody out any more."""
    from axes.models import AccessAttempt  # noqa: PLC0415 - a model, which needs the rooms to be ready

    deleted: int = AccessAttempt.objects.filter(attempt_time__lt=now - FAILED_SIGN_INS_KEPT).delete()[0]
    return deleted


JOBS = (
    Job(name="settle-erasures", every=timedelta(minutes=5), act=settle_erasures),
    Job(name="expire", every=timedelta(minutes=1), act=expire),
    Job(name="sweep-vault", every=timedelta(hours=6), act=sweep),
    Job(name="erase-unnamed", every=timedelta(hours=6), act=erase_unnamed),
    Job(name="purge-outbox", every=timedelta(minutes=10), act=purge_outbox),
    Job(name="purge-idempotency-keys", every=timedelta(hours=1), act=purge_names),
    Job(name="learn-background", every=timedelta(seconds=10), act=learn_background),
    Job(name="forget-background", every=timedelta(hours=1), act=forget_background),
    Job(name="checkpoint", every=timedelta(minutes=5), act=checkpoint),
    Job(name="end-sessions", every=timedelta(hours=1), act=end_sessions),
    Job(name="forget-failed-sign-ins", every=timedelta(hours=1), act=forget_failed_sign_ins),
)


def _all_pages(one: Callable[[], int]) -> int:
    """Repeat until a page is not full."""
    count = 0
    while (done := one()) >= PAGE:
        count += done
    return count + done


class Round:
    """Which jobs are due, for one process; all of them at its start.

    Parameters
    ----------
    elected : whether this process is the one that does them now.
    """

    def __init__(self, jobs: tuple[Job, ...] = JOBS, *, elected: Callable[[datetime], bool]) -> None:
        self._jobs = jobs
        self._elected = elected
        self._done: dict[str, datetime] = {}

    def go(self, now: datetime, *, stop: threading.Event) -> int:
        """Do what is due, and return how many jobs that was. One that fails costs only itself."""
        due = [job for job in self._jobs if now - self._done.get(job.name, now - job.every) >= job.every]
        if not due or not self._elected(now):
            return 0
        for job in due:
            if stop.is_set():
                break
            self._done[job.name] = now
            _do(job, now)
        return len(due)


def _do(job: Job, now: datetime) -> None:
    began = time.monotonic()
    try:
        count = job.act(now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs go on, and so does this one next time
        logger.warning("job failed", extra={"job": job.name, "error": describe(error)})
        connections.close_all()
    else:
        ms = round((time.monotonic() - began) * 1000)
        logger.log(
            logging.INFO if count else logging.DEBUG, "job done", extra={"job": job.name, "count": count, "ms": ms}
        )


def run_forever(*, holder: str, stop: threading.Event) -> None:
    """Do jobs when they are due, until `stop` is set. Of several workers one does them, by a lease.

    Parameters
    ----------
    holder : names this worker in the lease.
    """
    due = Round(elected=lambda now: leases.acquire(name=LEASE, holder=holder, seconds=LEASE_SECONDS, now=now))
    while not stop.is_set():
        close_old_connections()
        try:
            due.go(timezone.now(), stop=stop)
        except Error as error:  # the lease could not be asked for
            logger.warning("jobs wait for the database", extra={"error": type(error).__qualname__})
            connections.close_all()
        stop.wait(LOOK_EVERY)
    with suppress(Error):
        leases.release(name=LEASE, holder=holder, now=timezone.now())
    connections.close_all()

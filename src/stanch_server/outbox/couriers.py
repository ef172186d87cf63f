"""Threads for the topics whose handlers wait for others, so that nobody waits for a slow one but its own rows.

A row is claimed only when a thread is free for it, so that it is being delivered within its lease from the start.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import Error, close_old_connections, connections
from django.utils import timezone

from stanch_server.outbox import operations, waking
from stanch_server.outbox.delivering import deliver, describe
from stanch_server.outbox.handlers import Registration, lane_of, threaded
from stanch_server.outbox.models import OutboxRow

PAUSE_AFTER_TROUBLE = 2.0

_on_duty = threading.Lock()  # held by the one worker of this process that hands out

logger = logging.getLogger(__name__)


class Couriers:
    """The threads of one topic.

    Parameters
    ----------
    topic : how many threads it has, and how many of them a lane may take, stands in its registration.
    worker : who claims.
    lease_seconds : no delivery may take longer; there is no renewal, since a handler that waits for others has to
        bound its waiting.
    """

    def __init__(self, topic: Registration, *, worker: str, lease_seconds: float) -> None:
        self._topic = topic
        self._worker = worker
        self._lease_seconds = lease_seconds
        self._lock = threading.Lock()
        self._lanes: Counter[str] = Counter()
        self._running: set[threading.Thread] = set()

    def hand_out(self, *, now: datetime) -> int:
        """Claim as many due rows as there are free threads, and start on them. Return how many were started."""
        with self._lock:
            free = self._topic.threads - len(self._running)
            busy = [lane for lane, count in self._lanes.items() if lane and count >= self._topic.abreast]
        if free <= 0:
            return 0
        rows = operations.claim(
            worker=self._worker,
            topics=[self._topic.topic],
            limit=free,
            lease_seconds=self._lease_seconds,
            now=now,
            busy=busy,
        )
        too_many = [row for row in rows if not self._start(row)]
        operations.release(too_many, now=now)
        return len(rows) - len(too_many)

    def finish(self) -> None:
        """Wait for what is being delivered."""
        with self._lock:
            running = list(self._running)
        for thread in running:
            thread.join()

    def _start(self, row: OutboxRow) -> bool:
        """Deliver a row in a thread; return False if its lane takes all that it may already."""
        lane = lane_of(row.key)
        thread = threading.Thread(target=self._run, args=(row, lane), name=f"{self._topic.topic} {row.pk}")
        with self._lock:  # held until the thread is counted: it takes itself off under the same lock
            if lane and self._lanes[lane] >= self._topic.abreast:
                return False
            thread.start()
            self._lanes[lane] += 1
            self._running.add(thread)
        return True

    def _run(self, row: OutboxRow, lane: str) -> None:
        try:
            deliver(row, now=timezone.now)
        except Error as error:  # it could not be settled: it comes again when its lease has ended
            told = type(error).__qualname__
            logger.warning("outbox row could not be settled", extra={"row": row.pk, "error": told})
        finally:
            connections.close_all()
            with self._lock:
                self._running.discard(threading.current_thread())
                self._lanes[lane] -= 1
                self._lanes += Counter()  # drops the lanes that are free again
            waking.WAKE_COURIERS.set()


@contextmanager
def couriers(*, worker: str, stop: threading.Event, pause: float, lease_seconds: float) -> Iterator[None]:
    """Deliver what has threads of its own, until `stop` or the end of the block; what has begun is finished.

    A process may run several workers: the first to come here does it for all, since lanes are counted once.
    """
    teams = [Couriers(topic, worker=worker, lease_seconds=lease_seconds) for topic in threaded()]
    if not teams or not _on_duty.acquire(blocking=False):
        yield
        return
    left = threading.Event()
    ended = (stop, left)
    loop = threading.Thread(target=_run_forever, args=(teams, ended, pause), name="outbox couriers")
    loop.start()
    try:
        yield
    finally:
        left.set()
        waking.WAKE_COURIERS.set()
        loop.join()
        _on_duty.release()


def _run_forever(teams: list[Couriers], ended: tuple[threading.Event, threading.Event], pause: float) -> None:
    while not any(event.is_set() for event in ended):
        waking.WAKE_COURIERS.clear()
        close_old_connections()
        try:
            busy = [team.hand_out(now=timezone.now()) for team in teams]
        except Exception as error:  # noqa: BLE001 - nobody would notice that this thread has ended
            logger.warning("outbox couriers were interrupted", extra={"error": describe(error)})
            connections.close_all()
            ended[1].wait(PAUSE_AFTER_TROUBLE)
        else:
            if not any(busy):
                waking.WAKE_COURIERS.wait(pause)
    for team in teams:
        team.finish()
    connections.close_all()

"""Several workers at once, workers that are killed, and the loop."""

import os
import signal
import threading
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import Error, connections

from stanch_server.outbox import operations, waking, worker
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import Delivered, run_forever, run_once
from tests.server.children import child
from tests.server.outbox.conftest import NOW, Inbox
from tests.server.outbox.test_queue import write

pytestmark = pytest.mark.django_db(transaction=True)
CHILD = "tests.server.outbox.child"


def test_threads_that_claim_at_once_never_win_the_same_row(inbox: Inbox) -> None:
    rows = {write().pk for _ in range(60)}
    won, together = list[int](), threading.Barrier(4)

    def compete(name: str) -> None:
        try:
            together.wait(timeout=30)
            while got := operations.claim(worker=name, limit=3, lease_seconds=60, now=NOW):
                won.extend(row.pk for row in got)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=compete, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    # A thread may find nothing free for a moment, while the others hold the last rows; no row is won twice.
    assert Counter(won) == Counter(rows)
    assert inbox.taken == []


def test_processes_deliver_each_row_once_between_them(inbox: Inbox) -> None:
    rows = {write().pk for _ in range(120)}
    with ExitStack() as stack:
        started = [stack.enter_context(child(CHILD, "deliver", f"w{number}")) for number in range(3)]
        said = [int(line) for _, output in started for line in output]
    assert Counter(said) == Counter(rows)
    assert not OutboxRow.objects.filter(done=None).exists()
    assert inbox.taken == []


def test_what_a_killed_worker_was_delivering_another_delivers_after_the_lease(inbox: Inbox) -> None:
    row = write(n=1)
    with child(CHILD, "hang", "killed") as (process, output):
        assert output.readline().strip() == str(row.pk)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
    lease = timedelta(seconds=worker.LEASE_SECONDS)
    assert not run_once(worker="other", now=NOW + lease - timedelta(seconds=1))
    assert run_once(worker="other", now=NOW + lease) == Delivered(done=1)
    assert [(one.id, one.attempt) for one in inbox.taken] == [(row.pk, 2)]


def run_in_thread(stop: threading.Event, pause: float) -> threading.Thread:
    loop = threading.Thread(target=run_forever, kwargs={"worker": "loop", "stop": stop, "pause": pause})
    loop.start()
    return loop


def test_the_loop_delivers_what_it_is_woken_for_outlives_a_lost_database_and_stops(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered, stop, troubles = threading.Semaphore(0), threading.Event(), iter([Error("away")])

    def once(**arguments: object) -> Delivered:
        for trouble in troubles:
            raise trouble
        return run_once(**arguments)  # type: ignore[arg-type] # passed on as it came

    inbox.refuse = lambda _: delivered.release()
    monkeypatch.setattr(worker, "run_once", once)
    monkeypatch.setattr(worker, "PAUSE_AFTER_TROUBLE", 0.01)
    OutboxRow.objects.filter(pk=write().pk).update(due="2000-01-01T00:00:00Z")
    loop = run_in_thread(stop, pause=300)  # nothing but being woken ends that pause in time
    try:
        assert delivered.acquire(timeout=30)
        OutboxRow.objects.filter(pk=write().pk).update(due="2000-01-01T00:00:00Z")
        waking.wake()
        assert delivered.acquire(timeout=30)
    finally:
        stop.set()
        waking.wake()
        loop.join(timeout=30)
    assert not loop.is_alive()
    assert len(inbox.taken) == 2

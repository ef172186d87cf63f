"""Whoever came first has it next, alone, and nobody is left waiting for it."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from stanch_server.sqlite import queue as module
from stanch_server.sqlite.queue import LONG, Queue
from tests.server.waiting import PATIENCE, wait_for


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_threads_have_their_turns_in_the_order_in_which_they_came(pool: ThreadPoolExecutor) -> None:
    queue, came = Queue(), list[int]()

    def take(number: int) -> None:
        assert queue.enter(PATIENCE)
        came.append(number)
        queue.leave()

    assert queue.enter(0)
    others = []
    for number in range(6):
        others.append(pool.submit(take, number))
        wait_for(queue, number + 1)
    assert came == []
    queue.leave()
    for one in others:
        one.result(PATIENCE)
    assert came == list(range(6))
    assert queue.enter(0)


def test_who_has_no_patience_goes_away_and_the_others_keep_their_places(pool: ThreadPoolExecutor) -> None:
    queue = Queue()
    assert queue.enter(0)
    patient = pool.submit(queue.enter, PATIENCE)
    wait_for(queue, 1)
    assert not queue.enter(0.01)
    assert len(queue) == 1
    queue.leave()
    assert patient.result(PATIENCE)
    assert not queue.enter(0)
    queue.leave()
    assert queue.enter(0)


def test_turns_that_come_just_when_somebody_gives_up_are_not_lost(pool: ThreadPoolExecutor, seed: int) -> None:
    queue, inside = Queue(), list[int]()

    def take(number: int) -> int:
        chance, had = random.Random(number + seed), 0
        for _ in range(300):
            if queue.enter(chance.choice([0, 1e-5, 1e-4, 1e-3])):
                inside.append(number)
                assert inside == [number], "two have it"
                inside.clear()
                queue.leave()
                had += 1
        return had

    assert all(pool.map(take, range(8), timeout=PATIENCE))
    assert len(queue) == 0
    assert queue.enter(0)


@pytest.mark.parametrize("late", [False, True])
def test_what_interrupts_a_thread_that_waits_takes_it_out_of_the_queue(
    monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    queue = Queue()

    class Interrupted:
        def acquire(self, timeout: float | None = None) -> bool:
            if timeout is None:
                return True
            if late:
                queue.leave()  # its turn comes, and then it is interrupted
            raise KeyboardInterrupt

        def release(self) -> None:
            pass

    assert queue.enter(0)
    with monkeypatch.context() as changed:
        changed.setattr(module, "Lock", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            queue.enter(PATIENCE)
    assert len(queue) == 0
    if not late:
        queue.leave()
    assert queue.enter(0)


def test_it_is_long_once_threads_have_handed_it_on_for_long(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("stanch_server.sqlite.queue.time.monotonic", lambda: now[0])
    queue = Queue()
    assert queue.enter(0)
    now[0] += LONG + 0.001
    next_one = pool.submit(queue.enter, PATIENCE)
    wait_for(queue, 1)
    queue.leave()
    assert next_one.result(PATIENCE)
    assert queue.is_long()
    assert not queue.is_long()  # it is counted anew
    queue.leave()
    now[0] += 2 * LONG
    assert queue.enter(0)
    assert not queue.is_long()  # nobody had it meanwhile

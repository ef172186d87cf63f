"""Topics whose handlers wait for others: in threads of their own, so that a slow one holds up nobody else."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import Error, transaction
from django.utils import timezone

from stanch_server.outbox import access, couriers, handlers, operations
from stanch_server.outbox.errors import HopelessError
from stanch_server.outbox.handlers import Delivery
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import Delivered, run_forever, run_once
from tests.server.outbox.conftest import NOW, Inbox

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


class Doors:
    """A handler that waits at a closed door for rows of the lane `slow`, and counts who is inside at once."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.lock = threading.Lock()
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.through: list[str] = []
        self.entered = threading.Semaphore(0)
        self.left = threading.Semaphore(0)

    def __call__(self, delivery: Delivery) -> None:
        lane = handlers.lane_of(delivery.key)
        with self.lock:
            self.inside[lane] += 1
            self.most[lane] = max(self.most[lane], self.inside[lane])
        self.entered.release()
        if lane == "slow":
            assert self.open.wait(PATIENCE)
        with self.lock:
            self.inside[lane] -= 1
            self.through.append(delivery.key)
        self.left.release()


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Doors:
    """Return the handler of `visits`, which has four threads, one for each lane; `letters` has none."""
    monkeypatch.setattr(handlers, "_registered", {})
    handler = Doors()
    handlers.register("visits", handler, threads=4, ordered=True, max_attempts=3)
    handlers.register("letters", handler)
    return handler


def write(*keys: str, topic: str = "visits") -> None:
    for key in keys:
        with transaction.atomic():
            operations.enqueue(topic=topic, payload={}, key=key)


@contextmanager
def working(count: int = 1) -> Iterator[threading.Event]:
    """Run workers in threads, and see that they end when they are told to."""
    stop = threading.Event()
    loops = [
        threading.Thread(target=run_forever, kwargs={"worker": f"w{one}", "stop": stop, "pause": 0.02})
        for one in range(count)
    ]
    for loop in loops:
        loop.start()
    try:
        yield stop
    finally:
        stop.set()
        for loop in loops:
            loop.join(timeout=PATIENCE)
    assert not any(loop.is_alive() for loop in loops)


def wait(semaphore: threading.Semaphore, times: int) -> None:
    for _ in range(times):
        assert semaphore.acquire(timeout=PATIENCE)


def test_a_slow_one_holds_up_its_own_lane_only(doors: Doors) -> None:
    write("slow 1", "slow 2", "slow 3", "quick 1", "brisk 1", "quick 2")
    write("here", topic="letters")
    try:
        with working():
            wait(doors.left, 4)  # all but the slow ones: the door is closed
            assert set(doors.through) == {"quick 1", "quick 2", "brisk 1", "here"}
            doors.open.set()
            wait(doors.left, 3)
    finally:
        doors.open.set()
    assert sorted(doors.through[4:]) == ["slow 1", "slow 2", "slow 3"]
    assert doors.most["slow"] == 1
    assert not OutboxRow.objects.filter(done=None).exists()
    assert {row.attempts for row in OutboxRow.objects.all()} == {1}


def test_several_workers_of_a_process_share_one_set_of_threads(doors: Doors) -> None:
    write(*(f"slow {number}" for number in range(6)))
    try:
        with working(count=3):
            wait(doors.entered, 1)
            assert not doors.entered.acquire(timeout=0.3), "the lane has one thread, in all workers together"
            doors.open.set()
            wait(doors.left, 6)
    finally:
        doors.open.set()
    assert doors.most["slow"] == 1


def test_stopping_waits_for_what_is_under_way_and_begins_nothing_new(doors: Doors) -> None:
    write("slow 1", "slow 2")
    try:
        with working() as stop:
            wait(doors.entered, 1)
            stop.set()
            doors.open.set()
    finally:
        doors.open.set()
    assert doors.through == ["slow 1"]
    assert [row.attempts for row in OutboxRow.objects.order_by("id")] == [1, 0]
    assert OutboxRow.objects.filter(done=None, lease_until=None).count() == 1


def test_what_cannot_be_settled_comes_again_after_its_lease(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    write("quick 1")
    settled, real = threading.Semaphore(0), operations.complete

    def away(*_: object, **__: object) -> bool:
        settled.release()
        raise Error("away")

    monkeypatch.setattr(operations, "complete", away)
    with working():
        wait(settled, 1)
    monkeypatch.setattr(operations, "complete", real)
    (row,) = OutboxRow.objects.filter(done=None)
    assert row.lease_until is not None
    assert run_once(worker="other", now=row.lease_until) == Delivered(done=1)
    assert doors.through == ["quick 1"] * 2


def test_the_threads_outlive_a_lost_database(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    real, troubles = couriers.Couriers.hand_out, iter([Error("away"), ValueError("a slip")])

    def hand_out(self: couriers.Couriers, **options: object) -> int:
        for trouble in troubles:
            raise trouble
        return real(self, **options)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(couriers.Couriers, "hand_out", hand_out)
    monkeypatch.setattr(couriers, "PAUSE_AFTER_TROUBLE", 0.01)
    write("quick 1")
    with working():
        wait(doors.left, 1)


def test_rows_beyond_the_share_of_their_lane_are_given_back_untried(doors: Doors) -> None:
    write("slow 1", "slow 2", "slow 3")
    team = couriers.Couriers(handlers.registration("visits"), worker="w", lease_seconds=60)
    try:
        assert team.hand_out(now=timezone.now()) == 1
        assert team.hand_out(now=timezone.now()) == 0
        assert sorted(row.attempts for row in OutboxRow.objects.all()) == [0, 0, 1]
        assert OutboxRow.objects.exclude(lease_until=None).count() == 1
    finally:
        doors.open.set()
        team.finish()


def test_a_hopeless_row_is_dead_at_once_and_what_it_holds_back_is_not_late(inbox: Inbox) -> None:
    def refuse(_: Delivery) -> None:
        raise HopelessError(problem="nobody lives there")

    inbox.refuse = refuse
    for number in range(2):
        with transaction.atomic():
            operations.enqueue(topic="story", payload={"kind": "first", "n": number}, key="one", due=NOW)
    assert run_once(worker="w", now=NOW) == Delivered(dead=1)
    (letter,) = access.dead_letters()
    assert (letter.kind, letter.last_error) == ("first", "HopelessError: nobody lives there.")
    assert access.dead_letter(letter.id) == letter
    assert access.dead_letter(letter.id + 1) is None
    state = access.state(now=NOW.replace(year=2031))
    assert (state.waiting, state.dead, state.late.total_seconds()) == (1, 1, 0)

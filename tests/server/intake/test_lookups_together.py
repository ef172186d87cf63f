"""Many who ask at the same moment share a commit; none is answered before it, and none alone pays for another."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from stanch_server.accounts.models import Source
from stanch_server.audit import operations as audit
from stanch_server.audit.models import AuditPayload
from stanch_server.endpoints.combining import Combined
from stanch_server.intake import lookups
from tests.server.conftest import START
from tests.server.intake.conftest import Program
from tests.server.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def in_turn(acts: Sequence[Callable[[], None]]) -> None:
    for act in acts:
        act()


class Pool:
    """Threads that record as look-ups do, the first of which commits for as long as it is held."""

    def __init__(self) -> None:
        self.records: Combined[Any, None] = Combined(lookups._recorded)
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.threads: dict[str, int] = {}
        self._pool = ThreadPoolExecutor(8)

    def write(self, name: str, then: Callable[[], None] = lambda: None) -> "Future[None]":
        """Write a record on a thread of its own."""
        return self._pool.submit(self._write, name, then)

    def hold(self) -> "Future[None]":
        """Return once a thread has the turn."""
        held = self.write("first", self._wait)
        assert self.begun.wait(PATIENCE)
        return held

    def wait_for(self, count: int) -> None:
        """Return once so many wait for the turn."""
        wait_for(self.records._waiting, count)

    def close(self) -> None:
        self.go_on.set()
        self._pool.shutdown()

    def _wait(self) -> None:
        self.begun.set()
        assert self.go_on.wait(PATIENCE)

    def _write(self, name: str, then: Callable[[], None]) -> None:
        def act() -> None:
            self.threads[name] = threading.get_ident()
            audit.record(actor="a", action="match.queried", subject=name, at=START)
            then()

        try:
            self.records.ask(act)
            assert name in written()  # in a transaction of its own: it has been committed
        finally:
            connections.close_all()


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what is recorded be done as each thread says, so that it can be held up and fail."""
    monkeypatch.setattr(lookups, "_record", in_turn)


@pytest.fixture
def pool(acting: None) -> Iterator[Pool]:  # noqa: ARG001 - only has to be there
    made = Pool()
    yield made
    made.close()


def written() -> set[str]:
    return set(AuditPayload.objects.values_list("subject", flat=True))


def test_those_who_wait_together_are_committed_together(pool: Pool) -> None:
    first = pool.hold()
    others = [pool.write(f"other {number}") for number in range(5)]
    pool.wait_for(5)
    assert not written()
    assert not any(one.done() for one in (first, *others))
    pool.go_on.set()
    for one in (first, *others):
        one.result(PATIENCE)
    assert written() == {"first", *(f"other {number}" for number in range(5))}
    assert len({thread for name, thread in pool.threads.items() if name != "first"}) == 1


def test_what_cannot_be_committed_is_told_to_each_who_waits_for_it_and_to_nobody_else(pool: Pool) -> None:
    def fail() -> None:
        raise OperationalError("the disk is full")

    first = pool.hold()
    others = [pool.write("fine"), pool.write("failing", fail)]
    pool.wait_for(2)
    pool.go_on.set()
    first.result(PATIENCE)
    for one in others:
        with pytest.raises(OperationalError):
            one.result(PATIENCE)
    pool.write("later").result(PATIENCE)
    assert written() == {"first", "later"}


@pytest.mark.usefixtures("acting")
def test_it_does_not_hang_on_a_transaction_that_somebody_may_undo() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        lookups._recorded([])


@pytest.mark.usefixtures("bank")
def test_programs_that_ask_at_once_are_each_answered_and_recorded(
    new_program: Callable[..., Program], source: Source
) -> None:
    programs = [new_program(source, "match.query") for _ in range(6)]

    def ask(program: Program) -> list[int]:
        try:
            body = {"queries": [{"hash": {"method": "pdq", "value": "5a" * 32}}] * 3}
            return [program.send("POST", "/match", body).status_code for _ in range(8)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(programs)) as pool:
        assert list(pool.map(ask, programs)) == [[200] * 8] * len(programs)
    asked = AuditPayload.objects.filter(action="match.queried")
    assert sorted(Counter(asked.values_list("actor", flat=True)).values()) == [8] * len(programs)

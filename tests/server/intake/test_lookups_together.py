"""Many who ask at the same moment share a commit; none is answered before it, and none alone pays for another."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections, transaction

from stanch_server.accounts.models import Source
from stanch_server.audit import operations as audit
from stanch_server.audit.models import AuditEntry, AuditPayload
from stanch_server.intake.sharing import SharedCommit
from tests.server.conftest import START
from tests.server.intake.conftest import Program

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30


def in_turn(acts: Sequence[Callable[[], None]]) -> None:
    for act in acts:
        act()


class Pool:
    """Threads that write through one `SharedCommit`, the first of which holds the turn until it is let go."""

    def __init__(self) -> None:
        self.commit = SharedCommit(in_turn)
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
        waiting = self.commit._waiting  # nobody else could tell
        limit = threading.Event()
        for _ in range(PATIENCE * 100):
            if len(waiting) == count:
                return
            limit.wait(0.01)
        raise AssertionError(len(waiting))

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
            self.commit.commit(act)
            assert name in written()  # in a transaction of its own: it has been committed
        finally:
            connections.close_all()


@pytest.fixture
def pool() -> Iterator[Pool]:
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


def test_it_does_not_hang_on_a_transaction_that_somebody_may_undo() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        SharedCommit(in_turn).commit(lambda: None)


@contextmanager
def somebody_writes() -> Iterator[Callable[[], object]]:
    """Keep everybody from writing records, as another process does; give what ends that."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            if other.vendor == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            else:
                cursor.execute("BEGIN")
                cursor.execute(f"LOCK TABLE {AuditEntry._meta.db_table} IN EXCLUSIVE MODE")
            yield lambda: cursor.execute("ROLLBACK")
    finally:
        other.close()


def patience() -> str:
    """Return for how long this thread waits for a lock, as its database says it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def wait_for_locks(milliseconds: str) -> None:
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute(
            f"PRAGMA busy_timeout = {milliseconds}" if sqlite else f"SET lock_timeout = '{milliseconds}'"
        )


def commit(name: str) -> None:
    with transaction.atomic(durable=True):
        audit.record(actor="a", action="match.queried", subject=name, at=START)


def test_a_commit_waits_until_nobody_else_writes() -> None:
    def write() -> tuple[str, str]:
        usual = patience()
        try:
            commit("mine")
            return usual, patience()
        finally:
            connections.close_all()

    with somebody_writes() as end, ThreadPoolExecutor(1) as pool:
        mine = pool.submit(write)
        with pytest.raises(TimeoutError):
            mine.result(0.1)
        end()
        usual, since = mine.result(PATIENCE)
    assert usual == since
    assert written() == {"mine"}


def test_a_commit_waits_no_longer_than_the_database_may_be_waited_for() -> None:
    usual = patience()
    wait_for_locks("50")
    short = patience()
    try:
        with somebody_writes():
            with pytest.raises(OperationalError, match="lock"):
                commit("too late")
            assert patience() == short
        commit("in time")
    finally:
        wait_for_locks(usual)
    assert written() == {"in time"}


def test_what_goes_wrong_within_a_commit_undoes_it() -> None:
    def fail() -> None:
        with transaction.atomic(durable=True):
            audit.record(actor="a", action="match.queried", subject="undone", at=START)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    commit("kept")
    assert written() == {"kept"}


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

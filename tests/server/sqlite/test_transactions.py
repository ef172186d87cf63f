"""Those who write wait in a queue, outside of SQLite, and whatever ends a transaction lets the next one begin."""

import gc
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from django.db import OperationalError, connections, transaction
from pytest_django import DjangoDbBlocker

from stanch_server.project.databases import SQLITE_PATIENCE, database
from stanch_server.sqlite import base
from stanch_server.sqlite.queue import Queue
from tests.server.waiting import PATIENCE, wait_for

ASIDE = "aside"


class File:
    """A database of its own, with one table, whatever the other tests run on."""

    def __init__(self, folder: Path) -> None:
        connections.settings[ASIDE] = connections.configure_settings({"default": {}, ASIDE: database("", folder)})[
            ASIDE
        ]
        self.path = Path(connections.settings[ASIDE]["NAME"])
        self._pool = ThreadPoolExecutor(8)
        self.run("CREATE TABLE said (words text)")

    @property
    def queue(self) -> Queue:
        return base._queues[str(self.path)]

    def run(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        with connections[ASIDE].cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[tuple[object, ...]] = cursor.fetchall()
            return rows

    def say(self, words: str) -> None:
        self.run("INSERT INTO said VALUES (%s)", words)

    def said(self) -> list[str]:
        return [str(words) for (words,) in self.run("SELECT words FROM said ORDER BY rowid")]

    def start(self, act: Callable[[], object]) -> "Future[object]":
        """Act on a thread and a connection of its own."""

        def closing() -> object:
            try:
                return act()
            finally:
                connections[ASIDE].close()

        return self._pool.submit(closing)

    def say_in_a_transaction(self, words: str) -> None:
        with transaction.atomic(using=ASIDE):
            self.say(words)

    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(connections[ASIDE].settings_dict["OPTIONS"], "timeout", 0.02)

    def close(self) -> None:
        self._pool.shutdown()
        connections[ASIDE].close()
        del connections[ASIDE]
        del connections.settings[ASIDE]


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[File]:
    with django_db_blocker.unblock():
        made = File(tmp_path)
        yield made
        made.close()


def test_transactions_of_threads_go_in_the_order_in_which_they_were_begun(file: File) -> None:
    with transaction.atomic(using=ASIDE):
        others = []
        for number in range(5):
            others.append(file.start(lambda number=number: file.say_in_a_transaction(str(number))))  # type: ignore[misc]
            wait_for(file.queue, number + 1)
        file.say("first")
    for one in others:
        one.result(PATIENCE)
    assert file.said() == ["first", "0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "statement", ["INSERT INTO said VALUES ('x')", "UPDATE said SET words = 'x'", "DELETE FROM said"]
)
def test_a_statement_that_writes_by_itself_waits_in_the_queue(file: File, statement: str) -> None:
    with transaction.atomic(using=ASIDE):
        other = file.start(lambda: file.run(statement))
        wait_for(file.queue, 1)
        file.say("mine")
    other.result(PATIENCE)
    assert file.said() == {"I": ["mine", "x"], "U": ["x"], "D": []}[statement[0]]


def test_several_rows_in_one_go_wait_in_the_queue(file: File) -> None:
    def say_two() -> None:
        with connections[ASIDE].cursor() as cursor:
            cursor.executemany("INSERT INTO said VALUES (%s)", [("a",), ("b",)])

    with transaction.atomic(using=ASIDE):
        other = file.start(say_two)
        wait_for(file.queue, 1)
        file.say("mine")
    other.result(PATIENCE)
    assert file.said() == ["mine", "a", "b"]


def test_reading_waits_for_nobody(file: File) -> None:
    with transaction.atomic(using=ASIDE):
        file.say("not yet")
        assert file.start(file.said).result(PATIENCE) == []
    assert file.start(file.said).result(PATIENCE) == ["not yet"]


def test_a_writer_is_not_kept_waiting_by_an_old_cursor_of_a_thread_that_waits_for_it(file: File) -> None:
    """Its garbage collector ends the cursor, for which it needs the connection of the other thread."""

    def leave_a_cursor_and_write() -> None:
        with connections[ASIDE].cursor() as cursor:
            raw = cursor.cursor.connection.cursor()
        raw.execute("SELECT 1 UNION SELECT 2")
        circle: list[object] = [raw]
        circle.append(circle)
        del raw, circle
        file.say_in_a_transaction("other")

    gc.disable()
    try:
        with transaction.atomic(using=ASIDE):
            other = file.start(leave_a_cursor_and_write)
            wait_for(file.queue, 1)
            assert gc.collect() > 0  # would wait as long as the other one waits, which then fails
            file.say("mine")
        other.result(PATIENCE)
    finally:
        gc.enable()
    assert file.said() == ["mine", "other"]


@pytest.mark.parametrize("how", ["undone", "closed", "nested"])
def test_the_next_one_begins_however_a_transaction_ends(file: File, how: str) -> None:
    def end() -> None:
        with transaction.atomic(using=ASIDE):
            file.say("mine")
            if how == "closed":
                connections[ASIDE].close()
            if how == "undone":
                raise LookupError
            if how == "nested":
                file.say_in_a_transaction("within")

    try:
        end()
    except LookupError:
        assert how == "undone"
    file.start(lambda: file.say_in_a_transaction("next")).result(PATIENCE)
    assert file.said() == (["mine", "within", "next"] if how == "nested" else ["next"])


def test_who_waits_too_long_for_another_thread_is_told_and_may_try_again(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_, begun = Event(), Event()

    def hold() -> None:
        with transaction.atomic(using=ASIDE):
            begun.set()
            assert open_.wait(PATIENCE)
            file.say("theirs")

    other = file.start(hold)
    assert begun.wait(PATIENCE)
    with monkeypatch.context() as changed:
        file.impatient(changed)
        for write in (file.say, file.say_in_a_transaction):
            with pytest.raises(OperationalError, match="locked"):
                write("mine")
    open_.set()
    other.result(PATIENCE)
    file.say_in_a_transaction("again")
    assert file.said() == ["theirs", "again"]


def test_who_waits_too_long_for_another_process_leaves_the_queue(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = sqlite3.connect(file.path, isolation_level=None)
    elsewhere.execute("BEGIN IMMEDIATE")
    with monkeypatch.context() as changed:
        file.impatient(changed)
        with pytest.raises(OperationalError, match="locked"):
            file.say_in_a_transaction("mine")

    def write_late() -> list[tuple[object, ...]]:
        file.say_in_a_transaction("late")
        return file.run("PRAGMA busy_timeout")

    late = file.start(write_late)
    with pytest.raises(TimeoutError):
        late.result(0.05)
    elsewhere.execute("ROLLBACK")
    elsewhere.close()
    assert late.result(PATIENCE) == [(SQLITE_PATIENCE * 1_000,)]  # who reads may have to wait as well
    assert file.said() == ["late"]


def test_nothing_is_written_alone_when_the_database_has_ended_a_transaction(file: File) -> None:
    def go_on() -> None:
        with transaction.atomic(using=ASIDE):
            file.say("first")
            connections[ASIDE].connection.execute("ROLLBACK")  # as SQLite itself does if the disk is full
            file.say("second")

    with pytest.raises(OperationalError, match="ended"):
        go_on()
    file.say_in_a_transaction("next")
    assert file.said() == ["next"]


def test_what_interrupts_a_thread_that_rests_lets_the_next_one_begin(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr(Queue, "is_long", lambda _: True)
        changed.setattr("stanch_server.sqlite.base.time.sleep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            file.say_in_a_transaction("one")
    file.start(lambda: file.say_in_a_transaction("next")).result(PATIENCE)
    assert file.said() == ["next"]


def test_what_is_wrong_with_a_file_is_said_at_once(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object, _patience: float, _limit: float) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as changed:
        changed.setattr(base.DatabaseWrapper, "_begin", broken)
        with pytest.raises(OperationalError, match="disk"):
            file.say_in_a_transaction("mine")
    file.start(lambda: file.say_in_a_transaction("next")).result(PATIENCE)
    assert file.said() == ["next"]


def test_threads_that_have_it_for_long_let_other_processes_in(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    slept = list[float]()
    monkeypatch.setattr("stanch_server.sqlite.base.time.sleep", slept.append)
    file.say_in_a_transaction("one")
    assert slept == []
    monkeypatch.setattr(Queue, "is_long", lambda _: True)
    file.say_in_a_transaction("two")
    assert slept == [base.REST]

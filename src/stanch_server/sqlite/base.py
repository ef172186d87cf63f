"""Django's backend for SQLite, with a queue before the one lock that writers share.

SQLite lets one connection write at a time. The others look again after 1, 2, 5 and up to 100 milliseconds, each
for itself, and where there is always somebody who writes, one may find it free only after seconds. So the threads
of a process wait in a queue (`Queue`), and only the first of them looks for the lock of the file, every half a
millisecond, since other processes write too.

A thread must not wait inside SQLite for another of its own process. While it does it holds its connection, and the
thread that writes may need just that: its garbage collector may come upon an old cursor of that connection. Then
each waits for the other, until one of them has no patience left.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db.backends.sqlite3 import base

from stanch_server.sqlite.queue import Queue

LOOK_EVERY: Final = 0.0005
"""Seconds from one look to the next while another process writes."""

REST: Final = 0.001
"""Seconds in which no thread of this process looks for the lock, after they had it for `queue.LONG`, so that other
processes find it free."""

USUAL_PATIENCE: Final = 5.0
"""Seconds for which Python's `sqlite3` waits for a lock if nothing else is said."""

WRITES: Final = "INSERT", "UPDATE", "DELETE", "REPLACE"

LOCKED: Final = "database is locked"
"""What SQLite says when somebody has written for longer than it may wait."""

ENDED: Final = "the transaction has been ended by the database"

_queues: Final[dict[str, Queue]] = defaultdict(Queue)


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose statement waits in the queue if it writes and is a transaction of its own."""

    database: "DatabaseWrapper"

    def execute(self, query: str, params: Iterable[Any] | None = None) -> base.SQLiteCursorWrapper:  # type: ignore[override]
        """Execute a statement."""
        if self.connection.in_transaction or not query.startswith(WRITES):
            return super().execute(query, params)
        with self.database.turn():
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Iterable[Iterable[Any]]) -> base.SQLiteCursorWrapper:  # type: ignore[override]
        """Execute a statement for each of several sets of values."""
        if self.connection.in_transaction or not query.startswith(WRITES):
            return super().executemany(query, param_list)
        with self.database.turn():
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread. Its transactions ask for the lock when they begin, and in the queue."""

    connection: sqlite3.Connection
    _has_turn = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait in the queue, and let the next one go ahead at the end.

        Raises
        ------
        sqlite3.OperationalError
            If that takes longer than this connection waits for a lock. Also within a transaction that SQLite has
            ended, as it does when the disk is full: what was to be written with the rest is not written alone.
        """
        if self._has_turn:
            raise sqlite3.OperationalError(ENDED)
        try:
            self._enter(self._patience())
            yield
        finally:
            self._leave()

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 - as Django has it
        """Return a cursor."""
        cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self.ensure_connection()
        with self.wrap_database_errors:
            patience = self._patience()
            limit = time.monotonic() + patience
            try:
                self._enter(patience)
                self._begin(patience, limit)
            except BaseException:
                self._leave()
                raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # the stubs leave it out
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # ditto
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # ditto
        finally:
            self._leave()

    def _patience(self) -> float:
        """Return for how many seconds this connection waits for a lock."""
        return float(self.settings_dict["OPTIONS"].get("timeout", USUAL_PATIENCE))

    def _queue(self) -> Queue:
        return _queues[str(self.settings_dict["NAME"])]

    def _enter(self, patience: float) -> None:
        queue = self._queue()
        if not queue.enter(patience):
            raise sqlite3.OperationalError(LOCKED)
        self._has_turn = True
        if queue.is_long():
            time.sleep(REST)

    def _leave(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._queue().leave()

    def _begin(self, patience: float, limit: float) -> None:
        """Begin a transaction as soon as no other process writes, and look often whether that is so."""
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while not _has_begun(self.connection, last=time.monotonic() >= limit):
                time.sleep(LOOK_EVERY)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {round(patience * 1_000)}")


def _has_begun(connection: sqlite3.Connection, *, last: bool) -> bool:
    """Begin a transaction; return False if another process writes just now."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True

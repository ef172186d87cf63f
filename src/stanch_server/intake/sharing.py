"""One commit for all who write a line at the same moment.

A commit costs more than what it holds, and on SQLite only one thread writes at a time: an answer that takes a
millisecond would wait for the commit of each who came before. Where many ask, a commit is not begun at once after
the one before: what comes meanwhile goes along.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from django.db import transaction

from stanch_server.endpoints.turns import turn

Said = TypeVar("Said")

SPACING = 0.002
"""Seconds from the end of a commit to the beginning of the next. Who asks seldom never waits for this."""


@dataclass(slots=True)
class _Write(Generic[Said]):
    said: Said
    done: bool = False
    error: BaseException | None = None


class SharedCommit(Generic[Said]):
    """Takes what threads have to say, and commits together what waits together; each returns after the commit.

    Not for a thread that has a turn (`endpoints.turns`): it ends its own first.

    Parameters
    ----------
    write : writes what several have said, in a transaction, on the thread of one of them.
    spacing : seconds from the end of a commit to the beginning of the next.
    """

    def __init__(self, write: Callable[[Sequence[Said]], None], *, spacing: float = SPACING) -> None:
        self._write = write
        self._spacing = spacing
        self._ended = -spacing
        self._turn = Lock()
        self._waiting: deque[_Write[Said]] = deque()

    def commit(self, said: Said) -> None:
        """Have something written, perhaps by another thread, and return when it is committed.

        Raises
        ------
        Exception
            Whatever ended the transaction: then nothing of what was to be committed together is.
        """
        mine = _Write(said)
        self._waiting.append(mine)
        with self._turn:
            if not mine.done:  # whoever had the turn before may have taken it along
                time.sleep(max(0.0, self._ended + self._spacing - time.monotonic()))
                with turn():  # or each of its statements would wait for whoever runs
                    self._commit_all()
                self._ended = time.monotonic()
        if mine.error is not None:
            raise mine.error

    def _commit_all(self) -> None:
        together = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            with transaction.atomic(durable=True):
                self._write([one.said for one in together])
        except BaseException as error:  # noqa: BLE001 - each raises it to whoever waits for it
            for one in together:
                one.error = error
        for one in together:
            one.done = True

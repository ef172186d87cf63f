"""One commit for all who write a line at the same moment.

A commit costs more than what it holds, and on SQLite only one thread writes at a time: the others would look again
and again, at growing intervals, whether it is their turn, and an answer that takes a millisecond would wait for a
hundred.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.db import transaction


@dataclass(slots=True)
class _Write:
    act: Callable[[], object]
    done: bool = False
    error: BaseException | None = None


class SharedCommit:
    """Takes writes of any threads, and commits together what waits together; each returns after the commit."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._waiting: deque[_Write] = deque()

    def write(self, act: Callable[[], object]) -> None:
        """Do something in a transaction, perhaps on another thread, and return when it is committed.

        Raises
        ------
        Exception
            Whatever ended the transaction: then nothing of what was to be committed together is.
        """
        mine = _Write(act)
        self._waiting.append(mine)
        with self._turn:
            if not mine.done:  # whoever had the turn before may have taken it along
                self._write_all()
        if mine.error is not None:
            raise mine.error

    def _write_all(self) -> None:
        together = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            with transaction.atomic(durable=True):
                for one in together:
                    one.act()
        except BaseException as error:  # noqa: BLE001 - each raises it to whoever waits for it
            for one in together:
                one.error = error
        for one in together:
            one.done = True

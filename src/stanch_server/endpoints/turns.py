"""Short requests take turns: one at a time runs Python, the others wait outside.

Threads of Python run one at a time in any case. But a thread that reads from the database gives the interpreter
up for some microseconds, and if others are waiting for it, gets it back after half a millisecond: ten such reads
make milliseconds of a request that takes one. Whoever has the turn finds nobody waiting for the interpreter.

Only requests that are over in a millisecond or two take part; those that wait for something lasting, such as a body
that is still coming or a commit, let others go ahead meanwhile.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

SHORT: Final = {"/api/v1/match": 4_096}
"""Addresses of which a request is short if its body has at most so many bytes."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_turn = threading.Lock()
_thread = threading.local()


class InTurn:
    """A WSGI application whose short requests take turns."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, when it is its turn if it is a short one."""
        if not is_short(environ):
            return self._application(environ, start_response)
        with _taken():
            return self._application(environ, start_response)


def is_short(environ: Mapping[str, Any]) -> bool:
    """Whether a request is over in a millisecond or two."""
    longest = SHORT.get(environ.get("PATH_INFO", ""))
    length = environ.get("CONTENT_LENGTH") or ""
    return longest is not None and length.isdecimal() and len(length) < 9 and int(length) <= longest


@contextmanager
def letting_others_ahead() -> Iterator[None]:
    """Give up the turn while waiting for something, and wait for another afterwards; do nothing without one."""
    if not getattr(_thread, "has_turn", False):
        yield
        return
    _give_back()
    try:
        yield
    finally:
        _take()


@contextmanager
def _taken() -> Iterator[None]:
    _take()
    try:
        yield
    finally:
        _give_back()


def _take() -> None:
    _turn.acquire()
    _thread.has_turn = True


def _give_back() -> None:
    _thread.has_turn = False
    _turn.release()

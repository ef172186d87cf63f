"""Short requests take turns: one at a time runs Python, the others wait outside.

Threads of Python run one at a time in any case. But a thread that reads from the database gives the interpreter
up for some microseconds, and if others are waiting for it, gets it back after half a millisecond: ten such reads
make milliseconds of a request that takes one. Whoever has the turn finds nobody waiting for the interpreter.

Only requests that are over in a millisecond or two take part. Their bodies have come before their turn begins, and
it ends where nothing but a commit is to be waited for; whoever commits for several takes a turn for that.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

from stanch_server.endpoints.problems import ProblemError
from stanch_server.endpoints.slow import waiting_for_a_body

SHORT: Final = {"/api/v1/match": 4_096}
"""Addresses of which a request is short if its body has at most so many bytes."""

INPUT: Final = "wsgi.input"

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_turn = threading.Lock()
_thread = threading.local()


class InTurn:
    """A WSGI application whose short requests take turns."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, when it is its turn if it is a short one."""
        if not (is_short(environ) and has_come(environ)):
            return self._application(environ, start_response)
        with turn():
            return self._application(environ, start_response)


def is_short(environ: Mapping[str, Any]) -> bool:
    """Whether a request is over in a millisecond or two, by what it says of itself."""
    longest = SHORT.get(environ.get("PATH_INFO", ""))
    length = environ.get("CONTENT_LENGTH") or ""
    return longest is not None and length.isdecimal() and len(length) < 9 and int(length) <= longest


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and have it until the end or until `end_turn`. Not for a thread that has one."""
    _turn.acquire()
    _thread.has_turn = True
    try:
        yield
    finally:
        end_turn()


def end_turn() -> None:
    """Let the next go ahead before the end; nothing where this thread has no turn."""
    if getattr(_thread, "has_turn", False):
        _thread.has_turn = False
        _turn.release()


def has_come(environ: Environ) -> bool:
    """Read the body, for as long as it takes. Return whether all of it came; if not, what came is left to read."""
    body = b""
    try:
        with waiting_for_a_body():
            body = environ[INPUT].read(int(environ["CONTENT_LENGTH"]))
    except (OSError, ProblemError):
        return False  # the application meets the same, and says so
    environ[INPUT] = BytesIO(body)
    return len(body) == int(environ["CONTENT_LENGTH"])

"""What to do next: pure decisions about sending, judging and trying again, without a socket or a clock of its own.

A *plan* is a generator: it yields steps, is told what came of each, and returns what the caller wanted. A driver
does the steps, blocking or asynchronously; nothing is decided there.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, Final, Generic, TypeVar

import msgspec

from stanch.client.answers import Problem
from stanch.client.errors import FailedError, OutageError, RateLimitedError, error_of
from stanch.client.messages import Failure, Request, Response
from stanch.errors import InvalidValueError, StanchError

T = TypeVar("T")

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 10.0
"""Seconds between attempts: the first, and what doubling leads to."""

BUSY: Final = frozenset({429, 503})
"""The service cannot take it now, and may say how long."""

PASSING: Final = frozenset({502, 504})
"""Something between here and the service is unwell."""


class Deadline:
    """When a call has to be over, on a monotonic clock.

    Parameters
    ----------
    seconds : from now on, more than 0.
    clock : seconds that never go backwards.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        if not seconds > 0:
            raise InvalidValueError(what="time budget", problem="must be more than 0 seconds")
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Return how many seconds are left; negative if it has passed."""
        return self._end - self._clock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """The step: send this and give back the answer, or why there is none by the deadline."""

    request: Request
    deadline: Deadline


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """The step: wait so many seconds."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Do:
    """The step: call this, which may wait for a disk, and give back what it returns."""

    act: Callable[[], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tell:
    """The step: call this with the caller's own function in it, which may be asynchronous."""

    act: Callable[[], object]


Step = Send | Pause | Do | Tell
Plan = Generator[Step, Any, T]


def do(act: Callable[[], T]) -> Plan[T]:
    """Do something with the disk; what it raises is raised in the plan."""
    outcome = yield Do(act=lambda: _caught(act))
    if isinstance(outcome, Exception):
        raise outcome
    done: T = outcome
    return done


def _caught(act: Callable[[], T]) -> T | Exception:
    try:
        return act()
    except (OSError, StanchError) as error:
        return error


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """That another attempt may do better, when to make it at the earliest, and what to raise if there is none."""

    error: StanchError
    at_least: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Done(Generic[T]):
    """That there is an answer, and what it says."""

    value: T


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrying:
    """Sends until there is an answer or no time.

    Parameters
    ----------
    server : as errors call it.
    jitter : a number from 0 to 1, another one each time, so that many clients do not come back at once.
    """

    server: str
    jitter: Callable[[], float]

    def call(
        self,
        request: Request,
        read: Callable[[Response], T],
        deadline: Deadline,
        *,
        retried: Callable[[], None] = lambda: None,
    ) -> Plan[T]:
        """Send until there is an answer that `read` understands, and return what it makes of it.

        Parameters
        ----------
        retried : called before each attempt but the first: the service may have acted on an earlier one.

        Raises
        ------
        ServiceError
            At once, if the service refuses.
        RateLimitedError
            If it asks to wait for longer than there is time.
        OutageError
            If there was no answer in time, or a failure that waiting does not mend.
        """
        for number in count():
            judged = self._judge((yield Send(request=request, deadline=deadline)), read)
            if not isinstance(judged, Again):
                return judged.value
            pause = max(judged.at_least, self.pause(number))
            if pause >= deadline.left():
                raise judged.error
            yield Pause(seconds=pause)
            retried()
        raise AssertionError  # pragma: no cover - count() does not end

    def pause(self, number: int) -> float:
        """Return how long to wait after attempt `number`, from 0: doubled each time, and half of it by chance."""
        doubled: float = FIRST_PAUSE * 2 ** min(number, 10)
        return min(LONGEST_PAUSE, doubled) * (1 + self.jitter()) / 2

    def _judge(self, got: Response | Failure, read: Callable[[Response], T]) -> Done[T] | Again:
        if isinstance(got, Failure):
            return Again(error=self._outage(got.problem))
        if got.status in BUSY | PASSING:
            busy = error_of(problem_of(got))
            limited = isinstance(busy, RateLimitedError)
            return Again(
                error=busy if limited else self._outage(busy.problem.sentence), at_least=_retry_after(got)
            )
        if got.status >= 500:
            raise FailedError(server=self.server, problem=problem_of(got).sentence)
        if not 200 <= got.status < 300:
            raise error_of(problem_of(got))
        try:
            return Done(value=read(got))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:  # half an answer, or something else's
            return Again(error=self._outage(f"its answer is not understood: {error}"))

    def _outage(self, problem: str) -> OutageError:
        return OutageError(server=self.server, problem=problem.rstrip("."))


def problem_of(response: Response) -> Problem:
    """Return the problem document of an answer; if something else answered, one that says so."""
    try:
        read = msgspec.json.decode(response.body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        read = Problem()
    title = read.title or f"something that is not Stanch answered with HTTP status {response.status}"
    return msgspec.structs.replace(read, status=response.status, title=title)


def _retry_after(response: Response) -> float:
    """Return how many seconds the service asks for: a number, or a date counted from the date of the answer."""
    written = response.headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit():
        return float(written[:9])
    try:
        since = parsedate_to_datetime(response.headers["date"])
        return max(0.0, (parsedate_to_datetime(written) - since).total_seconds())
    except (KeyError, TypeError, ValueError):
        return 0.0

"""Who handles which topic. A room registers in its own module `handlers`, which is found by its name."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from stanch_server.outbox.errors import DuplicateTopicError, UnknownTopicError

ENDLESS: Final = 2**31 - 1
"""Attempts: of what must come to its end, and nobody else would bring there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What a handler gets: one row at one attempt. It may come more than once, so effects are idempotent.

    `attempt` counts from one. `id` is the same at every attempt, and serves well as an idempotency key.
    """

    id: int
    topic: str
    key: str
    payload: Mapping[str, Any]
    created: datetime
    attempt: int


Handler = Callable[[Delivery], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """How long to wait after a failure: doubled each time, up to a longest wait, then shortened at random.

    Parameters
    ----------
    first : wait after the first failed attempt.
    longest : no wait is longer.
    """

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(hours=1)

    def wait(self, *, row: int, attempt: int) -> timedelta:
        """Return the wait after a failed attempt: between half of the doubled wait and all of it.

        The share comes from a hash of row and attempt: rows that failed together come back apart, and it is
        the same in every run.
        """
        digest = hashlib.sha256(f"{row} {attempt}".encode()).digest()
        share = 0.5 + int.from_bytes(digest[:4], "big") / 2**33
        doubled: timedelta = self.first * 2 ** min(attempt - 1, 32)
        return min(doubled, self.longest) * share


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """A topic, its handler, and what is done when the handler fails.

    Parameters
    ----------
    max_attempts : after so many the row is dead.
    backoff : the waits between them.
    ordered : rows of one key are delivered one by one, in the order in which they were written. A dead one
        holds back those behind it until a person replays or discards it.
    threads : so many deliveries of the topic at once, in threads of their own: for handlers that wait for others.
        With 0 the worker's own thread delivers. At most a quarter of them is busy with one lane (`lane_of`), so
        that nobody's slowness is everybody's.
    """

    topic: str
    handler: Handler
    max_attempts: int = 10
    backoff: Backoff = field(default_factory=Backoff)
    ordered: bool = False
    threads: int = 0

    @property
    def abreast(self) -> int:
        """How many deliveries of one lane may go on at once."""
        return max(1, self.threads // 4)


def lane_of(key: str) -> str:
    """Return the lane of a key: what stands before its first space. An empty key has none."""
    return key.partition(" ")[0]


_registered: dict[str, Registration] = {}


def register(
    topic: str,
    handler: Handler,
    *,
    max_attempts: int = 10,
    backoff: Backoff | None = None,
    ordered: bool = False,
    threads: int = 0,
) -> Registration:
    """Name the one handler of a topic; the parameters are those of `Registration`.

    Raises
    ------
    DuplicateTopicError
        If the topic has another handler already.
    """
    made = Registration(
        topic=topic,
        handler=handler,
        max_attempts=max_attempts,
        backoff=backoff or Backoff(),
        ordered=ordered,
        threads=threads,
    )
    if _registered.setdefault(topic, made) != made:
        raise DuplicateTopicError(topic=topic)
    return made


def registration(topic: str) -> Registration:
    """Return what is registered for a topic.

    Raises
    ------
    UnknownTopicError
        If nothing is.
    """
    try:
        return _registered[topic]
    except KeyError:
        raise UnknownTopicError(topic=topic, known=", ".join(topics()) or "none") from None


def topics(*, ordered: bool = False) -> tuple[str, ...]:
    """Return the topics that have a handler in this process; with `ordered`, only those that keep order."""
    return tuple(sorted(name for name, one in _registered.items() if one.ordered or not ordered))


def threaded() -> tuple[Registration, ...]:
    """Return the topics that are delivered in threads of their own."""
    return tuple(one for _, one in sorted(_registered.items()) if one.threads)

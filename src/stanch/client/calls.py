"""Every call of the API as a plan: what to send, how to read the answer, when to ask again."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from stanch.client import messages
from stanch.client.answers import PENDING, ItemAnswer, MatchesAnswer, Problem
from stanch.client.errors import NotFoundError, OutageError, RateLimitedError, ServiceError
from stanch.client.outage import Outage, waiting_post
from stanch.client.posts import Files, NewPost, Query
from stanch.client.reading import completed, read_batch, read_item, read_matches, read_nothing
from stanch.client.retrying import Deadline, Pause, Plan, Retrying, do
from stanch.errors import InvalidValueError

T = TypeVar("T")

MOST_POSTS: Final = 500
MOST_QUERIES: Final = 1_000
LARGEST_BATCH: Final = 16_000_000
"""Bytes of a batch of posts; the service takes 20 MiB of request unless set otherwise."""

LONGEST_KEY: Final = 200
FIRST_LOOK: Final = 0.1
LATER_LOOKS: Final = 5.0
"""Seconds between two looks at a pending item: at first, and what doubling leads to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calls:
    """The calls that send posts and read what came of them.

    Parameters
    ----------
    budget : seconds for one call in total, unless the call says otherwise.
    """

    retrying: Retrying
    outage: Outage
    budget: float
    clock: Callable[[], float]

    def submit(
        self,
        post: NewPost,
        files: Files,
        *,
        idempotency_key: str | None,
        respond_async: bool,
        budget: float | None,
    ) -> Plan[ItemAnswer]:
        """Plan to send one post; `Client.submit` says what comes of it."""
        deadline = self.deadline(budget)
        key = _checked_key(idempotency_key)
        contents = yield from do(lambda: _contents(files))
        request = messages.submission(post, files=contents, key=key, respond_async=respond_async)
        try:
            item = yield from self.retrying.call(request, read_item, deadline)
        except (OutageError, RateLimitedError) as error:
            (kept,) = yield from self.outage.keep(request, [(key, post)], error)
            return kept
        return completed(item, waiting_post(key, post))

    def submit_many(
        self, posts: Iterable[NewPost], *, idempotency_keys: Sequence[str] | None, budget: float | None
    ) -> Plan[list[ItemAnswer | Problem]]:
        """Plan to send posts in batches; `Client.submit_many` says what comes of it."""
        deadline = self.deadline(budget)
        answers: list[ItemAnswer | Problem] = []
        for batch in _batches(_keyed(list(posts), idempotency_keys)):
            answers += yield from self._batch(batch, deadline)
        return answers

    def _batch(self, batch: "list[_Element]", deadline: Deadline) -> Plan[list[ItemAnswer | Problem]]:
        request = messages.batch(element.written for element in batch)
        try:
            answers = yield from self.retrying.call(request, read_batch(len(batch)), deadline)
        except (OutageError, RateLimitedError) as error:
            kept = yield from self.outage.keep(request, [(one.key, one.post) for one in batch], error)
            return list(kept)
        except ServiceError as error:
            return [error.problem] * len(batch)
        return [
            answer if isinstance(answer, Problem) else completed(answer, waiting_post(one.key, one.post))
            for answer, one in zip(answers, batch, strict=True)
        ]

    def get_item(self, item: str, *, budget: float | None) -> Plan[ItemAnswer]:
        """Plan to ask what is known of an item."""
        return (yield from self.retrying.call(messages.got("items", item), read_item, self.deadline(budget)))

    def wait_for(self, item: ItemAnswer | str, *, budget: float | None) -> Plan[ItemAnswer]:
        """Plan to look at an item until it is no longer pending, or time is up."""
        deadline = self.deadline(budget)
        request = messages.got("items", _id_of(item))
        known = yield from self.retrying.call(request, read_item, deadline)
        look = FIRST_LOOK
        while known.state == PENDING and look < deadline.left():
            yield Pause(seconds=look)
            look = min(LATER_LOOKS, 2 * look)
            try:
                known = yield from self.retrying.call(request, read_item, deadline)
            except (OutageError, RateLimitedError):  # time is up: what was last known is the answer
                break
        return known if isinstance(item, str) else _with_key(known, item)

    def match(self, queries: Iterable[Query], *, budget: float | None) -> Plan[list[MatchesAnswer]]:
        """Plan to ask what is known of hashes, links and short texts, 1,000 at a time."""
        deadline = self.deadline(budget)
        asked = list(queries)
        answers: list[MatchesAnswer] = []
        for start in range(0, len(asked), MOST_QUERIES):
            some = asked[start : start + MOST_QUERIES]
            answers += yield from self.retrying.call(messages.match(some), read_matches(len(some)), deadline)
        return answers

    def forget(self, item: ItemAnswer | str, *, budget: float | None) -> Plan[None]:
        """Plan to have an item forgotten."""
        yield from self.delete("items", _id_of(item), budget=budget)

    def delete(self, *steps: str, budget: float | None) -> Plan[None]:
        """Plan to delete something. That it is gone when asked again is what an answer that was lost had said."""
        attempts = [1]
        request, deadline = messages.deleted(*steps), self.deadline(budget)
        try:
            yield from self.retrying.call(request, read_nothing, deadline, retried=lambda: attempts.append(1))
        except NotFoundError:
            if len(attempts) == 1:
                raise

    def deadline(self, budget: float | None) -> Deadline:
        """Return when a call that begins now has to be over."""
        return Deadline(self.budget if budget is None else budget, self.clock)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Element:
    key: str
    post: NewPost
    written: bytes


def _keyed(posts: list[NewPost], keys: Sequence[str] | None) -> Iterator[_Element]:
    if keys is not None and len(keys) != len(posts):
        problem = f"there are {len(keys)} for {len(posts)} posts"
        raise InvalidValueError(what="idempotency keys", problem=problem)
    for number, post in enumerate(posts):
        key = _checked_key(None if keys is None else keys[number])
        yield _Element(key=key, post=post, written=messages.element(post, key=key))


def _batches(elements: Iterable[_Element]) -> Iterator[list[_Element]]:
    """Yield elements in their order, so many at a time as one request takes, by number and by size."""
    batch: list[_Element] = []
    size = 0
    for element in elements:
        if batch and (len(batch) == MOST_POSTS or size + len(element.written) > LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(element)
        size += len(element.written) + 1
    if batch:
        yield batch


def _contents(files: Files) -> dict[str, bytes]:
    """Read files once, so that every attempt sends the same."""
    return {name: each.read_bytes() if isinstance(each, Path) else bytes(each) for name, each in files.items()}


def _checked_key(given: str | None) -> str:
    if given is None:
        return uuid.uuid4().hex
    if (
        not 0 < len(given) <= LONGEST_KEY
        or not (given.isascii() and given.isprintable())
        or given != given.strip()
    ):
        problem = f"use 1 to {LONGEST_KEY} printable characters of ASCII"
        raise InvalidValueError(what="idempotency key", problem=problem)
    return given


def _id_of(item: ItemAnswer | str) -> str:
    found = item if isinstance(item, str) else item.id
    if not found:
        problem = "is not with the service yet; `drain` sends what waits here"
        raise InvalidValueError(what="item", problem=problem)
    return found


def _with_key(known: ItemAnswer, asked: ItemAnswer) -> ItemAnswer:
    return msgspec.structs.replace(known, idempotency_key=asked.idempotency_key)

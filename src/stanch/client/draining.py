"""Sending what waits: in order of age, each post once by its key, nothing removed before the service has it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stanch.client.answers import Drained, ItemAnswer, Problem, RefusedPost
from stanch.client.calls import Calls
from stanch.client.errors import FailedError, InvalidRequestError, OutageError, RateLimitedError
from stanch.client.messages import API
from stanch.client.reading import completed, read_batch, read_item
from stanch.client.retrying import Deadline, Plan, Retrying, Tell, do
from stanch.client.spool import Spool, Waiting, WaitingPost
from stanch.errors import DamagedFileError, InvalidValueError

SINGLE: Final = f"{API}/items"
DAMAGED: Final = Problem(type="urn:stanch:problem:damaged-file", title="The file cannot be read.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draining:
    """One run through the folder.

    Parameters
    ----------
    told : called with each answer before its post is removed here, so that no crash keeps it from the source.
    """

    spool: Spool
    retrying: Retrying
    deadline: Deadline
    told: Callable[[ItemAnswer | RefusedPost], object]
    sent: list[ItemAnswer] = field(default_factory=list)
    refused: list[RefusedPost] = field(default_factory=list)

    def run(self) -> Plan[Drained]:
        """Send what waits until all is sent, time is up, or the service is away.

        Raises
        ------
        ServiceError
            If the service refuses the caller, not a post: all that was not sent waits on.
        """
        paths = yield from do(self.spool.waiting)
        for path in paths:
            if self.deadline.left() <= 0 or not (yield from self._one(path)):
                break
        left = yield from do(self.spool.waiting)
        return Drained(sent=tuple(self.sent), refused=tuple(self.refused), waiting=len(left))

    def _one(self, path: Path) -> Plan[bool]:
        """Send one file, and return whether to go on."""
        try:
            waiting = yield from do(lambda: self.spool.read(path))
        except FileNotFoundError:  # another process sent it
            return True
        except DamagedFileError as error:
            yield from self._put_aside(path, [(_nobody(path), _damaged(error))])
            return True
        try:
            answers = yield from self.retrying.call(waiting.request, _reader(waiting), self.deadline)
        except (OutageError, RateLimitedError) as error:
            return isinstance(error, FailedError)  # that may lie in this post; the next one tells
        except InvalidRequestError as error:
            answers = [error.problem] * len(waiting.posts)
        yield from self._settle(path, waiting, answers)
        return True

    def _settle(self, path: Path, waiting: Waiting, answers: list[ItemAnswer | Problem]) -> Plan[None]:
        pairs = list(zip(waiting.posts, answers, strict=True))
        for post, answer in pairs:
            if isinstance(answer, ItemAnswer):
                item = completed(answer, post)
                yield Tell(act=_telling(self.told, item))
                self.sent.append(item)
        problems = [(post, answer) for post, answer in pairs if isinstance(answer, Problem)]
        if problems:
            yield from self._put_aside(path, problems)
        else:
            yield from do(lambda: self.spool.remove(path))

    def _put_aside(self, path: Path, problems: list[tuple[WaitingPost, Problem]]) -> Plan[None]:
        for post, problem in problems:
            refused = RefusedPost(
                post=post.post,
                idempotency_key=post.idempotency_key,
                problem=problem,
                kept=str(self.spool.aside(path)),
            )
            yield Tell(act=_telling(self.told, refused))
            self.refused.append(refused)
        yield from do(lambda: self.spool.refuse(path, [problem for _, problem in problems]))


def _telling(
    told: Callable[[ItemAnswer | RefusedPost], object], what: ItemAnswer | RefusedPost
) -> Callable[[], object]:
    return lambda: told(what)


def _reader(waiting: Waiting) -> Callable[..., list[ItemAnswer | Problem]]:
    if waiting.request.path == SINGLE:
        return lambda response: [read_item(response)]
    return read_batch(len(waiting.posts))


def _nobody(path: Path) -> WaitingPost:
    return WaitingPost(idempotency_key="", post=path.name)


def _damaged(error: DamagedFileError) -> Problem:
    return Problem(type=DAMAGED.type, title=DAMAGED.title, detail=str(error))


def draining(
    calls: Calls, told: Callable[[ItemAnswer | RefusedPost], object] | None, budget: float | None
) -> Plan[Drained]:
    """Plan to send what waits.

    Raises
    ------
    InvalidValueError
        If the client keeps nothing.
    """
    spool = calls.outage.spool
    if spool is None:
        raise InvalidValueError(what="spool", problem="on_outage='raise' keeps nothing, so nothing waits")
    run = Draining(
        spool=spool, retrying=calls.retrying, deadline=calls.deadline(budget), told=told or (lambda _answer: None)
    )
    return run.run()

"""What becomes of a post while the service cannot be reached: the source chooses, and the post is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Self

from stanch.client.answers import DEFERRED, WAITING, ItemAnswer, NotScannedAnswer
from stanch.client.errors import OutageError, RateLimitedError
from stanch.client.messages import Request
from stanch.client.posts import NewPost
from stanch.client.retrying import Plan, do
from stanch.client.spool import Spool, Waiting, WaitingPost
from stanch.errors import InvalidValueError

OnOutage = Literal["publish-and-scan-later", "wait", "raise"]

STATES: Final = {"publish-and-scan-later": (DEFERRED, "allow"), "wait": (WAITING, "hold")}
UNREACHED: Final = "service-unreachable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """The source's choice.

    Parameters
    ----------
    choice : `publish-and-scan-later` and `wait` keep the post and answer; `raise` keeps nothing and raises.
    spool : where posts are kept; None for `raise`.
    now : the present, with a time zone.
    """

    choice: OnOutage
    spool: Spool | None
    now: Callable[[], datetime]

    @classmethod
    def of(cls, choice: OnOutage, folder: Path | None, now: Callable[[], datetime]) -> Self:
        """Check a choice: two of the three need a folder, the third has no use for one."""
        if choice not in (*STATES, "raise"):
            known = ", ".join([*STATES, "raise"])
            raise InvalidValueError(what="on_outage", problem=f"must be one of {known}; there is no default")
        if (folder is None) != (choice == "raise"):
            needed = "needs a folder that outlives the process" if folder is None else "keeps nothing"
            raise InvalidValueError(what="spool", problem=f"on_outage={choice!r} {needed}")
        return cls(choice=choice, spool=None if folder is None else Spool(folder), now=now)

    def keep(
        self, request: Request, posts: Sequence[tuple[str, NewPost]], error: OutageError | RateLimitedError
    ) -> Plan[tuple[ItemAnswer, ...]]:
        """Keep posts, by their keys, that could not be sent, and answer for them; or raise, if that was chosen.

        Raises
        ------
        SpoolError
            If they cannot be kept: then they are the caller's again.
        """
        if self.spool is None:
            raise error
        spool, waiting = self.spool, Waiting(request=request, posts=tuple(waiting_post(*each) for each in posts))
        yield from do(lambda: spool.keep(waiting, now=self.now()))
        return tuple(self._answer(post, str(error)) for post in waiting.posts)

    def _answer(self, post: WaitingPost, problem: str) -> ItemAnswer:
        state, outcome = STATES[self.choice]
        why = NotScannedAnswer(code=UNREACHED, reason=problem)
        return ItemAnswer(
            id="",
            state=state,
            post=post.post,
            account=post.account,
            audience=post.audience,
            outcome=outcome,
            not_scanned=(why, *post.not_scanned),
            remarks=post.remarks,
            idempotency_key=post.idempotency_key,
        )


def waiting_post(key: str, post: NewPost) -> WaitingPost:
    """Return what has to be known of a post when its answer comes, without the post."""
    return WaitingPost(
        idempotency_key=key,
        post=post.id,
        account=post.account,
        audience=str(post.audience),
        not_scanned=post.not_scanned,
        remarks=post.remarks,
    )

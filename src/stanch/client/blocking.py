"""The client that waits where it is called."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from stanch.client.answers import DecisionAnswer, Drained, ItemAnswer, MatchesAnswer, Problem, RefusedPost
from stanch.client.draining import draining
from stanch.client.lists import (
    BankAnswer,
    DecisionsPage,
    EntriesPage,
    EntryAnswer,
    LearntPage,
    ListCalls,
    NewEntry,
)
from stanch.client.options import BUDGET, Timing, calls_of, key_of, sending, server_of
from stanch.client.outage import OnOutage
from stanch.client.posts import Files, NewPost, Query
from stanch.client.retrying import Pause, Plan, Send, Step

T = TypeVar("T")


class Client:
    """The service's API, from one source. Threads may share it. Close it, or use it in a `with` block.

    Every call takes at most its time budget, repetitions included: connections that fail, answers that break off,
    and 429, 502, 503 and 504 are tried again, with pauses that double and vary, and as late as the service asks.
    What the service refuses is never tried again. (The system's look-up of host names knows no time limit; that
    alone may exceed the budget.)

    Parameters
    ----------
    url : of the service, `https://…`.
    on_outage : what becomes of a post that the service did not answer for within the budget. There is no default,
        because both answers have a price that the source has to choose; the how-to "Call the service" tells it.
        `publish-and-scan-later` answers `allow` with state `deferred`, `wait` answers `hold` with state `waiting`;
        both keep the post in `spool` until `drain` has sent it. `raise` raises the error and keeps nothing: for
        programs that publish nothing.
    spool : the folder of posts that wait. It has to outlive the process, and holds what people posted, in clear.
    key : the API key; by default what STANCH_API_KEY holds.
    budget : seconds in total for one call, unless the call says otherwise.
    timing, sleep : where time comes from; tests replace them.

    Raises
    ------
    InvalidValueError
        If an argument is not usable. No error, log line or representation holds the key.
    MissingExtraError
        If httpx is not installed.
    """

    def __init__(
        self,
        url: str,
        *,
        on_outage: OnOutage,
        spool: Path | None = None,
        key: str | None = None,
        budget: float = BUDGET,
        timing: Timing | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._calls = calls_of(url, on_outage, spool, budget, timing or Timing())
        self._lists = ListCalls(calls=self._calls)
        self._sleep = sleep
        self._sender = sending().Sender(server_of(url), key_of(key))

    def submit(
        self,
        post: NewPost,
        *,
        files: Files | None = None,
        idempotency_key: str | None = None,
        respond_async: bool = False,
        budget: float | None = None,
    ) -> ItemAnswer:
        """Send one post, once: however often it had to be tried, the service takes it in one time.

        Parameters
        ----------
        files : its media by name, as bytes or paths; they are read once, before the first attempt. Of a name, what
            a form would lose (slashes, quotes, joiners) arrives as `_`; the answer calls the part so.
        idempotency_key : under which it counts once, for seven days; one is made up if none is given. Give your
            own if you may submit the same post again, after a crash for instance.
        respond_async : have it scanned later in any case; then it is `pending`.

        Returns
        -------
        What is known of it, committed by the service; or, in an outage, what the source chose.

        Raises
        ------
        ServiceError
            If the service refuses it; `InvalidRequestError` names the place.
        OutageError, RateLimitedError
            If the choice was `raise` and no answer came within the budget.
        SpoolError
            If there is an outage and it cannot be kept either: then it is yours again.
        InvalidValueError
            If the idempotency key cannot be sent.
        """
        return self._run(
            self._calls.submit(
                post,
                files or {},
                idempotency_key=idempotency_key,
                respond_async=respond_async,
                budget=budget,
            )
        )

    def submit_many(
        self,
        posts: Iterable[NewPost],
        *,
        idempotency_keys: Sequence[str] | None = None,
        budget: float | None = None,
    ) -> list[ItemAnswer | Problem]:
        """Send posts without files, up to 500 in a request, and return one answer for each, in their order.

        A post that the service refuses has a `Problem` as its answer and costs the others nothing; so does each
        post of a request that was refused as a whole. The budget is for all of them.
        """
        return self._run(self._calls.submit_many(posts, idempotency_keys=idempotency_keys, budget=budget))

    def get_item(self, item: str, *, budget: float | None = None) -> ItemAnswer:
        """Return what is known of an item, or raise NotFoundError."""
        return self._run(self._calls.get_item(item, budget=budget))

    def wait_for(self, item: ItemAnswer | str, *, budget: float | None = None) -> ItemAnswer:
        """Return an item as soon as it is no longer pending, or as it is when the budget is used up."""
        return self._run(self._calls.wait_for(item, budget=budget))

    def match(self, queries: Iterable[Query], *, budget: float | None = None) -> list[MatchesAnswer]:
        """Return what is known of hashes, links and short texts, in their order. Nothing of it is kept."""
        return self._run(self._calls.match(queries, budget=budget))

    def forget(self, item: ItemAnswer | str, *, budget: float | None = None) -> None:
        """Have an item erased, or raise ConflictError if it has to be kept."""
        self._run(self._calls.forget(item, budget=budget))

    def decisions(
        self, *, after: str | None = None, since: datetime | None = None, budget: float | None = None
    ) -> DecisionsPage:
        """Return a page of people's decisions, oldest first, those that were undone too.

        Parameters
        ----------
        since : only what was taken or undone since then, with a time zone; best some minutes before you last
            asked.
        """
        return self._run(self._lists.decisions(after=after, since=since, budget=budget))

    def decision(self, decision: str, *, budget: float | None = None) -> DecisionAnswer:
        """Return one decision, or raise NotFoundError."""
        return self._run(self._lists.decision(decision, budget=budget))

    def banks(self, *, budget: float | None = None) -> list[BankAnswer]:
        """Return the banks that this source's content is matched against."""
        return self._run(self._lists.banks(budget=budget))

    def entries(self, bank: str, *, after: str | None = None, budget: float | None = None) -> EntriesPage:
        """Return a page of the entries of a bank, by the bank's id."""
        return self._run(self._lists.entries(bank, after=after, budget=budget))

    def add_entry(self, bank: str, entry: NewEntry, *, budget: float | None = None) -> EntryAnswer:
        """Add an entry, unconfirmed.

        Raises
        ------
        ConflictError
            If the bank holds it already; after an answer that was lost, it may have been this call.
        """
        return self._run(self._lists.add_entry(bank, entry, budget=budget))

    def remove_entry(self, bank: str, entry: str, *, budget: float | None = None) -> None:
        """Remove an entry, or raise ConflictError if a person confirmed it: only people remove those."""
        self._run(self._lists.remove_entry(bank, entry, budget=budget))

    def learnt(self, bank: str, *, after: str | None = None, budget: float | None = None) -> LearntPage:
        """Return a page of the entries of a bank of which something was learnt to be a formula, by id."""
        return self._run(self._lists.learnt(bank, after=after, budget=budget))

    def unlearn(
        self, bank: str, entries: Iterable[str] | None = None, *, reason: str, budget: float | None = None
    ) -> int:
        """Take back, for good, what was learnt of entries of a bank of this source, and return how many grams.

        After an answer that was lost, those that the first attempt took back are not among them.

        Parameters
        ----------
        entries : their ids; of all entries of the bank if none are given.
        reason : why, for the record.
        """
        return self._run(self._lists.unlearn(bank, entries, reason=reason, budget=budget))

    def drain(
        self, told: Callable[[ItemAnswer | RefusedPost], object] | None = None, *, budget: float | None = None
    ) -> Drained:
        """Send what waits in the spool, oldest first, until all is sent, the service is away, or time is up.

        Several processes may do so at once. What the service refuses is put aside, in a folder `refused`.

        Parameters
        ----------
        told : called with each answer, before its post is removed here: act on it there, and no crash keeps it
            from you. It may be called again for the same post after one.
        """
        return self._run(draining(self._calls, told, budget))

    def close(self) -> None:
        """Close all connections."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._calls.retrying.server!r}, on_outage={self._calls.outage.choice!r})"

    def _run(self, plan: Plan[T]) -> T:
        done: object = None
        while True:
            try:
                step = plan.send(done)
            except StopIteration as end:
                answer: T = end.value
                return answer
            done = self._do(step)

    def _do(self, step: Step) -> object:
        if isinstance(step, Send):
            return self._sender.send(step)
        if isinstance(step, Pause):
            self._sleep(step.seconds)
            return None
        return step.act()

"""The client for asyncio. What its calls mean is said at `Client`, whose they are too."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
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
from stanch.client.retrying import Do, Pause, Plan, Send, Step

T = TypeVar("T")


class AsyncClient:
    """The service's API, from one source, for asyncio; parameters, answers and errors are those of `Client`.

    `told` of `drain` may be asynchronous too. Files and the spool are read and written in threads. A call that is
    cancelled has sent its post or not: submit it again under the same idempotency key.
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
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._calls = calls_of(url, on_outage, spool, budget, timing or Timing())
        self._lists = ListCalls(calls=self._calls)
        self._sleep = sleep
        self._sender = sending().AsyncSender(server_of(url), key_of(key))

    async def submit(
        self,
        post: NewPost,
        *,
        files: Files | None = None,
        idempotency_key: str | None = None,
        respond_async: bool = False,
        budget: float | None = None,
    ) -> ItemAnswer:
        """Send one post, once: however often it had to be tried, the service takes it in one time."""
        return await self._run(
            self._calls.submit(
                post,
                files or {},
                idempotency_key=idempotency_key,
                respond_async=respond_async,
                budget=budget,
            )
        )

    async def submit_many(
        self,
        posts: Iterable[NewPost],
        *,
        idempotency_keys: Sequence[str] | None = None,
        budget: float | None = None,
    ) -> list[ItemAnswer | Problem]:
        """Send posts without files, up to 500 in a request, and return one answer for each, in their order."""
        return await self._run(self._calls.submit_many(posts, idempotency_keys=idempotency_keys, budget=budget))

    async def get_item(self, item: str, *, budget: float | None = None) -> ItemAnswer:
        """Return what is known of an item, or raise NotFoundError."""
        return await self._run(self._calls.get_item(item, budget=budget))

    async def wait_for(self, item: ItemAnswer | str, *, budget: float | None = None) -> ItemAnswer:
        """Return an item as soon as it is no longer pending, or as it is when the budget is used up."""
        return await self._run(self._calls.wait_for(item, budget=budget))

    async def match(self, queries: Iterable[Query], *, budget: float | None = None) -> list[MatchesAnswer]:
        """Return what is known of hashes, links and short texts, in their order. Nothing of it is kept."""
        return await self._run(self._calls.match(queries, budget=budget))

    async def forget(self, item: ItemAnswer | str, *, budget: float | None = None) -> None:
        """Have an item erased, or raise ConflictError if it has to be kept."""
        await self._run(self._calls.forget(item, budget=budget))

    async def decisions(
        self, *, after: str | None = None, since: datetime | None = None, budget: float | None = None
    ) -> DecisionsPage:
        """Return a page of people's decisions, oldest first, those that were undone too.

        Parameters
        ----------
        since : only what was taken or undone since then, with a time zone; best some minutes before you last
            asked.
        """
        return await self._run(self._lists.decisions(after=after, since=since, budget=budget))

    async def decision(self, decision: str, *, budget: float | None = None) -> DecisionAnswer:
        """Return one decision, or raise NotFoundError."""
        return await self._run(self._lists.decision(decision, budget=budget))

    async def banks(self, *, budget: float | None = None) -> list[BankAnswer]:
        """Return the banks that this source's content is matched against."""
        return await self._run(self._lists.banks(budget=budget))

    async def entries(self, bank: str, *, after: str | None = None, budget: float | None = None) -> EntriesPage:
        """Return a page of the entries of a bank, by the bank's id."""
        return await self._run(self._lists.entries(bank, after=after, budget=budget))

    async def add_entry(self, bank: str, entry: NewEntry, *, budget: float | None = None) -> EntryAnswer:
        """Add an entry, unconfirmed."""
        return await self._run(self._lists.add_entry(bank, entry, budget=budget))

    async def remove_entry(self, bank: str, entry: str, *, budget: float | None = None) -> None:
        """Remove an entry, or raise ConflictError if a person confirmed it: only people remove those."""
        await self._run(self._lists.remove_entry(bank, entry, budget=budget))

    async def learnt(self, bank: str, *, after: str | None = None, budget: float | None = None) -> LearntPage:
        """Return a page of the entries of a bank of which something was learnt to be a formula, by id."""
        return await self._run(self._lists.learnt(bank, after=after, budget=budget))

    async def unlearn(
        self, bank: str, entries: Iterable[str] | None = None, *, reason: str, budget: float | None = None
    ) -> int:
        """Take back, for good, what was learnt of entries of a bank, and return how many grams."""
        return await self._run(self._lists.unlearn(bank, entries, reason=reason, budget=budget))

    async def drain(
        self, told: Callable[[ItemAnswer | RefusedPost], object] | None = None, *, budget: float | None = None
    ) -> Drained:
        """Send what waits in the spool, oldest first, until all is sent, the service is away, or time is up."""
        return await self._run(draining(self._calls, told, budget))

    async def close(self) -> None:
        """Close all connections."""
        await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient({self._calls.retrying.server!r}, on_outage={self._calls.outage.choice!r})"

    async def _run(self, plan: Plan[T]) -> T:
        done: object = None
        while True:
            try:
                step = plan.send(done)
            except StopIteration as end:
                answer: T = end.value
                return answer
            done = await self._do(step)

    async def _do(self, step: Step) -> object:
        if isinstance(step, Send):
            return await self._sender.send(step)
        if isinstance(step, Pause):
            await self._sleep(step.seconds)
            return None
        if isinstance(step, Do):
            return await asyncio.to_thread(step.act)
        told = step.act()
        return await told if inspect.isawaitable(told) else told

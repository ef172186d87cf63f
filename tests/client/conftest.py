"""The two clients behind one face, a peer, and time that passes only when somebody waits."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stanch.client import AsyncClient, Client, Timing
from tests.client.peer import KEY, Peer, serving

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Time:
    """A monotonic clock that stands still but for pauses, and remembers them."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    def timing(self) -> Timing:
        return Timing(clock=lambda: self.seconds, jitter=lambda: 1.0, now=lambda: NOW)


class Blocking:
    """An asynchronous client whose calls are waited for, each on the loop of all."""

    def __init__(self, client: AsyncClient, loop: asyncio.Runner) -> None:
        self._client = client
        self._loop = loop

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)
        return lambda *args, **named: self._loop.run(call(*args, **named))

    def __repr__(self) -> str:
        return repr(self._client)


Make = Callable[..., Any]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving(Peer()) as peer:
        yield peer


def blocking(time: Time, made: list[Any]) -> Make:
    def make(url: str, **options: Any) -> Any:
        client = Client(url, **{"key": KEY, "timing": time.timing(), "sleep": time.sleep, **options})
        made.append(client)
        return client

    return make


def nonblocking(time: Time, made: list[Any], loop: asyncio.Runner) -> Make:
    def make(url: str, **options: Any) -> Any:
        given = {"key": KEY, "timing": time.timing(), "sleep": time.sleep_async, **options}
        client = Blocking(AsyncClient(url, **given), loop)
        made.append(client)
        return client

    return make


@pytest.fixture(params=["blocking", "asyncio"])
def make(request: pytest.FixtureRequest, time: Time) -> Iterator[Make]:
    """Return what makes clients, of both kinds by turns: every test holds for either."""
    made: list[Any] = []
    with asyncio.Runner() as loop:
        yield blocking(time, made) if request.param == "blocking" else nonblocking(time, made, loop)
        for client in made:
            client.close()


@pytest.fixture
def client(make: Make, peer: Peer) -> Any:
    """Return a client for a program that publishes nothing."""
    return make(peer.url, on_outage="raise")


@pytest.fixture
def source(make: Make, peer: Peer, tmp_path: Path) -> Any:
    """Return the client of a source that publishes, and scans later what it could not send."""
    return make(peer.url, on_outage="publish-and-scan-later", spool=tmp_path / "spool")

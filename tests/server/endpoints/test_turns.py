"""Short requests take turns; none waits for a long one, or for somebody who waits."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest

from stanch_server.endpoints.turns import InTurn, end_turn, is_short

PATIENCE = 30
SHORT = {"PATH_INFO": "/api/v1/match", "CONTENT_LENGTH": "100"}
LONG = {"PATH_INFO": "/api/v1/match", "CONTENT_LENGTH": "100000"}


class Service:
    """An application that waits inside until it is let go on, and says who is inside."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.arrived = threading.Semaphore(0)
        self.go_on = {name: threading.Event() for name in ("first", "second", "long")}
        self.ends_early: set[str] = set()
        self._in_turn = InTurn(self._answer)
        self._pool = ThreadPoolExecutor(3)

    def ask(self, name: str, request: dict[str, str]) -> "Future[Iterable[bytes]]":
        environ: dict[str, Any] = {**request, "name": name, "wsgi.input": BytesIO(name.encode())}
        if request is SHORT:
            environ["CONTENT_LENGTH"] = str(len(name))
        return self._pool.submit(self._in_turn, environ, lambda *_: None)

    def wait_for_one_inside(self) -> None:
        assert self.arrived.acquire(timeout=PATIENCE)

    def close(self) -> None:
        for event in self.go_on.values():
            event.set()
        self._pool.shutdown()

    def _answer(self, environ: dict[str, Any], _: Callable[..., Any]) -> list[bytes]:
        name = environ["name"]
        self.inside.append(name)
        self.arrived.release()
        if name in self.ends_early:
            end_turn()
        assert self.go_on[name].wait(PATIENCE)
        self.inside.append(f"{name} ends")
        return [environ["wsgi.input"].read()]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


def test_a_short_request_waits_for_the_one_before_it(service: Service) -> None:
    first = service.ask("first", SHORT)
    service.wait_for_one_inside()
    second = service.ask("second", SHORT)
    assert not service.arrived.acquire(timeout=0.05)
    service.go_on["second"].set()
    service.go_on["first"].set()
    assert [first.result(PATIENCE), second.result(PATIENCE)] == [[b"first"], [b"second"]]
    assert service.inside == ["first", "first ends", "second", "second ends"]


def test_who_has_nothing_left_to_do_lets_the_next_go_ahead(service: Service) -> None:
    service.ends_early = {"first"}
    first = service.ask("first", SHORT)
    service.wait_for_one_inside()
    second = service.ask("second", SHORT)
    service.wait_for_one_inside()
    service.go_on["second"].set()
    assert second.result(PATIENCE) == [b"second"]
    service.go_on["first"].set()
    assert first.result(PATIENCE) == [b"first"]
    assert service.inside == ["first", "second", "second ends", "first ends"]


class Broken(BytesIO):
    def read(self, _: int | None = -1, /) -> bytes:
        raise OSError("the connection is gone")


@pytest.mark.parametrize("body", [BytesIO(b"half"), Broken()])
def test_who_does_not_send_all_has_no_turn_and_is_answered_by_the_application(
    service: Service, body: BytesIO
) -> None:
    first = service.ask("first", SHORT)
    service.wait_for_one_inside()
    read: list[bytes] = []

    def answer(environ: dict[str, Any], _: Callable[..., Any]) -> list[bytes]:
        with suppress(OSError):
            read.append(environ["wsgi.input"].read())
        return []

    assert InTurn(answer)({**SHORT, "wsgi.input": body}, lambda *_: None) == []
    assert read == ([] if isinstance(body, Broken) else [b"half"])
    service.go_on["first"].set()
    assert first.result(PATIENCE) == [b"first"]


def test_a_long_request_neither_waits_nor_is_waited_for(service: Service) -> None:
    first = service.ask("first", SHORT)
    service.wait_for_one_inside()
    other = service.ask("long", LONG)
    service.wait_for_one_inside()
    service.go_on["long"].set()
    assert other.result(PATIENCE) == [b"long"]
    service.go_on["first"].set()
    assert first.result(PATIENCE) == [b"first"]


def test_one_that_fails_gives_its_turn_back() -> None:
    def fail(_: dict[str, Any], __: Callable[..., Any]) -> Iterable[bytes]:
        raise ValueError(SHORT)

    application = InTurn(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="match"):
            application({**SHORT, "wsgi.input": BytesIO(b"x" * 100)}, lambda *_: None)


@pytest.mark.parametrize(
    ("request_", "short"),
    [
        (SHORT, True),
        (LONG, False),
        ({**SHORT, "PATH_INFO": "/api/v1/items"}, False),
        ({"PATH_INFO": "/api/v1/match"}, False),
        ({**SHORT, "CONTENT_LENGTH": ""}, False),
        ({**SHORT, "CONTENT_LENGTH": "-1"}, False),
        ({**SHORT, "CONTENT_LENGTH": "1" * 5_000}, False),
        ({**SHORT, "CONTENT_LENGTH": "4096"}, True),
        ({**SHORT, "CONTENT_LENGTH": "4097"}, False),
    ],
)
def test_short_is_what_says_that_it_is(request_: dict[str, str], *, short: bool) -> None:
    assert is_short(request_) is short

"""One attempt: where the connection goes, whom it trusts, how long it takes, what counts as an answer."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from stanch_server.intake.webhooks import sending
from stanch_server.intake.webhooks.errors import Problem
from stanch_server.intake.webhooks.sending import MOST_READ, send
from stanch_server.outbox.errors import DeliveryError, HopelessError
from tests.server.intake.webhook_cast import Receiver, certificate, receiving

BODY = '{"reasons": "لماذا"}'.encode()
NAME = "receiver.example"
HEADERS = {"webhook-id": "msg_1"}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """Return what names resolve to: one list of addresses for each time that they are asked for."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        if host not in known:
            return list(real(host, port, *rest, **options))
        return [found for one in known[host].pop(0) for found in real(one, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Return a function that makes a certificate the only trusted one."""

    def trust(path: Path) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        sending._trusted.cache_clear()

    yield trust
    sending._trusted.cache_clear()


def problem(url: str, *, seconds: float = 5, private: bool = True) -> str:
    """Send, and return what was wrong."""
    with pytest.raises(DeliveryError) as caught:
        send(url, BODY, HEADERS, private=private, seconds=seconds)
    return str(caught.value.fields["problem"])


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_every_2xx_acknowledges(receiver: Receiver, status: int) -> None:
    receiver.answers.append(status)
    send(receiver.url, BODY, HEADERS, private=True)
    (letter,) = receiver.letters
    assert (letter.body, letter.headers["webhook-id"]) == (BODY, "msg_1")


@pytest.mark.parametrize("status", [400, 401, 404, 418, 429, 500, 503])
def test_everything_else_does_not(receiver: Receiver, status: int) -> None:
    receiver.answers.append(status)
    assert problem(receiver.url) == f"the receiver answered {status}"


def test_gone_is_hopeless(receiver: Receiver) -> None:
    receiver.answers.append(410)
    with pytest.raises(HopelessError, match="410"):
        send(receiver.url, BODY, HEADERS, private=True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("location", receiver.url)
        handler.send_header("content-length", "0")
        handler.end_headers()

    receiver.answers.append(elsewhere)
    assert problem(receiver.url) == Problem.REDIRECT
    assert len(receiver.letters) == 1


def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    send(receiver.url, BODY, HEADERS, private=True)
    assert len(receiver.letters) == 1


def test_of_a_long_answer_only_the_beginning_is_read(receiver: Receiver) -> None:
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        while True:  # until the other side hangs up
            sent += handler.wfile.write(b"x" * 4096)

    receiver.answers.append(endless)
    send(receiver.url, BODY, HEADERS, private=True)
    assert sent < MOST_READ + 2**23, "no more than what fits into the buffers on the way"


@pytest.mark.parametrize("part", ["headers", "body"])
def test_an_answer_that_trickles_ends_with_the_budget(receiver: Receiver, part: str) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: " + (b"" if part == "headers" else b"y\r\n\r\n"))
        for _ in range(200):
            handler.wfile.write(b"z")
            handler.wfile.flush()
            time.sleep(0.02)

    receiver.answers.append(trickle)
    began = time.monotonic()
    assert problem(receiver.url, seconds=0.5) == Problem.TIMEOUT
    assert 0.4 < time.monotonic() - began < 3


@contextmanager
def silent() -> Iterator[int]:
    """Listen on a port and say nothing to whoever connects."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_says_nothing_at_all_ends_with_the_budget(scheme: str) -> None:
    with silent() as port:
        assert problem(f"{scheme}://127.0.0.1:{port}/", seconds=0.3) == Problem.TIMEOUT


def test_a_resolver_that_hangs_ends_with_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> list[Any]:
        time.sleep(1.0)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    began = time.monotonic()
    assert problem("https://slow.example/", seconds=0.2) == Problem.TIMEOUT
    assert time.monotonic() - began < 0.9


def test_nobody_listens(receiver: Receiver) -> None:
    with silent() as port:
        pass
    assert problem(f"http://127.0.0.1:{port}/") == Problem.NO_CONNECTION

    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 this is another protocol\r\n\r\n")

    receiver.answers.append(nonsense)
    assert problem(receiver.url) == Problem.BROKEN


def test_the_certificate_has_to_be_for_the_name_and_from_somebody_trusted(
    names: dict[str, list[list[str]]], tmp_path: Path, trusting: Callable[[Path], None]
) -> None:
    path = certificate(tmp_path / "receiver.pem", NAME)
    with receiving(path) as receiver:
        names.update({NAME: [["127.0.0.1"]] * 2, "other.example": [["127.0.0.1"]]})
        assert problem(f"https://{NAME}:{receiver.port}/") == Problem.CERTIFICATE
        trusting(path)
        assert problem(f"https://other.example:{receiver.port}/") == Problem.CERTIFICATE
        assert receiver.letters == []
        send(f"https://{NAME}:{receiver.port}/", BODY, HEADERS, private=True)
        assert [letter.headers["host"] for letter in receiver.letters] == [f"{NAME}:{receiver.port}"]
        assert receiver.names == [NAME, "other.example", NAME]


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, names: dict[str, list[list[str]]]
) -> None:
    names["rebind.example"] = [["127.0.0.1"]]  # asked a second time, it would have no answer left
    send(f"http://rebind.example:{receiver.port}/", BODY, HEADERS, private=True)
    assert receiver.letters[0].headers["host"] == f"rebind.example:{receiver.port}"
    assert names["rebind.example"] == []


def test_of_several_addresses_the_next_is_tried(receiver: Receiver, names: dict[str, list[list[str]]]) -> None:
    names["many.example"] = [["127.0.0.9", "127.0.0.1"]]
    send(f"http://many.example:{receiver.port}/", BODY, HEADERS, private=True)
    assert len(receiver.letters) == 1


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"]]
)
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    found: list[str], receiver: Receiver, names: dict[str, list[list[str]]]
) -> None:
    names["inside.example"] = [found]
    assert problem(f"https://inside.example:{receiver.port}/", private=False) == Problem.NOT_PUBLIC
    assert problem(f"https://localhost:{receiver.port}/", private=False) == Problem.NOT_PUBLIC
    assert receiver.letters == []


def test_what_was_once_allowed_is_checked_again_at_each_attempt(receiver: Receiver) -> None:
    assert problem(receiver.url, private=False) == Problem.NOT_HTTPS
    names_nothing = "https://no-such-name.invalid/"
    assert problem(names_nothing, private=False) == Problem.UNKNOWN_NAME

"""The load of the benchmark of HTTP: what is sent, when, and what counts as an answer."""

import gc
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.load import body_of, request_of, send_all, uncollected

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked"
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5"


@pytest.mark.parametrize(
    ("head", "came", "body"),
    [
        (LENGTH, b"", None),
        (LENGTH, b"hall", None),
        (LENGTH, b"hallo", b"hallo"),
        (CHUNKED, b"", None),
        (CHUNKED, b"5\r\nhallo\r\n", None),
        (CHUNKED, b"5\r\nhallo\r\n0\r\n", None),
        (CHUNKED, b"5\r\nhallo\r\n0\r\n\r\n", b"hallo"),
        (CHUNKED, b"a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", b"0123456789x"),
    ],
)
def test_an_answer_is_there_once_all_of_it_has_come(head: bytes, came: bytes, body: bytes | None) -> None:
    assert body_of(head, came) == body


class Echo(BaseHTTPRequestHandler):
    """Answers a body with its key and itself, the slow ones late."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if body == b"slow":
            time.sleep(0.2)
        said = self.headers["Authorization"].encode() + b" " + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield int(server.server_port)
        server.shutdown()
        serving.join()


def test_each_is_answered_in_its_place_and_timed_from_when_it_was_due(port: int) -> None:
    bodies = [b"slow", b"slow", b"third", b"fourth"]
    requests = [request_of("/", "k", body) for body in bodies]
    began = time.perf_counter()
    answers = send_all(port, requests, [0.0, 0.0, 0.05, 0.5], connections=2)
    assert time.perf_counter() - began >= 0.5
    assert [(one.status, one.body) for one in answers] == [(200, b"Bearer k " + body) for body in bodies]
    assert all(one.took >= 0.2 for one in answers[:2])
    assert answers[2].took >= 0.15, "no connection was free when it was due"


def test_no_garbage_is_collected_while_requests_are_timed_and_then_again() -> None:
    def time_something() -> None:
        with uncollected():
            assert not gc.isenabled()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        time_something()
    assert gc.isenabled()

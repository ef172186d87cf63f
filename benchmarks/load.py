"""Requests sent over several connections, each timed from when it was due, by one thread that does little else.

The machine that is measured runs this too, so what it takes is missing there: requests are made beforehand, and an
answer is only cut out of what comes. 16 threads with `http.client` took 0.45 ms of processor time a request, which
is a fifth of a core at 500 a second; against a server that answers at once, one in a hundred was late by 1.5 to
3.7 ms for that alone. Nor is garbage collected meanwhile: with the project loaded, one full collection stops this
process for 130 ms, in which 65 requests that are due at 500 a second are not sent.
"""

import gc
import re
import select
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
AT_ONCE = 2**18
PATIENCE = 60.0
HEAD_START = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """An answer, and the seconds from when its request was due until all of it had come."""

    status: int
    body: bytes
    took: float


class Connection:
    """One real connection, over which one request goes at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.place = 0
        self._came = bytearray()

    def send(self, place: int, request: bytes) -> None:
        """Send a request, which has this place among all."""
        self.place = place
        self._came.clear()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, bytes] | None:
        """Take what has come, and return status and body once all has."""
        more = self.socket.recv(AT_ONCE)
        if not more:
            sys.exit("the service closed a connection")
        self._came += more
        head, _, rest = bytes(self._came).partition(END_OF_HEAD)
        body = body_of(head, rest)
        return None if body is None else (int(head[9:12]), body)


def body_of(head: bytes, rest: bytes) -> bytes | None:
    """Return the body of an answer whose head is there; None if some of it has not come."""
    length = LENGTH.search(head)
    if length:
        return rest if len(rest) == int(length[1]) else None
    if CHUNKED.search(head) and rest.endswith(b"0\r\n\r\n"):
        return b"".join(chunks(rest))
    return None


def chunks(sent: bytes) -> Iterator[bytes]:
    """Yield the pieces of a body that was sent in pieces, all of which have come."""
    while sent:
        size, _, sent = sent.partition(b"\r\n")
        yield sent[: int(size, 16)]
        sent = sent[int(size, 16) + 2 :]


def request_of(path: str, key: str, body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(head).encode() + END_OF_HEAD + body


def send_all(port: int, requests: Sequence[bytes], due: Sequence[float], *, connections: int) -> list[Answered]:
    """Send requests in their order, each over whichever connection is free, none before it is due.

    Parameters
    ----------
    due : seconds from the beginning, for each request, in order.

    Returns
    -------
    One for each request. One for which no connection was free was due all the same, and its time runs.
    """
    opened = [Connection(port) for _ in range(connections)]
    try:
        with uncollected():
            return _Load(opened, requests, due).run()
    finally:
        for one in opened:
            one.socket.close()


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect the garbage there is, and none until the end."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Load:
    """Requests under way over some connections."""

    def __init__(self, opened: Sequence[Connection], requests: Sequence[bytes], due: Sequence[float]) -> None:
        self._free = deque(opened)
        self._busy: dict[socket.socket, Connection] = {}
        self._requests = requests
        begin = time.perf_counter() + HEAD_START
        self._due = [begin + one for one in due]
        self._sent = 0
        self._answered: dict[int, Answered] = {}

    def run(self) -> list[Answered]:
        """Send all, and return once all are answered."""
        while len(self._answered) < len(self._requests):
            wait = self._send()
            # `select` alone waits for microseconds; others of its kind wait for whole milliseconds
            ready, _, _ = select.select(list(self._busy), [], [], wait)
            now = time.perf_counter()
            for one in ready:
                self._take(self._busy[one], now)
            if not ready and wait == PATIENCE:
                sys.exit("the service does not answer")
        return [self._answered[place] for place in range(len(self._requests))]

    def _send(self) -> float:
        """Send what is due and can be sent; return for how many seconds nothing more can."""
        while self._free and self._sent < len(self._requests):
            wait = self._due[self._sent] - time.perf_counter()
            if wait > 0:
                return wait
            connection = self._free.popleft()
            connection.send(self._sent, self._requests[self._sent])
            self._busy[connection.socket] = connection
            self._sent += 1
        return PATIENCE

    def _take(self, connection: Connection, now: float) -> None:
        said = connection.receive()
        if said is not None:
            place = connection.place
            self._answered[place] = Answered(status=said[0], body=said[1], took=now - self._due[place])
            self._free.append(self._busy.pop(connection.socket))

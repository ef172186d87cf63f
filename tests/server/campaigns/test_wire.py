"""What only a socket can say wrongly: lengths, chunks, headers and addresses, sent to the real server."""

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta

import pytest

from stanch_server.accounts import operations as accounts
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import Source
from stanch_server.intake.models import Item
from tests.server.children import child
from tests.server.project.running import free_port, until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="its processes end with their parent, as Linux does it"),
]

PATIENCE = 20.0
BODY = b'{"audience":"public","text":"x"}'
FORM = b"Content-Type: multipart/form-data; boundary=xyz\r\n"
FILE = b'--xyz\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhalf of the'
POST = b'--xyz\r\nContent-Disposition: form-data; name="post"\r\n\r\n{"audience":"public","media":["a.txt"]}\r\n'
CHUNKED = b"20\r\n" + BODY + b"\r\n0\r\n\r\n"

ANSWERED: dict[str, tuple[bytes, int]] = {
    "as it should be": (b"Content-Length: 32\r\n\r\n" + BODY, 200),
    "longer than it says": (b"Content-Length: 10\r\n\r\n" + BODY, 422),
    "larger than is taken": (b"Content-Length: 104857600\r\n\r\n" + BODY, 413),
    "a form without an end": (FORM + b"Content-Length: %d\r\n\r\n" % len(POST + FILE) + POST + FILE, 422),
    "a form in chunks": (FORM + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED, 422),
    "in chunks": (b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED, 422),
    "in broken chunks": (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY, 422),
    "with a length and in chunks": (b"Content-Length: 32\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED, 422),
    "a length below nothing": (b"Content-Length: -1\r\n\r\n" + BODY, 400),
    "two lengths": (b"Content-Length: 32\r\nContent-Length: 10\r\n\r\n" + BODY, 400),
    "NUL in a header": (b"X: a\0b\r\nContent-Length: 32\r\n\r\n" + BODY, 400),
    "a folded header": (b"X: a\r\n b\r\nContent-Length: 32\r\n\r\n" + BODY, 400),
    "a long header": (b"X: " + b"a" * 1_000_000 + b"\r\nContent-Length: 32\r\n\r\n" + BODY, 431),
    "many headers": (b"".join(b"X%d: 1\r\n" % number for number in range(500)) + b"\r\n", 431),
    "a key of other letters": (b"Idempotency-Key: \xe9\xff\r\nContent-Length: 32\r\n\r\n" + BODY, 422),
    "a charset that there is not": (
        b"Content-Type: a/b; charset*=nonsense''x\r\nContent-Length: 2\r\n\r\n{}",
        415,
    ),
    "packed, it says": (b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08" + b"\0" * 17, 422),
}
CUT_SHORT = (
    b"Content-Length: 1000\r\n\r\n" + BODY,
    b"Content-Length: 100\r\n\r\n",
    FORM + b"Content-Length: 1000\r\n\r\n" + POST + FILE,
    FORM + b"Content-Length: 1000\r\n\r\n" + POST + FILE + b"\r\n--xyz--\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n20\r\n" + BODY,
)
"""What ends before it is complete, although some of it would make a post."""
ADDRESSES: dict[bytes, int] = {
    b"GET /api/v1/items/" + b"a" * 100_000: 414,
    b"GET /api/v1/items/\xc3\xa9": 404,
    b"GET /api/v1/items/%zz%00%ff": 404,
    b"GET /api/v1/items/../decisions": 404,
    b"BREW /api/v1/items": 405,
    b"TRACE /api/v1/items": 405,
}


class Wire:
    """A server, and a key that is valid by the clock on the wall."""

    def __init__(self, port: int, secret: str) -> None:
        self.port = port
        self.key = f"Host: 127.0.0.1\r\nAuthorization: Bearer {secret}\r\n".encode()

    def answers(self) -> bool:
        try:
            return self.status(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == 200
        except ConnectionRefusedError:
            return False

    def status(self, data: bytes, *, over: bool = False) -> int:
        """Send bytes, `over` if there will be no more; return the status of the answer, 0 if none comes."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as wire:
            with suppress(OSError):  # the answer may come before everything was sent
                wire.sendall(data)
                if over:
                    wire.shutdown(socket.SHUT_WR)
            try:
                told = wire.recv(12)
            except TimeoutError:
                raise  # it hangs
            except OSError:
                return 0
            return int(told[9:12]) if len(told) == 12 else 0

    def post(self, rest: bytes, *, over: bool = False) -> int:
        return self.status(b"POST /api/v1/items HTTP/1.1\r\n" + self.key + rest, over=over)


@pytest.fixture
def wire(source: Source) -> Iterator[Wire]:
    now = datetime.now(UTC)
    _, secret = accounts.create_api_key(
        source=source,
        name="forum",
        capabilities=KEY_CAPABILITIES,
        expires_at=now + timedelta(days=1),
        acting_user="alice",
        now=now,
    )
    with child("tests.server.campaigns.web_child", str(port := free_port())):
        one = Wire(port, secret)
        until("it answers", one.answers)
        yield one


def test_the_real_server_refuses_what_is_broken_and_goes_on(wire: Wire) -> None:
    for what, (rest, status) in ANSWERED.items():
        assert wire.post(rest) == status, what
    for address, status in ADDRESSES.items():
        assert wire.status(address + b" HTTP/1.1\r\n" + wire.key + b"\r\n") == status, address[:50]
    for garbage in (
        bytes(range(256)),
        b"\r\n" * 1_000,
        b"GET /api/v1/decisions HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\0\xa5",
    ):
        assert wire.status(garbage, over=True) in {0, 400}, garbage[:20]
    for rest in CUT_SHORT:
        assert wire.post(rest, over=True) in {0, 422}, rest  # most often nobody is there any more to be told
    assert wire.status(b"GET /api/v1/decisions HTTP/1.1\r\n" + wire.key + b"\r\n") == 200
    assert Item.objects.count() == 1


def test_bodies_that_never_end_keep_nobody_else_from_being_answered(wire: Wire) -> None:
    stalled = b"POST /api/v1/items HTTP/1.1\r\n" + wire.key + b"Content-Length: 1000\r\n\r\n{"
    with ExitStack() as held:
        for _ in range(6):  # more than the server has threads
            waiting = held.enter_context(socket.create_connection(("127.0.0.1", wire.port), PATIENCE))
            waiting.sendall(stalled)
        assert wire.answers()
        assert wire.post(b"Content-Length: 32\r\n\r\n" + BODY) == 503
    until("they are gone", lambda: wire.post(b"Content-Length: 32\r\n\r\n" + BODY) == 200)

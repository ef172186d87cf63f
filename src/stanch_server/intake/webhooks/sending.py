"""One attempt: a connection to a checked address, a request, a status; ten seconds for all of it together."""

import ssl
import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from stanch_server.intake.webhooks import addresses
from stanch_server.intake.webhooks.errors import AddressError, Problem
from stanch_server.outbox.errors import DeliveryError, HopelessError

SECONDS: Final = 10.0
MOST_READ: Final = 64 * 1024
PIECE: Final = 16 * 1024
GONE: Final = 410


class Deadline:
    """A point in time that everything has to be done by."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises
        ------
        TimeoutError
            If none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class BoundedStream(httpcore.NetworkStream):
    """A connection on which no step takes longer than what is left of the whole: trickling bytes buys no time."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline's instead
        """Read what is there."""
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - ditto
        """Write all of it."""
        for start in range(0, len(buffer), PIECE):
            self._inner.write(buffer[start : start + PIECE], self._deadline.left())

    def close(self) -> None:
        """End the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ditto
    ) -> httpcore.NetworkStream:
        """Begin TLS; the certificate has to be one for the name of the URL, which is what is asked for, too."""
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left())
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise AddressError(Problem.CERTIFICATE) from error
            raise
        return BoundedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as inherited
        """Return what the connection knows of itself."""
        return self._inner.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever the name resolves to by then."""

    def __init__(self, found: list[str], deadline: Deadline) -> None:
        self._found = found
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - it was resolved before
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline's instead
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; each gets its share of the time that is left."""
        for count, address in zip(range(len(self._found), 1, -1), self._found, strict=False):
            try:
                return self._connect(address, port, self._deadline.left() / count, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(self._found[-1], port, self._deadline.left(), local_address, socket_options)

    def _connect(self, address: str, port: int, seconds: float, *options: Any) -> httpcore.NetworkStream:  # noqa: ANN401 - passed on
        return BoundedStream(self._inner.connect_tcp(address, port, seconds, *options), self._deadline)


def send(url: str, body: bytes, headers: Mapping[str, str], *, private: bool, seconds: float = SECONDS) -> None:
    """Send a message and return if it was acknowledged: by a status from 200 to 299 whose answer ends in time.

    No redirect is followed, no proxy or cookie of the environment is used, and of the answer's content at most
    64 KiB are read and none is kept.

    Raises
    ------
    DeliveryError
        If it was not; its words say why, without address or content.
    HopelessError
        If it never will be: the receiver answered 410 Gone.
    """
    try:
        status = _post(addresses.read(url, private=private), body, headers, Deadline(seconds), private=private)
    except AddressError as error:
        raise DeliveryError(problem=error.problem.value) from error
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise DeliveryError(problem=Problem.TIMEOUT.value) from error
    except httpcore.ConnectError as error:
        raise DeliveryError(problem=Problem.NO_CONNECTION.value) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise DeliveryError(problem=Problem.BROKEN.value) from error
    _judge(status)


def _judge(status: int) -> None:
    if status == GONE:
        raise HopelessError(problem=Problem.GONE.value)
    if 300 <= status < 400:
        raise DeliveryError(problem=Problem.REDIRECT.value)
    if not 200 <= status < 300:
        raise DeliveryError(problem=f"the receiver answered {status}")


def _post(url: httpx.URL, body: bytes, headers: Mapping[str, str], deadline: Deadline, *, private: bool) -> int:
    port = addresses.port_of(url)
    host = url.raw_host.decode("ascii")
    found = addresses.resolve(host, port, seconds=deadline.left(), private=private)
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    sent = {"host": url.netloc.decode("ascii"), "content-type": "application/json", "user-agent": "Stanch"}
    sent |= {"content-length": str(len(body)), "accept": "*/*", "connection": "close", **headers}
    backend = CheckedBackend(found, deadline)
    with (
        httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=backend) as pool,
        pool.stream("POST", target, headers=list(sent.items()), content=body) as answer,
    ):
        _read_some(answer)
        return answer.status


def _read_some(answer: httpcore.Response) -> None:
    """Read the answer's content, for receivers that mind when nobody does, and forget it."""
    seen = 0
    for piece in answer.iter_stream():
        seen += len(piece)
        if seen >= MOST_READ:
            return


@cache
def _trusted() -> ssl.SSLContext:
    """Return who is trusted to vouch for names: `SSL_CERT_FILE` if it is set, else Mozilla's list."""
    return httpx.create_ssl_context()

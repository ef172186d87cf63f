"""The only part that opens sockets: one request out, one answer back, by a deadline."""

import asyncio
import functools
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Final

import httpx

from stanch.client.messages import Failure, Response
from stanch.client.retrying import Deadline, Send

LARGEST_ANSWER: Final = 256 * 1024 * 1024
"""Bytes of an answer that are read; no call is answered with more."""

SHORTEST: Final = 0.001
"""Seconds that a socket is given when none are left, since 0 would mean that it must not wait at all."""


class TimeLeft(Mapping[str, float]):
    """The time limits of a request, each what is left of its deadline at the moment when it is asked for.

    So connecting, writing and reading share one budget; fixed limits would grant it to each of them.
    """

    KEYS: Final = ("connect", "read", "write", "pool")

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def __getitem__(self, key: str) -> float:
        return max(SHORTEST, self._deadline.left())

    def __iter__(self) -> Iterator[str]:
        return iter(self.KEYS)

    def __len__(self) -> int:
        return len(self.KEYS)


class _Answer:
    """Collects a body as it comes, no longer than there is time and no larger than an answer is."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._body = bytearray()

    def add(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > LARGEST_ANSWER:
            raise _GaveUpError("the answer is too large")
        if self._deadline.left() <= 0:
            raise _GaveUpError("the answer did not arrive whole in time")

    def whole(self, response: httpx.Response) -> Response:
        return Response(
            status=response.status_code, headers=dict(response.headers.items()), body=bytes(self._body)
        )


class _GaveUpError(Exception):
    """What `_Answer` does not go on with."""


class Sender:
    """Sends and waits.

    Parameters
    ----------
    url : of the service, without the path of the API.
    key : the API key; it stands in the headers of the connection, and nowhere else.
    """

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(base_url=url, headers=_headers(key), verify=_trusted())

    def send(self, step: Send) -> Response | Failure:
        """Return the answer, or why there is none."""
        answer = _Answer(step.deadline)
        try:
            with closing(self._http.send(_request(self._http, step), stream=True)) as response:
                for chunk in response.iter_bytes():
                    answer.add(chunk)
                return answer.whole(response)
        except (httpx.RequestError, _GaveUpError) as error:
            return _failure(error)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()


class AsyncSender:
    """The same, without blocking the event loop."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(key), verify=_trusted())

    async def send(self, step: Send) -> Response | Failure:
        """Return the answer, or why there is none."""
        try:
            async with asyncio.timeout(max(SHORTEST, step.deadline.left())):
                return await self._whole(step)
        except TimeoutError:
            return Failure(problem="the answer did not arrive whole in time")
        except (httpx.RequestError, _GaveUpError) as error:
            return _failure(error)

    async def _whole(self, step: Send) -> Response:
        answer = _Answer(step.deadline)
        response = await self._http.send(_request(self._http, step), stream=True)
        try:
            async for chunk in response.aiter_bytes():
                answer.add(chunk)
        finally:
            await response.aclose()
        return answer.whole(response)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return whom this process trusts; to read that takes longer than a call, so it is read once."""
    return httpx.create_ssl_context()


def _request(http: httpx.Client | httpx.AsyncClient, step: Send) -> httpx.Request:
    request = step.request
    return http.build_request(
        request.method,
        request.path,
        content=request.body or None,
        headers=dict(request.headers),
        extensions={"timeout": TimeLeft(step.deadline)},
    )


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Accept": "application/json, application/problem+json"}


def _failure(error: Exception) -> Failure:
    """Name what went wrong; a time-out has no words of its own."""
    return Failure(problem=str(error) or type(error).__name__)

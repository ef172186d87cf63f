"""What a client is made of, checked once: where the service is, who asks, how long it may take."""

import importlib
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import urlsplit

from stanch.client.calls import Calls
from stanch.client.outage import OnOutage, Outage
from stanch.client.retrying import Retrying
from stanch.errors import InvalidValueError, MissingExtraError

ENVIRONMENT: Final = "STANCH_API_KEY"
BUDGET: Final = 10.0
"""Seconds for one call, unless the client or the call says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Where a client takes time and chance from; for tests, which wait for nothing.

    Parameters
    ----------
    clock : seconds that never go backwards.
    jitter : a number from 0 to 1, another one each time.
    now : the present, with a time zone; it is written on what is kept during an outage.
    """

    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def calls_of(url: str, on_outage: OnOutage, spool: Path | None, budget: float, timing: Timing) -> Calls:
    """Return the calls of a client, or raise InvalidValueError."""
    if not budget > 0:
        raise InvalidValueError(what="time budget", problem="must be more than 0 seconds")
    return Calls(
        retrying=Retrying(server=server_of(url), jitter=timing.jitter),
        outage=Outage.of(on_outage, spool, timing.now),
        budget=budget,
        clock=timing.clock,
    )


def server_of(url: str) -> str:
    """Return the address of a service, without a slash at its end, or raise InvalidValueError.

    A name and a password in it would take the place of the API key, so they are refused, and never repeated.
    """
    try:
        parts = urlsplit(url)
        plain = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        plain = False
    if not plain or "@" in parts.netloc or parts.query or parts.fragment or not url.isascii():
        problem = "give https://HOST, without a user, a query or a fragment"
        raise InvalidValueError(what="address of the service", problem=problem)
    return url.rstrip("/")


def key_of(given: str | None) -> str:
    """Return the API key that was given or that the environment holds; no error repeats it."""
    key = (given or os.environ.get(ENVIRONMENT) or "").strip()
    if not key:
        raise InvalidValueError(what="API key", problem=f"give one, or set {ENVIRONMENT}")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InvalidValueError(what="API key", problem="holds characters that no key has")
    return key


def sending() -> ModuleType:
    """Return what opens sockets, or raise MissingExtraError: httpx is an extra, and values need none of it."""
    try:
        return importlib.import_module("stanch.client.sending")
    except ModuleNotFoundError as error:
        raise MissingExtraError(missing=error.name, extra="client") from error

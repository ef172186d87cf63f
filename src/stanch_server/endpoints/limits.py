"""How much one key may ask for: a bucket that fills steadily, in each web process.

It keeps one program that runs wild from holding up the others. It is no accounting: with several web processes,
each grants as much.
"""

import math
import threading
import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from stanch_server.endpoints.problems import ProblemError

BURST_SECONDS = 10
"""A bucket holds what flows in during so many seconds: who was silent may ask for that much at once."""

MOST_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    filled: float
    at: float


_buckets: dict[UUID, _Bucket] = {}
_lock = threading.Lock()


def take(key: UUID, cost: int = 1, *, now: float | None = None) -> None:
    """Take so much from a key's bucket.

    Parameters
    ----------
    cost : one for a request, and one for each further element of a batch.
    now : seconds of a clock that never goes back.

    Raises
    ------
    ProblemError
        429, with the seconds after which it is there again; nothing is taken then.
    """
    rate = settings.REQUESTS_PER_MINUTE / 60
    moment = time.monotonic() if now is None else now
    with _lock:
        bucket = _bucket(key, moment, rate)
        if bucket.filled < min(cost, rate * BURST_SECONDS):
            raise _too_many(math.ceil((cost - bucket.filled) / rate))
        bucket.filled -= cost


def _bucket(key: UUID, now: float, rate: float) -> _Bucket:
    """Return a key's bucket, filled up to now. When there are too many, those that are full are forgotten."""
    most = rate * BURST_SECONDS
    bucket = _buckets.setdefault(key, _Bucket(filled=most, at=now))
    bucket.filled, bucket.at = min(most, bucket.filled + (now - bucket.at) * rate), now
    if len(_buckets) > MOST_BUCKETS:
        for old in [one for one, held in _buckets.items() if now - held.at > BURST_SECONDS]:
            del _buckets[old]
    return bucket


def _too_many(seconds: int) -> ProblemError:
    return ProblemError(
        429,
        "too-many-requests",
        "This key asks for too much at once.",
        detail=f"At most {settings.REQUESTS_PER_MINUTE:,} requests or elements of batches a minute.",
        headers={"Retry-After": str(max(1, seconds))},
    )


def forget_all() -> None:
    """Fill every bucket, as in a new process."""
    with _lock:
        _buckets.clear()

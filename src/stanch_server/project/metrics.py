"""Metrics as Prometheus reads them: counts and times, no content, nobody's id.

Each process of the web writes its counts into a file of a folder that all share (`PROMETHEUS_MULTIPROC_DIR`, which
the supervisor makes), and whoever is asked adds them up. What stands in the database is looked up when asked.
"""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from threading import Lock

from django.db import Error
from django.db.models import Count
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from stanch_server.intake.models import Item
from stanch_server.project import health

SHARED = "PROMETHEUS_MULTIPROC_DIR"
COUNTED_EVERY = 30.0
"""Seconds for which the count of items is given again; it reads an index from end to end."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

own = CollectorRegistry()
REQUESTS = Counter("stanch_requests", "Requests answered.", labelnames=("route", "method", "status"), registry=own)
SECONDS = Histogram(
    "stanch_request_seconds", "Seconds until the answer.", labelnames=("route",), buckets=BUCKETS, registry=own
)

HELP = {
    "data_free_bytes": "Room on the disk of the data folder.",
    "vault_free_bytes": "Room on the disk of the vault.",
    "index_free_bytes": "Room on the disk of the indexes.",
    "queue_waiting": "Effects that wait for delivery, due or not.",
    "queue_late_seconds": "How long the first of them has been due.",
    "queue_dead": "Effects that were tried too often and wait for a person.",
    "index_behind": "Changes of banks that no segment holds yet; they are found all the same.",
    "index_late_seconds": "How much later than it may the indexer is with the first of them.",
    "audit_records": "Records of the audit log that have their number.",
    "audit_waiting": "Records that have none yet.",
    "audit_unanchored": "Numbered records that no signed head covers yet.",
}


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request.

    Parameters
    ----------
    route : the pattern of its address, of which there are only as many as the URL configuration has.
    """
    REQUESTS.labels(route=route, method=method, status=str(status)).inc()
    SECONDS.labels(route=route).observe(seconds)


def exposition(*, now: datetime) -> bytes:
    """Return everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_State(now))
    counted = own
    if os.environ.get(SHARED):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call] # it has no types
    return generate_latest(registry) + generate_latest(counted)


class _Items:
    """How many items there are by outcome, as of at most half a minute ago."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = float("-inf")
        self._counts: dict[str, int] = {}

    def counts(self) -> dict[str, int]:
        with self._lock:
            if time.monotonic() - self._at >= COUNTED_EVERY:
                self._counts, self._at = _counted(), time.monotonic()
            return self._counts

    def forget(self) -> None:
        with self._lock:
            self._at = float("-inf")


items = _Items()


def _counted() -> dict[str, int]:
    found = dict(Item.objects.values_list("level").annotate(Count("id")).order_by())
    counts: dict[str, int] = {level.name.lower(): found.get(level.value, 0) for level in Item.Level}
    return {**counts, "pending": found.get(None, 0)}


class _State(Collector):
    """What stands in the database and on the disk, looked up now."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield one gauge a number."""
        seen = health.kept.look(now=self._now)
        yield GaugeMetricFamily("stanch_ready", "Whether every part is as it should be.", value=seen.ready)
        for name, value in seen.numbers.items():
            yield GaugeMetricFamily(f"stanch_{name}", HELP[name], value=value)
        by_outcome = GaugeMetricFamily("stanch_items", "Items that are kept, by outcome.", labels=["outcome"])
        try:
            counts = items.counts()
        except Error:
            return  # the database is away, which `stanch_ready` says
        for outcome, count in counts.items():
            by_outcome.add_metric([outcome], count)
        yield by_outcome

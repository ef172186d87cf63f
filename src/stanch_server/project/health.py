"""How the service is: what every part of it says of itself, and whether that is good enough."""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db import Error, connection, transaction

from stanch_server.audit import access as audit
from stanch_server.audit.models import AuditEntry
from stanch_server.banks import trouble
from stanch_server.banks.changes import last_number
from stanch_server.banks.indexer import PATIENCE
from stanch_server.banks.manifests import folded_number
from stanch_server.banks.models import Change
from stanch_server.outbox import access as outbox
from stanch_server.project.start import unapplied

KEPT_SECONDS = 1.0
"""For so long an answer is given again, so that nobody can keep the service busy with asking."""


class Verdict(StrEnum):
    """What is said of one part."""

    OK = "ok"
    LATE = "late"
    FULL = "full"
    REFUSED = "refused"
    DAMAGED = "damaged"
    DOWN = "down"
    STARTING = "starting"


UNRENEWED = (Verdict.FULL, Verdict.REFUSED, Verdict.DAMAGED)
"""Why the indexer cannot make a new index; the one before serves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How each part is, and the numbers behind it.

    Parameters
    ----------
    verdicts : by part: `database`, `index`, `queue`, `audit`, `disk`.
    numbers : by name, with their unit at the end; what could not be asked is missing.
    details : by part, what else is to be said of it, for the operator.
    """

    verdicts: Mapping[str, Verdict]
    numbers: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether requests can be answered as they should be.

        They can with an index that cannot be renewed for now: what is missing there is known from the database.
        """
        return all(
            verdict is Verdict.OK or (part == "index" and verdict in UNRENEWED)
            for part, verdict in self.verdicts.items()
        )


def look(*, now: datetime) -> Health:
    """Ask every part. It takes no lock for longer than a look, and writes nothing."""
    verdicts, numbers = {"disk": Verdict.OK}, free_bytes()
    limit = timedelta(seconds=settings.LATE_SECONDS)
    if min(numbers.values()) < settings.FREE_DISK:
        verdicts["disk"] = Verdict.FULL
    try:
        verdicts["database"] = _writable()
        if verdicts["database"] is Verdict.OK:
            for part, ask in PARTS.items():
                late, more = ask(now)
                verdicts[part] = Verdict.LATE if late > limit else Verdict.OK
                numbers |= more
    except Error:
        verdicts["database"] = Verdict.DOWN
    details = {}
    if (troubled := trouble.read(settings.INDEX_FOLDER)) is not None:
        details["index"] = f"{troubled.said.rstrip('.')}, since {troubled.since:%Y-%m-%d %H:%M} UTC"
        if verdicts.get("index") is Verdict.OK:
            verdicts["index"] = Verdict(troubled.kind)
    if not warm.ready:
        verdicts["index"] = Verdict.STARTING
    return Health(verdicts=verdicts, numbers=numbers, details=details)


class Warming:
    """Whether this process has loaded what its first question would wait for."""

    def __init__(self) -> None:
        self.ready = True

    def run(self, load: Callable[[], object]) -> None:
        """Load it; ready when it has, or cannot: then the question itself tells why."""
        self.ready = False
        try:
            load()
        finally:
            self.ready = True


warm = Warming()


class Kept:
    """The last answer, given again for a second."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = 0.0
        self._health: Health | None = None

    def look(self, *, now: datetime) -> Health:
        """Return how the service is, as of at most a second ago."""
        with self._lock:
            if self._health is None or time.monotonic() - self._at >= KEPT_SECONDS:
                self._health, self._at = look(now=now), time.monotonic()
            return self._health

    def forget(self) -> None:
        """Ask anew the next time."""
        with self._lock:
            self._health = None


kept = Kept()


def _writable() -> Verdict:
    """Whether the database takes writes and has the tables of this version; a transaction begins and is let go."""
    if unapplied():
        return Verdict.DOWN
    with transaction.atomic(), connection.cursor() as cursor:  # on SQLite this takes the lock of a writer
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_read_only")
            return Verdict.OK if cursor.fetchone() == ("off",) else Verdict.DOWN
    return Verdict.OK


def free_bytes() -> dict[str, float]:
    """Return how much room there is for the data, the vault and the index, each under its name as a number."""
    places = {"data": settings.DATA_FOLDER, "vault": settings.VAULT_FOLDER, "index": settings.INDEX_FOLDER}
    return {f"{name}_free_bytes": float(shutil.disk_usage(_there(path)).free) for name, path in places.items()}


def _there(path: Path) -> Path:
    """Return a folder or the nearest above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())


def _queue(now: datetime) -> tuple[timedelta, dict[str, float]]:
    state = outbox.state(now=now)
    return state.late, {
        "queue_waiting": state.waiting,
        "queue_late_seconds": state.late.total_seconds(),
        "queue_dead": state.dead,
    }


def _index(now: datetime) -> tuple[timedelta, dict[str, float]]:
    """How much later than it may the indexer is with the first change that no file holds."""
    number = folded_number(settings.INDEX_FOLDER)
    at = Change.objects.filter(number__gt=number).order_by("number").values_list("at", flat=True).first()
    late = max(timedelta(), now - at - PATIENCE) if at else timedelta()
    return late, {
        "index_behind": max(0, last_number() - number),
        "index_late_seconds": late.total_seconds(),
    }


def _audit(now: datetime) -> tuple[timedelta, dict[str, float]]:
    state = audit.state()
    oldest = AuditEntry.objects.filter(number=None).order_by("id").values_list("at", flat=True).first()
    return max(timedelta(), now - (oldest or now)), {
        "audit_records": state.records,
        "audit_waiting": state.waiting,
        "audit_unanchored": state.records - state.anchored,
    }


PARTS: Mapping[str, Callable[[datetime], tuple[timedelta, dict[str, float]]]] = {
    "queue": _queue,
    "index": _index,
    "audit": _audit,
}

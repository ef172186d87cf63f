"""Reading the log for the console. Who may read which sources is decided above, before anything is asked here."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stanch_server.audit.models import AuditEntry, AuditHead, AuditPayload

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A record as it is shown. `number` is None until it is chained; an erased record keeps only id and time."""

    position: int
    entry: str
    at: datetime
    number: int | None
    erased: bool
    actor: str = ""
    action: str = ""
    subject: str = ""
    source: str | None = None
    detail: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Records, newest first; `older` is what to ask for next, None at the end."""

    entries: tuple[Shown, ...]
    older: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LogState:
    """How far numbering and signing have come."""

    records: int
    waiting: int
    anchored: int


def entries_for(
    *,
    sources: Collection[str] | None,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Return a page of records, newest first.

    Parameters
    ----------
    sources : whose records the reader may see; None for all, and only then those of no source, and erased ones.
    actor, action, subject : only records with these.
    before : `older` of the page before.
    """
    wanted = {"actor": actor, "action": action, "subject": subject}
    rows = AuditEntry.objects.filter(
        **{f"payload__{name}": one for name, one in wanted.items() if one is not None}
    )
    if sources is not None:
        rows = rows.filter(payload__source__in=sources)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("payload").order_by("-pk")[: limit + 1])
    page = found[:limit]
    return Page(entries=tuple(map(_shown, page)), older=page[-1].pk if len(found) > limit else None)


def entry_for(entry: str, *, sources: Collection[str] | None) -> Shown | None:
    """Return one record by its opaque id, or None if it is not there for this reader."""
    rows = AuditEntry.objects.filter(opaque_id=entry).select_related("payload")
    row = (rows if sources is None else rows.filter(payload__source__in=sources)).first()
    return None if row is None else _shown(row)


def _shown(row: AuditEntry) -> Shown:
    payload = getattr(row, "payload", None)
    said: dict[str, Any] = {"detail": {}}
    if payload is not None:
        said = {name: getattr(payload, name) for name in ("actor", "action", "subject", "source")}
        said["detail"] = json.loads(payload.detail)
    return Shown(
        position=row.pk, entry=row.opaque_id, at=row.at, number=row.number, erased=payload is None, **said
    )


def state() -> LogState:
    """Return how far numbering and signing have come, for health checks and metrics."""
    head = AuditHead.objects.filter(pk=1).first()
    return LogState(
        records=head.number if head else 0,
        waiting=AuditEntry.objects.filter(number__isnull=True).count(),
        anchored=head.anchored if head else 0,
    )


def says_of(subject: str) -> int:
    """Return how many records say anything of a subject."""
    return AuditPayload.objects.filter(subject=subject).count()

"""Records as verifying reads them: in order, a batch in memory at a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import router
from django.db.models import QuerySet

from stanch_server.audit.hashing import commitment, link, payload_bytes
from stanch_server.audit.models import AuditEntry

BEFORE_ALL = -(2**63)
PAYLOAD = ("salt", "actor", "action", "subject", "source", "detail")


class Row(NamedTuple):
    """A record and its payload, as they stand in the database. An erased payload is all None."""

    pk: int
    opaque_id: str
    at: datetime
    commitment: str
    number: int | None
    chain: str | None
    salt: str | None
    actor: str | None
    action: str | None
    subject: str | None
    source: str | None
    detail: str | None

    def fits(self, previous: str, number: int) -> bool:
        """Whether the record's chain is what it would be as record `number` after that chain."""
        try:
            return self.chain == link(
                previous, number=number, opaque_id=self.opaque_id, at=self.at, commitment=self.commitment
            )
        except (ValueError, OverflowError):
            return False

    def payload_kept(self) -> bool:
        """Whether the payload is what was committed to."""
        payload = payload_bytes(
            actor=self.actor or "",
            action=self.action or "",
            subject=self.subject or "",
            source=self.source,
            detail=self.detail or "",
        )
        try:
            return commitment(self.salt or "", payload) == self.commitment
        except ValueError:
            return False


def entries() -> QuerySet[AuditEntry]:
    """Return every record, from the database that is written to: a replica may be behind."""
    return AuditEntry.objects.using(router.db_for_write(AuditEntry))


def numbered(*, until: int, batch: int) -> Iterator[list[Row]]:
    """Yield the records that have a number, up to `until`, in batches."""
    last = BEFORE_ALL
    while rows := _read(entries().filter(number__gt=last, number__lte=until).order_by("number"), batch):
        yield rows
        last = rows[-1].number if rows[-1].number is not None else until


def waiting(*, batch: int) -> Iterator[list[Row]]:
    """Yield the records that have no number, in batches."""
    last = 0
    while rows := _read(entries().filter(number__isnull=True, pk__gt=last).order_by("pk"), batch):
        yield rows
        last = rows[-1].pk


def at_number(number: int) -> Row | None:
    """Return the record with a number."""
    return next(iter(_read(entries().filter(number=number), 1)), None)


def _read(chosen: QuerySet[AuditEntry], limit: int) -> list[Row]:
    payload = [f"payload__{field}" for field in PAYLOAD]
    columns = ["pk", "opaque_id", "at", "commitment", "number", "chain", *payload]
    return [Row(*row) for row in chosen.values_list(*columns)[:limit]]

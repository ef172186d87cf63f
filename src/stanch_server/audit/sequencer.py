"""Numbers and chains what has been committed. Writers never wait for it, nor it for them."""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import Error, close_old_connections, connections, router, transaction
from django.utils import timezone

from stanch_server.audit.anchors import EVERY, write_head
from stanch_server.audit.errors import AnchorAheadError
from stanch_server.audit.hashing import GENESIS, link
from stanch_server.audit.models import AuditEntry, AuditHead

BATCH = 500
"""To store so many takes some 10 ms, for which SQLite's other writers wait."""

PAUSE = 0.5

logger = logging.getLogger(__name__)


class _AnotherWasFirstError(Exception):
    """Another sequencer has moved the head meanwhile."""


def sequence(*, now: datetime, limit: int = BATCH) -> int:
    """Give the next records their numbers and chain, in one transaction. Return how many.

    Order is that of the records' row ids. A record that was committed before another one was begun comes before
    it; records that were written at the same time come in either order. Whichever of several sequencers moves the
    head first wins, by compare-and-set; the others do nothing and return 0. Killed at any instant it has either
    done all of it or nothing.

    Parameters
    ----------
    now : kept as the time at which the head moved.
    limit : at most so many at once, which bounds how long SQLite's other writers wait.
    """
    using = router.db_for_write(AuditEntry)
    head = AuditHead.objects.using(using).filter(pk=1).first() or AuditHead(pk=1, chain=GENESIS)
    given = _numbered(using, head, limit)
    if not given:
        return 0
    try:
        with transaction.atomic(using=using):
            _move(using, head, *given[-1][:2], now=now)
            return _store(using, given)
    except _AnotherWasFirstError:
        return 0


def _numbered(using: str, head: AuditHead, limit: int) -> list[tuple[int, str, int]]:
    """Return number and chain of the records that wait, and their row ids: no lock is held while they are made."""
    number, chain, given = head.number, head.chain, []
    for entry in AuditEntry.objects.using(using).filter(number__isnull=True).order_by("id")[:limit]:
        number += 1
        chain = link(chain, number=number, opaque_id=entry.opaque_id, at=entry.at, commitment=entry.commitment)
        given.append((number, chain, entry.pk))
    return given


def _move(using: str, head: AuditHead, number: int, chain: str, *, now: datetime) -> None:
    """Move the head on, if it is still where it was when the records were numbered."""
    heads = AuditHead.objects.using(using)
    heads.get_or_create(pk=1, defaults={"chain": GENESIS})
    if not heads.filter(pk=1, number=head.number, chain=head.chain).update(number=number, chain=chain, moved=now):
        raise _AnotherWasFirstError


def _store(using: str, given: list[tuple[int, str, int]]) -> int:
    """Write numbers and chains in one go; the ORM's own bulk update is ten times slower here."""
    table = connections[using].ops.quote_name(AuditEntry._meta.db_table)  # noqa: SLF001 - documented by Django
    with connections[using].cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET number = %s, chain = %s WHERE id = %s", given)  # noqa: S608 - our own name
    return len(given)


def run_forever(*, folder: Path, key: Ed25519PrivateKey, stop: threading.Event, pause: float = PAUSE) -> None:
    """Number and sign until `stop` is set. Several may run; a database that is away is waited for.

    When the signed heads are ahead of the log, it goes on numbering, signs nothing, and says so once a minute.
    """
    signing = datetime.min.replace(tzinfo=UTC)
    while not stop.is_set():
        close_old_connections()
        now, busy = timezone.now(), 0
        try:
            busy = sequence(now=now)
            if now - signing >= EVERY:
                signing = now if _signed(folder, key, now) else signing
        except Error as error:
            logger.warning("audit sequencer waits for the database", extra={"error": type(error).__qualname__})
            connections.close_all()
        if busy < BATCH:  # each batch is a transaction for which others wait, so a few records are none yet
            stop.wait(pause)
    connections.close_all()


def _signed(folder: Path, key: Ed25519PrivateKey, now: datetime) -> bool:
    """Sign the head if there is a new one. Return whether to leave it for a minute."""
    try:
        return write_head(folder, key, now) is not None
    except (AnchorAheadError, OSError) as error:
        logger.error("audit heads are not signed", extra={"error": type(error).__qualname__})  # noqa: TRY400 - no trace
        return True

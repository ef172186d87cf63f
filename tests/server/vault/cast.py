"""Who is who: Alice owns, Bob shares her source, Charlie has another; and what they do again and again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from stanch_server.vault import models
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import erase, open_blob, store
from stanch_server.vault.operations.common import files
from stanch_server.vault.values import BlobId, Purpose

NOW = datetime(2031, 5, 17, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LANTERN = UUID(int=1)  # Alice's source, which Bob shares
HARBOUR = UUID(int=2)  # Charlie's
ALICE, BOB, CHARLIE = "alice", "bob", "charlie"
SOURCES = {ALICE: {LANTERN}, BOB: {LANTERN, UUID(int=3)}, CHARLIE: {HARBOUR}}
T = TypeVar("T")
CONTENT = "بيان الفانوس الرمادي · ग्रे लैंटर्न · 灰灯笼".encode() * 40


def kept(data: bytes = CONTENT, **given: Any) -> BlobId:
    """Store something of Alice's."""
    said = {"purpose": Purpose.ITEM, "source": LANTERN, "acting_user": ALICE, "now": NOW}
    return store(data=data, **{**said, **given})


def gone(blob: str) -> bool:
    """Erase a blob; its file is left for later."""
    return erase(blob=blob, acting_user=ALICE, reason="decided", now=NOW)


def read(blob: str, who: str = ALICE) -> bytes:
    """Open a blob and read all of it."""
    with open_blob(blob=blob, sources=SOURCES[who], acting_user=who, reason="revealed", now=NOW) as opened:
        return opened.read()


def file_of(blob: str) -> Path:
    """Return where a blob's file stands."""
    return files().path(blob)


def noise(size: int, seed: int = 1) -> bytes:
    """Return bytes that no compressor knows."""
    return Random(seed).randbytes(size)


class AwayError(Exception):
    """What a caller might raise."""


def rolled_back(deed: Callable[[], T]) -> T:
    """Do something in a transaction of the caller's that then fails. Return what came of it."""
    with suppress(AwayError), transaction.atomic():
        done = deed()
        raise AwayError
    return done


class Backup:
    """What a copy of the database holds of the vault."""

    def __init__(self) -> None:
        self.kept = {model: list(model._default_manager.values()) for model in TABLES}

    def restore(self) -> None:
        """Put every table back to what it was."""
        for model in reversed(TABLES):
            model._default_manager.all().delete()
        for model in TABLES:
            made: list[Any] = [model(**row) for row in self.kept[model]]
            model._default_manager.bulk_create(made)


TABLES = (models.MasterKey, Blob, models.Preservation)

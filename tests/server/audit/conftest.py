"""A key, a folder of signed heads, and a log that can be written in one line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from stanch_server.audit import anchors, operations, sequencer
from stanch_server.audit.anchors import Anchor
from stanch_server.audit.report import Report
from stanch_server.audit.verify import verify

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def write(number: int, *, source: str | None = "harbour") -> str:
    """Record something of no importance, and return its id."""
    with transaction.atomic():
        return operations.record(
            actor="alice",
            action="item.decided",
            subject=f"item-{number}",
            source=source,
            detail={"reasons": ["نص", "文本", "कारण"], "n": number},
            at=NOW + timedelta(seconds=number, microseconds=number),
        )


@dataclass
class Log:
    """The log of a test."""

    folder: Path
    key: Ed25519PrivateKey

    def grow(self, count: int) -> list[str]:
        """Record and number some more."""
        ids = [write(number) for number in range(count)]
        while sequencer.sequence(now=NOW):
            pass
        return ids

    def sign(self, minutes: int = 0) -> Anchor | None:
        """Sign the head so many minutes later."""
        return anchors.write_head(self.folder, self.key, NOW + minutes * MINUTE)

    def verify(self, *, batch: int = 7) -> Report:
        """Verify, in small batches so that their borders are crossed."""
        return verify(self.folder, self.key.public_key(), batch=batch)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Return an empty log."""
    return Log(folder=tmp_path / "anchors", key=Ed25519PrivateKey.generate())


@pytest.fixture
def kept(log: Log) -> Callable[[], Log]:
    """Return a function that makes a log of 30 records, signed at 10 and 20, with one more that has no number."""

    def make() -> Log:
        for minutes in (0, 2):
            log.grow(10)
            log.sign(minutes)
        log.grow(10)
        write(99)
        return log

    return make

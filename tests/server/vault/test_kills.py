"""Whenever a process is killed: what it stored and said so opens, what it erased and said so stays erased."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import transaction

from stanch_server.audit.models import AuditPayload
from stanch_server.outbox.models import OutboxRow
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import (
    destroy_retired_keys,
    prove_erased,
    reapply_erasures,
    resume_rotation,
    settle_erasures,
    sweep_orphans,
)
from stanch_server.vault.operations.common import files
from stanch_server.vault.values import State
from tests.server.children import child
from tests.server.vault.cast import ALICE, NOW, Backup, kept, read
from tests.server.vault.child import content

pytestmark = pytest.mark.django_db(transaction=True)


class Ledger:
    """What was acknowledged, over all processes."""

    def __init__(self) -> None:
        self.stored: dict[str, int] = {}
        self.erased: set[str] = set()
        self.in_doubt: set[str] = set()

    def hear(self, lines: list[str]) -> None:
        """Take in what a process said before it was killed."""
        for verb, *rest in map(str.split, lines):
            if verb == "stored":
                self.stored[rest[0]] = int(rest[1])
            elif verb == "erasing":
                self.in_doubt.add(rest[0])
            elif verb == "erased":
                self.erased.add(rest[0])
                self.in_doubt.discard(rest[0])

    def check(self, only: Collection[str] = ()) -> None:
        """Compare with what there is, opening all that should open, or only some of it."""
        with transaction.atomic():
            self._compare(set(only) or set(self.stored))

    def _compare(self, chosen: Collection[str]) -> None:
        state = dict(Blob.objects.values_list("pk", "state"))
        for blob, seed in self.stored.items():
            if blob in self.erased:
                assert state[blob] == State.ERASED
            elif state[blob] == State.ERASED:
                assert blob in self.in_doubt
            elif blob in chosen:
                assert read(blob) == content(seed)
        assert all(files().holds(blob) for blob in state if state[blob] == State.STORED)
        recorded = AuditPayload.objects.filter(action="vault.stored").values_list("subject", flat=True)
        assert Counter(recorded) == Counter(state.keys())


def killed_after(seconds: float, base: Path, seed: int) -> list[str]:
    """Run a process, kill it, and return what it said."""
    with child("tests.server.vault.child", str(base), str(seed)) as (process, said):
        assert said.readline() == "ready\n"
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        return said.read().splitlines()


def test_nothing_acknowledged_is_lost_and_nothing_erased_comes_back(
    tmp_path: Path, campaign: Callable[[int], int], seed: int
) -> None:
    ledger, random, backup = Ledger(), Random(seed), Backup()
    rounds = campaign(100)
    for number in range(rounds):
        before = set(ledger.stored)
        ledger.hear(killed_after(random.uniform(0.0, 0.3), tmp_path, seed + number))
        ledger.check(only=ledger.stored.keys() - before)
        if number == rounds // 2:
            backup = Backup()
    assert ledger.stored
    assert ledger.erased
    settle_erasures(now=NOW)
    resume_rotation()
    destroy_retired_keys(acting_user=ALICE, now=NOW)
    ledger.check()
    assert all(prove_erased(blob).holds for blob in ledger.erased)
    assert (
        OutboxRow.objects.filter(topic="vault.erased").count() == Blob.objects.filter(state=State.ERASED).count()
    )
    check_sweeping()
    check_restoring(backup, ledger)


def check_sweeping() -> None:
    """Once all is swept, there is one file for each row that can be opened, and nothing else."""
    sweep_orphans(now=NOW + timedelta(days=4_000))
    stored = set(Blob.objects.filter(state=State.STORED).values_list("pk", flat=True))
    assert {path.name for path in files().folder.rglob("*") if path.is_file()} == stored


def check_restoring(backup: Backup, ledger: Ledger) -> None:
    """A copy of the database from half-way brings nothing back that was acknowledged as erased."""
    backup.restore()
    came_back = set(Blob.objects.filter(pk__in=ledger.erased, state=State.STORED).values_list("pk", flat=True))
    assert set(reapply_erasures(now=NOW).erased) >= came_back
    assert not Blob.objects.filter(pk__in=ledger.erased, state=State.STORED).exists()
    assert all(prove_erased(blob).holds for blob in ledger.erased)


def test_the_loop_itself_does_what_it_says(tmp_path: Path) -> None:
    """Else the test above could pass because nothing happens."""
    ledger = Ledger()
    ledger.hear(killed_after(1.0, tmp_path, 7))
    assert len(ledger.stored) >= 3
    ledger.check()
    (blob, _), *_ = ((blob, seed) for blob, seed in ledger.stored.items() if blob not in ledger.erased)
    files().remove(blob)
    with pytest.raises(Exception, match="missing"):
        ledger.check()
    assert read(kept(b"x")) == b"x"

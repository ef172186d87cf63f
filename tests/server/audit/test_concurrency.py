"""Many writers, several sequencers, and kills at any instant."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random
from typing import IO

import pytest
from django.db import connections, transaction

from stanch_server.audit import access, anchors, sequencer
from stanch_server.audit.models import AuditEntry
from tests.server.audit.conftest import NOW, Log, write
from tests.server.children import child

pytestmark = pytest.mark.django_db(transaction=True)
CHILD = "tests.server.audit.child"


class Forge:
    """The process that makes the others."""

    def __init__(self, process: "subprocess.Popen[str]", output: IO[str]) -> None:
        self._process, self._output = process, output

    def start(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def hear(self) -> tuple[int, str]:
        """Return the next line, and the process that it is from."""
        process, word = self._output.readline().split()
        return int(process), word


@pytest.fixture
def forge(transactional_db: None) -> Iterator[Forge]:  # noqa: ARG001 - the tables
    with child(CHILD) as (process, output):
        yield Forge(process, output)


def kill(process: int) -> None:
    """Kill at once, and see that it is gone: what it left half-done is rolled back by then."""
    os.kill(process, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(process, 0)
            time.sleep(0.001)


def test_writers_and_sequencers_at_once_leave_one_chain_in_each_writers_order(log: Log, forge: Forge) -> None:
    forge.start("sequence 3")
    sequencing, _ = forge.hear()
    for _ in range(3):
        forge.start("write 40")
    threads = [threading.Thread(target=number_some) for _ in range(2)]
    for thread in threads:
        thread.start()
    told = defaultdict[int, list[str]](list)
    while [words[-1] for words in told.values()].count("done") < 3:
        process, word = forge.hear()
        told[process].append(word)
    for thread in threads:
        thread.join(timeout=300)
    kill(sequencing)
    while sequencer.sequence(now=NOW):
        pass
    report = log.verify(batch=50)
    assert (report.intact, report.records, report.waiting) == (True, 120, 0)
    order = list(AuditEntry.objects.order_by("number").values_list("opaque_id", flat=True))
    for _, *written, _ in told.values():
        assert len(written) == 40
        assert written == [entry for entry in order if entry in written]


def number_some() -> None:
    """Number for a while, beside others."""
    try:
        for _ in range(50):
            sequencer.sequence(now=NOW, limit=3)
            time.sleep(0.02)
    finally:
        connections.close_all()


def wait_for(number: int) -> None:
    """Wait until that many are numbered: kills come amid the work, however fast the machine is."""
    while access.state().records < number:
        time.sleep(0.001)


def test_a_sequencer_that_is_killed_at_any_instant_leaves_no_half(
    log: Log, forge: Forge, campaign: Callable[[int], int], seed: int
) -> None:
    random, written = Random(seed), 0
    for number in range(campaign(100)):
        backlog = random.randrange(20, 60)
        with transaction.atomic():
            for _ in range(backlog):
                write(written)
                written += 1
        forge.start("sequence 2")
        process, _ = forge.hear()
        wait_for(written - random.randrange(1, 20))
        time.sleep(random.uniform(0, 0.005))
        kill(process)
        report = log.verify()
        assert (report.intact, report.records + report.waiting) == (True, written), f"kill {number}"
        log.sign(2 * number)
    while sequencer.sequence(now=NOW):
        pass
    report = log.verify()
    assert (report.intact, report.records, report.waiting) == (True, written, 0)
    assert report.anchors >= 1


def test_the_loop_numbers_and_signs_until_it_is_stopped(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, signed = threading.Event(), threading.Event()
    write_head = anchors.write_head

    def writes(*arguments: object) -> object:
        made = write_head(*arguments)  # type: ignore[arg-type] # passed on as they came
        if made is not None:
            signed.set()
        return made

    monkeypatch.setattr(sequencer, "write_head", writes)
    write(1)
    loop = threading.Thread(
        target=sequencer.run_forever, kwargs={"folder": log.folder, "key": log.key, "stop": stop, "pause": 0.01}
    )
    loop.start()
    try:
        assert signed.wait(timeout=30)
    finally:
        stop.set()
        loop.join(timeout=30)
    assert not loop.is_alive()
    report = log.verify()
    assert (report.intact, report.records, report.anchored) == (True, 1, 1)

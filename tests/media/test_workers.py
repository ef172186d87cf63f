"""A worker costs at most the item it is at, and never outlives those who ask it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from stanch.errors import (
    DecoderCrashedError,
    DecoderTimeoutError,
    DecoderUnavailableError,
    InvalidValueError,
    NotScannedError,
)
from stanch.kernels.pdq import luma_of
from stanch.media import DecodedImage, Decoders, Limits, process
from stanch.media.process import Worker
from tests.media.malformed import sound_files
from tests.media.pictures import encoded, photograph

PHOTOGRAPH = photograph(1, 80, 60)
DATA = encoded(PHOTOGRAPH)

ANSWERING = """
import os, struct, sys
from stanch.media import wire
def say(header, body=b"", size=None):
    os.write(1, wire.PREFIX.pack(len(header), len(body) if size is None else size) + header + body)
def asked():
    header, body = wire.PREFIX.unpack(os.read(0, 12))
    request = wire.request(os.read(0, header))
    while body:
        body -= len(os.read(0, body))
    return request
def refused(token):
    return wire.head(wire.Refused(token=token, code="unreadable-media"))[wire.PREFIX.size:]
say(wire.head(wire.Ready())[wire.PREFIX.size:])
request = asked()
"""
"""A worker that says it is ready, takes one request, and then does what a test adds."""


@pytest.fixture
def alone() -> Iterator[Decoders]:
    with Decoders(workers=1, limits=Limits(seconds=30)) as decoders:
        yield decoders


def worker_of(decoders: Decoders) -> Worker:
    """Return the one worker there is, started if need be."""
    decoders.image(DATA)
    (worker,) = decoders._running
    return worker


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what is sure to come; ten seconds are for machines with much else to do."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Whether no such process runs, be it that its parent has not noticed yet."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def asking(decoders: Decoders, found: list[DecodedImage | NotScannedError]) -> threading.Thread:
    """Ask in another thread."""

    def ask() -> None:
        try:
            found.append(decoders.image(DATA))
        except NotScannedError as error:
            found.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_a_worker_that_is_killed_costs_the_item_it_is_at(alone: Decoders) -> None:
    worker = worker_of(alone)
    os.kill(worker.pid, signal.SIGSTOP)
    found: list[DecodedImage | NotScannedError] = []
    thread = asking(alone, found)
    wait_until(lambda: not worker.sound)
    os.kill(worker.pid, signal.SIGKILL)
    thread.join()
    (error,) = found
    assert isinstance(error, DecoderCrashedError)
    assert "SIGKILL" in str(error)
    assert np.array_equal(alone.image(DATA).pictures[0].luma, luma_of(PHOTOGRAPH))
    assert worker_of(alone).pid != worker.pid


def test_a_worker_that_died_between_items_costs_none(alone: Decoders) -> None:
    worker = worker_of(alone)
    os.kill(worker.pid, signal.SIGKILL)
    wait_until(lambda: not worker.alive)
    assert alone.image(DATA).width == 80


def test_a_worker_that_hangs_is_killed_at_the_deadline() -> None:
    with Decoders(workers=1, limits=Limits(seconds=1)) as decoders:
        worker = worker_of(decoders)
        os.kill(worker.pid, signal.SIGSTOP)
        before = time.monotonic()
        with pytest.raises(DecoderTimeoutError, match="1 s"):
            decoders.image(DATA)
        assert 0.9 < time.monotonic() - before < 10
        assert gone(worker.pid)
        assert decoders.image(DATA).width == 80


def test_an_item_that_takes_too_long_is_stopped() -> None:
    slow = encoded(np.zeros((9000, 9000), np.uint8), "JPEG", progressive=True)
    with Decoders(workers=1, limits=Limits(seconds=0.1)) as decoders, pytest.raises(DecoderTimeoutError):
        decoders.image(slow)


def test_closing_leaves_no_worker_and_nobody_waiting(alone: Decoders) -> None:
    worker = worker_of(alone)
    os.kill(worker.pid, signal.SIGSTOP)
    found: list[DecodedImage | NotScannedError] = []
    thread = asking(alone, found)
    wait_until(lambda: not worker.sound)
    alone.close()
    thread.join()
    assert isinstance(found[0], DecoderCrashedError)
    assert gone(worker.pid)
    assert not alone._running
    with pytest.raises(InvalidValueError, match="closed"):
        alone.image(DATA)


def test_a_worker_ends_when_the_process_that_asks_it_is_killed() -> None:
    program = (
        "import sys, time; from stanch.media import Decoders; decoders = Decoders(workers=1); "
        "decoders.image(sys.stdin.buffer.read()); (worker,) = decoders._running; "
        "print(worker.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(DATA)
        parent.stdin.close()
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
    wait_until(lambda: gone(pid))


def test_a_worker_whose_asker_died_during_an_item_ends_by_its_own_alarm() -> None:
    program = (
        "from stanch.media import Limits, sandbox; import hashlib; sandbox.GRACE_SECONDS = 0.0\n"
        "with sandbox.alarm(Limits(seconds=0.2)): hashlib.pbkdf2_hmac('sha256', b'', b'', 10 ** 9)"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=300)
    assert ended.returncode == -signal.SIGALRM


def test_each_thread_gets_its_own_picture_back() -> None:
    photographs = [photograph(seed, 40 + seed, 50) for seed in range(12)]
    files = [encoded(photo) for photo in photographs]
    with Decoders(workers=2) as decoders, ThreadPoolExecutor(6) as threads:
        for _ in range(3):
            for photo, image in zip(photographs, threads.map(decoders.image, files), strict=True):
                assert np.array_equal(image.pictures[0].luma, luma_of(photo))
        assert len(decoders._running) <= 2


def test_after_so_many_items_a_fresh_worker_takes_over() -> None:
    with Decoders(workers=1, limits=Limits(items=2)) as decoders:
        pids = []
        for _ in range(4):
            decoders.image(DATA)
            pids += [worker.pid for worker in decoders._running]
        assert len(pids) == len(set(pids)) == 2


def test_what_decoders_write_does_not_reach_the_terminal(
    alone: Decoders, capfd: pytest.CaptureFixture[str]
) -> None:
    damaged = bytearray(encoded(PHOTOGRAPH, "TIFF", compression="tiff_lzw"))
    damaged[20:200] = bytes(180)
    with pytest.raises(NotScannedError):
        alone.image(bytes(damaged))
    alone.image(encoded(PHOTOGRAPH, "JPEG")[:-2] + bytes(100))
    assert capfd.readouterr() == ("", "")


def test_a_worker_is_confined(alone: Decoders) -> None:
    pid = worker_of(alone).pid
    limits = {
        line[:26].strip(): line[26:].split()[:2] for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
    }
    assert limits["Max address space"] == [str(alone.limits.memory)] * 2
    assert limits["Max cpu time"] == ["600", "600"]
    assert limits["Max file size"] == limits["Max core file size"] == limits["Max processes"] == ["0", "0"]
    assert int(limits["Max open files"][1]) <= 32
    held = {int(end.name): str(end.readlink()) for end in Path(f"/proc/{pid}/fd").iterdir()}
    assert held[1] == held[2] == os.devnull
    assert len(held) <= 4
    environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    assert b"OPENBLAS_NUM_THREADS=1" in environment
    assert not [variable for variable in environment if variable.startswith((b"PYTHON", b"PYTEST"))]
    assert os.getsid(pid) == pid


def test_that_no_worker_can_be_started_is_said_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-c", "raise SystemExit('no luck today')"])
    with Decoders() as decoders:
        for _ in range(3):
            with pytest.raises(DecoderUnavailableError, match="no luck today"):
                decoders.image(DATA)


def test_that_there_is_no_interpreter_is_said_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with Decoders() as decoders, pytest.raises(DecoderUnavailableError, match="No such file"):
        decoders.image(DATA)


@pytest.mark.parametrize(
    "deed",
    [
        "say(b'nonsense')",
        "say(refused(request.token), size=1 << 50)",
        "os.write(1, wire.PREFIX.pack(1 << 31, 0))",
        "say(refused(request.token + 1))",
        "say(wire.head(wire.Ready())[wire.PREFIX.size:])",
        "say(wire.head(wire.Refused(token=request.token, code='invalid-value'))[wire.PREFIX.size:])",
        "sys.exit(3)",
        "os.abort()",
    ],
)
def test_a_worker_that_answers_nonsense_is_not_asked_again(monkeypatch: pytest.MonkeyPatch, deed: str) -> None:
    command = [sys.executable, "-c", ANSWERING + deed + "\nos.read(0, 1)"]
    monkeypatch.setattr(process, "_command", lambda: command)
    with Decoders(workers=1, limits=Limits(seconds=30)) as decoders:
        with pytest.raises(DecoderCrashedError):
            decoders.image(DATA)
        assert not decoders._running


UNPRIVILEGED = """
import os, sys
from stanch.media import Limits, decode, sandbox
data, limits = sys.stdin.buffer.read(), Limits()
sandbox.confine(limits)
decode.prepare(limits)
if os.geteuid() == 0:
    os.setuid(65534)
decode.image(data, limits, 1)
"""


@pytest.mark.parametrize("name", sound_files())
def test_decoders_do_without_threads_of_their_own(name: str) -> None:
    """The superuser may start threads in spite of the limit, so this is tried as somebody else."""
    tried = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED], input=sound_files()[name], check=False, timeout=300
    )
    assert tried.returncode == 0

"""A disk that takes no more: a clear error, and nothing half-stored, whichever call it is that fails."""

import errno
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stanch_server.audit.models import AuditPayload
from stanch_server.outbox.models import OutboxRow
from stanch_server.vault import durable
from stanch_server.vault import erasures as erasure_list
from stanch_server.vault.errors import StorageError
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import rotate_master_key
from stanch_server.vault.operations.common import erasures, key_ring
from stanch_server.vault.places import Places
from tests.server.vault.cast import ALICE, NOW, gone, kept, noise, read

pytestmark = pytest.mark.django_db

CALLS = ("open", "write", "fsync", "rename", "mkdir")
DATA = noise(200_000)


class Full:
    """A disk that takes some calls, half of the bytes of the next, and nothing after that."""

    def __init__(self, takes: int) -> None:
        self.takes = takes
        self.failed = False

    def check(self) -> None:
        """Count a call."""
        self.takes -= 1
        if self.takes < 0:
            self.failed = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def __getattr__(self, name: str) -> Any:
        """Stand for the module `os`."""
        real = getattr(os, name)
        return self.failing(real) if name in CALLS else real

    def failing(self, real: Any) -> Any:
        def called(*arguments: Any, **named: Any) -> Any:
            if real is os.write and self.takes == 0:
                real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            self.check()
            return real(*arguments, **named)

        return called


@contextmanager
def full(monkeypatch: pytest.MonkeyPatch, takes: int) -> Iterator[Full]:
    """Let the vault's disk be full after so many calls."""
    disk = Full(takes)
    with monkeypatch.context() as patch:
        for room in (durable, erasure_list):
            patch.setattr(room, "os", disk)
        for name in ("rename", "mkdir"):
            patch.setattr(Path, name, disk.failing(getattr(Path, name)))
        yield disk


def stored_files(here: Places) -> list[Path]:
    return [path for path in here.folder.rglob("*") if path.is_file()]


def failures(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object]) -> Iterator[int]:
    """Try something on larger and larger disks until it is done; yield after each failure how many there were."""
    for takes in range(100):
        with full(monkeypatch, takes) as disk:
            try:
                deed()
            except StorageError as error:
                said = str(error)
            else:
                assert not disk.failed
                return
        assert "No space left on device" in said
        yield takes + 1
    pytest.fail("the disk was never large enough")


def test_storing_fails_whole_at_each_call(here: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    stays = kept(DATA)
    before, tried = stored_files(here), 0
    for tried in failures(monkeypatch, lambda: kept(DATA)):  # noqa: B007 - counted below
        assert stored_files(here) == before
        assert Blob.objects.count() == 1
    assert tried >= 10
    assert [read(blob) for blob in (stays, *Blob.objects.values_list("pk", flat=True))] == [DATA] * 3


def test_erasing_fails_whole_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the list does not know is not erased."""
    blob, tried = kept(DATA), 0
    for tried in failures(monkeypatch, lambda: gone(blob)):  # noqa: B007 - counted below
        assert read(blob) == DATA
        assert erasures().read() == {}
        assert not OutboxRow.objects.exists()
        assert not AuditPayload.objects.filter(action="vault.erased").exists()
    assert tried >= 5
    assert list(erasures().read()) == [blob]


def test_rotating_fails_whole_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    blob, tried = kept(DATA), 0
    old = key_ring().current()
    for tried in failures(monkeypatch, lambda: rotate_master_key(acting_user=ALICE, now=NOW)):  # noqa: B007 - ditto
        assert read(blob) == DATA
        assert kept(DATA)
        assert not AuditPayload.objects.filter(action="vault.key-rotated").exists()
    assert tried >= 6
    assert key_ring().current() != old
    assert read(blob) == DATA


@pytest.fixture
def small_disk(
    here: Places, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], AbstractContextManager[object]]]:
    """Put the files on a disk of one megabyte. Return what to do large things in: nothing, if it is a real one.

    Only the superuser can make one, so elsewhere a disk that says it is full after twelve calls stands in.
    """
    here.folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1M,mode=0700", "tmpfs", str(here.folder)]
    if (
        os.geteuid()
        or not shutil.which("mount")
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        yield lambda: full(monkeypatch, 12)
        return
    try:
        yield nullcontext
    finally:
        subprocess.run(["umount", str(here.folder)], check=True)


def test_what_does_not_fit_is_refused_and_what_fits_is_kept(
    here: Places, small_disk: Callable[[], AbstractContextManager[object]]
) -> None:
    one = kept(DATA)
    before = stored_files(here)
    for _ in range(3):
        with small_disk(), pytest.raises(StorageError, match="No space left on device"):
            kept(noise(3_000_000))
        assert stored_files(here) == before
    other = kept(DATA)
    assert [read(one), read(other)] == [DATA, DATA]
    assert Blob.objects.count() == 2


def test_a_stream_that_breaks_off_leaves_nothing_and_keeps_its_own_error(here: Places) -> None:
    class Broken:
        left = 3

        def read(self, size: int) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise ConnectionResetError
            return bytes(size)

    with pytest.raises(ConnectionResetError):
        kept(Broken())  # type: ignore[arg-type] # as much of a stream as is read
    assert stored_files(here) == []
    assert not Blob.objects.exists()


def test_a_file_is_waited_for_then_named_then_its_folder_is_waited_for_and_only_then_comes_the_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a loss of power would show: no test can cut it, so the order of the calls is what is held to."""
    kept()
    done = list[str]()

    def fsync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")

    def rename(self: Path, target: Path) -> None:
        done.append("rename")
        os.rename(self, target)  # noqa: PTH104 - the method is what stands in for it here

    def recorded(**_: object) -> None:
        done.append("row")

    monkeypatch.setattr(durable, "os", SimpleNamespace(**{**vars(os), "fsync": fsync}))
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr("stanch_server.vault.operations.storing.record", recorded)
    kept()
    folders = done.index("file")  # those that are new come first
    assert set(done[:folders]) <= {"folder"}
    assert done[folders:] == ["file", "rename", "folder", "row"]

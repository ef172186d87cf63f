"""Segment files where processes are killed and disks are full, and where several processes map one."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np
import pytest

from stanch.errors import CannotWriteError
from stanch.formats import check_blocks, open_segment, write_segment
from tests.conftest import ROOT
from tests.formats.segments import MIB, content, mapped, same, small


@contextmanager
def child(deed: str, path: Path, number: int) -> "Iterator[subprocess.Popen[str]]":
    """Run a process that does something to a file; it is killed at the end."""
    command = [sys.executable, "-m", "tests.formats.segment_child", deed, str(path), str(number)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def killed_after(seconds: float, path: Path, number: int) -> list[int]:
    """Run a process that writes, kill it, and return which files it said it wrote."""
    with child("write", path, number) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        return [int(line) for line in process.stdout.read().splitlines()]


def test_a_kill_at_any_instant_leaves_the_old_or_the_new_file(
    tmp_path: Path, campaign: Callable[[int], int], seed: int
) -> None:
    path, random, number, drafts = tmp_path / "a.segment", Random(seed), 0, 0
    write_segment(path, content(0), about=b"0")
    for _ in range(campaign(100)):
        said = killed_after(random.uniform(0, 0.08), path, number)
        segment = open_segment(path)
        stands = int(segment.about)
        assert stands in {[number, *said][-1], [number, *said][-1] + 1}
        assert list(check_blocks(segment)) == []
        assert all(same(column, segment.columns[name]) for name, column in content(stands).items())
        left = list(tmp_path.glob(".a.segment.*"))
        assert sorted(tmp_path.iterdir()) == sorted([path, *left])
        for draft in left:
            draft.unlink()
        number, drafts = stands, drafts + len(left)
    assert number > 0, "no process came to write anything"
    assert drafts > 0, "no process was killed while it wrote"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of two megabytes; only the superuser can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2M", "tmpfs", str(folder)]
    if (
        os.geteuid()
        or not shutil.which("mount")
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("needs the right to mount a small disk: run as root")
    try:
        yield folder
    finally:  # lazily: a test that fails may still have a file of it mapped
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_leaves_what_stood_there(small_disk: Path) -> None:
    path = small_disk / "a.segment"
    write_segment(path, small(), about=b"old")
    old = open_segment(path)
    for _ in range(3):
        with pytest.raises(CannotWriteError, match=r"disk/a\.segment cannot be written: No space left on device"):
            write_segment(path, {"c": np.ones(3 * MIB, np.uint8)})
        assert list(small_disk.iterdir()) == [path]
        assert open_segment(path).sha256 == old.sha256
    assert list(check_blocks(old)) == []
    write_segment(path, {"c": np.ones(MIB, np.uint8)})
    assert open_segment(path).columns["c"].all()


@pytest.mark.parametrize("short", [1, 100, MIB, 2 * MIB + 5])
def test_a_file_that_may_not_grow_leaves_what_stood_there(tmp_path: Path, short: int) -> None:
    """For whoever cannot mount a disk: the system takes a part of what it is given, and refuses the rest."""
    path = tmp_path / "a.segment"
    write_segment(path, {"c": np.ones(3 * MIB, np.uint8)}, about=b"old")
    with child("write-limited", path, path.stat().st_size - short) as process:
        said, _ = process.communicate(timeout=300)
    assert said == f"{path} cannot be written: File too large.\n"
    assert list(tmp_path.iterdir()) == [path]
    assert open_segment(path).about == b"old"


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_thereafter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test cuts the power, so this one watches what is waited for, and when."""
    path, waited = tmp_path / "a.segment", list[tuple[bool, bool]]()

    def watched(handle: int) -> None:
        waited.append((stat.S_ISDIR(os.fstat(handle).st_mode), path.exists()))
        real(handle)

    real = os.fsync
    monkeypatch.setattr(os, "fsync", watched)
    write_segment(path, small())
    assert waited == [(False, False), (True, True)]


def test_a_disk_that_fails_while_it_is_waited_for_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), handle)

    path = tmp_path / "a.segment"
    write_segment(path, small(), about=b"old")
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(CannotWriteError, match="Input/output error"):
        write_segment(path, small(), about=b"new")
    assert list(tmp_path.iterdir()) == [path]
    assert open_segment(path).about == b"old"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match=r"none/a\.segment cannot be written: No such file or directory"):
        write_segment(tmp_path / "none" / "a.segment", small())


def test_two_processes_share_the_pages(tmp_path: Path) -> None:
    if not Path("/proc/self/smaps").exists():
        pytest.skip("needs /proc/self/smaps: run on Linux")
    path = tmp_path / "a.segment"
    write_segment(path, {"c": np.ones(32 * MIB, np.uint8)})
    segment = open_segment(path)
    assert int(segment.columns["c"].sum(dtype=np.uint64)) == 32 * MIB
    with child("share", path, 0) as process:
        resident, proportional, own, total = map(int, process.communicate(timeout=300)[0].split())
    assert total == 32 * MIB
    assert mapped(path)["Rss"] >= 32 * 1024
    assert resident >= 32 * 1024
    assert proportional <= 0.55 * resident
    assert own < 0.01 * resident

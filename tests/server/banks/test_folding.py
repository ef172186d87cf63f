"""Folding and merging: few segments, little rewritten, and after any history what the database holds."""

import errno
import math
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.errors import CannotWriteError
from stanch.formats import check_blocks
from stanch_server.banks import folding, indexer, operations, trouble
from stanch_server.banks.folding import GROWTH, to_merge
from stanch_server.banks.follower import Follower
from stanch_server.banks.indexer import PATIENCE, Indexer
from stanch_server.banks.manifests import MANIFEST, read_manifest
from stanch_server.banks.models import Bank, Entry
from tests.server.banks.stock import ALICE, NOON, add, enabled_bank, found, held, names_in, names_there, remove
from tests.server.children import child

sizes = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), max_size=12)


@given(sizes)
def test_what_is_left_is_much_larger_than_what_is_smaller_and_mostly_alive(parts: list[tuple[int, int]]) -> None:
    alive, dead = [each for each, _ in parts], [each for _, each in parts]
    chosen = to_merge(alive, dead)
    assert to_merge(alive, dead) == sorted(set(chosen))
    left = [place for place in range(len(parts)) if place not in chosen]
    assert all(3 * dead[place] <= alive[place] for place in left)
    merged = sum(alive[place] for place in chosen)
    after = sorted([*(alive[place] for place in left), *([merged] if merged else [])])
    assert all(size >= GROWTH * sum(after[:place]) for place, size in enumerate(after))
    assert to_merge(after, [0] * len(after)) == []


@given(st.lists(st.integers(1, 50), min_size=1, max_size=300))
def test_each_entry_is_rewritten_a_few_times_only(added: list[int]) -> None:
    segments, written = list[int](), 0
    for size in added:
        segments.append(size)
        written += size
        chosen = to_merge(segments, [0] * len(segments))
        if chosen:
            merged = sum(segments[place] for place in chosen)
            segments = [merged, *(each for place, each in enumerate(segments) if place not in chosen)]
            written += merged
    levels = math.log(max(2, sum(added)), GROWTH)
    assert len(segments) <= levels + 2
    assert written <= sum(added) * (GROWTH * levels + 4)


@pytest.mark.django_db
def test_after_any_history_the_segments_hold_what_the_database_does(
    tmp_path: Path, campaign: Callable[[int], int], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adding, removing, confirming, folding, merging, losing files, starting again, as luck will have it."""
    monkeypatch.setattr(indexer, "TAIL", 3)
    monkeypatch.setattr(folding, "ENTRIES", 7)
    luck, folder, banks = Random(seed), tmp_path / "index", [enabled_bank("a"), enabled_bank("b")]
    worker, looks, next_seed = Indexer(folder=folder, holder="x"), 0, 0
    for _ in range(campaign(600)):
        bank, deed = luck.choice(banks), luck.choices(list(DEEDS), list(DEEDS.values()))[0]
        there = list(Entry.objects.filter(bank=bank, removed=None).order_by("name"))
        if deed == "add":
            add(bank, *range(next_seed, next_seed + luck.randint(1, 6)))
            next_seed += 6
        elif deed == "remove" and there:
            chosen = luck.sample(there, min(len(there), luck.randint(1, 4)))
            remove(bank, *(int(entry.name[1:]) for entry in chosen))
        elif deed == "confirm" and there:
            operations.confirm_entry(entry=luck.choice(there), acting_user=ALICE, at=NOON)
        elif deed == "lose":
            lose_one(folder, luck)
        elif deed == "restart":
            worker = Indexer(folder=folder, holder="x")
        else:
            looks += 1
            while worker.run_once(now=NOON + looks * PATIENCE):
                pass
            check(folder)
    with Follower(folder=folder) as follower:
        for entry in luck.sample(list(Entry.objects.select_related("bank")), 10):
            expected = [f"{entry.bank.name} {entry.name}"] if entry.removed is None else []
            assert found(follower, int(entry.name[1:])) == expected


DEEDS = {"add": 4, "remove": 2, "confirm": 1, "look": 6, "lose": 0.3, "restart": 0.5}


def lose_one(folder: Path, luck: Random) -> None:
    files = sorted(folder.glob("*.segment"))
    if files:
        luck.choice(files).write_bytes(b"")


def check(folder: Path) -> None:
    """Hold a generation to the database, as of a look after which nothing has changed."""
    generation = held(folder)
    assert generation.lost == ()
    assert names_in(generation) == names_there()
    archive = generation.archive()
    for entry in Entry.objects.filter(removed=None):
        place = archive.place(str(entry.id))
        assert place is not None
        assert (place.bank, place.confirmed) == (entry.bank_id, bool(entry.confirmed_by))
    alive = [each for each in generation.alive() if each]
    assert len(alive) <= math.log(max(2, sum(alive)), GROWTH) + 2


class TestKills:
    """SIGKILL of an indexer while it folds and merges: what stands is whole, and the next one goes on with it."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_a_kill_at_any_instant_leaves_a_generation_that_is_whole(
        self, tmp_path: Path, campaign: Callable[[int], int], seed: int
    ) -> None:
        folder, luck, bank = tmp_path / "index", Random(seed), enabled_bank()
        add(bank, *range(10))
        next_seed, drafts, moved = 10, 0, set[int]()
        for _ in range(campaign(40)):
            before = read_manifest(folder)
            with child("tests.server.banks.indexer_child", str(folder), "4") as (process, said):
                assert said.readline() == "ready\n"
                for _ in range(3):
                    next_seed = change(bank, next_seed, luck)
                time.sleep(luck.uniform(0.0, 0.25))
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
            drafts += sum(path.name.startswith(".0") for path in folder.iterdir()) if folder.exists() else 0
            after = read_manifest(folder)
            assert before is None or after is not None
            if after is not None:
                moved.add(after.mark.number)
                whole(folder)
            with Follower(folder=folder) as follower:
                assert found(follower, 0) == ["lantern e0"]
                entry = Entry.objects.order_by("-added", "-id").first()
                assert entry is not None
                expected = [f"lantern {entry.name}"] if entry.removed is None else []
                assert found(follower, int(entry.name[1:])) == expected
        assert len(moved) > 1, "no process came to fold anything"
        Indexer(folder=folder, holder="last").run_once(now=datetime.now(UTC) + PATIENCE)
        assert names_in(held(folder)) == names_there()
        assert {path.name for path in folder.glob("*.segment")} >= set(held(folder).manifest.files())
        assert not list(folder.glob(".0*"))


def change(bank: Bank, next_seed: int, luck: Random) -> int:
    """Add some entries and remove some, never the first; return the next seed."""
    add(bank, *range(next_seed, next_seed + 5))
    gone = luck.sample(range(next_seed, next_seed + 5), 2)
    remove(bank, *gone)
    return next_seed + 5


def whole(folder: Path) -> None:
    """Hold every block of every segment that is used to its checksum."""
    generation = held(folder)
    assert generation.lost == ()
    assert all(not list(check_blocks(segment.file)) for segment, _ in generation.segments)


@pytest.mark.django_db
class TestFullDisks:
    """What was there before serves, what was begun is removed, and all goes on once there is room."""

    @pytest.fixture
    def small_disk(self, tmp_path: Path) -> Iterator[Path]:
        """Return a folder on a disk of 200 kilobytes; only the superuser can make one."""
        folder = tmp_path / "disk"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
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

    def test_a_fold_that_does_not_fit(self, small_disk: Path) -> None:
        bank = enabled_bank()
        add(bank, 1)
        worker = Indexer(folder=small_disk, holder="x")
        worker.run_once(now=NOON)
        before = sorted(small_disk.iterdir())
        manifest = (small_disk / MANIFEST).read_bytes()
        add(bank, *range(2, 160))
        for look in (1, 2):
            with pytest.raises(CannotWriteError, match="No space left on device"):
                worker.run_once(now=NOON + look * PATIENCE)
            assert (small_disk / MANIFEST).read_bytes() == manifest
            assert sorted({*small_disk.iterdir()} - {small_disk / trouble.FILE}) == before
        told = trouble.read(small_disk)
        assert told is not None
        assert (told.kind, told.since) == ("full", NOON + PATIENCE)
        with Follower(folder=small_disk) as follower:
            assert (found(follower, 1), found(follower, 79)) == (["lantern e1"], ["lantern e79"])
        subprocess.run(["mount", "-o", "remount,size=8M", str(small_disk)], check=True)
        assert worker.run_once(now=NOON + 3 * PATIENCE)
        assert trouble.read(small_disk) is None
        assert names_in(held(small_disk)) == names_there()

    def test_a_merge_that_would_not_fit_is_not_begun(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bank, worker = enabled_bank(), Indexer(folder=tmp_path, holder="x")
        monkeypatch.setattr(folding, "GROWTH", 0)
        for seed in (1, 2):
            add(bank, seed)
            worker.run_once(now=NOON + seed * PATIENCE)
        monkeypatch.undo()
        usage = shutil.disk_usage(tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000))
            add(bank, 3)
            with pytest.raises(CannotWriteError, match=r"0\.0 MB are free"):
                worker.run_once(now=NOON + 3 * PATIENCE)
            assert len(held(tmp_path).segments) == 3, "the fold itself was made"
            told = trouble.read(tmp_path)
            assert told is not None
            assert told.kind == "full"
        assert worker.run_once(now=NOON + 3 * PATIENCE)
        assert len(held(tmp_path).segments) == 1
        assert trouble.read(tmp_path) is None

    def test_a_file_that_may_not_grow(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whichever write it is that is refused, and where no disk can be made for a test."""
        bank, real = enabled_bank(), os.write
        add(bank, 1, 2)
        worker = Indexer(folder=tmp_path, holder="x")
        worker.run_once(now=NOON)
        remove(bank, 2)
        add(bank, 3)
        refused = 0
        for takes in range(0, 1_000, 5):
            left = [takes]

            def limited(handle: int, data: bytes, left: list[int] = left) -> int:
                left[0] -= 1
                if left[0] < 0:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return real(handle, data)

            manifest = (tmp_path / MANIFEST).read_bytes()
            with monkeypatch.context() as patch:
                patch.setattr("stanch.formats.replacing.os.write", limited)
                try:
                    worker.run_once(now=NOON + PATIENCE)
                except CannotWriteError:
                    refused += 1
                    stands = read_manifest(tmp_path)
                    assert stands is not None
                    named = {*stands.files(), *stands.before}
                    assert {path.name for path in tmp_path.glob("*.segment")} == named, "room is taken up in vain"
                    with Follower(folder=tmp_path) as follower:
                        assert (found(follower, 1), found(follower, 2)) == (["lantern e1"], [])
                    continue
            assert (tmp_path / MANIFEST).read_bytes() != manifest
            break
        assert refused > 5
        assert names_in(held(tmp_path)) == names_there()

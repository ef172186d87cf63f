"""Generations: whatever happens to the files, no question is answered worse than from the database."""

import gc
import json
import logging
import random
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from django.db import connection

from stanch.fingerprints import as_entry
from stanch.matching import ArchiveSegment, write_archive
from stanch.media import Decoders
from stanch.values import FILE_MD5, FILE_SHA256, PDQ, Entry, HashPart, LinkPart, Part, State, TextPart
from stanch_server.accounts.models import Source
from stanch_server.banks import folding, indexer, loading, operations
from stanch_server.banks.changes import last_number
from stanch_server.banks.follower import Follower
from stanch_server.banks.generations import NO_DEAD, publish
from stanch_server.banks.indexer import PATIENCE, Indexer
from stanch_server.banks.loading import Loaded
from stanch_server.banks.making import Details
from stanch_server.banks.manifests import MANIFEST, new_path
from stanch_server.banks.marks import Mark, newest_mark
from stanch_server.banks.models import Bank, Change
from stanch_server.banks.models import Entry as EntryRow
from tests.matching.writing import ALPHABETS, writing
from tests.server.banks.stock import (
    ALICE,
    NOON,
    add,
    enabled_bank,
    found,
    held,
    names_in,
    names_there,
    remove,
    value,
)

pytestmark = pytest.mark.django_db

DECODERS = Decoders()  # nothing here is decoded, so that no process is started
PARTS: list[Part] = [
    *(TextPart(name="t", text=writing(1, 80, alphabet)) for alphabet in ALPHABETS),
    TextPart(name="short", text="نعم"),
    LinkPart(name="l", link="https://lantern.example/channel/1"),
    *(
        HashPart(name="h", method=method, value="1f" * (method.bits // 8))
        for method in (PDQ, FILE_MD5, FILE_SHA256)
    ),
]


def fill(bank: Bank) -> None:
    """Put one entry of each kind into a bank, some confirmed, some that expire, and one of several methods."""
    entries = [
        Entry(
            id=f"e{place}",
            fingerprints=tuple(each for reading in as_entry(part, DECODERS) for each in reading.fingerprints),
            added=NOON + timedelta(microseconds=place),
            confirmed_by="alice" if place % 2 else None,
            expires=NOON + timedelta(days=place, microseconds=7) if place % 3 else None,
            labels=("x",),
        )
        for place, part in enumerate(PARTS)
    ]
    several = tuple(each for entry in reversed(entries[-4:]) for each in entry.fingerprints)
    entries.append(Entry(id="several", fingerprints=several, added=NOON))
    operations.add_entries(bank=bank, entries=entries, acting_user=ALICE, at=NOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def make(folder: Path) -> Callable[[], list[Path]]:
    """Return a function that makes a generation of what is in the database now, and returns its segments."""
    looks = iter(range(10_000))
    worker = Indexer(folder=folder, holder="x")

    def made() -> list[Path]:
        assert worker.run_once(now=NOON + next(looks) * PATIENCE)
        return [segment.file.path for segment, _ in held(folder).segments]

    return made


@pytest.fixture
def starts(folder: Path) -> Iterator[Callable[[], tuple[Follower, int]]]:
    """Return a function that starts a follower, and says how many entries it holds in memory."""
    started: list[Follower] = []

    def start() -> tuple[Follower, int]:
        started.append(Follower(DECODERS, folder=folder))
        started[-1].refresh()
        return started[-1], in_memory(started[-1])

    yield start
    for each in started:
        each.close()


def in_memory(follower: Follower) -> int:
    return loaded_by(follower).known.changed


def loaded_by(follower: Follower) -> Loaded:
    assert follower._current is not None
    return follower._current.loaded


class TestWhatIsFound:
    def test_is_what_the_database_holds_in_every_bank_and_at_every_time(
        self, make: Callable[[], object], starts: Callable[[], tuple[Follower, int]], source: Source
    ) -> None:
        mine, shared = enabled_bank("mine", source), enabled_bank("shared")
        fill(mine)
        fill(shared)
        operations.set_state(bank=shared, state=State.SHADOW, acting_user=ALICE, at=NOON)
        make()
        (archived, held_in_memory), plain = starts(), Follower(DECODERS)
        assert held_in_memory == 0
        for part in PARTS:
            for who in (source.id, None):
                for now in (NOON, NOON + timedelta(days=5)):
                    results = [each.match_part(part, source=who, now=now) for each in (archived, plain)]
                    assert results[0] == results[1]
                    assert any(match.bank == "shared" for match in results[0].matches) or now > NOON

    def test_nobody_is_named_in_the_files(self, make: Callable[[], list[Path]]) -> None:
        fill(enabled_bank())
        assert all(b"alice" not in path.read_bytes() for path in make())

    def test_a_start_reads_the_tail_only(
        self, make: Callable[[], object], starts: Callable[[], tuple[Follower, int]], source: Source
    ) -> None:
        mine, shared = enabled_bank("mine", source), enabled_bank("shared")
        add(mine, 1, 2)
        add(shared, 1)
        make()
        remove(mine, 2)
        add(mine, 3)
        started, held_in_memory = starts()
        assert held_in_memory == 2
        assert started.number == last_number()
        assert found(started, 1, source) == ["mine e1", "shared e1"]
        assert found(started, 1) == ["shared e1"]
        assert [found(started, seed, source) for seed in (2, 3)] == [[], ["mine e3"]]

    def test_an_empty_database_has_a_generation_too(
        self, make: Callable[[], list[Path]], starts: Callable[[], tuple[Follower, int]]
    ) -> None:
        assert make() == []
        started, _ = starts()
        add(enabled_bank(), 1)
        assert found(started, 1) == ["lantern e1"]

    def test_what_changes_of_an_archived_entry_is_known_with_the_next_question(
        self, make: Callable[[], object], starts: Callable[[], tuple[Follower, int]]
    ) -> None:
        (entry,) = add(enabled_bank(), 1)
        make()
        started, _ = starts()
        part = TextPart(name="t", text=writing(1, 60))
        operations.confirm_entry(entry=entry, acting_user=ALICE, at=NOON)
        assert [m.confirmed for m in started.match_part(part, source=None, now=NOON).matches] == [True]
        details = Details(labels=(), note="", expires=NOON + timedelta(hours=1))
        operations.set_details(entry=entry, details=details, acting_user=ALICE, at=NOON)
        assert started.match_part(part, source=None, now=NOON + timedelta(hours=1)).matches == ()
        remove(entry.bank, 1)
        assert found(started, 1) == []
        add(entry.bank, 1)
        assert found(started, 1) == ["lantern e1"]


class TestFiles:
    def test_those_of_two_generations_are_kept_and_drafts_are_swept(
        self, make: Callable[[], list[Path]], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(folding, "GROWTH", 10**9)  # all is merged
        bank = enabled_bank()
        made = []
        for seed in range(4):
            add(bank, seed)
            folder.mkdir(exist_ok=True)
            for draft in (f".{seed:020}-0123abcd.segment.x1y2", f".{MANIFEST}.x1y2"):
                (folder / draft).write_bytes(b"left by one who was killed")
            (folder / "note.txt").write_bytes(b"somebody else's")
            made.append(make())
        manifest = json.loads((folder / MANIFEST).read_bytes())
        kept = {*(each["name"] for each in manifest["segments"]), *manifest["before"]}
        assert kept == {path.name for path in (*made[-1], *folder.glob("*.segment"))}
        assert len(manifest["segments"]) == 1
        assert made[-2][0].name in manifest["before"]
        assert all((folder / name).exists() for name in manifest["before"])
        assert not list(folder.glob(".*.x1y2"))
        assert (folder / "note.txt").exists()

    def test_segments_that_were_made_elsewhere_are_published(
        self, folder: Path, starts: Callable[[], tuple[Follower, int]]
    ) -> None:
        """As a benchmark does, whose entries are in no database."""
        bank = enabled_bank()
        add(bank, 1)
        folder.mkdir()
        path = new_path(folder, newest_mark())
        entries = [
            Entry(
                id=f"0000000{seed}-0000-4000-8000-000000000000", fingerprints=value(seed).fingerprints, added=NOON
            )
            for seed in (2, 3)
        ]
        write_archive(path, [(bank.id, entry) for entry in entries])
        dead = np.array([1], np.uint32)
        publish(folder, [(ArchiveSegment.open(path), dead)], mark=newest_mark(), made=NOON)
        started, held_in_memory = starts()
        part = [TextPart(name="t", text=writing(seed, 60)) for seed in (1, 2, 3)]
        results = [started.match_part(each, source=None, now=NOON).matches for each in part]
        assert [[match.entry for match in matches] for matches in results] == [[], [entries[0].id], []]
        assert held_in_memory == 0
        add(bank, 4)
        assert found(started, 4) == ["lantern e4"]

    @pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone", "swapped"])
    def test_what_is_in_a_damaged_segment_is_read_from_the_database(
        self,
        damage: str,
        make: Callable[[], list[Path]],
        starts: Callable[[], tuple[Follower, int]],
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(folding, "GROWTH", 0)  # nothing is merged
        monkeypatch.setattr(folding, "DEAD", 0)
        bank = enabled_bank()
        confirmed, *_ = add(bank, 1, 2, 5)
        make()
        add(bank, 3, 4)
        remove(bank, 2)
        operations.confirm_entry(entry=confirmed, acting_user=ALICE, at=NOON)  # now it stands in the second alone
        first, second = make()
        spoil(damage, second, first)
        started, held_in_memory = starts()
        assert [found(started, seed) for seed in (1, 2, 3, 5)] == [
            ["lantern e1"],
            [],
            ["lantern e3"],
            ["lantern e5"],
        ]
        assert held_in_memory == 3
        assert any(record.__dict__.get("file") == second.name for record in caplog.records)

    @pytest.mark.parametrize("damage", ["no folder", "no manifest", "strange manifest", "tombstones"])
    def test_without_what_holds_them_together_all_is_read_from_the_database(
        self,
        damage: str,
        folder: Path,
        make: Callable[[], list[Path]],
        starts: Callable[[], tuple[Follower, int]],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        bank = enabled_bank()
        add(bank, *range(1, 10))
        make()
        remove(bank, 3)
        make()
        with caplog.at_level(logging.INFO):
            match damage:
                case "no folder":
                    shutil.rmtree(folder)
                case "no manifest":
                    (folder / MANIFEST).unlink()
                case "strange manifest":
                    (folder / MANIFEST).write_bytes(b'{"newest": 7}')
                case _:
                    (path,) = folder.glob("tombstones-*")
                    spoil("flip", path, path)
            started, held_in_memory = starts()
        assert [found(started, seed) for seed in (1, 3, 9)] == [["lantern e1"], [], ["lantern e9"]]
        assert held_in_memory == 8
        assert any(record.name.startswith("stanch_server.banks") for record in caplog.records)

    def test_a_name_that_leads_out_of_the_folder_is_not_followed(
        self, folder: Path, make: Callable[[], list[Path]], starts: Callable[[], tuple[Follower, int]]
    ) -> None:
        add(enabled_bank(), 1)
        (path,) = make()
        manifest = (folder / MANIFEST).read_text()
        path.rename(folder.parent / path.name)
        (folder / MANIFEST).write_text(manifest.replace(path.name, f"../{path.name}"))
        started, held_in_memory = starts()
        assert (found(started, 1), held_in_memory) == (["lantern e1"], 1)

    def test_a_generation_of_another_database_is_not_used(
        self, make: Callable[[], object], starts: Callable[[], tuple[Follower, int]]
    ) -> None:
        """A backup was restored, and its numbers were given again: what the files say was never so."""
        bank = enabled_bank()
        add(bank, 1)
        make()
        Change.objects.filter(entry__name="e1").delete()
        EntryRow.objects.filter(name="e1").delete()
        add(bank, 2)
        started, held_in_memory = starts()
        assert held_in_memory == 1
        assert (found(started, 1), found(started, 2)) == ([], ["lantern e2"])


def spoil(damage: str, path: Path, other: Path) -> None:
    data = path.read_bytes()
    match damage:
        case "flip":
            path.write_bytes(bytes(byte ^ 255 for byte in data[:200]) + data[200:])
        case "cut":
            path.write_bytes(data[:-100])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case _:
            path.write_bytes(other.read_bytes())


class TestChangingOver:
    def test_what_is_held_in_memory_goes_into_the_files_and_nothing_is_found_otherwise(
        self, make: Callable[[], object], starts: Callable[[], tuple[Follower, int]]
    ) -> None:
        bank = enabled_bank()
        add(bank, 1, 2)
        make()
        started, _ = starts()
        add(bank, 3)
        remove(bank, 1)
        assert (found(started, 1), found(started, 3), in_memory(started)) == ([], ["lantern e3"], 2)
        make()
        add(bank, 4)
        assert started.adopt()
        assert (in_memory(started), started.number) == (1, last_number())
        assert [found(started, seed) for seed in (1, 2, 3, 4)] == [
            [],
            ["lantern e2"],
            ["lantern e3"],
            ["lantern e4"],
        ]

    def test_a_generation_that_is_gone_is_let_go_of(
        self, make: Callable[[], object], starts: Callable[[], tuple[Follower, int]]
    ) -> None:
        """Also what was set aside from the collector's rounds, as a process does when it is warm."""
        bank = enabled_bank()
        add(bank, 1)
        make()
        started, _ = starts()
        found(started, 1)
        gc.collect()
        gc.freeze()
        try:
            before = weakref.ref(loaded_by(started).known.matcher)
            file = weakref.ref(loaded_by(started).known._archive.segments[0].file)  # type: ignore[union-attr]
            add(bank, 2)
            make()
            assert started.adopt()
            assert (before(), file()) == (None, None)
        finally:
            gc.unfreeze()

    def test_it_is_worth_while_after_many_changes_or_some_time_or_at_once_if_one_is_damaged(
        self,
        folder: Path,
        make: Callable[[], list[Path]],
        starts: Callable[[], tuple[Follower, int]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(loading, "CHANGES", 2)
        bank = enabled_bank()
        add(bank, 1)
        (path,) = make()
        started, _ = starts()
        loaded, soon = loaded_by(started), NOON + timedelta(minutes=1)
        assert not loaded.is_outdone_by(held(folder).manifest, now=NOON + timedelta(days=1))
        add(bank, 2, 3)
        make()
        assert not loaded.is_outdone_by(held(folder).manifest, now=soon)
        assert loaded.is_outdone_by(held(folder).manifest, now=NOON + loading.AGE)
        found(started, 2)
        add(bank, 4)
        found(started, 4)
        assert loaded.is_outdone_by(held(folder).manifest, now=soon)
        fresh, _ = starts()
        for segment, _ in held(folder).segments:
            spoil("cut", segment.file.path, path)
        add(bank, 5)
        make()
        assert loaded_by(fresh).is_outdone_by(held(folder).manifest, now=soon)

    def test_one_that_knows_less_is_not_taken(
        self,
        make: Callable[[], object],
        starts: Callable[[], tuple[Follower, int]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        bank = enabled_bank()
        add(bank, 1)
        make()
        started, _ = starts()
        add(bank, 2)
        found(started, 2)
        monkeypatch.setattr(
            "stanch_server.banks.follower.caught_up", lambda loaded: loaded
        )  # as for a thread that sees an older state of the database
        assert not started.adopt()
        assert found(started, 2) == ["lantern e2"]


class Crowd:
    """Threads that each do something again and again, until the test is over or one fails."""

    def __init__(self, *deeds: Callable[[], object]) -> None:
        self.stop = threading.Event()
        self.failed: list[BaseException] = []
        self.threads = [threading.Thread(target=self.run, args=(deed,)) for deed in deeds]

    def run(self, deed: Callable[[], object]) -> None:
        try:
            while not self.stop.is_set():
                deed()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test is to see it
            self.failed.append(error)
            self.stop.set()
        finally:
            connection.close()

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert self.failed == []


@pytest.mark.django_db(transaction=True)
def test_questions_are_answered_while_everything_changes_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """An indexer folds and merges, a writer adds and removes, threads ask: each answer is what was so then."""
    monkeypatch.setattr(loading, "CHANGES", 3)
    monkeypatch.setattr(loading, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(indexer, "TAIL", 4)
    bank, luck, held_now = enabled_bank(), random.Random(seed), set[int]()
    worker, used, asked = Indexer(folder=folder, holder="x"), list[object](), iter(range(10**9))
    add(bank, 1)

    def ask() -> None:
        assert found(started, 1) == ["lantern e1"]
        if loaded_by(started).manifest not in used:
            used.append(loaded_by(started).manifest)
        next(asked)

    def fold() -> None:
        worker.run_once(now=NOON)
        time.sleep(0.02)

    with Follower(DECODERS, folder=folder) as started:
        with Crowd(ask, ask, fold) as crowd:
            for number in range(2, 30):
                if held_now and luck.random() < 0.4:
                    gone = held_now.pop()
                    remove(bank, gone)
                    assert found(started, gone) == []
                else:
                    add(bank, number)
                    held_now.add(number)
                    assert found(started, number) == [f"lantern e{number}"]
                assert not crowd.stop.is_set(), crowd.failed
        assert next(asked) > 20
        assert len(used) > 2, "it never changed over"
        assert all(found(started, number) == [f"lantern e{number}"] for number in held_now)
    worker.run_once(now=NOON + PATIENCE)
    assert names_in(held(folder)) == names_there()


def test_a_mark_tells_histories_apart_that_reached_the_same_number() -> None:
    add(enabled_bank(), 1)
    newest = Mark.of(Change.objects.get(number=3))
    assert newest.stands()
    for other in (NOON + timedelta(microseconds=1), NOON - timedelta(days=1)):
        assert not Mark(number=3, bank=newest.bank, entry=newest.entry, at=other).stands()
    assert not Mark(number=4, bank=newest.bank, entry=newest.entry, at=NOON).stands()
    assert NO_DEAD.dtype == np.uint32

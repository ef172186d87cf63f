"""Generations: whatever happens to the files, no question is answered worse than from the database."""

import json
import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from stanch.fingerprints import as_entry
from stanch.matching import ArchiveSegment, write_archive
from stanch.media import Decoders
from stanch.values import FILE_MD5, FILE_SHA256, PDQ, Entry, HashPart, LinkPart, Part, State, TextPart
from stanch_server.accounts.models import Source
from stanch_server.banks import folding, operations
from stanch_server.banks.changes import last_number
from stanch_server.banks.follower import Follower
from stanch_server.banks.generations import NO_DEAD, publish
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
    remove,
    spoil,
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


def test_a_mark_tells_histories_apart_that_reached_the_same_number() -> None:
    add(enabled_bank(), 1)
    newest = Mark.of(Change.objects.get(number=3))
    assert newest.stands()
    for other in (NOON + timedelta(microseconds=1), NOON - timedelta(days=1)):
        assert not Mark(number=3, bank=newest.bank, entry=newest.entry, at=other).stands()
    assert not Mark(number=4, bank=newest.bank, entry=newest.entry, at=NOON).stands()
    assert NO_DEAD.dtype == np.uint32

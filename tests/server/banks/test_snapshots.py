"""Index files: what is read is what was written, or nothing; and no question is answered worse for their loss."""

import logging
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.fingerprints import as_entry
from stanch.media import Decoders
from stanch.values import (
    FILE_MD5,
    FILE_SHA256,
    METHODS,
    PDQ,
    Entry,
    Fingerprint,
    HashPart,
    LinkPart,
    Part,
    State,
    TextPart,
)
from stanch_server.accounts.models import Source
from stanch_server.banks import blocks, follower, operations, snapshots
from stanch_server.banks.blocks import DamagedIndexError, pack, unpack
from stanch_server.banks.changes import last_number
from stanch_server.banks.columns import CONFIRMED, About
from stanch_server.banks.folded import Folded
from stanch_server.banks.follower import Follower
from stanch_server.banks.indexer import Indexer
from stanch_server.banks.marks import Mark
from stanch_server.banks.models import Bank, Change
from stanch_server.banks.models import Entry as EntryRow
from stanch_server.banks.tail import Holder, read_all
from stanch_server.vault.errors import StorageError
from tests.matching.writing import ALPHABETS, writing
from tests.server.banks.stock import ALICE, NOON, add, enabled_bank, found, remove

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
            expires=NOON + timedelta(days=place) if place % 3 else None,
            labels=("x",),
        )
        for place, part in enumerate(PARTS)
    ]
    several = tuple(each for entry in reversed(entries[-4:]) for each in entry.fingerprints)
    entries.append(Entry(id="several", fingerprints=several, added=NOON))
    operations.add_entries(bank=bank, entries=entries, acting_user=ALICE, at=NOON)


def columns_of(fingerprint: Fingerprint) -> list[object]:
    columns = (fingerprint.bits, fingerprint.at, fingerprint.start, fingerprint.end, fingerprint.quality)
    return [fingerprint.method.id, fingerprint.extent, fingerprint.variant, *(c.tolist() for c in columns)]


def told(folded: Folded) -> tuple[object, ...]:
    """Return all that an index file says, in values that compare."""
    entries = {
        name: (bank, entry.added, entry.confirmed_by is not None, entry.expires)
        for name, (bank, entry) in folded.entries.items()
    }
    prints = {
        name: [columns_of(each) for each in entry.fingerprints] for name, (_, entry) in folded.entries.items()
    }
    return folded.banks, entries, prints


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def make(folder: Path) -> Callable[[], Path]:
    """Return a function that makes an index file of what is in the database now."""

    def made() -> Path:
        Indexer(folder=folder, holder="x")._make(NOON)
        path = snapshots.newest(folder)
        assert path is not None
        return path.path

    return made


@pytest.fixture
def starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[Follower, bool]]]:
    """Return a function that starts a follower, and says whether it had to read every row."""
    made: list[Follower] = []

    def start() -> tuple[Follower, bool]:
        reads: list[Holder] = []

        def counted(holder: Holder) -> None:
            reads.append(holder)
            read_all(holder)

        with monkeypatch.context() as patch:
            patch.setattr(follower, "read_all", counted)
            made.append(Follower(folder=folder))
            made[-1].refresh()
        return made[-1], bool(reads)

    yield start
    for each in made:
        each.close()


class TestWriting:
    def test_what_is_read_is_what_stands_in_the_database(
        self, folder: Path, make: Callable[[], Path], source: Source
    ) -> None:
        mine, shared = enabled_bank("mine", source), enabled_bank("shared")
        fill(mine)
        fill(shared)
        operations.set_state(bank=shared, state=State.SHADOW, acting_user=ALICE, at=NOON)
        make()
        read, direct = snapshots.newest(folder), Folded()
        read_all(direct)
        assert read is not None
        assert {prints.method.id for _, e in read.folded.entries.values() for prints in e.fingerprints} == set(
            METHODS
        ) - {"pdq-raw/1"}
        assert told(read.folded) == told(direct)
        assert (read.about.mark.number, read.about.entries) == (last_number(), 2 * len(PARTS) + 2)

    def test_nobody_is_named_in_it(self, make: Callable[[], Path]) -> None:
        bank = enabled_bank()
        fill(bank)
        content = make().read_bytes()
        assert b"alice" not in content
        assert CONFIRMED.encode() not in content

    def test_an_empty_database_has_one_too(self, make: Callable[[], Path], folder: Path) -> None:
        make()
        read = snapshots.newest(folder)
        assert read is not None
        assert read.folded == Folded()

    def test_two_are_kept_and_drafts_are_swept(self, make: Callable[[], Path], folder: Path) -> None:
        bank = enabled_bank()
        paths = []
        for seed in range(4):
            add(bank, seed)
            (folder / "drafts").mkdir(parents=True, exist_ok=True)
            (folder / "drafts" / "left").write_bytes(b"by one who was killed")
            paths.append(make())
        assert sorted(folder.glob("*.index")) == sorted(paths[-2:])
        assert list((folder / "drafts").iterdir()) == []

    @pytest.mark.parametrize("failing", ["fsync", "rename"])
    def test_a_disk_that_refuses_leaves_what_was_there(
        self, failing: str, make: Callable[[], Path], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bank = enabled_bank()
        first = make()
        add(bank, 1)

        def refuse(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync" if failing == "fsync" else "pathlib.Path.rename", refuse)
            with pytest.raises(StorageError):
                Indexer(folder=folder, holder="x")._make(NOON)
        read = snapshots.newest(folder)
        assert read is not None
        assert read.path == first

    def test_one_that_is_read_back_otherwise_is_not_named(
        self, make: Callable[[], Path], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = make()
        add(enabled_bank(), 1)

        def write_damaged(path: Path, content: list[bytes], *, drafts: Path) -> int:
            assert drafts
            return path.write_bytes(b"".join(content)[:-9])

        with monkeypatch.context() as patch:
            patch.setattr(snapshots, "write_new", write_damaged)
            with pytest.raises(DamagedIndexError):
                Indexer(folder=folder, holder="x")._make(NOON)
        read = snapshots.newest(folder)
        assert read is not None
        assert read.path == first


class TestDamage:
    @given(
        contents=st.lists(st.binary(max_size=40), max_size=4), place=st.integers(0, 10_000), bit=st.integers(0, 7)
    )
    def test_no_altered_bit_of_a_block_is_read(self, contents: list[bytes], place: int, bit: int) -> None:
        pieces = {f"b{number}": content for number, content in enumerate(contents)}
        data = b"".join(pack(pieces, number=7))
        assert {name: bytes(block) for name, block in unpack(data).items()} == pieces
        altered = bytearray(data)
        altered[place % len(data)] ^= 1 << bit
        try:
            read = {name: bytes(block) for name, block in unpack(bytes(altered)).items()}
        except DamagedIndexError:
            return
        assert read == pieces  # the bit lay in the padding between blocks

    def test_no_part_of_a_file_is_read_for_the_whole(self, make: Callable[[], Path]) -> None:
        fill(enabled_bank())
        path = make()
        data = path.read_bytes()
        cuts = random.Random(2021784).sample(range(len(data)), 60)
        for cut in (0, 1, 63, 64, len(data) - 1, *cuts):
            path.write_bytes(data[:cut])
            with pytest.raises(DamagedIndexError):
                snapshots.read(path)
        path.write_bytes(data + b"\0")
        with pytest.raises(DamagedIndexError):
            snapshots.read(path)

    @pytest.mark.parametrize("change", ["magic", "version"])
    def test_a_file_of_another_kind_or_version_is_not_read(
        self, change: str, make: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = make()
        with monkeypatch.context() as patch:
            patch.setattr(blocks, change.upper(), b"STRANGER" if change == "magic" else 2)
            with pytest.raises(DamagedIndexError, match="another version"):
                snapshots.read(path)
        assert snapshots.read(path)

    def test_blocks_that_do_not_fit_each_other_are_not_read(self, make: Callable[[], Path]) -> None:
        """Checksums fit: whoever wrote this was mistaken, not the disk."""
        fill(enabled_bank())
        path = make()
        whole = {name: bytes(block) for name, block in unpack(path.read_bytes()).items()}
        for name in whole:
            short = whole | {name: whole[name][: len(whole[name]) // 2]}
            without = {other: block for other, block in whole.items() if other != name}
            for changed in (short, without):
                path.write_bytes(b"".join(pack(changed, number=1)))
                with pytest.raises(DamagedIndexError):
                    snapshots.read(path)


class TestStarting:
    def test_a_start_reads_the_file_and_the_tail_only(
        self, make: Callable[[], Path], starts: Callable[[], tuple[Follower, bool]], source: Source
    ) -> None:
        mine, shared = enabled_bank("mine", source), enabled_bank("shared")
        add(mine, 1, 2)
        add(shared, 1)
        make()
        remove(mine, 2)
        add(mine, 3)
        started, read_rows = starts()
        assert not read_rows
        assert started.number == last_number()
        assert found(started, 1, source) == ["mine e1", "shared e1"]
        assert found(started, 1) == ["shared e1"]
        assert [found(started, seed, source) for seed in (2, 3)] == [[], ["mine e3"]]

    @pytest.mark.parametrize(
        "damage", ["flip", "cut", "empty", "gone", "no folder", "no manifest", "strange manifest"]
    )
    def test_whatever_happens_to_the_files_the_answer_is_right(
        self,
        damage: str,
        folder: Path,
        make: Callable[[], Path],
        starts: Callable[[], tuple[Follower, bool]],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        bank = enabled_bank()
        add(bank, 1, 2)
        path = make()
        spoil(damage, folder, path)
        with caplog.at_level(logging.INFO):
            started, read_rows = starts()
        assert [found(started, seed) for seed in (1, 2, 3)] == [["lantern e1"], ["lantern e2"], []]
        assert read_rows == ("manifest" not in damage)
        assert any(record.name == "stanch_server.banks.snapshots" for record in caplog.records)

    def test_of_two_files_the_older_one_serves_where_the_newest_is_damaged(
        self, make: Callable[[], Path], starts: Callable[[], tuple[Follower, bool]], folder: Path
    ) -> None:
        bank = enabled_bank()
        add(bank, 1)
        make()
        remove(bank, 1)
        add(bank, 2)
        spoil("flip", folder, make())
        started, read_rows = starts()
        assert not read_rows
        assert (found(started, 1), found(started, 2)) == ([], ["lantern e2"])

    def test_a_file_of_another_database_is_not_used(
        self, make: Callable[[], Path], starts: Callable[[], tuple[Follower, bool]]
    ) -> None:
        """A backup was restored, and its numbers were given again: what the file says was never so."""
        bank = enabled_bank()
        add(bank, 1)
        make()
        Change.objects.filter(entry__name="e1").delete()
        EntryRow.objects.filter(name="e1").delete()
        add(bank, 2)
        started, read_rows = starts()
        assert read_rows
        assert (found(started, 1), found(started, 2)) == ([], ["lantern e2"])


def spoil(damage: str, folder: Path, path: Path) -> None:
    data = path.read_bytes()
    match damage:
        case "flip":
            middle = len(data) // 2 // 8 * 8
            path.write_bytes(
                data[:middle] + np.bitwise_not(np.frombuffer(data[middle:], dtype=np.uint8)).tobytes()
            )
        case "cut":
            path.write_bytes(data[:-100])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case "no folder":
            shutil.rmtree(folder)
        case "no manifest":
            (folder / "manifest.json").unlink()
        case _:
            (folder / "manifest.json").write_bytes(b'{"newest": 7}')


def test_a_mark_tells_histories_apart_that_reached_the_same_number() -> None:
    add(enabled_bank(), 1)
    newest = Mark.of(Change.objects.get(number=3))
    assert newest.stands()
    for other in (NOON + timedelta(microseconds=1), NOON - timedelta(days=1)):
        assert not Mark(number=3, bank=newest.bank, entry=newest.entry, at=other).stands()
    assert not Mark(number=4, bank=newest.bank, entry=newest.entry, at=NOON).stands()
    assert About(mark=newest, made=NOON, folds=0, entries=1).mark == newest

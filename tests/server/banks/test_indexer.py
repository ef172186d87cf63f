"""The indexer: when it makes a generation, who does it, and what it survives."""

import json
import shutil
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from filelock import FileLock

from stanch.errors import CannotWriteError
from stanch_server.banks import folding, indexer, operations, patrol, trouble
from stanch_server.banks.changes import last_number
from stanch_server.banks.indexer import LEASE_SECONDS, PATIENCE, Indexer
from stanch_server.banks.making import Details
from stanch_server.banks.manifests import LOCK, MANIFEST
from stanch_server.banks.models import Change, Lease
from tests.server.banks.stock import ALICE, NOON, add, enabled_bank, held, names_in, names_there, remove

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def worker(folder: Path) -> Indexer:
    return Indexer(folder=folder, holder="alice")


def is_complete(folder: Path) -> bool:
    return names_in(held(folder)) == names_there()


def spoil_middle(path: Path) -> None:
    """Turn bytes in the middle of a file over, as a disk might."""
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        stream.write(b"damage")


class TestWhenItIsDue:
    def test_at_once_where_there_is_none_and_then_not_before_something_changes(
        self, worker: Indexer, folder: Path
    ) -> None:
        assert worker.run_once(now=NOON)
        assert not worker.run_once(now=NOON + PATIENCE)
        add(enabled_bank(), 1)
        assert worker.run_once(now=NOON + PATIENCE)
        assert is_complete(folder)

    def test_a_short_tail_waits_and_a_long_one_does_not(
        self, worker: Indexer, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexer, "TAIL", 4)
        bank = enabled_bank()
        worker.run_once(now=NOON)
        add(bank, 1, 2, 3, 4)
        assert not worker.run_once(now=NOON + PATIENCE - SECOND)
        add(bank, 5)
        assert worker.run_once(now=NOON + PATIENCE - SECOND)
        assert held(folder).mark.number == last_number()
        assert is_complete(folder)

    def test_a_long_tail_is_folded_a_segment_at_a_time(
        self, worker: Indexer, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("stanch_server.banks.tail.BATCH", 3)
        monkeypatch.setattr(indexer, "TAIL", 0)
        monkeypatch.setattr(folding, "ENTRIES", 6)
        bank, looks = enabled_bank(), 0
        worker.run_once(now=NOON)
        add(bank, *range(20))
        while worker.run_once(now=NOON):
            looks += 1
        assert looks == 4  # three changes are read at a time, until there are six entries
        assert is_complete(folder)
        assert held(folder).mark.number == last_number()

    def test_what_has_not_changed_for_matching_is_not_written_again(self, worker: Indexer, folder: Path) -> None:
        (entry,) = add(enabled_bank(), 1)
        worker.run_once(now=NOON)
        before = [segment.name for segment, _ in held(folder).segments]
        details = Details(labels=("x",), note="seen", expires=None)
        operations.set_details(entry=entry, details=details, acting_user=ALICE, at=NOON)
        assert worker.run_once(now=NOON + PATIENCE)
        assert [segment.name for segment, _ in held(folder).segments] == before
        operations.confirm_entry(entry=entry, acting_user=ALICE, at=NOON)
        assert worker.run_once(now=NOON + 2 * PATIENCE)
        place = held(folder).archive().place(str(entry.id))
        assert place is not None
        assert place.confirmed
        assert is_complete(folder)


class TestWhenFilesAreLost:
    def test_everything_is_made_anew_without_the_folder_or_the_manifest(
        self, worker: Indexer, folder: Path
    ) -> None:
        add(enabled_bank(), 1)
        worker.run_once(now=NOON)
        shutil.rmtree(folder)
        assert worker.run_once(now=NOON + SECOND)
        (folder / MANIFEST).write_bytes(b'{"newest": 7}')
        assert worker.run_once(now=NOON + 2 * SECOND)
        assert is_complete(folder)

    @pytest.mark.parametrize("damage", ["removed", "cut", "spoilt", "replaced"])
    def test_a_damaged_segment_is_named_and_made_anew_alone(
        self,
        damage: str,
        worker: Indexer,
        folder: Path,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(folding, "GROWTH", 0)  # nothing is merged
        monkeypatch.setattr(folding, "DEAD", 0)
        bank = enabled_bank()
        confirmed, *_ = add(bank, 1, 11)
        worker.run_once(now=NOON + PATIENCE)
        add(bank, 2, 12)
        operations.confirm_entry(entry=confirmed, acting_user=ALICE, at=NOON)  # now it stands in the second alone
        worker.run_once(now=NOON + 2 * PATIENCE)
        remove(bank, 12)
        worker.run_once(now=NOON + 3 * PATIENCE)
        first, second = (segment.file.path for segment, _ in held(folder).segments)
        match damage:
            case "removed":
                second.unlink()
            case "cut":
                second.write_bytes(second.read_bytes()[:-100])
            case "spoilt":
                spoil_middle(second)
            case _:
                second.write_bytes(first.read_bytes())
        assert worker.run_once(now=NOON + 3 * PATIENCE + SECOND)
        assert held(folder).segments[0][0].file.path == first
        assert second.name in held(folder).manifest.damaged
        assert is_complete(folder)
        assert any(second.name in str(record.__dict__.get("error")) for record in caplog.records)
        assert trouble.read(folder) is None

    def test_what_is_dead_is_written_again_from_memory(self, worker: Indexer, folder: Path) -> None:
        bank = enabled_bank()
        add(bank, *range(9))
        worker.run_once(now=NOON)
        remove(bank, 3)
        worker.run_once(now=NOON + PATIENCE)
        before = held(folder)
        (tombstones,) = folder.glob("tombstones-*")
        tombstones.write_bytes(b"")
        assert worker.run_once(now=NOON + PATIENCE + SECOND)
        assert held(folder).manifest.segments == before.manifest.segments
        assert is_complete(folder)

    def test_damage_that_leaves_no_trace_is_found_in_time(
        self, worker: Indexer, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (indexer, patrol):
            monkeypatch.setattr(module, "status", lambda path: (len(str(path)),))  # nothing looks touched
        add(enabled_bank(), 1)
        worker.run_once(now=NOON)
        assert not worker.run_once(now=NOON + SECOND)
        spoil_middle(held(folder).segments[0][0].file.path)
        assert not worker.run_once(now=NOON + patrol.CHECKED)
        assert worker.run_once(now=NOON + SECOND + patrol.CHECKED)
        assert is_complete(folder)

    def test_the_patrol_reads_a_few_blocks_at_a_time(
        self, worker: Indexer, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(enabled_bank(), *range(4))
        worker.run_once(now=NOON)
        blocks = held(folder).segments[0][0].file.blocks
        monkeypatch.setattr(patrol, "BLOCKS", 1)
        spoil_middle(held(folder).segments[0][0].file.path)
        looks = next(look for look in range(1, blocks + 2) if worker.run_once(now=NOON + look * SECOND))
        assert 1 < looks <= blocks + 1
        assert is_complete(folder)

    def test_a_database_that_was_put_back_is_read_anew(self, worker: Indexer, folder: Path) -> None:
        bank = enabled_bank()
        add(bank, 1, 2)
        worker.run_once(now=NOON)
        Change.objects.filter(number=last_number()).update(at=NOON + SECOND)
        assert worker.run_once(now=NOON + SECOND)
        assert held(folder).mark.at == NOON + SECOND
        assert is_complete(folder)


class TestWhoMakesIt:
    def test_one_of_two_until_it_is_gone(self, worker: Indexer, folder: Path) -> None:
        other = Indexer(folder=folder, holder="bob")
        bank = enabled_bank()
        assert worker.run_once(now=NOON)
        shutil.rmtree(folder)
        assert not other.run_once(now=NOON + timedelta(seconds=LEASE_SECONDS - 1))
        assert other.run_once(now=NOON + timedelta(seconds=LEASE_SECONDS))
        add(bank, 1)
        shutil.rmtree(folder)
        assert not worker.run_once(now=NOON + timedelta(seconds=LEASE_SECONDS))

    def test_the_next_at_once_when_it_resigns(self, worker: Indexer, folder: Path) -> None:
        worker.run_once(now=NOON)
        worker.resign(now=NOON + SECOND)
        shutil.rmtree(folder)
        assert Indexer(folder=folder, holder="bob").run_once(now=NOON + SECOND)

    def test_nobody_while_another_writes_whose_lease_has_run_out(self, worker: Indexer, folder: Path) -> None:
        folder.mkdir()
        with FileLock(folder / LOCK):
            assert not worker.run_once(now=NOON)
        assert worker.run_once(now=NOON)

    def test_the_lease_is_written_only_when_half_of_it_has_gone_by(self, worker: Indexer) -> None:
        worker.run_once(now=NOON)
        for seconds in range(1, 30):
            worker.run_once(now=NOON + timedelta(seconds=seconds))
        assert Lease.objects.get().until == NOON + timedelta(seconds=LEASE_SECONDS)
        worker.run_once(now=NOON + timedelta(seconds=30))
        assert Lease.objects.get().until == NOON + timedelta(seconds=LEASE_SECONDS + 30)


@pytest.mark.django_db(transaction=True)
class TestRunning:
    def run(self, folder: Path, looks: int, before: Callable[[int], None]) -> None:
        """Let an indexer look so often, in a thread of its own; `before` is called before each look."""
        stop, asked = threading.Event(), iter(range(looks + 1))
        failed: list[BaseException] = []

        def now() -> datetime:
            number = next(asked, looks)
            if number == looks - 1:
                stop.set()
            before(number)
            return NOON + number * SECOND

        def work() -> None:
            try:
                indexer.run_forever(folder=folder, holder="alice", stop=stop, pause=0, now=now)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test is to see it
                failed.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert failed == []

    def test_it_keeps_up_and_gives_its_lease_back(self, folder: Path) -> None:
        bank = enabled_bank()

        def lose(number: int) -> None:
            if number == 1:
                add(bank, 1)
                shutil.rmtree(folder)

        self.run(folder, 2, lose)
        assert is_complete(folder)
        assert Lease.objects.get().until <= NOON + 2 * SECOND

    @pytest.mark.parametrize("error", [OperationalError("gone"), CannotWriteError(path="x", problem="full")])
    def test_it_survives_a_database_or_a_disk_that_refuses(
        self, folder: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexer, "PAUSE_AFTER_TROUBLE", 0)
        make: Any = folding.everything
        refusals, told = iter([error, error]), []

        def refusing(*given: Any) -> Any:
            for refusal in refusals:
                raise refusal
            told.append(trouble.read(folder))
            return make(*given)

        monkeypatch.setattr(folding, "everything", refusing)
        self.run(folder, 3, lambda _: None)
        assert held(folder).mark.number == 0
        assert [bool(each) for each in told] == [isinstance(error, CannotWriteError)]
        assert trouble.read(folder) is None
        assert json.loads((folder / MANIFEST).read_bytes())["segments"] == []

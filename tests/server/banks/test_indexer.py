"""The indexer: when it makes a file, who does it, and what it survives."""

import shutil
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from stanch_server.banks import indexer, snapshots
from stanch_server.banks.changes import last_number
from stanch_server.banks.folded import Folded
from stanch_server.banks.indexer import LEASE_SECONDS, PATIENCE, Indexer
from stanch_server.banks.models import Lease
from stanch_server.banks.snapshots import Snapshot
from stanch_server.banks.tail import Holder, read_all
from stanch_server.vault.errors import StorageError
from tests.server.banks.stock import NOON, add, enabled_bank, remove

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def worker(folder: Path) -> Indexer:
    return Indexer(folder=folder, holder="alice")


def held(folder: Path) -> Snapshot:
    snapshot = snapshots.newest(folder)
    assert snapshot is not None
    return snapshot


def expected() -> Folded:
    folded = Folded()
    read_all(folded)
    return folded


class TestWhenAFileIsMade:
    def test_at_once_where_there_is_none_and_then_not_before_something_changes(self, worker: Indexer) -> None:
        assert worker.run_once(now=NOON)
        assert not worker.run_once(now=NOON + PATIENCE)
        add(enabled_bank(), 1)
        assert worker.run_once(now=NOON + PATIENCE)

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
        assert held(folder).about.mark.number == last_number()
        assert held(folder).folded.entries.keys() == expected().entries.keys()

    def test_a_tail_is_long_by_the_size_of_the_banks(
        self, worker: Indexer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexer, "TAIL", 0)
        bank = enabled_bank()
        add(bank, *range(20))
        worker.run_once(now=NOON)
        remove(bank, 1, 2)
        assert not worker.run_once(now=NOON)
        remove(bank, 3)
        assert worker.run_once(now=NOON)

    def test_within_the_next_pass_when_the_folder_or_the_file_is_lost(self, worker: Indexer, folder: Path) -> None:
        add(enabled_bank(), 1)
        worker.run_once(now=NOON)
        shutil.rmtree(folder)
        assert worker.run_once(now=NOON + SECOND)
        held(folder).path.unlink()
        assert worker.run_once(now=NOON + 2 * SECOND)
        assert held(folder).folded.entries.keys() == expected().entries.keys()

    def test_within_the_next_pass_when_the_file_is_damaged(self, worker: Indexer, folder: Path) -> None:
        add(enabled_bank(), 1)
        worker.run_once(now=NOON)
        path = held(folder).path
        with path.open("r+b") as stream:
            stream.seek(-20, 2)
            stream.write(b"damage")
        assert worker.run_once(now=NOON + SECOND)
        assert held(folder).path != path
        assert not path.exists()

    def test_damage_that_leaves_no_trace_is_found_in_time(
        self, worker: Indexer, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexer, "_status", lambda path: (len(str(path)),))  # nothing looks touched
        add(enabled_bank(), 1)
        worker.run_once(now=NOON)
        held(folder).path.write_bytes(b"")
        assert not worker.run_once(now=NOON + indexer.CHECKED - SECOND)
        assert worker.run_once(now=NOON + indexer.CHECKED)

    def test_from_the_file_before_and_now_and_then_from_the_database(
        self, worker: Indexer, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexer, "FOLDS", 4)
        reads: list[Holder] = []

        def counted(holder: Holder) -> None:
            reads.append(holder)
            read_all(holder)

        monkeypatch.setattr(indexer, "read_all", counted)
        bank = enabled_bank()
        for seed in range(7):
            add(bank, seed)
            if seed % 3 == 2:
                remove(bank, seed - 1)
            assert worker.run_once(now=NOON + seed * PATIENCE)
        assert len(reads) == 2
        assert held(folder).folded.entries.keys() == expected().entries.keys()


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
        assert held(folder).folded.entries.keys() == expected().entries.keys()
        assert Lease.objects.get().until <= NOON + 2 * SECOND

    @pytest.mark.parametrize("error", [OperationalError("gone"), StorageError(path="x", problem="full")])
    def test_it_survives_a_database_or_a_disk_that_refuses(
        self, folder: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexer, "PAUSE_AFTER_TROUBLE", 0)
        make: Any = Indexer._make
        refusals = iter([error, error])

        def refusing(self: Indexer, now: datetime) -> None:
            for refusal in refusals:
                raise refusal
            make(self, now)

        monkeypatch.setattr(Indexer, "_make", refusing)
        self.run(folder, 3, lambda _: None)
        assert held(folder).about.mark.number == 0

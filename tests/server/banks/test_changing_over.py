"""From one generation to the next, while questions are asked."""

import gc
import random
import threading
import time
import weakref
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest
from django.db import connection

from stanch_server.banks import indexer, loading
from stanch_server.banks.changes import last_number
from stanch_server.banks.follower import Follower
from stanch_server.banks.indexer import PATIENCE, Indexer
from tests.server.banks.stock import (
    NOON,
    add,
    enabled_bank,
    found,
    held,
    in_memory,
    loaded_by,
    names_in,
    names_there,
    remove,
    spoil,
)

pytestmark = pytest.mark.django_db


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

    with Follower(folder=folder) as started:
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

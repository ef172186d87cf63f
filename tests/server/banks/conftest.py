"""A folder of generations, and functions that make them and start followers upon them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stanch.media import Decoders
from stanch_server.banks.follower import Follower
from stanch_server.banks.indexer import PATIENCE, Indexer
from tests.server.banks.stock import NOON, held, in_memory


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
        started.append(Follower(Decoders(), folder=folder))
        started[-1].refresh()
        return started[-1], in_memory(started[-1])

    yield start
    for each in started:
        each.close()

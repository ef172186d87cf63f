"""What opening an index costs a process that has loaded its code: time, and memory of its own."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

from benchmarks.archived import RADIUS, churned, opened
from benchmarks.hashes import Words, uniform
from stanch.index import HammingIndex, Rows
from stanch.index.sealed import Sealed
from stanch.index.sealing import seal
from stanch.values import PDQ

P = ParamSpec("P")
R = TypeVar("R")

SAMPLE = 5_000
"""Rows of an index whose search loads all kernels."""

MEMORY = Path("/proc/self/smaps_rollup")


@dataclass(frozen=True, kw_only=True, slots=True)
class Second:
    """A process that opened an index which another had open.

    Parameters
    ----------
    open_ms : until the index could be asked.
    first_ms : from there until it had answered one query.
    before, after : bytes of memory that are its own, before it opened the index, and when it had changed it by 1 %
        and asked it all queries; None where the system does not tell.
    """

    open_ms: float
    first_ms: float
    before: int | None
    after: int | None

    @property
    def added(self) -> int | None:
        """Bytes that the index took."""
        return None if self.before is None or self.after is None else self.after - self.before


def in_another_process(work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Call a function in a fresh process, and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments, **named).result()


def open_and_use(path: Path, queries: Words, added: Words, seed: int) -> Second:
    """Open a segment, ask once, change it as `archived.churned` does, and ask all."""
    load_kernels()
    before = private_bytes()
    began = time.perf_counter()
    segment, index = opened(path)
    ready = time.perf_counter()
    index.search(queries[:1], radius=RADIUS, limit=100)
    answered = time.perf_counter()
    churned(index, segment.entries, added, seed)
    for first in range(0, len(queries), 1000):
        index.search(queries[first : first + 1000], radius=RADIUS, limit=100)
    return Second(
        open_ms=(ready - began) * 1e3,
        first_ms=(answered - ready) * 1e3,
        before=before,
        after=private_bytes(),
    )


def load_kernels() -> None:
    """Have everything that is compiled compiled, and loaded."""
    bits = uniform(SAMPLE, 0)
    bits[: SAMPLE // 2] = bits[0]  # a crowd, so that groups are searched too
    numbers = np.arange(SAMPLE)
    nothing = np.zeros(SAMPLE, np.int64)
    rows = Rows(bits=bits, entry=numbers, bank=nothing, at=nothing.astype(np.float64), expires=nothing + 1)
    for sealed in (seal(rows, radius=31), Sealed.plain(rows)):
        index = HammingIndex(PDQ.words, sealed=[sealed])
        index.remove([0])
        index.search(bits[:10], radius=RADIUS, limit=100)


def private_bytes() -> int | None:
    """Return how much memory is this process's own; what a file gives it and others have too is not."""
    if not MEMORY.exists():
        return None
    lines = (line.split() for line in MEMORY.read_text(encoding="ascii").splitlines())
    held = {words[0]: words[1] for words in lines if words[0].startswith("Private_")}
    return 1024 * (int(held["Private_Clean:"]) + int(held["Private_Dirty:"]))

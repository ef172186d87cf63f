"""How fast an index answers, what it weighs, and how soon it is open: for `benchmarks.index`."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.archived import RADIUS, Stock, churned, opened, sizes, touched
from benchmarks.hashes import Words
from benchmarks.recall import BATCH, LIMIT
from benchmarks.report import Result
from benchmarks.second_process import in_another_process, open_and_use
from stanch.matching import ArchiveSegment

ROUNDS = 5


def stocked_index(path: Path, bits: Words, added: Words, seed: int) -> Stock:
    """Open an archive and change 1 % of it."""
    _, index = opened(path)
    alive = churned(index, len(bits), added, seed)
    return Stock(index=index, bits=np.concatenate([bits, added]), alive=alive, archived=len(bits))


def rate_of(stock: Stock, asked: Words) -> tuple[float, str]:
    """Return the queries a second of one thread's processor time, in the median round, and what to say of it."""
    rounds = []
    for _ in range(1 + ROUNDS):
        cpu, wall = time.thread_time(), time.perf_counter()
        for first in range(0, len(asked), BATCH):
            stock.index.search(asked[first : first + BATCH], radius=RADIUS, limit=LIMIT)
        rounds.append((len(asked) / (time.thread_time() - cpu), len(asked) / (time.perf_counter() - wall)))
    rates = sorted(rounds[1:])  # the first brings the pages in
    cpu, wall = rates[ROUNDS // 2]
    said = (
        f"{len(stock.index):,} entries, limit {LIMIT}, {len(asked):,} queries, {BATCH} at a time, "
        f"median of {ROUNDS} ({rates[0][0]:,.0f} to {rates[-1][0]:,.0f}); by the clock {wall:,.0f}; {loaded()}"
    )
    return cpu, said


def single_results(kind: str, stock: Stock, asked: Words) -> Iterator[Result]:
    """Ask one query at a time, and say how long half of them take, and all but a hundredth."""
    took = np.empty((2, len(asked)))
    for place in range(len(asked)):
        cpu, wall = time.thread_time(), time.perf_counter()
        stock.index.search(asked[place : place + 1], radius=RADIUS, limit=LIMIT)
        took[:, place] = time.perf_counter() - wall, time.thread_time() - cpu
    for share, bar in ((50, 0.2), (99, 2.0)):
        wall, cpu = (np.percentile(took, share, axis=1) * 1e3).tolist()
        middle = "" if kind == "uniform" else f"{kind}-"
        yield Result(
            name=f"hamming-10m-{middle}p{share}-ms",
            value=wall,
            unit="ms by the clock",
            better="lower",
            bar=bar if kind == "uniform" else None,
            note=f"of CPU {cpu:.3f}; {len(asked):,} queries one by one, limit {LIMIT}; {loaded()}",
        )


def shared_results(kind: str, path: Path, added: Words, asked: Words, seed: int) -> Iterator[Result]:
    """Say how large the file is, and what a second process takes that opens it while this one has all of it."""
    segment = ArchiveSegment.open(path)
    touched(segment)
    second = in_another_process(open_and_use, path, asked, added, seed)
    tail = "" if kind == "uniform" else f"-{kind}"
    columns = ", ".join(f"{name} {size / segment.entries:.1f}" for name, size in list(sizes(segment).items())[:6])
    yield Result(
        name=f"open-10m-ms{tail}",
        value=second.open_ms,
        unit="ms by the clock",
        better="lower",
        bar=100,
        note=f"in a fresh process that has loaded its code; its first answer came {second.first_ms:.1f} later; "
        "threatexchange, measured apart: 17,000",
    )
    yield Result(
        name=f"hamming-10m-bytes{tail}",
        value=path.stat().st_size / segment.entries,
        unit="bytes/hash",
        better="lower",
        bar=176,
        note=f"the file; {columns}; threatexchange, measured apart: 676 to 900, in each process",
    )
    own = second.added
    yield Result(
        name=f"hamming-10m-second-process{tail}",
        value=None if own is None else own / path.stat().st_size,
        unit="share",
        better="lower",
        bar=0.05,
        note="the system does not tell"
        if own is None
        else f"{own / 1e6:.1f} MB private once it had changed 1 % and asked {len(asked):,}, beside "
        f"{path.stat().st_size / 1e6:,.0f} MB of the file; before, {(second.before or 0) / 1e6:.0f} MB of code",
    )


def loaded() -> str:
    """Say how busy the machine was in the last minute."""
    return f"load {os.getloadavg()[0]:.1f}"

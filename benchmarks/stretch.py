"""A hundred million hashes on one machine: queries a second, and the memory that it takes."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.archived import BANK_NUMBER, RADIUS, Parts, churned, ids_for
from benchmarks.hashes import Queries, queries, uniform
from benchmarks.recall import BATCH, LIMIT
from benchmarks.report import Result
from benchmarks.second_process import in_another_process, load_kernels
from stanch.index import NEVER, HammingIndex, Rows
from stanch.index.sealed import Sealed
from stanch.index.sealing import seal
from stanch.matching.archive import number_of
from stanch.values import PDQ

SEED = 100
COUNT, QUICK_COUNT = 100_000_000, 500_000
BYTES_TO_BUILD = 192
"""Memory that building takes for each hash, at its peak, as measured from 1 million to 4."""

ASKED, QUICK_ASKED = 20_000, 2_000
NAMES = (("hamming-100m", "queries/s of CPU"), ("hamming-100m-gb", "GB"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What was measured in the process that held the index; bytes and seconds."""

    rate: float
    missed: int
    held: int
    peak: int
    build: float
    count: int
    ids: int


def measure(*, quick: bool) -> Iterator[Result]:
    """Measure if there is memory enough, and say so otherwise."""
    count, asked = (QUICK_COUNT, QUICK_ASKED) if quick else (COUNT, ASKED)
    free, needed = _kilobytes("/proc/meminfo", "MemAvailable"), count * BYTES_TO_BUILD
    if free < needed:
        note = f"not run: to build it takes some {needed / 1e9:.0f} GB, and {free / 1e9:.0f} GB are free"
        for (name, unit), better in zip(NAMES, ("higher", "lower"), strict=True):
            yield Result(
                name=name, value=None, unit=unit, better="higher" if better == "higher" else "lower", note=note
            )
        return
    taken = in_another_process(run, count, asked)
    (rate_name, rate_unit), (held_name, held_unit) = NAMES
    yield Result(
        name=rate_name,
        value=taken.rate,
        unit=rate_unit,
        better="higher",
        bar=1_500,
        note=f"{taken.count:,} hashes drawn by lot, 1 % changed; limit {LIMIT}; {taken.missed} plants missed",
    )
    yield Result(
        name=held_name,
        value=taken.held / 1e9,
        unit=held_unit,
        better="lower",
        bar=16,
        note=f"resident while it answers, of it {taken.ids / 1e9:.1f} ids of entries; {taken.peak / 1e9:.1f} "
        f"at most while it was built, which took {taken.build:.0f} s on two threads",
    )


def run(count: int, asked: int) -> Taken:
    """Build an index in memory, change it, and ask it. Room for the ids of its entries is held beside it."""
    load_kernels()
    divided = Parts.of(count)
    sealed, asking, build = _built(divided.archived, asked)
    ids = ids_for(divided.archived, SEED + 1)
    index = HammingIndex(PDQ.words, sealed=[sealed])
    alive = churned(index, divided.archived, uniform(divided.added, SEED + 2), SEED + 3)
    index.search(asking.bits, radius=RADIUS, limit=LIMIT)
    began, found = time.thread_time(), set[tuple[int, int]]()
    for first in range(0, len(asking), BATCH):
        hits = index.search(asking.bits[first : first + BATCH], radius=RADIUS, limit=LIMIT)
        found.update(zip((hits.query + first).tolist(), (hits.entry - number_of(0, 0)).tolist(), strict=True))
    rate = len(asking) / (time.thread_time() - began)
    near = np.flatnonzero((asking.distance >= 0) & (asking.distance <= max(RADIUS.values())))
    planted = [(int(query), int(asking.planted[query])) for query in near if alive[asking.planted[query]]]
    return Taken(
        rate=rate,
        missed=len(set(planted) - found),
        held=_kilobytes("/proc/self/status", "VmRSS"),
        peak=_kilobytes("/proc/self/status", "VmHWM"),
        build=build,
        count=divided.archived + divided.added,
        ids=ids.nbytes,
    )


def _built(count: int, asked: int) -> tuple[Sealed, Queries, float]:
    """Seal hashes that nothing else holds any more. Return them, queries for them, and the seconds it took."""
    bits = uniform(count, SEED)
    asking = queries(bits, asked, SEED + 4)
    rows = Rows(
        bits=bits,
        entry=np.arange(number_of(0, 0), number_of(0, 0) + count),
        bank=np.broadcast_to(np.int64(BANK_NUMBER), (count,)),
        at=np.broadcast_to(np.float64(0), (count,)),
        expires=np.broadcast_to(np.int64(NEVER), (count,)),
    )
    began = time.perf_counter()
    return seal(rows, radius=max(RADIUS.values())), asking, time.perf_counter() - began


def _kilobytes(path: str, name: str) -> int:
    """Return what the system tells in kilobytes, in bytes; 0 where it does not tell."""
    told = Path(path)
    found = re.search(rf"^{name}:\s+(\d+) kB", told.read_text("ascii"), re.MULTILINE) if told.exists() else None
    return 1024 * int(found[1]) if found else 0

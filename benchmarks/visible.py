"""How soon a change is known: an entry added or removed in one process, until that or another finds it, or not.

Both are what a web process of the service is, a `Follower` each, upon one generation of index files. The database
holds only what changes: its other rows would not be read. What has changed by 1 % is a second segment and what is
dead in the first, as the indexer leaves it, and a tail of changes that nobody has folded yet.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from benchmarks.archived import BANK, CHURN, ids_for, in_order, write
from benchmarks.hashes import Words, uniform
from benchmarks.report import Result
from benchmarks.second_process import load_kernels
from benchmarks.stocked import WHO, hexadecimal
from stanch.matching import ArchiveSegment
from stanch.values import PDQ, HashPart

if TYPE_CHECKING:
    from stanch_server.banks.follower import Follower
    from stanch_server.banks.models import Bank

TIMES = 20
TAIL = 2_000
"""Changes that are in no segment; with more, the indexer folds them."""

LOT = 100
PAUSE = 0.001
"""Seconds between two questions of the other process."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """This process, what it asks, and the bank that it writes to."""

    follower: "Follower"
    bank: "Bank"

    def finds(self, digits: str) -> bool:
        """Return whether a hash is found."""
        return matches(self.follower, digits) > 0

    def finds_one(self, digits: str) -> bool:
        """Return whether a hash is found and nothing else is near it, so that it is gone when its entry is."""
        return matches(self.follower, digits) == 1

    def add(self, digits: Sequence[str]) -> None:
        """Add entries as the service does, in one transaction."""
        from stanch.matching import entry_of  # noqa: PLC0415 - after the folder is named
        from stanch_server.banks import operations  # noqa: PLC0415 - ditto

        now = datetime.now(UTC)
        entries = [
            entry_of(_part(one), self.follower.decoders, added=now, confirmed_by=None, name=one) for one in digits
        ]
        operations.add_entries(bank=self.bank, entries=entries, acting_user=WHO, at=now)

    def remove(self, digits: str) -> None:
        """Remove an entry as the service does."""
        from stanch_server.banks import operations  # noqa: PLC0415 - ditto

        at = datetime.now(UTC)
        operations.remove_entries(bank=self.bank, names=[digits], acting_user=WHO, at=at, reason="a benchmark")


def measure(kind: str, archive: Path, first: Words, added: Words, seed: int) -> list[Result]:
    """Measure all of it, in a process that has not loaded the service yet.

    Parameters
    ----------
    archive : a segment of `benchmarks.archived`.
    first : the hashes of its first entries.
    added : hashes that came later.
    """
    with tempfile.TemporaryDirectory(prefix="stanch-bench-") as folder:
        os.environ["STANCH_SERVICE_DATA"] = folder
        bank = filled(archive, first, added, seed)
        load_kernels()
        from stanch_server.banks.follower import Follower  # noqa: PLC0415 - after the folder is named
        from stanch_server.banks.places import index_folder  # noqa: PLC0415 - ditto

        with Follower(folder=index_folder()) as follower:
            digits = hexadecimal(first)
            here = Here(follower=follower, bank=bank)
            began = time.perf_counter()
            if not here.finds(digits[-1]):
                raise AssertionError("an entry of the segment is not found")
            opened = time.perf_counter() - began
            held = ArchiveSegment.open(archive).entries + len(added)
            archived = list(islice(filter(here.finds_one, digits), TIMES))
            return list(_results(kind, here, archived, held, opened, seed))


def _results(
    kind: str, here: Here, archived: Sequence[str], held: int, opened: float, seed: int
) -> Iterator[Result]:
    tail = "" if kind == "uniform" else f"-{kind}"
    fresh = hexadecimal(uniform(TAIL + 2 * TIMES, seed + 11))
    for place in range(0, TAIL, LOT):
        here.add(fresh[place : place + LOT])
    here.follower.refresh()
    yield Result(
        name=f"open-10m-service-ms{tail}",
        value=opened * 1e3,
        unit="ms by the clock",
        better="lower",
        note="until a follower of the service had opened the generation and given its first answer",
    )
    new, other_new = fresh[TAIL : TAIL + TIMES], fresh[TAIL + TIMES :]
    committing: list[float] = []
    took = [_here(here, one, committing) for one in new]
    known = f"; until it is committed, median {np.median(committing) * 1e3:.1f}"
    yield _result(f"add-visible-ms{tail}", 10, held, took, f"{known}; threatexchange, measured apart: 15,400")
    with other_process() as other:
        yield _result(
            f"add-visible-elsewhere-ms{tail}",
            1_000,
            held,
            [_elsewhere(other, one, partial(here.add, [one]), found=True) for one in other_new],
        )
        gone = [*archived, *other_new]
        yield _result(
            f"remove-visible-elsewhere-ms{tail}",
            1_000,
            held,
            [_elsewhere(other, one, partial(here.remove, one), found=False) for one in gone],
        )


def _result(name: str, bar: float, held: int, took: Sequence[float], more: str = "") -> Result:
    ordered = sorted(took)
    held_and_load = f"{held:,} entries, {TAIL:,} changes in no segment; load {os.getloadavg()[0]:.1f}"
    return Result(
        name=name,
        value=ordered[-1] * 1e3,
        unit="ms by the clock",
        better="lower",
        bar=bar,
        note=f"the worst of {len(ordered)}, median {ordered[len(ordered) // 2] * 1e3:.1f}, from before the "
        f"transaction to the answer; {held_and_load}{more}",
    )


def _here(here: Here, digits: str, committing: list[float]) -> float:
    began = time.perf_counter()
    here.add([digits])
    committing.append(time.perf_counter() - began)
    while not here.finds(digits):
        pass
    return time.perf_counter() - began


def _elsewhere(other: Connection, digits: str, act: Callable[[], None], *, found: bool) -> float:
    """Act once the other process has seen that nothing is so yet; return when it saw it, since before the act."""
    other.send((digits, found))
    other.recv()
    began = time.perf_counter()
    act()
    seen: float = other.recv()
    return seen - began


@contextmanager
def other_process() -> Iterator[Connection]:
    """Run a process that says when it finds a hash, or finds it no longer, by the clock that all share."""
    spawn = get_context("spawn")
    ours, its = spawn.Pipe()
    process = spawn.Process(target=_watch, args=(its,))
    process.start()
    its.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(60)


def _watch(asking: Connection) -> None:
    """Answer what is asked, until nobody asks any more."""
    _load()
    load_kernels()
    from stanch_server.banks.follower import Follower  # noqa: PLC0415 - after the folder is named
    from stanch_server.banks.places import index_folder  # noqa: PLC0415 - ditto

    with Follower(folder=index_folder()) as follower:
        while True:
            try:
                digits, wanted = asking.recv()
            except EOFError:
                return
            if (matches(follower, digits) > 0) is wanted:
                raise AssertionError("it is so before anything was done")
            asking.send("watching")
            while (matches(follower, digits) > 0) is not wanted:
                time.sleep(PAUSE)
            asking.send(time.perf_counter())


def matches(follower: "Follower", digits: str) -> int:
    """Return how many entries are found by a hash."""
    return len(follower.match_part(_part(digits), source=None, now=datetime.now(UTC)).matches)


def _part(digits: str) -> HashPart:
    return HashPart(name="hash", method=PDQ, value=digits)


def filled(archive: Path, first: Words, added: Words, seed: int) -> "Bank":
    """Make a database with a bank, and a generation of index files that holds its entries."""
    _load(new=True)
    from stanch_server.banks import generations, manifests  # noqa: PLC0415 - after the folder is named
    from stanch_server.banks.marks import newest_mark  # noqa: PLC0415 - ditto
    from stanch_server.banks.places import index_folder  # noqa: PLC0415 - ditto

    bank = _bank()
    folder, mark = index_folder(), newest_mark()
    with manifests.writing(folder):
        large, small = manifests.new_path(folder, mark), manifests.new_path(folder, mark)
        os.link(archive, large)
        write(small, *in_order(ids_for(len(added), seed + 12), added))
        segments = [ArchiveSegment.open(path) for path in (large, small)]
        others = np.arange(len(first), segments[0].entries)
        dead = np.random.default_rng(seed + 13).choice(others, int(len(others) * CHURN), replace=False)
        pairs = [(segments[0], np.sort(dead).astype(np.uint32)), (segments[1], generations.NO_DEAD)]
        generations.publish(folder, pairs, mark=mark, made=datetime.now(UTC))
    _rows_of(bank, segments[0], hexadecimal(first))
    return bank


def _load(*, new: bool = False) -> None:
    from stanch_server.project.start import load, migrate  # noqa: PLC0415 - needs the folder

    load()
    if new:
        migrate()


def _bank() -> "Bank":
    """Write the bank whose entries the segment holds, under the id that it has there."""
    from django.db import transaction  # noqa: PLC0415 - after the folder is named

    from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType  # noqa: PLC0415 - ditto
    from stanch_server.banks.changes import record_changes  # noqa: PLC0415 - ditto
    from stanch_server.banks.records import row_of  # noqa: PLC0415 - ditto

    now = datetime.now(UTC)
    info = BankInfo(
        name="known",
        owner=WHO,
        legal_basis="public test data",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
    )
    bank = row_of(info)
    bank.id, bank.created = BANK, now
    with transaction.atomic():
        bank.save(force_insert=True)
        record_changes(bank, [None], at=now)
    return bank


def _rows_of(bank: "Bank", segment: ArchiveSegment, digits: Sequence[str]) -> None:
    """Write rows of the first entries of a segment, so that they can be removed; of equal hashes the first."""
    import msgspec  # noqa: PLC0415 - after the folder is named

    from stanch.formats import FingerprintRecord  # noqa: PLC0415 - ditto
    from stanch_server.banks.models import Entry  # noqa: PLC0415 - ditto

    now = datetime.now(UTC)
    Entry.objects.bulk_create(
        Entry(
            id=UUID(segment.id_of(ordinal)),
            bank=bank,
            name=one,
            fingerprints=msgspec.json.encode([FingerprintRecord(method=PDQ.id, bits=one, extent=1.0)]),
            added=now,
        )
        for one, ordinal in {one: len(digits) - 1 - back for back, one in enumerate(reversed(digits))}.items()
    )

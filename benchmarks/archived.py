"""Archive segments made from arrays of hashes, and an index upon one that has changed by 1 % since.

`stanch.matching.write_archive` takes entries one by one; a benchmark of ten million has them as arrays, and hands
them on at the same place: from there on it is what the service does when it merges segments.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from benchmarks.hashes import Words, uniform
from stanch.index import NEVER, HammingIndex, Rows
from stanch.index.sealed import Sealed
from stanch.matching import ArchiveSegment
from stanch.matching.archive import LIVE, number_of
from stanch.matching.archive_layout import Contents, Prints
from stanch.matching.archive_writing import order_of_ids
from stanch.values import PDQ

BANK = UUID(int=0x57A2C4)
BANK_NUMBER = 0
RADIUS: Mapping[int, int] = {BANK_NUMBER: 31}
CHURN = 0.01
LOT = 10
"""So many entries are added at a time."""

GONE = 100
"""So many are removed at a time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """What an index holds.

    Parameters
    ----------
    index : upon the mapped segment, with all that changed since.
    bits : uint64 array, shape (rows, 4): those of the segment in its order, then those that were added.
    alive : bool array, shape (rows,), False for those that were removed again.
    archived : how many rows are those of the segment.
    """

    index: HammingIndex
    bits: Words
    alive: NDArray[np.bool_]
    archived: int

    def rows_of(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return which rows entries of the index are."""
        live = entries >= LIVE
        return np.where(live, entries - LIVE + self.archived, entries - number_of(0, 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Of so many hashes, which are in the segment and which come later.

    Parameters
    ----------
    archived, added : how many.
    """

    archived: int
    added: int

    @classmethod
    def of(cls, count: int) -> "Parts":
        """Divide 99 to 1."""
        added = max(1, int(count * CHURN))
        return cls(archived=count - added, added=added)


def ids_for(count: int, seed: int) -> Words:
    """Return random ids of entries, shape (count, 2), in no order."""
    return uniform(-(-count // 2), seed).reshape(-1, 2)[:count]


def write(path: Path, ids: Words, bits: Words, bank: UUID = BANK) -> float:
    """Write hashes as an archive segment, with the ids of their entries. Return the seconds by the clock.

    In order of their ids, as all archives are: sort them first with `in_order`.
    """
    began = time.perf_counter()
    count = len(ids)
    numbers = np.arange(count)
    rows = Rows(bits=bits, entry=numbers, bank=_same(0, count), at=_same(0.0, count), expires=_same(NEVER, count))
    one, nothing = _same(1.0, count), _same(0.0, count)
    prints = Prints(
        method=PDQ,
        entries=numbers,
        counts=_same(1, count),
        extent=one,
        at=nothing,
        start=nothing,
        end=one,
        rows=rows,
    )
    Contents(
        banks=(bank,),
        ids=ids,
        bank=_same(0, count),
        confirmed=_same(0, count),
        expires=_same(NEVER, count),
        medium=_same(1, count),
        prints=(prints,),
    ).write(path)
    return time.perf_counter() - began


def in_order(ids: Words, bits: Words) -> tuple[Words, Words]:
    """Return ids and their hashes in the order of an archive."""
    order = order_of_ids(ids)
    return ids[order], bits[order]


def opened(path: Path) -> tuple[ArchiveSegment, HammingIndex]:
    """Map a segment and put an index upon it, as a matcher does."""
    segment = ArchiveSegment.open(path)
    sealed = segment.prints[PDQ.id].sealed
    assert isinstance(sealed, Sealed)
    return segment, HammingIndex(PDQ.words, sealed=[sealed.placed(number_of(0, 0), [BANK_NUMBER])])


def churned(index: HammingIndex, archived: int, added: Words, seed: int) -> NDArray[np.bool_]:
    """Add hashes a few at a time, and remove one entry of a hundred, old and new. Return which are left."""
    random = np.random.default_rng(seed)
    total = archived + len(added)
    gone = random.choice(total, size=max(1, int(total * CHURN)), replace=False)
    for first in range(0, len(added), LOT):
        lot = added[first : first + LOT]
        index.add(_live(lot, first))
    for first in range(0, len(gone), GONE):
        rows = gone[first : first + GONE]
        numbers = np.where(rows < archived, rows + number_of(0, 0), rows - archived + LIVE)
        index.remove(numbers.tolist())
    alive = np.ones(total, np.bool_)
    alive[gone] = False
    return alive


def touched(segment: ArchiveSegment) -> int:
    """Read a byte of every page of a segment, so that this process has all of it mapped."""
    return sum(int(page) for column in _stored(segment) for page in column[::4096])


def sizes(segment: ArchiveSegment) -> dict[str, int]:
    """Return the bytes of each column, the largest first."""
    held = {name: _one_of_each(column).nbytes for name, column in segment.file.columns.items()}
    return dict(sorted(held.items(), key=lambda pair: -pair[1]))


def _stored(segment: ArchiveSegment) -> Iterator[NDArray[np.uint8]]:
    for column in segment.file.columns.values():
        yield _one_of_each(column).reshape(-1).view(np.uint8)


def _one_of_each(column: NDArray[Any]) -> NDArray[Any]:
    """Return what of a column is stored: one row of it where all are the same."""
    return column[:1] if column.strides[0] == 0 else column


def _live(lot: Words, first: int) -> Rows:
    count = len(lot)
    return Rows(
        bits=lot,
        entry=np.arange(LIVE + first, LIVE + first + count),
        bank=_same(BANK_NUMBER, count),
        at=_same(0.0, count),
        expires=_same(NEVER, count),
    )


def _same(value: float, count: int) -> NDArray[Any]:
    return np.broadcast_to(np.array([value]), (count,))

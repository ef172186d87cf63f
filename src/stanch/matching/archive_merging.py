"""From several archive segments to one, column by column: no entry is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stanch.index import Rows
from stanch.matching.archive_layout import Contents, Prints, runs
from stanch.matching.archive_prints import ArchivedPrints
from stanch.matching.archive_segment import ArchiveSegment
from stanch.matching.archive_writing import order_of_ids
from stanch.matching.indexing import SealedIndex
from stanch.values import TEXT_GRAM, method

Dead = NDArray[np.uint32]


def merge_archives(path: Path, segments: Sequence[tuple[ArchiveSegment, Dead]]) -> None:
    """Write the entries of several segments as one: the bytes that `write_archive` would write for them.

    Parameters
    ----------
    segments : each with the ordinals of its entries that are dead, which are left out.

    Raises
    ------
    InvalidValueError
        If an id is alive in two of them.
    CannotWriteError
        If the system refuses; then what stood there is untouched.
    """
    _merged(segments).write(path)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Source:
    """A segment that is merged.

    Parameters
    ----------
    alive : int64 array, the ordinals that go over.
    ordinals : int64 array, shape (entries,), what each becomes; -1 for the dead.
    banks : int64 array, what each place among its banks becomes; -1 where nobody of that bank is alive.
    """

    segment: ArchiveSegment
    alive: NDArray[np.int64]
    ordinals: NDArray[np.int64]
    banks: NDArray[np.int64]

    def column(self, name: str) -> NDArray[Any]:
        column: NDArray[Any] = getattr(self.segment, name)[self.alive]
        return column


def _merged(segments: Sequence[tuple[ArchiveSegment, Dead]]) -> Contents:
    living = [(segment, np.flatnonzero(~_mask(segment, dead))) for segment, dead in segments]
    ids = np.concatenate([np.empty((0, 2), np.uint64), *(segment.ids[alive] for segment, alive in living)])
    order = order_of_ids(ids)
    banks = sorted({bank for segment, alive in living for bank in _banks_of(segment, alive)}, key=_number)
    sources = list(_sources(living, order, banks))

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([np.empty(0, np.uint8), *(one.column(name) for one in sources)])[order]

    own = [one.banks[one.column("bank")] for one in sources]
    methods = sorted({id_ for one in sources for id_ in one.segment.prints})
    return Contents(
        banks=tuple(banks),
        ids=ids[order],
        bank=np.concatenate([np.empty(0, np.int64), *own])[order],
        confirmed=column("confirmed"),
        expires=column("expires"),
        medium=column("medium"),
        prints=tuple(prints for id_ in methods if (prints := _prints(id_, sources)) is not None),
    )


def _mask(segment: ArchiveSegment, dead: Dead) -> NDArray[np.bool_]:
    gone = np.zeros(segment.entries, np.bool_)
    gone[dead] = True
    return gone


def _number(bank: UUID) -> int:
    return bank.int


def _banks_of(segment: ArchiveSegment, alive: NDArray[np.int64]) -> list[UUID]:
    """Return the banks of these entries."""
    return [segment.banks[place] for place in np.unique(segment.bank[alive]).tolist()]


def _sources(
    living: Sequence[tuple[ArchiveSegment, NDArray[np.int64]]], order: NDArray[np.int64], banks: Sequence[UUID]
) -> Iterator[_Source]:
    """Yield each segment with what becomes of its ordinals and banks."""
    becomes = np.empty_like(order)
    becomes[order] = np.arange(len(order))
    place = {bank: number for number, bank in enumerate(banks)}
    ends = np.cumsum([0, *(len(alive) for _, alive in living)]).tolist()
    for (segment, alive), (begin, end) in zip(living, pairwise(ends), strict=True):
        ordinals = np.full(segment.entries, -1)
        ordinals[alive] = becomes[begin:end]
        own = np.array([place.get(bank, -1) for bank in segment.banks], dtype=np.int64)
        yield _Source(segment=segment, alive=alive, ordinals=ordinals, banks=own)


def _prints(method_id: str, sources: Sequence[_Source]) -> Prints | None:
    """Return the fingerprints of one method of all that are alive; None if there are none."""
    parts = [
        _of_source(source, prints)
        for source in sources
        if (prints := source.segment.prints.get(method_id)) is not None
    ]
    entries = np.concatenate([part.entries for part in parts])
    if not len(entries):
        return None
    counts = np.concatenate([part.counts for part in parts])
    order = np.argsort(entries)
    features = runs((np.cumsum(counts) - counts)[order], counts[order])

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])[features]

    return Prints(
        method=method(method_id),
        entries=entries[order],
        counts=counts[order],
        extent=np.concatenate([part.extent for part in parts])[order],
        at=column("at"),
        start=column("start"),
        end=column("end"),
        rows=Rows.joined([part.rows for part in parts]),
        bits=None if parts[0].bits is None else column("bits"),
        kept=None if parts[0].kept is None else column("kept"),
    )


def _of_source(source: _Source, prints: ArchivedPrints) -> Prints:
    """Return what of the fingerprints of a segment goes over, under its new ordinals."""
    ordinals = source.ordinals[prints.ordinals()]
    kept = np.flatnonzero(ordinals >= 0)
    firsts = prints.firsts()
    counts = np.diff(firsts)[kept]
    features = runs(firsts[kept], counts)
    return Prints(
        method=prints.method,
        entries=ordinals[kept],
        counts=counts,
        extent=prints.extent[kept].astype(np.float64),
        at=prints.at[features].astype(np.float64),
        start=prints.start[features].astype(np.float64),
        end=prints.end[features].astype(np.float64),
        rows=Rows.empty(prints.method.words) if prints.sealed is None else _rows(source, prints.sealed),
        bits=prints.bits(0, prints.features)[features] if prints.method == TEXT_GRAM else None,
        kept=prints.kept()[features] if prints.method == TEXT_GRAM else None,
    )


def _rows(source: _Source, sealed: SealedIndex) -> Rows:
    """Return what is indexed of a segment, under its new ordinals and places of banks."""
    places = sealed.holders.find(np.flatnonzero(source.ordinals < 0).tolist())
    dead = sealed.holders.no_dead()
    np.bitwise_or.at(dead, places >> 3, np.uint8(1) << (places & 7).astype(np.uint8))
    rows = sealed.rows(dead=dead)
    return Rows(
        bits=rows.bits,
        entry=source.ordinals[rows.entry],
        bank=source.banks[rows.bank],
        at=rows.at,
        expires=rows.expires,
    )

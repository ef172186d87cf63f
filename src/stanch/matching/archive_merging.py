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
from stanch.index.sealed import Sealed
from stanch.index.sealed_postings import SealedPostings
from stanch.matching.archive_grams import ArchivedGrams
from stanch.matching.archive_layout import Contents, GramPrints, Prints, WordPrints, runs
from stanch.matching.archive_prints import ArchivedPrints
from stanch.matching.archive_segment import ArchiveSegment
from stanch.matching.archive_words import ArchivedWords
from stanch.matching.archive_writing import order_of_ids

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
    return Contents(
        banks=tuple(banks),
        ids=ids[order],
        bank=np.concatenate([np.empty(0, np.int64), *own])[order],
        confirmed=column("confirmed"),
        expires=column("expires"),
        medium=column("medium"),
        prints=tuple(_all_prints(sources)),
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


def _all_prints(sources: Sequence[_Source]) -> Iterator[Prints | GramPrints | WordPrints]:
    for id_ in sorted({id_ for one in sources for id_ in one.segment.prints}):
        parts = [
            _of_source(source, prints)
            for source in sources
            if (prints := source.segment.prints.get(id_)) is not None
        ]
        if any(len(part.entries) for part in parts):
            yield _joined(parts)
    grams = [_grams_of_source(source, grams) for source in sources if (grams := source.segment.grams) is not None]
    if any(len(part.entries) for part in grams):
        yield _joined_grams(grams)
    words = [_words_of_source(source, words) for source in sources if (words := source.segment.words) is not None]
    if any(len(part.entries) for part in words):
        yield WordPrints(**_columns(words, ("bits",)))


def _joined(parts: Sequence[Prints]) -> Prints:
    """Return the fingerprints of one method of all that are alive, in order of their ordinals."""
    return Prints(
        method=parts[0].method,
        rows=Rows.joined([part.rows for part in parts]),
        **_columns(parts, ("at", "start", "end"), ("extent",)),
    )


def _joined_grams(parts: Sequence[GramPrints]) -> GramPrints:
    """Return the grams of all that are alive, in order of their ordinals."""
    return GramPrints(**_columns(parts, ("at", "start", "end", "bits", "kept"), ("extent",)))


def _columns(
    parts: Sequence[Prints] | Sequence[GramPrints] | Sequence[WordPrints],
    of_features: Sequence[str],
    of_prints: Sequence[str] = (),
) -> dict[str, Any]:
    """Return these columns of several parts as one, and whose they are."""

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])

    order, counts = np.argsort(column("entries")), column("counts")
    features = runs((np.cumsum(counts) - counts)[order], counts[order])
    return {
        **{name: column(name)[order] for name in ("entries", "counts", *of_prints)},
        **{name: column(name)[features] for name in of_features},
    }


def _of_source(source: _Source, prints: ArchivedPrints) -> Prints:
    """Return what of the fingerprints of a segment goes over, under its new ordinals."""
    chosen, features, columns = _alive(source, prints)
    return Prints(
        method=prints.method,
        extent=prints.extent[chosen].astype(np.float64),
        at=prints.at[features].astype(np.float64),
        start=prints.start[features].astype(np.float64),
        end=prints.end[features].astype(np.float64),
        rows=Rows.empty(prints.method.words) if prints.sealed is None else _rows(source, prints.sealed),
        **columns,
    )


def _grams_of_source(source: _Source, grams: ArchivedGrams) -> GramPrints:
    """Return what of the grams of a segment goes over, under its new ordinals."""
    chosen, features, columns = _alive(source, grams)
    sealed = grams.sealed
    if sealed is None:
        at, start, end = np.empty((3, 0), np.uint32)
        bits, kept = np.empty((0, 1), np.uint64), np.empty(0, np.bool_)
    else:
        at, start, end = sealed.stretches.all(grams.firsts())
        bits, kept = sealed.words(0, grams.features), sealed.kept
    return GramPrints(
        extent=grams.extent[chosen].astype(np.float64),
        at=at[features],
        start=start[features],
        end=end[features],
        bits=bits[features],
        kept=kept[features],
        **columns,
    )


def _words_of_source(source: _Source, words: ArchivedWords) -> WordPrints:
    """Return what of the words of a segment goes over, under its new ordinals."""
    _, features, columns = _alive(source, words)
    return WordPrints(bits=words.bits[features], **columns)


def _alive(
    source: _Source, prints: ArchivedPrints | ArchivedGrams | ArchivedWords
) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, NDArray[np.int64]]]:
    """Return which fingerprints go over, their features, their new ordinals and how many features each has."""
    ordinals = source.ordinals[prints.ordinals()]
    chosen = np.flatnonzero(ordinals >= 0)
    firsts = prints.firsts()
    counts = np.diff(firsts)[chosen]
    return chosen, runs(firsts[chosen], counts), {"entries": ordinals[chosen], "counts": counts}


def _rows(source: _Source, sealed: Sealed | SealedPostings) -> Rows:
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

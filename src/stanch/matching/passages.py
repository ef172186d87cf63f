"""What is compared passage by passage: texts."""

from collections import Counter
from collections.abc import Container, Iterator

import numpy as np
from numpy.typing import NDArray

from stanch.index import Hits
from stanch.index.align import Effort
from stanch.matching.catalogue import Catalogue
from stanch.matching.indexing import first_occurrences
from stanch.matching.kinds import Side, filled, kind_of
from stanch.matching.rarity import is_common, weights
from stanch.matching.strands import FEWEST, Strands, promising, strands
from stanch.matching.wholes import found
from stanch.values import GRAM, TEXT_GRAM, AlignedSpans, Fingerprint, Match, Span

CANDIDATES = 50
"""How many entries of a bank a text is aligned with, those first that share most grams with it."""

LIMIT = 200
"""How many entries of a bank one gram is followed into."""

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

_NOUGHT = np.zeros(1, np.int64)


def find_passages(
    catalogue: Catalogue, query: Fingerprint, *, now: int, banks: Container[str] | None = None
) -> list[Match]:
    """Return the entries that share passages with a text.

    Parameters
    ----------
    query : every gram of the text, by `text-gram/1`.
    now : seconds since 1970.
    banks : the names of those to look in; None for all.
    """
    counted = first_occurrences(query.bits) & ~catalogue.background.states(query.bits[:, 0])
    rows = np.flatnonzero(counted)
    hits = catalogue.search_grams(query.bits[rows], now=now, limit=LIMIT, banks=banks)
    if len(hits) < FEWEST:
        return []
    repeated = _covered(query.at[~counted], query.extent)
    matches = [
        _match(catalogue, entry, query, (rows[mine], theirs), repeated, now)
        for entry, mine, theirs in _candidates(catalogue, hits, query.at[rows], int(query.extent))
    ]
    return [match for match in matches if match is not None]


def _match(
    catalogue: Catalogue, number: int, query: Fingerprint, hits: tuple[Rows, Column], repeated: Mask, now: int
) -> Match | None:
    """Return the match with one entry, or None if they share too little.

    Parameters
    ----------
    hits : which grams of the query, and where in the entry they were found; in order.
    """
    listed = catalogue.listed(number)
    entry = listed.grams()
    extents = int(query.extent), int(entry.extent)
    frequency, texts = catalogue.frequency(number, now=now, bits=entry.bits), catalogue.texts(listed.bank_number)
    known = is_common(frequency, texts) | catalogue.background.common_in(entry)
    mine, at = hits
    theirs = np.searchsorted(entry.at, at)
    mine_common = repeated
    if known.any():
        rare = ~known[theirs]
        mine_common = repeated | _covered(query.at[mine[~rare]], query.extent)
        mine, at, theirs = mine[rare], at[rare], theirs[rare]
    if len(mine) < FEWEST:
        return None
    shared = strands(query.at[mine], at, weights(frequency[theirs], texts))
    if not shared.say_something(extents).any():
        return None
    grown = shared.grown(extents, entry.at)
    theirs_common = _covered(entry.at[known | ~first_occurrences(entry.bits)], entry.extent)
    one = Side.of_masks(filled(grown.query_from, grown.query_to, extents[0]), mine_common)
    other = Side.of_masks(filled(grown.bank_from, grown.bank_to, extents[1]), theirs_common)
    kind = kind_of(one, other)
    if kind is None:
        return None
    return found(
        listed,
        TEXT_GRAM,
        kind=kind,
        cover=(one.cover, other.cover),
        spans=_spans(shared, mine, theirs, query, entry),
        variant=query.variant,
    )


def _candidates(
    catalogue: Catalogue, hits: Hits, query_at: Column, extent: int
) -> Iterator[tuple[int, Rows, Column]]:
    """Yield the entries that may match, those that were hit most first, with the hits of each, in order.

    Parameters
    ----------
    hits : in order of the query, as `search_grams` returns them.
    query_at : where the grams that were looked up begin.
    extent : how many symbols the query has.
    """
    order, begin = grouped(hits.entry, FEWEST)
    if not len(order):
        return
    mine, entry = hits.query[order], hits.entry[order]
    theirs = catalogue.begins(entry, hits.at[order])
    first, behind = begin[:-1], begin[1:]
    number, bank = entry[first].tolist(), hits.bank[order[first]].tolist()
    taken: Counter[int] = Counter()
    may = promising(query_at[mine], theirs, first, behind, extent)
    for group in np.flatnonzero(may).tolist():
        if taken[bank[group]] < CANDIDATES:
            taken[bank[group]] += 1
            own = slice(begin[group], behind[group])
            yield number[group], mine[own], theirs[own]


def grouped(entry: Rows, fewest: int, *, compiled: bool | None = None) -> tuple[Rows, Rows]:
    """Put hits together by their entries, those that were hit most first, of equal ones those of lower numbers.

    Parameters
    ----------
    entry : int64 array, shape (hits,), at least one.
    fewest : entries with fewer hits are left out.
    compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.

    Returns
    -------
    int64 arrays: the hits entry by entry, in each as they came; where each entry begins in it, and the last ends.
    """
    if Effort.is_worth_it(0) if compiled is None else compiled:
        from stanch.kernels.hits_numba import grouped as by_kernel  # noqa: PLC0415 - imports numba

        order, begin = np.empty(len(entry), np.int64), np.empty(len(entry) + 1, np.int64)
        count = by_kernel(entry, fewest, order, begin)
        return order[: begin[count]], begin[: count + 1]
    numbers, group, counts = np.unique(entry, return_inverse=True, return_counts=True)
    chosen = np.flatnonzero(counts >= fewest)
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")]
    rank = np.full(len(numbers), len(numbers))
    rank[chosen] = np.arange(len(chosen))
    begin = np.concatenate([_NOUGHT, np.cumsum(counts[chosen])])
    return np.argsort(rank[group], kind="stable")[: begin[-1]], begin


def _covered(at: NDArray[np.float64], extent: float) -> Mask:
    """Return which of `extent` symbols lie in grams that begin at these places."""
    if not len(at):
        return np.zeros(int(extent), dtype=np.bool_)
    start = at.astype(np.int64)
    return filled(start, start + GRAM, int(extent))


def _spans(
    shared: Strands, query_rows: Rows, bank_rows: Rows, query: Fingerprint, entry: Fingerprint
) -> tuple[AlignedSpans, ...]:
    """Return strands as stretches of both originals, as far as grams reach, in order of the query."""
    spans = [
        AlignedSpans(
            query=_span(query, int(query_rows[first]), int(query_rows[last])),
            bank=_span(entry, int(bank_rows[first]), int(bank_rows[last])),
            slope=round(slope, 3),
        )
        for first, last, slope in zip(
            shared.first.tolist(), shared.last.tolist(), shared.slope.tolist(), strict=True
        )
    ]
    return tuple(sorted(spans, key=lambda pair: (pair.query.start, pair.query.end)))


def _span(fingerprint: Fingerprint, first: int, last: int) -> Span:
    return Span(start=float(fingerprint.start[first]), end=float(fingerprint.end[last]))

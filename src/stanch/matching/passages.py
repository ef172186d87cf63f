"""What is compared passage by passage: texts."""

from collections import Counter
from collections.abc import Container, Iterator

import numpy as np
from numpy.typing import NDArray

from stanch.index import Hits
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

_BEGIN = np.array([True])


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
    hits = catalogue.search(TEXT_GRAM, query.bits[rows], now=now, limit=LIMIT, banks=banks)
    if len(hits) < FEWEST:
        return []
    repeated = _covered(query.at[~counted], query.extent)
    matches = [
        _match(catalogue, entry, query, (rows[mine], theirs), repeated, now)
        for entry, mine, theirs in _candidates(hits, query.at[rows], int(query.extent))
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
    shared = strands(query.at[mine], at, weights(frequency, texts)[theirs])
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


def _candidates(hits: Hits, query_at: Column, extent: int) -> Iterator[tuple[int, Rows, Column]]:
    """Yield the entries that may match, those that were hit most first, with the hits of each, in order.

    Parameters
    ----------
    hits : in order of the query.
    query_at : where the grams that were looked up begin.
    extent : how many symbols the query has.
    """
    order = np.argsort(hits.entry, kind="stable")
    entry = hits.entry[order]
    begin = np.flatnonzero(np.concatenate([_BEGIN, entry[1:] != entry[:-1]]))
    behind = np.append(begin[1:], len(entry))
    enough = behind - begin >= FEWEST
    begin, behind = begin[enough], behind[enough]
    if not len(begin):
        return
    mine, theirs, bank = hits.query[order], hits.at[order], hits.bank[order[begin]]
    taken: Counter[int] = Counter()
    may = promising(query_at[mine], theirs, begin, behind, extent)
    for group in np.argsort(begin - behind, kind="stable").tolist():
        number = int(bank[group])
        if may[group] and taken[number] < CANDIDATES:
            taken[number] += 1
            own = slice(begin[group], behind[group])
            yield int(entry[begin[group]]), mine[own], theirs[own]


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

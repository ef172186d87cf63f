"""What is compared passage by passage: texts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.index import Chain, Hits, align
from stanch.matching.catalogue import Catalogue, Listed
from stanch.matching.wholes import found
from stanch.values import TEXT_GRAM, AlignedSpans, Fingerprint, Kind, Match, Span

GRAM = 12
"""How many symbols one feature of `text-gram/1` covers."""

MIN_ALIGNED = 60
"""Fewer aligned symbols than these are no match: titles, datelines and greetings are that long."""

EVIDENCE = 200
"""So many aligned symbols are evidence enough, however long the entry is."""

COVER = 0.6
"""The share of a text that must lie in aligned spans to call it covered."""

WHOLE = 0.9
"""The share of a short entry that counts as the whole of it: the ends of a span are known to a gram only."""

COMMON = 3
"""A gram in more texts of a bank than these, or than a thousandth of them, is common."""

MIN_SUPPORT = 24
"""A chain whose grams cover fewer symbols than two whole grams do is chance."""

HITS_PER_PLACE = 4
"""How often one gram of the query is followed into one entry; text that repeats itself needs no more."""

LIMIT = 1000
"""How many entries of a bank one gram is followed into; in a bank of up to a million, a gram in more is common."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Side:
    """One of two texts that are compared: which of its symbols are aligned, and which are common."""

    aligned: Mask
    common: Mask

    @property
    def count(self) -> int:
        """How many symbols are aligned and not common."""
        return int((self.aligned & ~self.common).sum())

    @property
    def of(self) -> int:
        """How many symbols are not common."""
        return int((~self.common).sum())

    @property
    def cover(self) -> float:
        """The share of symbols that are aligned, common ones counting in neither."""
        return self.count / self.of if self.of else 0.0


def find_passages(catalogue: Catalogue, query: Fingerprint, *, now: int) -> list[Match]:
    """Return the entries that share passages with a text.

    Parameters
    ----------
    query : every gram of the text, by `text-gram/1`.
    now : seconds since 1970.
    """
    hits = catalogue.search(TEXT_GRAM, query.bits, now=now, limit=LIMIT)
    if not len(hits):
        return []
    works = _works_of_each_gram(catalogue, hits)
    common = works > _common_from(catalogue, hits)
    rare = hits.take(~common)
    weight = _weight(catalogue, hits, works)[~common]
    matches = []
    for bank, entry, chosen in _by_entry(rare, query.at[rare.query]):
        side = hits.take(common & (hits.bank == bank))
        mask = _covered(query.at[side.query], query.extent)
        match = _match(catalogue, catalogue.listed(entry), query, rare.take(chosen), weight[chosen], mask)
        if match is not None:
            matches.append(match)
    return matches


def _match(
    catalogue: Catalogue, listed: Listed, query: Fingerprint, hits: Hits, weight: NDArray[np.float64], common: Mask
) -> Match | None:
    """Return the match with one entry, or None if they share too little."""
    query_at = query.at[hits.query]
    chains = [
        chain
        for chain in align(
            query_at,
            hits.at,
            weight,
            slope=(5 / 6, 7 / 6),  # words come and go: one symbol in six
            gap=120,  # about twenty words; a longer gap starts a new span
            slack=6,  # a word more or less
            reach=GRAM,
            gap_cost=0.2,  # a chain grows while at least every fifth symbol is found
        )
        if _support(query_at[chain.members]) >= MIN_SUPPORT
    ]
    entry = listed.fingerprint(TEXT_GRAM)
    mine = _Side(aligned=_reached(chains, query_at, query.extent), common=common)
    if mine.count < MIN_ALIGNED:
        return None
    theirs = _Side(
        aligned=_reached(chains, hits.at, entry.extent),
        common=_common_symbols(catalogue, listed, int(hits.bank[0])),
    )
    if theirs.count < MIN_ALIGNED:
        return None
    return found(
        listed,
        TEXT_GRAM,
        kind=_kind(mine, theirs),
        cover=(mine.cover, theirs.cover),
        spans=_spans(chains, hits, query, entry),
        variant=query.variant,
    )


def _kind(query: _Side, bank: _Side) -> Kind:
    evidence = min(query.count, bank.count) >= min(EVIDENCE, WHOLE * bank.of)
    if query.cover >= COVER and (bank.cover >= COVER or evidence):
        return Kind.COPY
    if query.cover < COVER and bank.cover >= COVER and evidence:
        return Kind.COPY_WITH_ADDITIONS
    return Kind.QUOTES


def _by_entry(hits: Hits, query_at: NDArray[np.float64]) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
    """Yield bank, entry and rows of each entry that was hit more than once.

    Of the places that one gram has in an entry, those are followed that lie nearest to its own place in the query:
    text that repeats itself is then aligned with its next repetition, and the work stays bounded.
    """
    order = np.lexsort((np.abs(hits.at - query_at), hits.query, hits.entry))
    order = order[_rank_in_runs(hits.entry[order], hits.query[order]) < HITS_PER_PLACE]
    for rows in np.split(order, np.flatnonzero(np.diff(hits.entry[order])) + 1):
        if len(rows) > 1:
            yield int(hits.bank[rows[0]]), int(hits.entry[rows[0]]), rows


def _rank_in_runs(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the rows in each run of equal values from 0."""
    rows = np.arange(len(columns[0]))
    begins = np.ones(len(rows), dtype=np.bool_)
    begins[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return rows - np.maximum.accumulate(np.where(begins, rows, 0))


def _works_of_each_gram(catalogue: Catalogue, hits: Hits) -> NDArray[np.int64]:
    """Return, for each hit, in how many different texts of its bank its gram stands."""
    columns = np.stack([hits.query, hits.bank, catalogue.works_of(hits.entry)])
    distinct = np.unique(columns, axis=1)
    grams, count = np.unique(distinct[:2], axis=1, return_counts=True)
    _, where = np.unique(np.concatenate([grams, columns[:2]], axis=1), axis=1, return_inverse=True)
    where = where.ravel()
    by_gram = np.empty(int(where.max()) + 1, dtype=np.int64)
    by_gram[where[: len(count)]] = count
    return by_gram[where[len(count) :]]


def _common_from(catalogue: Catalogue, hits: Hits) -> NDArray[np.float64]:
    """Return, for each hit, in how many texts of its bank a gram may stand without being common."""
    banks, where = np.unique(hits.bank, return_inverse=True)
    bound = np.array([max(COMMON, catalogue.texts(int(bank)) / 1000) for bank in banks])
    return bound[where]


def _weight(catalogue: Catalogue, hits: Hits, works: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how rare each hit's gram is: 1 if one text holds it, falling to 0 as all do (normalised IDF)."""
    banks, where = np.unique(hits.bank, return_inverse=True)
    texts = np.array([catalogue.texts(int(bank)) for bank in banks], dtype=np.float64)[where]
    weight: NDArray[np.float64] = np.log((texts + 1) / works) / np.log(texts + 1)
    return weight


def _common_symbols(catalogue: Catalogue, listed: Listed, bank: int) -> Mask:
    """Return which symbols of an entry lie in grams that are common in its bank."""
    entry = listed.fingerprint(TEXT_GRAM)
    hits = catalogue.search(TEXT_GRAM, entry.bits, now=0, limit=LIMIT, bank=bank)
    common = _works_of_each_gram(catalogue, hits) > _common_from(catalogue, hits)
    return _covered(entry.at[hits.query[common]], entry.extent)


def _covered(at: NDArray[np.float64], extent: float) -> Mask:
    """Return which of `extent` symbols lie in grams that begin at these places."""
    return _filled(at.astype(np.int64), at.astype(np.int64) + GRAM, extent)


def _reached(chains: list[Chain], at: NDArray[np.float64], extent: float) -> Mask:
    """Return which of `extent` symbols lie between the first and the last gram of a chain."""
    first = np.array([at[chain.members[0]] for chain in chains], dtype=np.int64)
    last = np.array([at[chain.members[-1]] for chain in chains], dtype=np.int64)
    return _filled(first, last + GRAM, extent)


def _filled(start: NDArray[np.int64], end: NDArray[np.int64], extent: float) -> Mask:
    """Return which of `extent` places lie in one of these half-open stretches."""
    steps = np.zeros(int(extent) + 1, dtype=np.int64)
    np.add.at(steps, start, 1)
    np.add.at(steps, end, -1)
    return np.cumsum(steps)[:-1] > 0


def _support(at: NDArray[np.float64]) -> float:
    """Return how many symbols the grams of a chain cover themselves."""
    return float(np.minimum(np.diff(at), GRAM).sum()) + GRAM


def _spans(chains: list[Chain], hits: Hits, query: Fingerprint, entry: Fingerprint) -> tuple[AlignedSpans, ...]:
    """Return the chains as stretches of both originals, in order of the query."""
    place = np.searchsorted(entry.at, hits.at)
    spans = [
        AlignedSpans(
            query=_span(query, hits.query[chain.members]),
            bank=_span(entry, place[chain.members]),
            slope=round(chain.slope, 3),
        )
        for chain in chains
    ]
    return tuple(sorted(spans, key=lambda pair: (pair.query.start, pair.query.end)))


def _span(fingerprint: Fingerprint, rows: NDArray[np.int64]) -> Span:
    return Span(start=float(fingerprint.start[rows[0]]), end=float(fingerprint.end[rows[-1]]))

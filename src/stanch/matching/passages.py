"""What is compared passage by passage: texts."""

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stanch.index import Chain, Hits, align
from stanch.matching.catalogue import Catalogue
from stanch.matching.indexing import first_occurrences
from stanch.matching.wholes import found
from stanch.values import GRAM, TEXT_GRAM, AlignedSpans, Fingerprint, Kind, Match, Span

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

CANDIDATES = 50
"""How many entries of a bank a text is aligned with, those first that share most grams with it."""

LIMIT = 200
"""How many entries of a bank one gram is followed into."""

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
    if not len(hits):
        return []
    hits = replace(hits, query=rows[hits.query])
    repeated = _covered(query.at[~counted], query.extent)
    matches = [
        _match(catalogue, entry, query, hits.take(chosen), repeated, now) for entry, chosen in _candidates(hits)
    ]
    return [match for match in matches if match is not None]


def _match(
    catalogue: Catalogue, number: int, query: Fingerprint, hits: Hits, repeated: Mask, now: int
) -> Match | None:
    """Return the match with one entry, or None if they share too little."""
    listed = catalogue.listed(number)
    entry = listed.grams()
    known = _common_grams(catalogue, number, now)
    place = np.searchsorted(entry.at, hits.at)
    common = known[place]
    mine_common = repeated | _covered(query.at[hits.query[common]], query.extent)
    theirs_common = _covered(entry.at[known | ~first_occurrences(entry.bits)], entry.extent)
    hits, place = hits.take(~common), place[~common]
    chains = _chains(query.at[hits.query], hits.at)
    mine = _Side(aligned=_reached(chains, query.at[hits.query], query.extent), common=mine_common)
    theirs = _Side(aligned=_reached(chains, hits.at, entry.extent), common=theirs_common)
    if min(mine.count, theirs.count) < MIN_ALIGNED:
        return None
    return found(
        listed,
        TEXT_GRAM,
        kind=_kind(mine, theirs),
        cover=(mine.cover, theirs.cover),
        spans=_spans(chains, hits.query, place, query, entry),
        variant=query.variant,
    )


def _chains(query_at: NDArray[np.float64], bank_at: NDArray[np.float64]) -> list[Chain]:
    """Align two texts, words coming and going, and drop what is chance."""
    chains = align(
        query_at,
        bank_at,
        np.ones(len(query_at)),
        slope=(5 / 6, 7 / 6),  # one symbol in six comes or goes
        gap=120,  # about twenty words; a longer gap starts a new span
        slack=6,  # a word more or less
        reach=GRAM,
        gap_cost=0.2,  # a chain grows while at least every fifth symbol is found
    )
    return [chain for chain in chains if _support(query_at[chain.members]) >= MIN_SUPPORT]


def _common_grams(catalogue: Catalogue, number: int, now: int) -> Mask:
    """Return which grams of an entry are common: in its bank, its kin counting as one with it, or everywhere."""
    listed = catalogue.listed(number)
    common = catalogue.frequency(number, now=now) > max(COMMON, catalogue.texts(listed.bank_number) / 1000)
    return common | catalogue.background.common_in(listed.grams())


def _kind(query: _Side, bank: _Side) -> Kind:
    evidence = min(query.count, bank.count) >= min(EVIDENCE, WHOLE * bank.of)
    if query.cover >= COVER and (bank.cover >= COVER or evidence):
        return Kind.COPY
    if query.cover < COVER and bank.cover >= COVER and evidence:
        return Kind.COPY_WITH_ADDITIONS
    return Kind.QUOTES


def _candidates(hits: Hits) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the entries that were hit most in each bank, more than once, and the rows of each."""
    order = np.lexsort((hits.at, hits.query, hits.entry))
    groups = np.split(order, np.flatnonzero(np.diff(hits.entry[order])) + 1)
    taken: Counter[int] = Counter()
    for rows in sorted(groups, key=len, reverse=True):
        if len(rows) > 1 and taken[int(hits.bank[rows[0]])] < CANDIDATES:
            taken[int(hits.bank[rows[0]])] += 1
            yield int(hits.entry[rows[0]]), rows


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


def _spans(
    chains: list[Chain],
    query_rows: NDArray[np.int64],
    bank_rows: NDArray[np.int64],
    query: Fingerprint,
    entry: Fingerprint,
) -> tuple[AlignedSpans, ...]:
    """Return the chains as stretches of both originals, in order of the query."""
    spans = [
        AlignedSpans(
            query=_span(query, query_rows[chain.members]),
            bank=_span(entry, bank_rows[chain.members]),
            slope=round(chain.slope, 3),
        )
        for chain in chains
    ]
    return tuple(sorted(spans, key=lambda pair: (pair.query.start, pair.query.end)))


def _span(fingerprint: Fingerprint, rows: NDArray[np.int64]) -> Span:
    return Span(start=float(fingerprint.start[rows[0]]), end=float(fingerprint.end[rows[-1]]))

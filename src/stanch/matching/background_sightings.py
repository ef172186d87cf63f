"""What a benign text shares with entries, and what is too little for a match: there are formulae to be learnt."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stanch.index import Hits
from stanch.matching.background import Grams, Mask
from stanch.matching.catalogue import Catalogue
from stanch.matching.indexing import first_occurrences
from stanch.values import GRAM, TEXT_GRAM, Fingerprint, Match, Medium

GAP = 120
"""Two grams of an entry this close, in symbols, and in line, are shared wording; one alone is chance."""

BEND, SLACK = 1 / 6, 6
"""So far off the line the second may lie: a share of their distance, and a word."""

MARGIN = 2 * GRAM
"""A shared stretch may go on for so many symbols beyond the grams that an entry keeps of it."""

AROUND = 120
"""By so many symbols on both sides of a shared stretch a reprint is known."""

MOST = 64
"""So many grams are taken from one text: always those of the least hashes, so that texts agree on them."""

_ODD = 0x9E3779B1

LIMIT = 200
"""How many entries of a bank one gram is followed into."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sightings:
    """Grams that a benign text shares with entries, outside of whatever matched.

    Parameters
    ----------
    grams : uint64 array, shape (n,), in order, each once.
    printings : uint64 array, shape (n,), below 2^32, what stands around each: equal where the same text was
        printed again; 0 where nothing does.
    """

    grams: Grams
    printings: Grams

    def __len__(self) -> int:
        return len(self.grams)


def sightings(
    catalogue: Catalogue,
    query: Fingerprint,
    matches: Iterable[Match],
    *,
    now: int,
    banks: Container[str] | None = None,
) -> Sightings:
    """Return what a benign text shares with entries in line, two grams at least, and what no match covers.

    Nothing comes of a stretch that a match reports, nor of grams of an entry that matched, wherever they stand in
    the text; so what is learnt is never part of a passage that was quoted. What is known already is left out.

    Parameters
    ----------
    query : every gram of the text, by `text-gram/1`.
    matches : all that were found in the text.
    now : seconds since 1970.
    banks : the names of those to look in; None for all.
    """
    found = [match for match in matches if match.medium is Medium.TEXT]
    known = catalogue.background.holds(query.bits[:, 0])
    rows = np.flatnonzero(first_occurrences(query.bits) & ~known & ~_reported(query, found))
    hits = catalogue.search(TEXT_GRAM, query.bits[rows], now=now, limit=LIMIT, banks=banks)
    quoted = {(match.bank, match.entry) for match in found}
    spoilt = rows[hits.query[_of_entries(catalogue, hits, quoted)]]
    chosen = np.zeros(len(query), dtype=np.bool_)
    chosen[rows[hits.query[_in_line(query.at[rows[hits.query]], hits)]]] = True
    chosen &= ~np.isin(query.bits[:, 0], query.bits[spoilt, 0])
    return _sampled(query, np.flatnonzero(chosen), known)


def _reported(query: Fingerprint, matches: Iterable[Match]) -> Mask:
    """Return which grams touch a stretch that a match reports."""
    inside = np.zeros(len(query), dtype=np.bool_)
    for pair in (pair for match in matches for pair in match.spans):
        inside |= (query.start < pair.query.end) & (query.end > pair.query.start)
    return inside


def _of_entries(catalogue: Catalogue, hits: Hits, quoted: Container[tuple[str, str]]) -> Mask:
    """Return which hits are with these entries, by bank and id."""
    held = [
        number
        for number in np.unique(hits.entry).tolist()
        if ((entry := catalogue.listed(number)).bank.info.name, entry.id) in quoted
    ]
    return np.isin(hits.entry, held)


def _in_line(query_at: NDArray[np.float64], hits: Hits) -> Mask:
    """Return which hits have the one before or after them, with the same entry, close by and in line."""
    near = np.zeros(len(hits), dtype=np.bool_)
    order = np.lexsort((hits.at, query_at, hits.entry))
    step, there = np.diff(query_at[order]), np.diff(hits.at[order])
    pair = (np.diff(hits.entry[order]) == 0) & (step > 0) & (step <= GAP) & (there > 0)
    pair &= np.abs(there - step) <= SLACK + BEND * step
    near[order[:-1][pair]] = True
    near[order[1:][pair]] = True
    return near


def _sampled(query: Fingerprint, rows: NDArray[np.int64], known: Mask) -> Sightings:
    """Return the grams of these rows, each with what stands around its stretch."""
    printings = np.zeros(len(query), dtype=np.uint64)
    shared = np.zeros(len(query), dtype=np.bool_)
    runs = list(_runs(query.at[rows]))
    for first, last in runs:
        shared |= (query.at > first - MARGIN - GRAM) & (query.at < last + MARGIN + GRAM)
    free = ~shared & ~known
    for first, last in runs:
        around = free & (query.at >= first - MARGIN - AROUND) & (query.at <= last + MARGIN + AROUND)
        if around.any():  # 32 bits of it: enough to tell printings apart, too little to tell what was printed
            printing = max(1, int(query.bits[around, 0].min()) * _ODD & 0xFFFFFFFF)
            printings[(query.at >= first) & (query.at <= last)] = printing
    grams, first_rows = np.unique(query.bits[rows, 0], return_index=True)
    return Sightings(grams=grams[:MOST], printings=printings[rows[first_rows]][:MOST])


def _runs(at: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    """Yield the first and the last place of each stretch of grams that lie close to each other."""
    ends = [0, *(np.flatnonzero(np.diff(at) > GAP) + 1).tolist(), len(at)]
    yield from ((float(at[begin]), float(at[end - 1])) for begin, end in pairwise(ends) if end > begin)

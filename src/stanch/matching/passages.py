"""What is compared passage by passage: texts."""

from collections.abc import Container

import numpy as np

from stanch.matching.candidates import Candidate, candidates, counted
from stanch.matching.catalogue import Catalogue
from stanch.matching.comparing import Came, Known, Shared, compare
from stanch.matching.kinds import kind_of
from stanch.matching.strands import FEWEST
from stanch.matching.wholes import found
from stanch.values import TEXT_GRAM, AlignedSpans, Fingerprint, Match, Span

LIMIT = 200
"""How many entries of a bank one gram is followed into."""


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
    counts = counted(query.bits[:, 0], catalogue.background)
    rows = np.flatnonzero(counts)
    hits = catalogue.search_grams(query.bits[rows], now=now, limit=LIMIT, banks=banks)
    if len(hits) < FEWEST:
        return []
    came, query_at = Came.of(query, counts), query.at[rows]
    matches = [
        _match(catalogue, came, candidate._replace(rows=rows[candidate.rows]), now)
        for candidate in candidates(catalogue, hits, query_at, int(query.extent))
    ]
    return [match for match in matches if match is not None]


def _match(catalogue: Catalogue, came: Came, candidate: Candidate, now: int) -> Match | None:
    """Return the match with one entry, or None if they share too little."""
    listed = catalogue.listed(candidate.number)
    entry = listed.grams()
    known = Known(
        grams=entry,
        frequency=catalogue.frequency(candidate.number, now=now, bits=entry.bits),
        texts=catalogue.texts(listed.bank_number),
        common=catalogue.background.common_in(entry),
    )
    shared = compare(came, candidate.rows, candidate.at, known)
    kind = None if shared is None else kind_of(shared.query, shared.bank)
    if shared is None or kind is None:
        return None
    return found(
        listed,
        TEXT_GRAM,
        kind=kind,
        cover=(shared.query.cover, shared.bank.cover),
        spans=_spans(shared, came.grams, entry),
        variant=came.grams.variant,
    )


def _spans(shared: Shared, query: Fingerprint, entry: Fingerprint) -> tuple[AlignedSpans, ...]:
    """Return strands as stretches of both originals, as far as grams reach, in order of the query."""
    spans = [
        AlignedSpans(
            query=_span(query, first, last), bank=_span(entry, theirs_first, theirs_last), slope=round(slope, 3)
        )
        for (first, last, theirs_first, theirs_last), slope in zip(
            shared.spans.tolist(), shared.slope.tolist(), strict=True
        )
    ]
    return tuple(sorted(spans, key=lambda pair: (pair.query.start, pair.query.end)))


def _span(fingerprint: Fingerprint, first: int, last: int) -> Span:
    return Span(start=float(fingerprint.start[first]), end=float(fingerprint.end[last]))

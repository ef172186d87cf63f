"""What is compared as a whole: files, exact texts, images and links."""

from collections.abc import Iterable

import numpy as np

from stanch.index import Hits
from stanch.matching.catalogue import Catalogue, Listed
from stanch.values import (
    FILE_MD5,
    FILE_SHA256,
    LINK,
    TEXT_EXACT,
    AlignedSpans,
    Fingerprint,
    Kind,
    Match,
    Method,
    Purpose,
    Span,
    State,
)

EQUAL = (FILE_SHA256, TEXT_EXACT, FILE_MD5)
LIMIT = 100
"""How many entries of a bank one image may match; a viral cluster is larger, and its nearest are enough."""


def find_wholes(catalogue: Catalogue, fingerprints: Iterable[Fingerprint], *, now: int) -> list[Match]:
    """Return the entries that these fingerprints of one method find, each once, by its nearest feature.

    Parameters
    ----------
    fingerprints : of one method, one for each variant of the content.
    now : seconds since 1970.
    """
    variants = [fingerprint for fingerprint in fingerprints if len(fingerprint)]
    if not variants:
        return []
    method = variants[0].method
    bits = np.concatenate([fingerprint.bits for fingerprint in variants])
    hits = catalogue.search(method, bits, now=now, limit=LIMIT)
    rows = [(fingerprint, row) for fingerprint in variants for row in range(len(fingerprint))]
    return [
        _match(catalogue.listed(int(hits.entry[hit])), *rows[int(hits.query[hit])], hits=hits, hit=hit)
        for hit in _nearest(hits, [_distance(*rows[int(row)]) for row in hits.query])
    ]


def _distance(fingerprint: Fingerprint, row: int) -> float:
    """Return what a hit of this feature has to go before the bits are counted: a link's segments below it."""
    return fingerprint.extent - float(fingerprint.end[row]) if fingerprint.method == LINK else 0.0


def _nearest(hits: Hits, before: list[float]) -> list[int]:
    """Return the best hit of each entry."""
    best: dict[int, int] = {}
    distance = hits.distance + np.array(before, dtype=np.float64)
    for hit in np.argsort(distance, kind="stable").tolist():
        best.setdefault(int(hits.entry[hit]), hit)
    return sorted(best.values())


def _match(listed: Listed, fingerprint: Fingerprint, row: int, *, hits: Hits, hit: int) -> Match:
    method = fingerprint.method
    equal = method in EQUAL
    away = int(hits.distance[hit] + _distance(fingerprint, row))
    return found(
        listed,
        method,
        kind=Kind.IDENTICAL if equal else Kind.COPY,
        distance=None if equal else away,
        cover=(1.0, 1.0) if equal else None,
        spans=(_spans(listed, fingerprint, row, float(hits.at[hit])),),
        variant=fingerprint.variant,
    )


def _spans(listed: Listed, fingerprint: Fingerprint, row: int, at: float) -> AlignedSpans:
    theirs = listed.fingerprint(fingerprint.method)
    place = int(np.searchsorted(theirs.at, at))
    return AlignedSpans(
        query=Span(start=float(fingerprint.start[row]), end=float(fingerprint.end[row])),
        bank=Span(start=float(theirs.start[place]), end=float(theirs.end[place])),
    )


def found(
    listed: Listed,
    method: Method,
    *,
    kind: Kind,
    spans: tuple[AlignedSpans, ...],
    cover: tuple[float, float] | None = None,
    distance: int | None = None,
    variant: str,
) -> Match:
    """Make the match with an entry, filling in what its bank says of it."""
    info = listed.bank.info
    return Match(
        bank=info.name,
        entry=listed.entry.id,
        method=method.id,
        medium=method.medium,
        kind=kind,
        confirmed=listed.entry.confirmed_by is not None,
        counted_only=info.state is State.SHADOW,
        known_good=info.purpose is Purpose.KNOWN_GOOD,
        distance=distance,
        query_cover=None if cover is None else cover[0],
        bank_cover=None if cover is None else cover[1],
        spans=spans,
        variant=variant,
    )

"""What is compared as a whole: files, exact texts, images and links."""

from collections.abc import Container, Iterable

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints import IN_TEXT
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
    Medium,
    Method,
    Purpose,
    Span,
    State,
)

EQUAL = (FILE_SHA256, TEXT_EXACT, FILE_MD5)
LIMIT = 100
"""How many entries of a bank one image may match; a viral cluster is larger, and its nearest are enough."""


def find_wholes(
    catalogue: Catalogue, fingerprints: Iterable[Fingerprint], *, now: int, banks: Container[str] | None = None
) -> list[Match]:
    """Return the entries that these fingerprints of one method find, each once, by its nearest feature.

    Parameters
    ----------
    fingerprints : of one method, one for each variant of the content.
    now : seconds since 1970.
    banks : the names of those to look in; None for all.
    """
    variants = [fingerprint for fingerprint in fingerprints if len(fingerprint)]
    if not variants:
        return []
    method = variants[0].method
    bits = np.concatenate([fingerprint.bits for fingerprint in variants])
    hits = catalogue.search(method, bits, now=now, limit=LIMIT, banks=banks)
    if not len(hits):
        return []
    rows = [(fingerprint, row) for fingerprint in variants for row in range(len(fingerprint))]
    away = hits.distance + np.array([_steps_below(*rows[int(row)]) for row in hits.query], dtype=np.int64)
    return [
        _match(catalogue.listed(int(hits.entry[chosen[0]])), rows, hits.take(chosen), int(away[chosen[0]]))
        for chosen in _by_place(hits, away, [fingerprint.variant for fingerprint, _ in rows])
    ]


def _steps_below(fingerprint: Fingerprint, row: int) -> int:
    """Return how far a link leads beyond what this feature of it names; 0 for other media."""
    return int(fingerprint.extent - fingerprint.end[row]) if fingerprint.method == LINK else 0


def _by_place(hits: Hits, away: NDArray[np.int64], variants: list[str]) -> list[NDArray[np.int64]]:
    """Return the hits of each entry, nearest first; those of each link in a text by themselves."""
    places: dict[tuple[int, str], list[int]] = {}
    for hit in np.argsort(away, kind="stable").tolist():
        variant = variants[int(hits.query[hit])]
        link = variant if variant.startswith(IN_TEXT) else ""
        places.setdefault((int(hits.entry[hit]), link), []).append(hit)
    return [np.array(chosen, dtype=np.int64) for chosen in places.values()]


def _match(listed: Listed, rows: list[tuple[Fingerprint, int]], hits: Hits, away: int) -> Match:
    fingerprint, _ = rows[int(hits.query[0])]
    method = fingerprint.method
    equal = method in EQUAL
    spans = {_spans(listed, *rows[int(query)], float(at)) for query, at in zip(hits.query, hits.at, strict=True)}
    return found(
        listed,
        method,
        kind=Kind.IDENTICAL if equal else Kind.COPY,
        distance=None if equal else away,
        cover=(1.0, 1.0) if equal else None,
        spans=tuple(sorted(spans, key=lambda pair: (pair.query.start, pair.bank.start))),
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
    """Make the match with an entry, filling in what its bank says of it.

    A file's hash has no medium of its own where the entry says what the file shows: an image stays one.
    """
    info = listed.bank.info
    return Match(
        bank=info.name,
        entry=listed.entry.id,
        method=method.id,
        medium=listed.medium if method.medium is Medium.FILE else method.medium,
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

"""What is compared as a whole: files, exact texts, images and links."""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints import IN_TEXT
from stanch.matching.asking import Asked, Content
from stanch.matching.catalogue import Catalogue
from stanch.matching.listed import Listed
from stanch.values import (
    FILE_MD5,
    FILE_SHA256,
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
_EQUAL = frozenset(method.id for method in EQUAL)
LIMIT = 100
"""How many entries of a bank one image may match; a viral cluster is larger, and its nearest are enough."""


class _Hit(NamedTuple):
    """One feature of a content and one of an entry that it found, `away` from each other."""

    away: int
    fingerprint: Fingerprint
    row: int
    entry: int
    at: float


def find_wholes(
    catalogue: Catalogue, asked: Asked, *, now: int, banks: Container[str] | None = None
) -> Iterator[tuple[Content, list[Match]]]:
    """Yield each content that finds entries, and these, each once, by its nearest feature.

    All are looked up in one search, since each search costs something of its own.

    Parameters
    ----------
    now : seconds since 1970.
    banks : the names of those to look in; None for all.
    """
    bits = asked.bits()
    hits = catalogue.search(asked.method, bits, now=now, limit=LIMIT, banks=banks)
    if not len(hits):
        return
    begin, owner = _owners(asked.counts(), hits.query)
    found = list(
        zip(*(column.tolist() for column in (hits.query, hits.distance, hits.entry, hits.at)), strict=True)
    )
    for number, chosen in groupby(range(len(owner)), key=owner.__getitem__):
        first = begin[number]
        variants = asked.variants(number, bits[first : begin[number + 1]])
        rows = [(fingerprint, row) for fingerprint in variants for row in range(len(fingerprint))]
        own = [_hit(*rows[query - first], *rest) for query, *rest in (found[hit] for hit in chosen)]
        yield asked.contents[number], _matches(catalogue, own)


def _owners(counts: Sequence[int], query: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Return where the features of each content begin, and which content each of these features is of.

    Parameters
    ----------
    counts : how many features each content has.
    query : int64 array, features of all contents.
    """
    if len(counts) == 1:  # as of nearly every text
        return [0, counts[0]], [0] * len(query)
    owner: list[int] = np.repeat(np.arange(len(counts)), counts)[query].tolist()
    return [0, *np.cumsum(counts).tolist()], owner


def _hit(fingerprint: Fingerprint, row: int, distance: int, entry: int, at: float) -> _Hit:
    return _Hit(distance + _steps_below(fingerprint, row), fingerprint, row, entry, at)


def _steps_below(fingerprint: Fingerprint, row: int) -> int:
    """Return how far a link leads beyond what this feature of it names; 0 for other media."""
    return int(fingerprint.extent - fingerprint.end[row]) if fingerprint.method.medium is Medium.LINK else 0


def _matches(catalogue: Catalogue, hits: Iterable[_Hit]) -> list[Match]:
    """Return the match with each entry that one content has hit, nearest first; of a text, one for each link."""
    places: dict[tuple[int, str], list[_Hit]] = {}
    for hit in sorted(hits, key=itemgetter(0)):
        variant = hit.fingerprint.variant
        places.setdefault((hit.entry, variant if variant.startswith(IN_TEXT) else ""), []).append(hit)
    return [_match(catalogue.listed(entry), chosen) for (entry, _), chosen in places.items()]


def _match(listed: Listed, hits: Sequence[_Hit]) -> Match:
    nearest = hits[0]
    method = nearest.fingerprint.method
    equal = method.id in _EQUAL
    return found(
        listed,
        method,
        kind=Kind.IDENTICAL if equal else Kind.COPY,
        distance=None if equal else nearest.away,
        cover=(1.0, 1.0) if equal else None,
        spans=_spans(listed, method, hits),
        variant=nearest.fingerprint.variant,
    )


def _spans(listed: Listed, method: Method, hits: Sequence[_Hit]) -> tuple[AlignedSpans, ...]:
    """Return the stretches that hits with one entry align, each once, in order."""
    spans = [AlignedSpans(query=_span(hit), bank=listed.span(method, hit.at)) for hit in hits]
    if len(spans) == 1:
        return (spans[0],)
    return tuple(sorted(set(spans), key=lambda pair: (pair.query.start, pair.bank.start)))


def _span(hit: _Hit) -> Span:
    mine, row = hit.fingerprint, hit.row
    return Span(start=float(mine.start[row]), end=float(mine.end[row]))


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
        entry=listed.id,
        method=method.id,
        medium=listed.medium if method.medium is Medium.FILE else method.medium,
        kind=kind,
        confirmed=listed.confirmed,
        counted_only=info.state is State.SHADOW,
        known_good=info.purpose is Purpose.KNOWN_GOOD,
        distance=distance,
        query_cover=None if cover is None else cover[0],
        bank_cover=None if cover is None else cover[1],
        spans=spans,
        variant=variant,
    )

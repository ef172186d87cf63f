"""Hits on equal features: put in order, counted by query and bank, and cut to a limit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stanch.index.rows import Hits, no_hits

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def ranked(
    *, query: Numbers, bank: Numbers, entry: Numbers, at: NDArray[np.float64], limit: int | None = None
) -> Hits:
    """Return hits in order, each with how many entries of its bank its query finds, without those beyond a limit.

    Parameters
    ----------
    query, bank, entry, at : as in `Hits`, in any order; at least one.
    limit : how many entries to keep for each query and bank, each with all its hits; None for all.
    """
    nought = np.zeros(len(query), np.int64)
    hits = _ordered(Hits(query=query, bank=bank, entry=entry, at=at, distance=nought, total=nought))
    group = _changes(hits.query, hits.bank)
    counted: Numbers = np.cumsum(group | _changes(hits.entry), dtype=np.int64)
    starts = np.flatnonzero(group)
    totals: Numbers = np.diff(counted[starts], append=counted[-1] + 1)
    return _cut(hits, starts, totals, counted, limit)


def joined_parts(found: Sequence[Hits], limit: int | None, *, apart: bool) -> Hits:
    """Put together what several parts of an index found; `Room.joined` does it by a kernel, for parts apart.

    Parameters
    ----------
    found : what each part found, as `ranked` returns it: for this limit if parts are apart, else without one.
    apart : whether all entries of a part have lower numbers than those of the next.
    """
    if not found:
        return no_hits()
    if apart and len(found) == 1:
        return found[0]
    query, bank, entry, at, total = (
        np.concatenate([getattr(hits, name) for hits in found])
        for name in ("query", "bank", "entry", "at", "total")
    )
    if not apart:
        return ranked(query=query, bank=bank, entry=entry, at=at, limit=limit)
    once = total * np.concatenate([_changes(hits.query, hits.bank) for hits in found])
    several = (bank != bank[0]).any()
    order = np.lexsort((bank, query)) if several else np.argsort(query, kind="stable")
    hits = Hits(query=query, bank=bank, entry=entry, at=at, distance=np.zeros_like(query), total=once).take(order)
    group = _changes(hits.query, hits.bank)
    starts = np.flatnonzero(group)
    totals = np.add.reduceat(hits.total, starts)
    return _cut(hits, starts, totals, np.cumsum(group | _changes(hits.entry)), limit)


def _cut(hits: Hits, starts: Numbers, totals: Numbers, counted: Numbers, limit: int | None) -> Hits:
    """Return hits with the totals of their groups, and no more entries of each than the limit.

    Parameters
    ----------
    starts : where groups begin.
    counted : of each hit, how many entries come up to it, through all groups.
    """
    sizes = np.diff(starts, append=len(hits))
    made = Hits(
        query=hits.query,
        bank=hits.bank,
        entry=hits.entry,
        at=hits.at,
        distance=hits.distance,
        total=np.repeat(totals, sizes),
    )
    if limit is None or totals.max() <= limit:
        return made
    return made.take(counted - np.repeat(counted[starts], sizes) < limit)


def _ordered(hits: Hits) -> Hits:
    """Return hits in order of query, bank, entry and place: as they nearly always are."""
    wrong = np.zeros(max(0, len(hits) - 1), np.bool_)
    for column in (hits.at, hits.entry, hits.bank, hits.query):
        wrong = (column[1:] < column[:-1]) | ((column[1:] == column[:-1]) & wrong)
    return hits.take(np.lexsort((hits.at, hits.entry, hits.bank, hits.query))) if wrong.any() else hits


def _changes(*columns: Numbers) -> Mask:
    """Return which rows begin a run of equal values."""
    changes = np.ones(len(columns[0]), np.bool_)
    changes[1:] = columns[0][1:] != columns[0][:-1]
    for column in columns[1:]:
        changes[1:] |= column[1:] != column[:-1]
    return changes

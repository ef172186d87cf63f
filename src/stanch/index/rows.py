"""What an index stores and what it answers, as columns."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stanch.errors import ShapeMismatchError

NEVER = np.iinfo(np.int64).max
"""The expiry of an entry that does not expire."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """Features to store, one a row.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words).
    entry : int64 array, shape (rows,), the number of the entry that each belongs to.
    bank : int64 array, shape (rows,), the number of its bank.
    at : float64 array, shape (rows,), where in the entry the feature begins.
    expires : int64 array, shape (rows,), seconds since 1970 from which on it is no longer found, or `NEVER`.
    """

    bits: NDArray[np.uint64]
    entry: NDArray[np.int64]
    bank: NDArray[np.int64]
    at: NDArray[np.float64]
    expires: NDArray[np.int64]

    @classmethod
    def of_entry(
        cls, bits: NDArray[np.uint64], *, entry: int, bank: int, at: ArrayLike = 0.0, expires: int = NEVER
    ) -> Self:
        """Make the rows of one entry."""
        count = len(bits)
        return cls(
            bits=np.asarray(bits, dtype=np.uint64),
            entry=np.full(count, entry, dtype=np.int64),
            bank=np.full(count, bank, dtype=np.int64),
            at=np.broadcast_to(np.asarray(at, dtype=np.float64), (count,)),
            expires=np.full(count, expires, dtype=np.int64),
        )

    @classmethod
    def empty(cls, words: int) -> Self:
        """Make no rows, of a width."""
        return cls.of_entry(np.empty((0, words), dtype=np.uint64), entry=0, bank=0)

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Put rows one below the other."""
        return cls(
            bits=np.concatenate([part.bits for part in parts]),
            entry=np.concatenate([part.entry for part in parts]),
            bank=np.concatenate([part.bank for part in parts]),
            at=np.concatenate([part.at for part in parts]),
            expires=np.concatenate([part.expires for part in parts]),
        )

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Rows":
        """Return the chosen rows."""
        return Rows(
            bits=self.bits[chosen],
            entry=self.entry[chosen],
            bank=self.bank[chosen],
            at=self.at[chosen],
            expires=self.expires[chosen],
        )

    def check(self, words: int) -> None:
        """Raise ShapeMismatchError unless every feature is `words` words wide."""
        if self.bits.ndim != 2 or self.bits.shape[1] != words:
            raise ShapeMismatchError(what="bits", expected=f"(rows, {words})", actual=self.bits.shape)

    def __len__(self) -> int:
        return len(self.entry)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Hits:
    """Stored features that were found, one a row, in order of query, bank, distance, entry and place.

    Parameters
    ----------
    query : int64 array, which query row found it.
    bank, entry, at : as stored.
    distance : int64 array, bits between query and stored feature.
    total : int64 array, how many entries of this bank this query finds, however many `limit` let through.
    """

    query: NDArray[np.int64]
    bank: NDArray[np.int64]
    entry: NDArray[np.int64]
    at: NDArray[np.float64]
    distance: NDArray[np.int64]
    total: NDArray[np.int64]

    @classmethod
    def of_columns(cls, columns: NDArray[np.int64], at: NDArray[np.float64]) -> Self:
        """Take what a kernel wrote.

        Parameters
        ----------
        columns : int64 array, shape (4, hits): query, bank, entry and total; all distances are 0.
        """
        query, bank, entry, total = columns
        return cls(query=query, bank=bank, entry=entry, at=at, distance=np.zeros(len(at), np.int64), total=total)

    def __len__(self) -> int:
        return len(self.query)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Hits":
        """Return the chosen rows."""
        return Hits(
            query=self.query[chosen],
            bank=self.bank[chosen],
            entry=self.entry[chosen],
            at=self.at[chosen],
            distance=self.distance[chosen],
            total=self.total[chosen],
        )


def as_hits(rows: Rows, *, query: NDArray[np.int64], distance: NDArray[np.int64], limit: int | None) -> Hits:
    """Put found rows in order, count the entries of each query and bank, and keep the nearest `limit` of them.

    Parameters
    ----------
    rows : what was found, in any order.
    query, distance : int64 arrays, shape (len(rows),).
    limit : how many entries to keep for each query and bank, each with all its rows; None for all.
    """
    if not len(query):  # which is what nearly every search finds
        return Hits(query=query, bank=rows.bank, entry=rows.entry, at=rows.at, distance=distance, total=query)
    order = np.lexsort((rows.at, rows.entry, distance, rows.bank, query))
    rows, query, distance = rows.take(order), query[order], distance[order]
    group = _group_numbers(query, rows.bank)
    rank, total = _rank_entries(group, rows.entry)
    hits = Hits(query=query, bank=rows.bank, entry=rows.entry, at=rows.at, distance=distance, total=total)
    return hits if limit is None else hits.take(rank < limit)


def joined_hits(found: list[Hits], limit: int | None) -> Hits:
    """Put together what several parts of an index found, each all that it holds, in any order; see `as_hits`."""
    if not found:
        return no_hits()
    rows = Rows(
        bits=np.empty((sum(map(len, found)), 0), dtype=np.uint64),
        entry=np.concatenate([hits.entry for hits in found]),
        bank=np.concatenate([hits.bank for hits in found]),
        at=np.concatenate([hits.at for hits in found]),
        expires=np.zeros(sum(map(len, found)), dtype=np.int64),
    )
    query, distance = (np.concatenate([getattr(hits, name) for hits in found]) for name in ("query", "distance"))
    return as_hits(rows, query=query, distance=distance, limit=limit)


def merged_hits(found: list[Hits], limit: int | None) -> Hits:
    """Put together what several parts found, each in order and cut to `limit`; no entry has two rows or is in
    two.
    """
    if not found:
        return no_hits()
    if len(found) == 1:
        return found[0]
    hits = Hits(
        **{
            name: np.concatenate([getattr(part, name) for part in found])
            for name in ("query", "bank", "entry", "at", "distance", "total")
        }
    )
    hits = hits.take(np.lexsort((hits.entry, hits.distance, hits.bank, hits.query)))
    firsts = [part.take(_run_starts(part.query, part.bank)) for part in found]
    query, bank, total = (
        np.concatenate([getattr(first, name) for first in firsts]) for name in ("query", "bank", "total")
    )
    order = np.lexsort((bank, query))
    totals = np.add.reduceat(total[order], _run_starts(query[order], bank[order]))
    starts = _run_starts(hits.query, hits.bank)
    group = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(hits)))
    hits = replace(hits, total=totals[group])
    return hits if limit is None else hits.take(np.arange(len(hits)) - starts[group] < limit)


def no_hits() -> Hits:
    """Return no hits."""
    none = np.empty(0, dtype=np.int64)
    return Hits(query=none, bank=none, entry=none, at=np.empty(0), distance=none, total=none)


def _run_starts(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where runs of equal values begin in sorted columns of at least one row."""
    changes = np.ones(len(columns[0]), dtype=np.bool_)
    changes[1:] = False
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)


def _group_numbers(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the runs of equal values in sorted columns from 0."""
    changes = np.zeros(len(columns[0]), dtype=np.bool_)
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.cumsum(changes)


def _rank_entries(
    group: NDArray[np.int64], entry: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each row, its entry's rank in its group by first appearance, and the group's entry count."""
    count = len(group)
    by_entry = np.lexsort((np.arange(count), entry, group))
    pair = np.empty(count, dtype=np.int64)
    pair[by_entry] = _group_numbers(group[by_entry], entry[by_entry])
    first = np.full(int(pair.max(initial=-1)) + 1, count)
    np.minimum.at(first, pair, np.arange(count))
    appearance = np.zeros(count, dtype=np.int64)
    appearance[first] = 1
    pairs_before = np.cumsum(appearance) - appearance
    group_size = np.bincount(group, weights=appearance).astype(np.int64)
    group_begin = np.cumsum(group_size) - group_size
    rank = pairs_before[first][pair] - group_begin[group]
    return rank, group_size[group]

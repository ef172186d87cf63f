"""Whether an index finds every pair that is near, nothing else, and the nearest hundred in order."""

from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from benchmarks.archived import RADIUS, Stock
from benchmarks.brute_force import Pairs, pairs_within
from benchmarks.hashes import Words

LIMIT = 100
BATCH = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Recall:
    """How an index compares with the truth.

    Parameters
    ----------
    pairs : how many of query, entry and distance are true.
    found : how many of them it found.
    wrong : how many it found that are not true.
    unlike : how many queries got other answers than the nearest hundred, ties by entry, with the true total.
    """

    pairs: int
    found: int
    wrong: int
    unlike: int

    @property
    def share(self) -> float:
        """Share of true pairs that were found."""
        return self.found / self.pairs if self.pairs else 1.0


def truth(stock: Stock, asked: Words) -> Pairs:
    """Return every pair within the radius, by comparing each with each."""
    return pairs_within(stock.bits, stock.alive, asked, max(RADIUS.values()))


def recalled(stock: Stock, asked: Words, true: Pairs) -> Recall:
    """Ask an index everything, without a limit and with one."""
    found, _ = _asked(stock, asked, None)
    common = len(np.intersect1d(found.keys, true.keys, assume_unique=True))
    return Recall(pairs=len(true), found=common, wrong=len(found) - common, unlike=_unlike(stock, asked, true))


def share_of_faiss(stock: Stock, asked: Words, true: Pairs) -> float:
    """Return which share of the true pairs faiss finds by its exact index, IndexBinaryFlat, on one thread."""
    faiss = import_module("faiss")  # a peer, which is installed for benchmarks alone
    faiss.omp_set_num_threads(1)
    rows = np.flatnonzero(stock.alive)
    index = faiss.IndexBinaryFlat(256)
    index.add(stock.bits[rows].view(np.uint8))
    ends, distance, place = index.range_search(asked.view(np.uint8), max(RADIUS.values()) + 1)
    query = np.repeat(np.arange(len(asked)), np.diff(ends.astype(np.int64)))
    found = Pairs.of(query, rows[place], distance.astype(np.int64))
    return len(np.intersect1d(found.keys, true.keys)) / max(1, len(true))


def _asked(stock: Stock, asked: Words, limit: int | None) -> tuple[Pairs, NDArray[np.int64]]:
    """Return what an index finds, and the total that it gives with each, in the index's own order if limited."""
    columns: list[list[NDArray[np.int64]]] = [[], [], [], []]
    for first in range(0, len(asked), BATCH):
        hits = stock.index.search(asked[first : first + BATCH], radius=RADIUS, limit=limit)
        for column, part in zip(
            columns, (hits.query + first, stock.rows_of(hits.entry), hits.distance, hits.total), strict=True
        ):
            column.append(part)
    query, row, distance, total = (np.concatenate(column) for column in columns)
    return Pairs(query=query, row=row, distance=distance), total


def _unlike(stock: Stock, asked: Words, true: Pairs) -> int:
    """Return how many queries get other than their nearest hundred in order, or another total than there are."""
    totals = np.bincount(true.query, minlength=len(asked))
    limited, said = _asked(stock, asked, LIMIT)
    counts = np.bincount(limited.query, minlength=len(asked))
    expected, got, told = (
        np.split(column, np.cumsum(lengths)[:-1])
        for column, lengths in ((true.keys, totals), (limited.keys, counts), (said, counts))
    )
    return sum(
        not (np.array_equal(all_[:LIMIT], some) and (number == total).all())
        for all_, some, number, total in zip(expected, got, told, totals.tolist(), strict=True)
    )

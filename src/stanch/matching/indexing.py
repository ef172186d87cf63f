"""What of fingerprints is indexed, and in which index."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.index import FeatureIndex, HammingIndex, PostingsIndex, Rows
from stanch.index.hamming import TAIL
from stanch.index.sealed import Sealed
from stanch.index.sealed_grams import SealedGrams
from stanch.index.sealed_postings import SealedPostings
from stanch.index.sealing import seal
from stanch.values import Method

REPEATS = 3
"""A gram counts this often in one text; what repeats itself more often is a formula of a list, or a refrain."""

SealedIndex = Sealed | SealedPostings | SealedGrams
"""Features of one method that do not change, with what finds them."""


def sealed_index(method: Method, rows: Rows) -> Sealed | SealedPostings:
    """Seal features of one method, at least one; so few that to scan them costs nothing are left as they are."""
    if not method.radius:
        return SealedPostings.of(rows)
    return Sealed.plain(rows) if len(rows) <= TAIL else seal(rows, radius=method.radius)


def index_of(method: Method, columns: Mapping[str, NDArray[Any]]) -> Sealed | SealedPostings:
    """Return the sealed index that gave these columns."""
    if not method.radius:
        return SealedPostings.of_columns(columns)
    return Sealed.of_columns(columns)


def live_index(method: Method, parts: Iterable[SealedIndex]) -> FeatureIndex:
    """Return an index of a method, to be added to and removed from, upon parts that stay as they are."""
    return hamming_index(method, parts) if method.radius else postings_index(method, parts)


def hamming_index(method: Method, parts: Iterable[SealedIndex]) -> HammingIndex:
    """Return an index of a method with a radius; as `live_index`."""
    return HammingIndex(method.words, sealed=[part for part in parts if isinstance(part, Sealed)])


def postings_index(method: Method, parts: Iterable[SealedIndex]) -> PostingsIndex:
    """Return an index of a method without a radius; as `live_index`."""
    return PostingsIndex(method.words, sealed=[part for part in parts if not isinstance(part, Sealed)])


def indexed(rows: Rows, counts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows are indexed: not those whose feature their entry holds `REPEATS` times before.

    Parameters
    ----------
    counts : how many rows each entry has.
    """
    if max(counts, default=0) <= REPEATS:
        return np.ones(len(rows), np.bool_)
    return first_occurrences(np.column_stack([rows.bits, rows.entry.astype(np.uint64)]))


def first_occurrences(bits: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which rows are among the first `REPEATS` of their value.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words).
    """
    one = np.sort(bits[:, 0])
    if not (one[REPEATS:] == one[:-REPEATS]).any():  # as in nearly every text
        return np.ones(len(bits), dtype=np.bool_)
    order, begins = sorted_runs(bits)
    places = np.arange(len(bits))
    kept = np.empty(len(bits), dtype=np.bool_)
    kept[order] = places - np.maximum.accumulate(np.where(begins, places, 0)) < REPEATS
    return kept


def sorted_runs(bits: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the order in which equal rows come together, each as it came, and where in it runs of them begin."""
    order = np.lexsort(bits.T)  # stable: equal rows stay in order
    sorted_bits = bits[order]
    begins = np.ones(len(bits), dtype=np.bool_)
    begins[1:] = (sorted_bits[1:] != sorted_bits[:-1]).any(axis=1)
    return order, begins

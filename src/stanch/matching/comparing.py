"""What a text shares with one entry: in strands, and in symbols that are not common."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.index.align import FLOAT, Effort
from stanch.matching.indexing import REPEATS, first_occurrences
from stanch.matching.kinds import Side, filled
from stanch.matching.rarity import is_common, weights, weights_of
from stanch.matching.strands import AS_LINE, BARS, ENDS, FEWEST, RULES, strands
from stanch.values import GRAM, Fingerprint

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Came:
    """A text that came in.

    Parameters
    ----------
    grams : every one, by `text-gram/1`.
    repeated : bool array, one a symbol: those in grams that do not count, see `candidates.counted`.
    """

    grams: Fingerprint
    repeated: Mask

    @classmethod
    def of(cls, grams: Fingerprint, counts: Mask) -> "Came":
        """Make it from the grams that count."""
        return cls(grams=grams, repeated=covered(grams.at[~counts], int(grams.extent)))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Known:
    """An entry, and what is known of its grams.

    Parameters
    ----------
    frequency : int64 array, in how many texts of the bank each stands.
    texts : how many texts the bank holds.
    common : bool array, which are common however rare they are in the bank.
    """

    grams: Fingerprint
    frequency: NDArray[np.int64]
    texts: int
    common: Mask


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shared:
    """What a text shares with an entry; at least one strand.

    Parameters
    ----------
    query, bank : how many symbols of each are aligned.
    spans : int64 array, shape (strands, 4), with which grams of the query each begins and ends, and with which of
        the entry.
    slope : float64 array, shape (strands,), see `Strands`.
    """

    query: Side
    bank: Side
    spans: Rows
    slope: Column


def compare(came: Came, rows: Rows, at: Column, entry: Known, *, compiled: bool | None = None) -> Shared | None:
    """Return what a text shares with an entry; None if that says nothing.

    Hits on common grams are left out first.

    Parameters
    ----------
    rows : int64 array, shape (hits,), which grams of the text were found in the entry, in order.
    at : float64 array, shape (hits,), where in the entry they were found.
    compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
    """
    if not len(entry.grams):
        return None
    if not (Effort.is_worth_it(len(rows)) if compiled is None else compiled):
        return _compare(came, rows, at, entry)
    from stanch.kernels.compare_numba import compare as by_kernel  # noqa: PLC0415 - imports numba

    sides, spans, slope = np.empty(4, np.int64), np.empty((len(rows) + 1, 4), np.int64), np.empty(len(rows) + 1)
    count = by_kernel(
        rows, came.grams.at[rows], at, came.repeated, np.array(entry.grams.at, FLOAT),
        np.array(entry.grams.bits[:, 0]), np.array(entry.frequency, np.int64), entry.common,
        weights_of(entry.texts), int(entry.grams.extent), REPEATS, FEWEST, AS_LINE, RULES, BARS, ENDS,
        sides, spans, slope,
    )  # fmt: skip
    if not count:
        return None
    mine, of_mine, theirs, of_theirs = sides.tolist()
    return Shared(
        query=Side(count=mine, of=of_mine),
        bank=Side(count=theirs, of=of_theirs),
        spans=spans[:count],
        slope=slope[:count],
    )


def _compare(came: Came, rows: Rows, at: Column, entry: Known) -> Shared | None:
    """Do what `compare` does by numpy."""
    query, bank = came.grams, entry.grams
    extents = int(query.extent), int(bank.extent)
    known = is_common(entry.frequency, entry.texts) | entry.common
    theirs = np.minimum(np.searchsorted(bank.at, at), len(bank) - 1)
    rare = ~known[theirs]
    mine_common = came.repeated | covered(query.at[rows[~rare]], extents[0])
    rows, at, theirs = rows[rare], at[rare], theirs[rare]
    if len(rows) < FEWEST:
        return None
    shared = strands(query.at[rows], at, weights(entry.frequency[theirs], entry.texts))
    if not shared.say_something(extents).any():
        return None
    grown = shared.grown(extents, bank.at)
    theirs_common = covered(bank.at[known | ~first_occurrences(bank.bits)], extents[1])
    return Shared(
        query=Side.of_masks(filled(grown.query_from, grown.query_to, extents[0]), mine_common),
        bank=Side.of_masks(filled(grown.bank_from, grown.bank_to, extents[1]), theirs_common),
        spans=np.column_stack([rows[shared.first], rows[shared.last], theirs[shared.first], theirs[shared.last]]),
        slope=shared.slope,
    )


def covered(at: Column, extent: int) -> Mask:
    """Return which of `extent` symbols lie in grams that begin at these places."""
    if not len(at):
        return np.zeros(extent, dtype=np.bool_)
    start = at.astype(np.int64)
    return filled(start, start + GRAM, extent)

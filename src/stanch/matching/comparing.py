"""What a text shares with one entry: in strands, and in symbols that are not common."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.index.align import Effort
from stanch.matching.background import BOUNDS, Background
from stanch.matching.candidates import Candidate, own
from stanch.matching.indexing import REPEATS, first_occurrences
from stanch.matching.kinds import Side, covered, filled
from stanch.matching.rarity import is_common, weights, weights_of
from stanch.matching.strands import AS_LINE, BARS, ENDS, FEWEST, RULES, strands
from stanch.values import Fingerprint

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shared:
    """What a text shares with an entry; at least one strand.

    Parameters
    ----------
    query, bank : how many symbols of each are aligned.
    spans : int64 array, shape (strands, 4), with which grams of the text each begins and ends, and with which of
        the entry.
    slope : float64 array, shape (strands,), see `Strands`.
    """

    query: Side
    bank: Side
    spans: Numbers
    slope: Column


def compare(
    hits: Candidate,
    repeated: Mask,
    entry: Fingerprint,
    *,
    frequency: Numbers,
    texts: int,
    background: Background,
    compiled: bool | None = None,
) -> Shared | None:
    """Return what a text shares with an entry; None if that says nothing.

    Hits on common grams are left out first.

    Parameters
    ----------
    hits : which grams of the text were found in the entry.
    repeated : bool array, one a symbol of the text, which are common whatever the entry: see `LookedUp`.
    entry : its grams.
    frequency : int64 array, in how many texts of the bank each of these stands.
    texts : how many texts the bank holds.
    compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
    """
    if not len(entry):
        return None
    if not (Effort.is_worth_it(len(hits.rows)) if compiled is None else compiled):
        return _compare(hits, repeated, entry, frequency, texts, background)
    from stanch.kernels.compare_numba import compare as by_kernel  # noqa: PLC0415 - imports numba

    room = len(hits.rows) + 1
    sides, spans, slope = np.empty(4, np.int64), np.empty((room, 4), np.int64), np.empty(room)
    count = by_kernel(
        hits.rows, hits.query_at, hits.at, repeated, own(entry.at), own(entry.bits[:, 0]), own(frequency),
        int(entry.extent), weights_of(texts), background.as_arrays, BOUNDS,
        REPEATS, FEWEST, AS_LINE, RULES, BARS, ENDS, sides, spans, slope,
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


def _compare(
    hits: Candidate, repeated: Mask, entry: Fingerprint, frequency: Numbers, texts: int, background: Background
) -> Shared | None:
    """Do what `compare` does by numpy."""
    extents = len(repeated), int(entry.extent)
    known = is_common(frequency, texts) | background.common_in(entry)
    theirs = np.minimum(np.searchsorted(entry.at, hits.at), len(entry) - 1)
    rare = ~known[theirs]
    rows, query_at, at, gram = hits.rows[rare], hits.query_at[rare], hits.at[rare], theirs[rare]
    if len(rows) < FEWEST:
        return None
    shared = strands(query_at, at, weights(frequency[gram], texts))
    if not shared.say_something(extents).any():
        return None
    grown, (first, last) = shared.grown(extents, entry.at), (shared.first, shared.last)
    mine_common = repeated | covered(hits.query_at[~rare], extents[0])
    theirs_common = covered(entry.at[known | ~first_occurrences(entry.bits)], extents[1])
    return Shared(
        query=Side.of_masks(filled(grown.query_from, grown.query_to, extents[0]), mine_common),
        bank=Side.of_masks(filled(grown.bank_from, grown.bank_to, extents[1]), theirs_common),
        spans=np.column_stack([rows[first], rows[last], gram[first], gram[last]]),
        slope=shared.slope,
    )

"""What a text shares with one entry: in strands, and in symbols that are not common."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.index.align import Effort
from stanch.matching.candidates import Candidate
from stanch.matching.kinds import Side, covered, filled
from stanch.matching.strands import AS_LINE, BARS, ENDS, FEWEST, RULES, strands
from stanch.matching.weighing import Weighed, own
from stanch.values import Fingerprint

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

CONSTANTS = np.array([*AS_LINE, *RULES, *BARS, *ENDS], np.float64)
"""As the kernel takes them, one behind the other."""


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
    hits: Candidate, repeated: Mask, entry: Fingerprint, weighed: Weighed, *, compiled: bool | None = None
) -> Shared | None:
    """Return what a text shares with an entry; None if that says nothing.

    Hits on common grams are left out first.

    Parameters
    ----------
    hits : which grams of the text were found in the entry.
    repeated : bool array, one a symbol of the text, which are common whatever the entry: see `LookedUp`.
    entry : its grams.
    weighed : what of it counts.
    compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
    """
    if not len(entry):
        return None
    if not (Effort.is_worth_it(len(hits.rows)) if compiled is None else compiled):
        return _compare(hits, repeated, entry, weighed)
    room = len(hits.rows) + 1
    spans, slope = np.empty((room + 1, 4), np.int64), np.empty(room)
    count = _kernel()(
        hits.rows, hits.query_at, hits.at, repeated, own(entry.at), *weighed, FEWEST, CONSTANTS, spans, slope
    )
    if not count:
        return None
    mine, of_mine, theirs, of_theirs = spans[0].tolist()
    return Shared(
        query=Side(count=mine, of=of_mine),
        bank=Side(count=theirs, of=of_theirs),
        spans=spans[1 : count + 1],
        slope=slope[:count],
    )


@cache
def _kernel() -> Callable[..., int]:
    from stanch.kernels.compare_numba import compare as by_kernel  # noqa: PLC0415 - imports numba

    return by_kernel


def _compare(hits: Candidate, repeated: Mask, entry: Fingerprint, weighed: Weighed) -> Shared | None:
    """Do what `compare` does by numpy."""
    extents = len(repeated), int(entry.extent)
    theirs = np.minimum(np.searchsorted(entry.at, hits.at), len(entry) - 1)
    rare = weighed.weight[theirs] >= 0
    rows, query_at, at, gram = hits.rows[rare], hits.query_at[rare], hits.at[rare], theirs[rare]
    if len(rows) < FEWEST:
        return None
    shared = strands(query_at, at, weighed.weight[gram])
    if not shared.say_something(extents).any():
        return None
    grown, (first, last) = shared.grown(extents, entry.at), (shared.first, shared.last)
    mine_common = repeated | covered(hits.query_at[~rare], extents[0])
    return Shared(
        query=Side.of_masks(filled(grown.query_from, grown.query_to, extents[0]), mine_common),
        bank=Side.of_masks(filled(grown.bank_from, grown.bank_to, extents[1]), weighed.common),
        spans=np.column_stack([rows[first], rows[last], gram[first], gram[last]]),
        slope=shared.slope,
    )

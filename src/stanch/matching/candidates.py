"""Which entries a text is compared with: those that share so many grams, so placed, that it may be a match."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.index import Hits
from stanch.index.align import Effort
from stanch.matching.background import Background
from stanch.matching.catalogue import Catalogue
from stanch.matching.indexing import REPEATS, first_occurrences
from stanch.matching.strands import APART, FEWEST, PASSAGE, WIDE, promising
from stanch.values import GRAM

CANDIDATES = 50
"""How many entries of a bank a text is aligned with, those first that share most grams with it."""

Column = NDArray[np.float64]
Grams = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

_NOUGHT = np.zeros(1, np.int64)


class Candidate(NamedTuple):
    """An entry, and the grams of a text that were found in it, in order of the text.

    Parameters
    ----------
    number : of the entry.
    rows : int64 array, shape (hits,), which of the grams that were looked up.
    at : float64 array, shape (hits,), where they begin in the entry.
    """

    number: int
    rows: Rows
    at: Column


def counted(grams: Grams, background: Background, *, compiled: bool | None = None) -> Mask:
    """Return which grams of a text count: the first `REPEATS` of each value, unless they are stated to be common.

    Parameters
    ----------
    grams : uint64 array, shape (grams,).
    compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
    """
    if not (Effort.is_worth_it(0) if compiled is None else compiled):
        return first_occurrences(grams.reshape(-1, 1)) & ~background.states(grams)
    from stanch.kernels.candidates_numba import first_few, leave_out  # noqa: PLC0415 - imports numba

    own, counts, stated = np.array(grams), np.empty(len(grams), np.bool_), background.stated
    first_few(own, REPEATS, counts)
    leave_out(own, stated.grams, stated.likely, counts)
    return counts


def candidates(catalogue: Catalogue, hits: Hits, query_at: Column, extent: int) -> Iterator[Candidate]:
    """Yield the entries that may match, those that were hit most first, with the hits of each.

    Parameters
    ----------
    hits : in order of the query, as `search_grams` returns them.
    query_at : where the grams that were looked up begin.
    extent : how many symbols the query has.
    """
    order, begin = chosen(hits.query, hits.entry, query_at, extent)
    if not len(order):
        return
    rows, entry, first = hits.query[order], hits.entry[order], begin[:-1]
    at = catalogue.begins(entry, hits.at[order])
    may = promising(query_at[rows], at, begin, hits.bank[order[first]], extent, most=CANDIDATES)
    for group in np.flatnonzero(may).tolist():
        own = slice(begin[group], begin[group + 1])
        yield Candidate(int(entry[begin[group]]), rows[own], at[own])


def chosen(
    query: Rows, entry: Rows, query_at: Column, extent: int, *, compiled: bool | None = None
) -> tuple[Rows, Rows]:
    """Put hits together by their entries, those that were hit most first, of equal ones those of lower numbers.

    Left out are entries with too few hits, and those that `promising` would leave out wherever the hits lie in
    them: of no strand do grams cover more of the query than all hits do, nor does it reach further.

    Parameters
    ----------
    query, entry : int64 arrays, shape (hits,), in order of the query.
    query_at, extent : as for `candidates`.
    compiled : as for `counted`.

    Returns
    -------
    int64 arrays: the hits entry by entry, in each as they came; where each entry begins in it, and the last ends.
    """
    bars = float(PASSAGE), float(APART * GRAM), WIDE * extent
    if Effort.is_worth_it(0) if compiled is None else compiled:
        from stanch.kernels.candidates_numba import chosen as by_kernel  # noqa: PLC0415 - imports numba

        order, begin = np.empty(len(entry), np.int64), np.empty(len(entry) + 1, np.int64)
        count = by_kernel(query, entry, query_at, FEWEST, float(GRAM), bars, order, begin)
        return order[: begin[count]], begin[: count + 1]
    together = np.argsort(entry, kind="stable")
    begins = np.flatnonzero(np.diff(entry[together], prepend=-1))
    groups = [together[a:b] for a, b in pairwise([*begins.tolist(), len(entry)])]
    kept = [group for group in groups if len(group) >= FEWEST and _may(query_at[query[group]], bars)]
    kept.sort(key=len, reverse=True)  # stable: of equal ones those of lower numbers
    order = np.concatenate([_NOUGHT[:0], *kept])
    return order, np.cumsum([0, *map(len, kept)], dtype=np.int64)


def _may(at: Column, bars: tuple[float, float, float]) -> bool:
    """Tell whether hits at these places of the query are enough for a strand that says something."""
    enough, spread, wide = bars
    covered = GRAM + float(np.minimum(np.diff(at), GRAM).sum())
    return covered >= enough or (covered >= spread and at[-1] - at[0] + GRAM >= wide)

"""Which entries a text is compared with: those that share so many grams, so placed, that it may be a match."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.index.align import Effort
from stanch.index.rows import Hits
from stanch.matching.background import Background
from stanch.matching.faint import Faint, Unplaced
from stanch.matching.indexing import REPEATS, first_occurrences
from stanch.matching.kinds import covered
from stanch.matching.strands import APART, FEWEST, PASSAGE, WIDE, promising
from stanch.matching.weighing import own
from stanch.values import GRAM, Fingerprint

CANDIDATES = 50
"""How many entries of a bank a text is aligned with, those first that share most grams with it."""

HOLDERS = 4
"""A gram that more texts of a bank hold leads to none of them by itself: what follows it is a formula's."""

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

_NOUGHT = np.zeros(1, np.int64)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class LookedUp:
    """What of a text is looked up.

    The first `REPEATS` grams of each value are, unless they are stated to be common.

    Parameters
    ----------
    rows : int64 array, shape (asked,), which grams of the text.
    bits : uint64 array, shape (asked, 1), these grams.
    at : float64 array, shape (asked,), where they begin.
    repeated : bool array, one a symbol: those that lie in other grams.
    """

    rows: Rows
    bits: NDArray[np.uint64]
    at: Column
    repeated: Mask

    @classmethod
    def of(cls, text: Fingerprint, background: Background, *, compiled: bool | None = None) -> "LookedUp":
        """Choose from every gram of a text.

        Parameters
        ----------
        compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
        """
        bits, at, extent = text.bits, text.at, int(text.extent)
        if not (Effort.is_worth_it(0) if compiled is None else compiled):
            counts = first_occurrences(bits) & ~background.states(bits[:, 0])
        else:
            from stanch.kernels.candidates_numba import look_up  # noqa: PLC0415 - imports numba

            counts, keys = np.empty(len(bits), np.bool_), np.empty(len(bits), np.uint64)
            stated, likely, *_ = background.as_arrays
            if not look_up(own(bits[:, 0]), stated, likely, REPEATS, counts, keys):  # as in most texts
                whole = np.zeros(extent, np.bool_)
                return cls(rows=_first(len(bits)), bits=bits, at=own(at), repeated=whole)
        rows = np.flatnonzero(counts)
        return cls(rows=rows, bits=bits[rows], at=at[rows], repeated=covered(at[~counts], extent))


_COUNTING = [np.arange(4096)]


def _first(count: int) -> Rows:
    """Return the numbers from 0 on, to be read and not written to."""
    if count > len(_COUNTING[0]):
        _COUNTING[0] = np.arange(2 * count)
    return _COUNTING[0][:count]


class Candidate(NamedTuple):
    """An entry that may match, and the hits with it, in order of the text.

    Parameters
    ----------
    number : of the entry.
    rows : int64 array, shape (hits,), which grams of the text were found in it.
    query_at, at : float64 arrays, shape (hits,), where these begin in the text, and in the entry.
    """

    number: int
    rows: Rows
    query_at: Column
    at: Column


class Led(NamedTuple):
    """The entries that the grams of a text lead to.

    Parameters
    ----------
    repeated : bool array, one a symbol of the text, see `LookedUp`.
    compared : those that share so much with it that they may be a match.
    faint : those that few hold a gram in common with, if there are any.
    """

    repeated: Mask
    compared: Sequence[Candidate]
    faint: Unplaced | None


class Grouped(NamedTuple):
    """Hits entry by entry, in each in order of the text.

    Parameters
    ----------
    rows, entry : int64 arrays, shape (hits,), which gram of the text was found, and in which entry.
    query_at, at : float64 arrays, shape (hits,), where these begin in the text, and `at` of the hits.
    begin : int64 array, shape (entries + 1,), where the hits of each begin, and those of the last end.
    bank : int64 array, shape (entries,), the number of the bank of each.
    """

    rows: Rows
    entry: Rows
    query_at: Column
    at: Column
    begin: Rows
    bank: Rows


def candidates(hits: Hits, looked_up: LookedUp) -> Iterator[Candidate]:
    """Yield the entries that may match, those that were hit most first.

    Parameters
    ----------
    hits : of what was looked up, at least one.
    """
    own = grouped(hits, looked_up)
    if not len(own.bank):
        return
    extent = len(looked_up.repeated)
    for group in promising(own.query_at, own.at, own.begin, own.bank, extent, most=CANDIDATES).tolist():
        of = slice(int(own.begin[group]), int(own.begin[group + 1]))
        yield Candidate(int(own.entry[of.start]), own.rows[of], own.query_at[of], own.at[of])


def faint(hits: Hits, looked_up: LookedUp, *, compiled: bool | None = None) -> Faint | None:
    """Return the entries that few hold a gram in common with, if any; those that share most such grams first.

    Parameters
    ----------
    hits : of what was looked up.
    compiled : as for `LookedUp.of`.
    """
    few = hits.take(hits.total <= HOLDERS)
    if not len(few):
        return None
    own = grouped(few, looked_up, whichever=True, compiled=compiled)
    taken, kept = Counter[int](), []
    for group, bank in enumerate(own.bank.tolist()):
        taken[bank] += 1
        if taken[bank] <= CANDIDATES:
            kept.append(group)
    first, counts = own.begin[kept], np.diff(own.begin)[kept]
    chosen = np.concatenate([np.arange(begin, begin + count) for begin, count in zip(first, counts, strict=True)])
    return Faint(
        numbers=own.entry[first],
        begin=np.cumsum([0, *counts]),
        query_at=own.query_at[chosen],
        at=own.at[chosen],
    )


def grouped(hits: Hits, looked_up: LookedUp, *, whichever: bool = False, compiled: bool | None = None) -> Grouped:
    """Put hits together by their entries, those that were hit most first, of equal ones those of lower numbers.

    Left out are entries with too few hits, and those that `promising` would leave out wherever the hits lie in
    them: of no strand do grams cover more of the text than all hits do, nor does it reach further.

    Parameters
    ----------
    hits : at least one, as for `candidates`.
    whichever : whether none are left out.
    compiled : as for `LookedUp.of`.
    """
    fewest, bars = (
        (1, (0, 0, 0.0)) if whichever else (FEWEST, (PASSAGE, APART * GRAM, WIDE * len(looked_up.repeated)))
    )
    if not (Effort.is_worth_it(0) if compiled is None else compiled):
        return _grouped(hits, looked_up, fewest, bars)
    from stanch.kernels.candidates_numba import chosen  # noqa: PLC0415 - imports numba

    count = len(hits)
    mine, places, ends = np.empty((2, count), np.int64), np.empty((2, count)), np.empty((2, count + 1), np.int64)
    entries = chosen(
        hits.query, hits.bank, hits.entry, hits.at, looked_up.rows, looked_up.at, fewest, GRAM, bars,
        mine, places, ends,
    )  # fmt: skip
    begin = ends[0, : entries + 1]
    (rows, entry), (query_at, at) = mine[:, : begin[-1]], places[:, : begin[-1]]
    return Grouped(rows, entry, query_at, at, begin, ends[1, :entries])


def _grouped(hits: Hits, looked_up: LookedUp, fewest: int, bars: tuple[int, int, float]) -> Grouped:
    """Do what `grouped` does by numpy."""
    together = np.argsort(hits.entry, kind="stable")
    begins = np.flatnonzero(np.diff(hits.entry[together], prepend=-1))
    groups = [together[a:b] for a, b in pairwise([*begins.tolist(), len(hits)])]
    kept = [group for group in groups if len(group) >= fewest and _may(looked_up.at[hits.query[group]], bars)]
    kept.sort(key=len, reverse=True)  # stable: of equal ones those of lower numbers
    order = np.concatenate([_NOUGHT[:0], *kept])
    begin = np.cumsum([0, *map(len, kept)], dtype=np.int64)
    query = hits.query[order]
    return Grouped(
        rows=looked_up.rows[query],
        entry=hits.entry[order],
        query_at=looked_up.at[query],
        at=hits.at[order],
        begin=begin,
        bank=hits.bank[order[begin[:-1]]],
    )


def _may(at: Column, bars: tuple[int, int, float]) -> bool:
    """Tell whether hits at these places of the query are enough for a strand that says something."""
    enough, spread, wide = bars
    known = GRAM + float(np.minimum(np.diff(at), GRAM).sum())
    return known >= enough or (known >= spread and at[-1] - at[0] + GRAM >= wide)

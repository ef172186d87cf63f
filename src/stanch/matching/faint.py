"""Copies in which so much is mistyped that few grams are left: told by what their short grams have in common.

A text and an entry that share a gram or two are laid side by side along these, and compared stretch by stretch
beyond them: the words of the entry with the sums of the text's own hashes. `docs/decisions/faint-copies.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.simhash import STRETCH
from stanch.index.align import Effort
from stanch.matching.candidates import Candidate
from stanch.matching.kinds import Side
from stanch.values import GRAM, SHORT_GRAM

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

LANES = 64
"""Bits of a word."""

BLOCK = 8
"""Hashes are summed in blocks of so many, and stretches begin and end where blocks do."""

ALIKE = 0.5
"""How much stretches of unrelated texts agree: those of one language share short grams."""

ENOUGH = 5.5
"""What the agreement of all stretches must come to, beyond that, in standard deviations of chance."""

SAME = 1.5
"""A stretch that agrees less is rather another text than the same one, mistyped."""

HALF = STRETCH // 2
"""Of a stretch as much must lie in the text and be new, or it says nothing."""


class Line(NamedTuple):
    """How much a text and an entry agree, side by side.

    Parameters
    ----------
    agreement : of all stretches, beyond what is usual, in standard deviations of chance.
    query_from, query_to, bank_from, bank_to : half-open stretches of symbols, in which they are the same; empty if
        they are nowhere.
    """

    agreement: float
    query_from: int
    query_to: int
    bank_from: int
    bank_to: int

    def sides(self, repeated: Mask, common: Mask) -> tuple[Side, Side]:
        """Return what of the text and of the entry is the same; `common` are symbols of the entry."""
        mine, theirs = np.zeros_like(repeated), np.zeros_like(common)
        mine[self.query_from : self.query_to] = True
        theirs[self.bank_from : self.bank_to] = True
        return Side.of_masks(mine, repeated), Side.of_masks(theirs, common)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Faint:
    """Entries, each with what it keeps of its short grams.

    Parameters
    ----------
    candidates : with the hits along which they are laid beside the text, at least one each.
    words : uint64 array, those of all, one behind the other.
    counts : int64 array, shape (candidates,), how many each has.
    """

    candidates: Sequence[Candidate]
    words: Words
    counts: Places

    def lines(self, hashes: Words, repeated: Mask, *, compiled: bool | None = None) -> list[Line]:
        """Return how much each agrees with a text.

        Parameters
        ----------
        hashes : uint64 array, every short gram of the text.
        repeated : bool array, one a symbol of the text, which are common whatever the entry.
        compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
        """
        live = self._new(len(hashes), repeated)
        if not (Effort.is_worth_it(len(hashes)) if compiled is None else compiled):
            return list(self._plainly(hashes, live))
        hits = np.array([len(one.rows) for one in self.candidates], np.int64)
        query_at, at = (
            np.concatenate([getattr(one, name) for one in self.candidates]) for name in ("query_at", "at")
        )
        agreement, spans = np.empty(len(hits)), np.empty((len(hits), 4), np.int64)
        _kernel()(
            np.ascontiguousarray(hashes), live, self.words, self.counts, hits, query_at, at, CONSTANTS, agreement,
            spans,
        )  # fmt: skip
        return [Line(value, *span) for value, span in zip(agreement.tolist(), spans.tolist(), strict=True)]

    def _new(self, count: int, repeated: Mask) -> Mask:
        """Return which short grams of the text lie in no gram that was found, nor in what is common."""
        live = np.ones(count, np.bool_)
        inside = GRAM - SHORT_GRAM + 1
        for one in self.candidates:
            for at in one.query_at.astype(np.int64).tolist():
                live[at : at + inside] = False
        if repeated.any():
            live &= ~np.convolve(repeated, np.ones(SHORT_GRAM, np.int64), "valid").astype(np.bool_)
        return live

    def _plainly(self, hashes: Words, live: Mask) -> list[Line]:
        sums = _Sums.of(hashes, live)
        ends = np.cumsum([0, *self.counts]).tolist()
        return [
            _line(sums, self.words[first:behind], one)
            for one, (first, behind) in zip(self.candidates, pairwise(ends), strict=True)
        ]


CONSTANTS = np.array([ALIKE, SAME, STRETCH, HALF, SHORT_GRAM, GRAM], np.float64)
"""As the kernel takes them, one behind the other."""


@cache
def _kernel() -> Callable[..., None]:
    from stanch.kernels.faint_numba import write_lines  # noqa: PLC0415 - imports numba

    return write_lines


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Sums:
    """Hashes, summed up bit by bit.

    Parameters
    ----------
    grams : how many there are.
    often : int64 array, shape (blocks + 1, LANES), how many of those before a block have each bit.
    count : int64 array, shape (blocks + 1,), how many count before it.
    """

    grams: int
    often: Places
    count: Places

    @classmethod
    def of(cls, hashes: Words, live: Mask) -> "_Sums":
        """Sum up those that are live."""
        bits = np.unpackbits(hashes.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        rows = np.column_stack([bits, np.ones(len(hashes), np.uint8)]) * live[:, None]
        padded = np.zeros((-(-len(hashes) // BLOCK), BLOCK, LANES + 1), np.int64)
        padded.reshape(-1, LANES + 1)[: len(hashes)] = rows
        sums = np.concatenate([np.zeros((1, LANES + 1), np.int64), np.cumsum(padded.sum(axis=1), axis=0)])
        return cls(grams=len(hashes), often=sums[:, :LANES], count=sums[:, LANES])

    def between(self, begin: int, end: int) -> tuple[int, Places]:
        """Return how many hashes count from one place to another, and of each bit how many more have it than not.

        Both as near to these places as blocks go.
        """
        first, last = (min((place + BLOCK // 2) // BLOCK, len(self.count) - 1) for place in (begin, end))
        count = int(self.count[last] - self.count[first])
        return count, 2 * (self.often[last] - self.often[first]) - count


def _line(sums: _Sums, words: Words, candidate: Candidate) -> Line:
    total, stretches, best, run, began = 0.0, 0, 0.0, 0.0, (0, 0)
    span = 0, 0, 0, 0
    for number, word in enumerate(words.tolist()):
        bank_from = number * STRETCH
        query_from = bank_from + _offset(candidate, bank_from + HALF)
        begin, end = max(query_from, 0), min(query_from + STRETCH, sums.grams)
        count, more = sums.between(begin, end) if end - begin >= HALF else (0, np.empty(0, np.int64))
        if count < HALF or not more.any():
            continue
        signs = np.where([word >> bit & 1 for bit in range(LANES)], 1, -1)
        agreement = int((signs * more).sum()) / sqrt(int((more * more).sum()))
        total, stretches = total + (agreement - ALIKE), stretches + 1
        if run <= 0:
            run, began = 0.0, (begin, bank_from + begin - query_from)
        run += agreement - SAME
        if run > best:
            best, last = run, end + SHORT_GRAM - 1
            span = began[0], last, began[1], bank_from + last - query_from
    return Line(total / sqrt(stretches) if stretches else 0.0, *span)


def _offset(candidate: Candidate, place: int) -> int:
    """Return how far on in the text lies what is at a place of the entry, by the hit next to it."""
    away = np.abs(candidate.at + GRAM // 2 - place)
    nearest = int(np.argmin(away))
    return int(candidate.query_at[nearest]) - int(candidate.at[nearest])

"""Copies in which so much is mistyped that few grams are left: told by what their short grams have in common.

A text and an entry that share a gram or two are laid side by side along these, and compared stretch by stretch
beyond them: the words of the entry with the sums of the text's own hashes. `docs/decisions/faint-copies.md`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.simhash import STRETCH
from stanch.index.align import Effort
from stanch.matching.kinds import Side
from stanch.values import GRAM, SHORT_GRAM

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Span = tuple[int, int, int, int]

LANES = 64
"""Bits of a word."""

BLOCK = 8
"""Hashes are summed in blocks of so many, and stretches begin and end where blocks do."""

ALIKE = 0.5
"""How much stretches of unrelated texts agree at least: those of one language share short grams."""

ENOUGH = 5.5
"""What the agreement of all stretches must come to, beyond what is usual, in standard deviations of chance."""

SAME = 1.0
"""A stretch that agrees no more than that, beyond what is usual, is rather another text than the same one."""

HALF = STRETCH // 2
"""Of a stretch as much must lie in the text and be new, or it says nothing."""


def sides(span: Sequence[int], repeated: Mask, common: Mask) -> tuple[Side, Side]:
    """Return what of a text and of an entry is the same.

    Parameters
    ----------
    span : of `Faint.lines`.
    repeated, common : bool arrays, one a symbol of the text and of the entry.
    """
    mine, theirs = np.zeros_like(repeated), np.zeros_like(common)
    mine[span[0] : span[1]] = True
    theirs[span[2] : span[3]] = True
    return Side.of_masks(mine, repeated), Side.of_masks(theirs, common)


class Unplaced(Protocol):
    """Such entries, of whose hits it may not be known yet where in them they begin."""

    def placed(self) -> "Faint":
        """Find that out, if it is not known."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Faint:
    """Entries that few hold a gram of a text in common with, and the hits along which they are laid beside it.

    Parameters
    ----------
    numbers : int64 array, shape (entries,).
    begin : int64 array, shape (entries + 1,), where the hits of each begin, at least one, and the last end.
    query_at, at : float64 arrays, shape (hits,), where these begin in the text and in the entry.
    """

    numbers: Places
    begin: Places
    query_at: Column
    at: Column

    def __len__(self) -> int:
        return len(self.numbers)

    def placed(self) -> Self:
        """Return it; there are others, in whose place this stands once it is known where their hits are."""
        return self

    def of(self, number: int) -> tuple[Column, Column]:
        """Return where the hits with one of the entries, by its place among them, begin in the text and in it."""
        own = slice(int(self.begin[number]), int(self.begin[number + 1]))
        return self.query_at[own], self.at[own]

    def lines(
        self, words: Words, counts: Places, hashes: Words, repeated: Mask, *, compiled: bool | None = None
    ) -> tuple[Column, Places]:
        """Tell how much each agrees with a text; hits are placed.

        Parameters
        ----------
        words : uint64 array, what all entries keep of their short grams, one behind the other.
        counts : int64 array, shape (entries,), how many words each has.
        hashes : uint64 array, every short gram of the text.
        repeated : bool array, one a symbol of the text, which are common whatever the entry.
        compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.

        Returns
        -------
        float64 array, shape (entries,), the agreement of all stretches, beyond what is usual, in standard
        deviations of chance. What is usual is how much stretches of the entry agree with the rest of the text,
        which is asked where it matters; else `ALIKE`.
        int64 array, shape (entries, 4), half-open stretches of symbols of the text and of the entry, in which they
        are the same; empty if they are nowhere.
        """
        if not (Effort.is_worth_it(len(hashes)) if compiled is None else compiled):
            return self._plainly(words, counts, hashes, repeated)
        agreement, spans = np.empty(len(self)), np.empty((len(self), 4), np.int64)
        _kernel()(
            np.ascontiguousarray(hashes), repeated, words, counts, self.begin, self.query_at, self.at, CONSTANTS,
            agreement, spans,
        )  # fmt: skip
        return agreement, spans

    def _plainly(self, words: Words, counts: Places, hashes: Words, repeated: Mask) -> tuple[Column, Places]:
        sums, ends = _Sums.of(hashes, self._new(len(hashes), repeated)), np.cumsum([0, *counts]).tolist()
        lines = [
            _line(sums, words[first:behind], *self.of(number))
            for number, (first, behind) in enumerate(pairwise(ends))
        ]
        agreement, spans = zip(*lines, strict=True)
        return np.array(agreement), np.array(spans, np.int64)

    def _new(self, count: int, repeated: Mask) -> Mask:
        """Return which short grams of the text lie in no gram that was hit, nor reach into what is common."""
        live = np.ones(count, np.bool_)
        inside = GRAM - SHORT_GRAM + 1
        for at in self.query_at.astype(np.int64).tolist():
            live[at : at + inside] = False
        if count and repeated.any():
            live &= ~np.convolve(repeated, np.ones(SHORT_GRAM, np.int64), "valid").astype(np.bool_)
        return live


CONSTANTS = np.array([ALIKE, ENOUGH, SAME, STRETCH, HALF, SHORT_GRAM, GRAM], np.float64)
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

    def agreement(self, begin: int, end: int, word: int) -> float | None:
        """Return how much a stretch of the text agrees with a word; None if too little of it counts.

        The stretch begins and ends as near to these places as blocks go.
        """
        first, last = (min((place + BLOCK // 2) // BLOCK, len(self.count) - 1) for place in (begin, end))
        count = int(self.count[last] - self.count[first])
        more = 2 * (self.often[last] - self.often[first]) - count
        if count < HALF or not more.any():
            return None
        signs = np.where([word >> bit & 1 for bit in range(LANES)], 1, -1)
        return int((signs * more).sum()) / sqrt(int((more * more).sum()))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of an entry beside the text: where it lies in both, its word, and how much it agrees."""

    begin: int
    end: int
    shift: int
    word: int
    agreement: float


def _line(sums: _Sums, words: Words, query_at: Column, at: Column) -> tuple[float, Span]:
    stretches = list(_stretches(sums, words, query_at, at))
    usual = [ALIKE] * len(stretches)
    agreement = _beyond(stretches, usual)
    if agreement < ENOUGH:
        return agreement, (0, 0, 0, 0)
    usual = [max(ALIKE, _elsewhere(sums, stretch)) for stretch in stretches]
    return _beyond(stretches, usual), _same(stretches, usual)


def _stretches(sums: _Sums, words: Words, query_at: Column, at: Column) -> Iterator[_Stretch]:
    for number, word in enumerate(words.tolist()):
        bank_from = number * STRETCH
        shift = _shift(query_at, at, bank_from + HALF)
        begin, end = max(bank_from + shift, 0), min(bank_from + shift + STRETCH, sums.grams)
        agreement = sums.agreement(begin, end, word) if end - begin >= HALF else None
        if agreement is not None:
            yield _Stretch(begin, end, shift, word, agreement)


def _beyond(stretches: Sequence[_Stretch], usual: Sequence[float]) -> float:
    """Return how much stretches agree beyond what is usual, all in all."""
    total = 0.0
    for stretch, alike in zip(stretches, usual, strict=True):
        total += stretch.agreement - alike
    return total / sqrt(len(stretches)) if stretches else 0.0


def _elsewhere(sums: _Sums, stretch: _Stretch) -> float:
    """Return how much a stretch agrees with the rest of the text: as much as it shares with any text like it."""
    total, others = 0.0, 0
    for begin in range(0, sums.grams, STRETCH):
        if abs(begin - stretch.begin) < STRETCH:
            continue
        agreement = sums.agreement(begin, min(begin + STRETCH, sums.grams), stretch.word)
        if agreement is not None:
            total, others = total + agreement, others + 1
    return total / others if others else 0.0


def _same(stretches: Sequence[_Stretch], usual: Sequence[float]) -> Span:
    """Return the run of stretches that agree most beyond `SAME`, where it lies in the text and in the entry."""
    best, run, began = 0.0, 0.0, (0, 0)
    span = 0, 0, 0, 0
    for stretch, alike in zip(stretches, usual, strict=True):
        if run <= 0:
            run, began = 0.0, (stretch.begin, stretch.begin - stretch.shift)
        run += stretch.agreement - alike - SAME
        if run > best:
            best, last = run, stretch.end + SHORT_GRAM - 1
            span = began[0], last, began[1], last - stretch.shift
    return span


def _shift(query_at: Column, at: Column, place: int) -> int:
    """Return how far on in the text lies what is at a place of the entry, by the hit next to it."""
    nearest = int(np.argmin(np.abs(at + GRAM // 2 - place)))
    return int(query_at[nearest]) - int(at[nearest])

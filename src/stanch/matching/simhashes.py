"""The words of entries by `text-simhash/1`, wherever these are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.align import Effort
from stanch.index.sealed import still
from stanch.matching.archive import BITS, LIVE
from stanch.matching.archive_layout import runs
from stanch.matching.archive_words import ArchivedWords, Words
from stanch.matching.listed import fingerprint_of
from stanch.values import TEXT_SIMHASH, Entry

_NOTHING = np.empty((0, 1), np.uint64)


def words_of_live(entries: Mapping[int, Entry]) -> ArchivedWords:
    """Return the words of entries in memory, by their numbers, as though they stood in a segment."""
    numbers = sorted(entries)
    found = [fingerprint_of(entries[number], TEXT_SIMHASH) for number in numbers]
    bits = [_NOTHING if one is None else one.bits for one in found]
    return ArchivedWords(
        count=len(bits),
        entries=still(np.array([number - LIVE for number in numbers], np.uint32)),
        first=still(np.array([0, *accumulate(map(len, bits))], np.uint32)),
        bits=still(np.concatenate(bits).reshape(-1)),
    )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Held:
    """What segments hold of words, also as a kernel is told of it.

    Parameters
    ----------
    words : by the upper halves of their entries' numbers.
    lines : int64 array, shape (segments, 8), see `kernels.words_numba`; `words` keeps alive what it points at.
    """

    words: Mapping[int, ArchivedWords]
    lines: NDArray[np.int64]

    @classmethod
    def of(cls, words: Mapping[int, ArchivedWords]) -> Self:
        """Take the words of segments."""
        lines = [_line(half, each) for half, each in words.items()]
        return cls(words=words, lines=np.array(lines, np.int64).reshape(-1, 8))

    def beside(self, half: int, words: ArchivedWords) -> Self:
        """Return these and others."""
        return replace(
            self, words={**self.words, half: words}, lines=np.concatenate([self.lines, [_line(half, words)]])
        )


def _line(half: int, words: ArchivedWords) -> tuple[int, ...]:
    entries, first = words.told
    wide = int(first.itemsize == np.dtype(np.uint64).itemsize)
    of_entries, of_first, of_bits = ((each.ctypes.data, each.size) for each in (entries, first, words.bits))
    return (half, *of_entries, *of_first, wide, *of_bits)


def gathered(numbers: NDArray[np.int64], held: Held, *, compiled: bool | None = None) -> Words:
    """Return the words of entries, in their order; none of those that are in none of the segments.

    Parameters
    ----------
    numbers : of the entries, in any order, any of them several times.
    compiled : whether by the kernel, which does the same; by default if numba is loaded anyway.
    """
    if not (Effort.is_worth_it(0) if compiled is None else compiled):
        return _gathered(numbers, held.words)
    counts = np.empty(len(numbers), np.int64)
    return _kernel()(held.lines, np.ascontiguousarray(numbers), counts), counts


@cache
def _kernel() -> Callable[[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]], NDArray[np.uint64]]:
    from stanch.kernels.words_numba import gather  # noqa: PLC0415 - imports numba

    return gather


def _gathered(numbers: NDArray[np.int64], held: Mapping[int, ArchivedWords]) -> Words:
    halves, ordinals = numbers >> BITS, numbers & (1 << BITS) - 1
    lots = [(np.flatnonzero(halves == half), words) for half, words in held.items()]
    parts = [words.of(ordinals[places]) for places, words in lots]
    begin, counts = np.zeros((2, len(numbers)), np.int64)
    at = 0
    for (places, _), (words, of_each) in zip(lots, parts, strict=True):
        counts[places] = of_each
        begin[places] = at + np.cumsum(of_each) - of_each
        at += len(words)
    return np.concatenate([np.empty(0, np.uint64), *(words for words, _ in parts)])[runs(begin, counts)], counts

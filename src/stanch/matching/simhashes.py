"""The words of entries by `text-simhash/1`, wherever these are kept."""

from collections.abc import Mapping
from itertools import accumulate

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


def gathered(
    numbers: NDArray[np.int64], held: Mapping[int, ArchivedWords], *, compiled: bool | None = None
) -> Words:
    """Return the words of entries, in their order.

    Parameters
    ----------
    numbers : of the entries, in any order, any of them several times.
    held : by the upper halves of numbers, the words of all entries that have these; none of others have any.
    compiled : whether by kernels, which do the same; by default if numba is loaded anyway.
    """
    if not (Effort.is_worth_it(0) if compiled is None else compiled):
        return _gathered(numbers, held)
    from stanch.kernels.words_numba import copy_words, find_words  # noqa: PLC0415 - imports numba

    asked = still(np.ascontiguousarray(numbers).view())
    begin, counts = np.zeros((2, len(asked)), np.int64)
    for half, words in held.items():
        find_words(asked, half, *words.told, len(words.bits), begin, counts)
    found = np.empty(int(counts.sum()), np.uint64)
    for half, words in held.items():
        copy_words(asked, half, words.bits, begin, counts, found)
    return found, counts


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

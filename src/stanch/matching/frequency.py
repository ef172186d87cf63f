"""In how many texts of a bank the grams of an entry stand, versions of it counting as one with it.

Kin to an entry are those that hold grams from all over it: versions of it, and books that hold it whole. A
formula, a verse or an excerpt stands in one stretch; versions share what they share from end to end.
"""

from collections.abc import Iterator, Mapping, Sequence, Sized
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stanch.index import PostingsIndex
from stanch.index.several import Several

STRETCHES, KIN = 8, 5
"""An entry that holds grams from so many (5) of the stretches (8) of a text is kin to it."""

FEW = 500
"""So many pairs are counted by numpy, and nothing has to be compiled."""

TOGETHER = 1 << 14
"""Entries are asked for together up to so many grams: those of 50 long posts."""

Number = TypeVar("Number", np.int64, np.uint64)
Numbers = NDArray[np.int64]
Words = NDArray[np.uint64]


def frequencies_in(index: PostingsIndex, bits: Words, *, bank: int, number: int, now: int) -> Numbers:
    """Return in how many texts of a bank each gram of an entry stands, the entry and its kin counting as one.

    Parameters
    ----------
    index : of the grams of all texts.
    bits : uint64 array, shape (grams, 1), the grams of the entry, in order.
    number : of the entry.
    now : seconds since 1970; entries that expired by then do not count.
    """
    return frequencies_of_each(index, [bits], bank=bank, numbers=[number], now=now)[0]


def frequencies_of_each(
    index: PostingsIndex, bits: Sequence[Words], *, bank: int, numbers: Sequence[int], now: int
) -> list[Numbers]:
    """Return what `frequencies_in` does, of several entries of a bank.

    Parameters
    ----------
    bits : of each entry.
    numbers : of the entries.
    """
    asked = several(numbers, [len(grams) for grams in bits])
    others = index.others(_joined(bits), asked, bank=bank, now=now)
    if others is not None:
        return [1 + others[first:last] for first, last in pairwise(asked.begin.tolist())]
    return [
        frequencies(*index.held(grams, bank=bank, now=now), number, len(grams))
        for grams, number in zip(bits, numbers, strict=True)
    ]


def several(numbers: Sequence[int], grams: Sequence[int]) -> Several:
    """Return what an index takes of entries: their numbers, how many grams each has, and who is kin to them."""
    begin, stretch = np.array([0, *accumulate(grams)]), _joined([_stretches(count) for count in grams])
    return Several(np.array(numbers), begin, stretch, KIN)


def lots(entries: Mapping[int, Sized]) -> Iterator[list[int]]:
    """Yield the numbers of entries, so many at a time that they have some `TOGETHER` grams."""
    lot, grams = list[int](), 0
    for number, entry in entries.items():
        lot.append(number)
        grams += len(entry)
        if grams >= TOGETHER:
            yield lot
            lot, grams = [], 0
    if lot:
        yield lot


def frequencies(gram: Numbers, entry: Numbers, number: int, grams: int, *, few: int = FEW) -> Numbers:
    """Return in how many texts each gram of an entry stands, the entry and its kin counting as one.

    Parameters
    ----------
    gram, entry : int64 arrays, shape (pairs,), which of the grams in order stands in which entry; a pair may stand
        there several times, side by side.
    number : of the entry itself.
    grams : how many it has.
    few : so many pairs are counted by numpy.
    """
    stretch = _stretches(grams)
    if len(gram) <= few:
        return 1 + _others(gram, entry, stretch, number)
    from stanch.kernels.kin_numba import count_others  # noqa: PLC0415 - only large banks need numba

    others = np.zeros(grams, np.int64)
    count_others(gram, entry, stretch, STRETCHES, KIN, number, others)
    return 1 + others


def _joined(columns: Sequence[NDArray[Number]]) -> NDArray[Number]:
    return columns[0] if len(columns) == 1 else np.concatenate(columns)


def _stretches(grams: int) -> Numbers:
    """Return in which stretch of a text each of its grams is."""
    return (STRETCHES * np.arange(1, grams + 1) - 1) // max(grams, 1)


def _others(gram: Numbers, entry: Numbers, stretch: Numbers, number: int) -> Numbers:
    """Return how many entries hold each gram that are neither the text itself nor kin to it."""
    new = np.ones(len(gram), np.bool_)
    new[1:] = (gram[1:] != gram[:-1]) | (entry[1:] != entry[:-1])
    entries, place = np.unique(entry[new], return_inverse=True)
    spread = np.zeros((len(entries), STRETCHES), np.bool_)
    spread[place, stretch[gram[new]]] = True
    others = (spread.sum(axis=1) < KIN) & (entries != number)
    return np.bincount(gram[new][others[place]], minlength=len(stretch))

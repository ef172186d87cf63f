"""Grams of texts for tests, as odd as they can be, packed as in an archive and plain."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.index import NEVER, Rows
from stanch.index.sealed import still
from stanch.index.sealed_grams import SealedGrams
from stanch.kernels.handles_numba import collected

Text = tuple[list[tuple[int, float, float, float, bool]], int, int]
"""Its grams, each with at, start and end and whether it is indexed; its bank; its expiry."""

words = st.sampled_from([0, 1, 2, 3, (1 << 48) - 1, 1 << 47, 5 << 20])
places = st.sampled_from([0.0, 1.0, 2.0, 9.0, 30.0, 63.0, 64.0, 200.0, 70_000.0])
odd_places = places | st.sampled_from([0.5, -1.0, 2.0**40])
expiry = st.sampled_from([5, NEVER])


def texts(word: st.SearchStrategy[int], place: st.SearchStrategy[float]) -> st.SearchStrategy[list[Text]]:
    gram = st.tuples(word, place, place, place, st.integers(0, 4).map(bool))
    return st.lists(st.tuples(st.lists(gram, max_size=9), st.integers(0, 2), expiry), min_size=1, max_size=9)


def steps(held: Sequence[Text]) -> list[Text]:
    """Turn what was drawn into steps from gram to gram, as those of texts are: nothing goes back."""
    made = []
    for grams, bank, expires in held:
        rising, at, start = list[tuple[int, float, float, float, bool]](), 0.0, 0.0
        for word, further, onward, long, kept in grams:
            at, start = at + further, start + onward
            rising.append((word, at, start, start + long, kept))
        made.append((rising, bank, expires))
    return made


def columns_of(held: Sequence[Text]) -> tuple[NDArray[np.uint64], NDArray[np.bool_], NDArray[np.int64], Any]:
    grams = [gram for some, _, _ in held for gram in some]
    bits, at, start, end, kept = zip(*grams, strict=True) if grams else ((),) * 5
    firsts = np.cumsum([0, *(len(some) for some, _, _ in held)])
    stretch = tuple(np.array(column, dtype=np.float64) for column in (at, start, end))
    return np.array(bits, dtype=np.uint64).reshape(-1, 1), np.array(kept, dtype=np.bool_), firsts, stretch


def sealed_of(held: Sequence[Text], ordinals: Sequence[int] | None) -> SealedGrams:
    bits, kept, firsts, stretch = columns_of(held)
    entries = range(len(held)) if ordinals is None else ordinals
    bank, expires = np.zeros(max(entries) + 1, np.uint16), np.full(max(entries) + 1, NEVER)
    for ordinal, (_, of, until) in zip(entries, held, strict=True):
        bank[ordinal], expires[ordinal] = of, until
    return SealedGrams.of_columns(
        SealedGrams.packed(bits, kept, firsts, stretch),
        firsts=still(firsts.astype(np.uint32)),
        entries=None if ordinals is None else still(np.array(ordinals, dtype=np.uint32)),
        bank=still(bank),
        expires=still(expires),
        banks=3,
    )


def plain_rows(held: Sequence[Text], ordinals: Sequence[int] | None) -> Rows:
    entries = range(len(held)) if ordinals is None else ordinals
    rows = [
        (word, entry, bank, at, expires)
        for entry, (some, bank, expires) in zip(entries, held, strict=True)
        for word, at, _, _, kept in some
        if kept
    ]
    bits, entry, bank, at, expires = zip(*rows, strict=True)
    return Rows(
        bits=np.array(bits, dtype=np.uint64).reshape(-1, 1),
        entry=np.array(entry),
        bank=np.array(bank),
        at=np.array(at, dtype=np.float64),
        expires=np.array(expires),
    )


def counted_anew(
    lines: NDArray[np.int64], queries: NDArray[np.uint64], keys: NDArray[np.uint64], now: int, limit: int,
    banks: int, hits: NDArray[np.int64], at: NDArray[np.float64],
) -> int:  # fmt: skip
    """Collect hits, as often as there has to be more room."""
    taken = np.zeros((len(queries), banks), np.int64)
    return collected(lines, queries, keys, now, limit, taken, hits, at)

"""Which grams of a text count, and which entries it is compared with: by numpy and by the kernels, the same."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stanch.fingerprints.text import gram_hashes
from stanch.language import normalise
from stanch.matching.background import Background
from stanch.matching.background_formulae import formulae
from stanch.matching.candidates import chosen, counted
from stanch.matching.indexing import REPEATS
from stanch.matching.strands import FEWEST, promising, strands
from stanch.values import GRAM

grams = st.integers(0, 12) | st.integers(0, 1 << 64).map(lambda value: value % (1 << 64))
hits = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5) | st.integers(0, 1 << 40)), max_size=80)


@given(asked=st.lists(grams, max_size=80), stated=st.sets(grams, max_size=20))
def test_the_first_few_of_each_gram_count_unless_it_is_stated_to_be_common(
    asked: list[int], stated: set[int]
) -> None:
    background, bits = Background(stated=np.array(sorted(stated), np.uint64)), np.array(asked, np.uint64)
    seen: Counter[int] = Counter()
    expected = []
    for gram in asked:
        seen[gram] += 1
        expected.append(seen[gram] <= REPEATS and gram not in stated)
    for compiled in (False, True):
        assert counted(bits, background, compiled=compiled).tolist() == expected


def test_what_is_shipped_counts_in_no_script() -> None:
    """Both forms leave out the same of text in which formulae stand, and something in every language."""
    shipped = Background.shipped()
    for formula in formulae():
        bits = gram_hashes(normalise(f"{formula.text} Заря over 海 {formula.text} كتاب").symbols)
        plain, kernel = (counted(bits, shipped, compiled=compiled) for compiled in (False, True))
        assert plain.tolist() == kernel.tolist()
        assert len(normalise(formula.text).symbols) < GRAM or not plain.all(), formula


@given(hits=hits, extent=st.integers(1, 4000))
def test_hits_are_put_together_by_entry(hits: list[tuple[int, int]], extent: int) -> None:
    query_at = np.arange(401, dtype=np.float64) * 2
    query, entry = np.array(sorted(hits), np.int64).reshape(-1, 2).T.copy()
    counts = Counter(entry.tolist())
    orders = []
    for compiled in (False, True):
        order, begin = chosen(query, entry, query_at, extent, compiled=compiled)
        orders.append((order.tolist(), begin.tolist()))
        each = [order[first:behind].tolist() for first, behind in pairwise(begin.tolist())]
        rank = [(-len(hits), entry[hits[0]]) for hits in each]
        assert rank == sorted(rank)
        for group in each:
            assert group == [place for place, number in enumerate(entry) if number == entry[group[0]]]
            assert len(group) == counts[entry[group[0]]] >= FEWEST
    assert orders[0] == orders[1]


@given(
    places=st.lists(st.tuples(st.integers(0, 120), st.integers(-9, 9)), min_size=1, max_size=30),
    extent=st.integers(250, 1500),
)
def test_no_entry_is_left_out_that_may_say_something(places: list[tuple[int, int]], extent: int) -> None:
    rows, off = np.array(sorted(places)).T
    query_at = np.arange(121, dtype=np.float64) * 2
    bank_at = np.maximum(query_at[rows] + off, 0)
    bank_at = bank_at[np.lexsort((bank_at, rows))]
    entry = np.zeros(len(rows), np.int64)
    both = np.array([0, len(rows)]), np.array([0])
    if len(rows) >= FEWEST and promising(query_at[rows], bank_at, *both, extent, most=1, compiled=False).all():
        for compiled in (False, True):
            order, _ = chosen(rows, entry, query_at, extent, compiled=compiled)
            assert len(order) == len(rows)


def test_entries_are_left_out_whose_grams_lie_too_near_each_other_to_say_anything() -> None:
    query_at, entry = np.arange(600, dtype=np.float64), np.zeros(4, np.int64)
    for rows, kept in (([0, 9, 20, 30], False), ([0, 12, 24, 33], True), ([0, 12, 100, 101], True)):
        assert strands(query_at[rows], query_at[rows], np.ones(4)).say_something((600, 600)).any() == kept
        for compiled in (False, True):
            order, _ = chosen(np.array(rows), entry, query_at, 600, compiled=compiled)
            assert len(order) == 4 * kept

"""Strands: the kernel against the plain form, and what each rule is for."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.kernels.align_numba import FEW, best_first
from stanch.kernels.strands_numba import find_strands, room_for
from stanch.matching.rarity import SMALL_BANK, is_common, weights
from stanch.matching.strands import (
    AS_LINE,
    EDITED,
    LONGEST_EDIT,
    PASSAGE,
    RULES,
    SHORT_GAP,
    Column,
    Strands,
    promising,
    strands,
)

point = st.tuples(st.integers(0, 900), st.integers(-12, 12))
stray = st.tuples(st.integers(0, 900), st.integers(-700, 700))
hits = st.lists(st.one_of(point, stray), min_size=1, max_size=70)
rarities = st.lists(st.sampled_from([0.0, 0.25, 0.8125, 1.0]), min_size=70, max_size=70)


def columns(points: list[tuple[int, int]]) -> tuple[Column, Column]:
    ordered = sorted((at, max(0, at + off)) for at, off in points)
    q, p = np.array(ordered, dtype=np.float64).reshape(-1, 2).T
    return np.ascontiguousarray(q), np.ascontiguousarray(p)


def on_a_line(*places: int, weight: float = 1.0) -> Strands:
    q = np.array(places, dtype=np.float64)
    return strands(q, q + 40, np.full(len(q), weight))


def rows(found: Strands) -> list[tuple[float, ...]]:
    names = [field.name for field in dataclasses.fields(Strands)]
    return list(zip(*(getattr(found, name).tolist() for name in names), strict=True))


def by_kernel(q: Column, p: Column, weight: Column) -> list[tuple[float, ...]]:
    """Return what `rows` does of strands that the kernel found."""
    counts, sums = np.empty((len(q) + 1, 8), np.int64), np.empty((len(q) + 1, 2))
    found = find_strands(q, p, weight, AS_LINE, RULES, room_for(len(q) + 3), counts, sums)
    names = ("query_from", "query_to", "bank_from", "bank_to", "first", "last", "within", "apart")
    columns = dict(zip(names, counts[:found].T, strict=True))
    return rows(Strands(**columns, covered=sums[:found, 0], slope=sums[:found, 1]))


@given(points=hits, rarity=rarities)
def test_the_kernel_agrees_with_the_plain_form(points: list[tuple[int, int]], rarity: list[float]) -> None:
    q, p = columns(points)
    weight = np.array(rarity[: len(q)])
    assert by_kernel(q, p, weight) == rows(strands(q, p, weight))


def test_the_kernel_agrees_with_the_plain_form_on_more_hits_than_are_sorted_one_by_one() -> None:
    rng = np.random.default_rng(11)
    for hits_ in (FEW - 1, FEW, FEW + 1, 5 * FEW):
        q, p = columns([(int(at), int(off)) for at, off in rng.integers((0, -20), (900, 20), (hits_, 2))])
        weight = rng.integers(0, 257, hits_) / 256
        assert by_kernel(q, p, weight) == rows(strands(q, p, weight))


@given(scores=st.lists(st.integers(0, 9), min_size=1, max_size=2 * FEW))
def test_the_best_come_first_and_equal_ones_as_they_came(scores: list[int]) -> None:
    order = np.empty(len(scores), np.int64)
    best_first(np.array(scores, dtype=np.float64), order)
    assert order.tolist() == sorted(range(len(scores)), key=lambda hit: -scores[hit])


@given(
    groups=st.lists(hits, min_size=1, max_size=5), extent=st.integers(900, 4000), most=st.sampled_from([1, 2, 50])
)
def test_the_kernel_agrees_with_the_plain_form_on_many_entries(
    groups: list[list[tuple[int, int]]], extent: int, most: int
) -> None:
    each = [columns(points) for points in groups]
    q, p = (np.concatenate(sides) for sides in zip(*each, strict=True))
    begin, bank = np.cumsum([0, *map(len, groups)]), np.arange(len(groups)) % 2
    plain, kernel = (
        promising(q, p, begin, bank, extent, most=most, compiled=compiled) for compiled in (False, True)
    )
    assert plain.tolist() == kernel.tolist()
    assert max(np.bincount(bank[plain], minlength=1)) <= most
    every = promising(q, p, begin, bank, extent, most=len(groups), compiled=False)
    assert all(bank[entry] in bank[plain] for entry in every)


@given(points=hits, rarity=rarities, longer=st.integers(0, 3000))
def test_nothing_that_says_something_is_passed_over(
    points: list[tuple[int, int]], rarity: list[float], longer: int
) -> None:
    q, p = columns(points)
    extent = int(q.max()) + 12
    found = strands(q, p, np.array(rarity[: len(q)]))
    if found.say_something((extent, int(p.max()) + 12 + longer)).any():
        assert promising(q, p, np.array([0, len(q)]), np.array([0]), extent, most=1).tolist() == [0]


@given(points=hits)
def test_strands_lie_inside_both_texts_however_they_grow(points: list[tuple[int, int]]) -> None:
    q, p = columns(points)
    extents = int(q.max()) + 12, int(p.max()) + 12
    shared = strands(q, p, np.ones(len(q)))
    grown = shared.grown(extents, np.unique(p))
    assert ((grown.query_from >= 0) & (grown.query_to <= extents[0])).all()
    assert ((grown.bank_from >= 0) & (grown.bank_to <= extents[1])).all()
    assert (grown.query_from <= shared.query_from).all()
    assert (grown.query_to >= shared.query_to).all()
    assert (shared.query_from - grown.query_from <= LONGEST_EDIT).all()
    assert (grown.bank_to - shared.bank_to <= LONGEST_EDIT).all()


class TestWhatSaysSomething:
    extents = 2000, 2000

    def test_a_passage_word_by_word_does_and_a_title_does_not(self) -> None:
        passage = on_a_line(*range(0, PASSAGE - 3, 9))
        assert passage.say_something(self.extents).tolist() == [True]
        title = on_a_line(*range(0, PASSAGE - 24, 9))
        assert title.say_something(self.extents).tolist() == [False]

    def test_half_common_grams_have_to_be_more(self) -> None:
        places = range(0, PASSAGE - 3, 9)
        assert not on_a_line(*places, weight=0.5).say_something(self.extents).any()
        assert on_a_line(*range(0, 100, 9), weight=0.5).say_something(self.extents).any()

    def test_many_hits_that_stand_apart_do_wherever_they_are(self) -> None:
        edited = on_a_line(*range(0, EDITED * 5, 50))
        assert edited.say_something((90_000, 90_000)).all()
        assert not on_a_line(0, 50, 100).say_something((90_000, 90_000)).any()

    def test_few_hits_that_stand_apart_do_if_they_lie_all_over_both_texts(self) -> None:
        sparse = on_a_line(0, 150, 300, 420)
        assert len(sparse) == 1
        assert sparse.say_something((600, 700)).all()
        assert not sparse.say_something((600, 3000)).any()
        assert not sparse.say_something((3000, 600)).any()


def test_two_phrases_far_apart_are_two_strands_and_near_each_other_one() -> None:
    phrase = (0, 9, 18)
    near = [*phrase, *(18 + 12 + SHORT_GAP + at for at in phrase)]
    far = [*phrase, *(18 + 13 + SHORT_GAP + at for at in phrase)]
    assert on_a_line(*near).apart.tolist() == [2]
    assert on_a_line(*far).apart.tolist() == [1, 1]
    assert on_a_line(*far, 200).apart.tolist() == [3]  # what stands apart three times is one text, edited


class TestRarity:
    @pytest.mark.parametrize("texts", [1, 5, 50, SMALL_BANK])
    def test_small_banks_weigh_alike(self, texts: int) -> None:
        assert weights(np.array([1]), texts).tolist() == [1.0]
        two, three, four = weights(np.array([2, 3, 4]), texts).tolist()
        assert 0.75 < two < 0.85
        assert 0.65 < three < two
        assert four == 0.0

    def test_rarer_grams_weigh_more_in_banks_of_every_size(self) -> None:
        for texts in (1_000, 10_000, 1_000_000):
            weight = weights(np.arange(1, texts // 1000 + 5), texts)
            assert (np.diff(weight) <= 0).all()
            assert weight[0] == 1.0
            assert weight[-1] == 0.0
        assert weights(np.array([1000]), 1_000_000)[0] == pytest.approx(0.25, abs=0.01)

    def test_common_is_more_than_three_texts_and_more_than_a_thousandth(self) -> None:
        assert is_common(np.array([3, 4]), 50).tolist() == [False, True]
        assert is_common(np.array([20, 21]), 20_000).tolist() == [False, True]

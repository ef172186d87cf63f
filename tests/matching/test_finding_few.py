"""Where few entries are enough, it is said of few where they were hit, and the same ones are found."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.index import NEVER, PostingsIndex
from stanch.matching import candidates, finding
from stanch.matching.background import Background
from tests.index.grams import sealed_of
from tests.matching import test_finding as plain
from tests.matching.test_finding import (
    ALWAYS,
    FIRST,
    FROM,
    SECOND,
    Contents,
    assert_alike,
    entries_of,
    rows_of,
    text_of,
)

apart = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), st.integers(0, 90)), max_size=5)
many = st.lists(st.tuples(apart, st.integers(0, 2), st.just(NEVER)), max_size=12)


SCATTERED = [(gram, 1, 70) for gram in range(60)]
"""Many hits, of which none follow each other."""


@given(
    archived=st.tuples(many, many),
    added=many,
    most=st.sampled_from([1, 2, 50]),
    banks=st.sampled_from([[4], [5, 4], [6, 9, 4, 5], [9]]),
    begin=st.integers(0, 40),
)
@example(  # those that are hit most say nothing, and what says something comes behind them
    archived=([(SCATTERED, 0, NEVER)] * 9, [([(0, 45, 0)], 0, NEVER), ([(0, 44, 0)], 0, NEVER)]),
    added=[([(0, 43, 0)], 1, NEVER)],
    most=1,
    banks=[4],
    begin=0,
)
def test_the_same_entries_are_found_whatever_is_enough(
    archived: tuple[Contents, Contents], added: Contents, most: int, banks: list[int], begin: int
) -> None:
    first, second, live = map(entries_of, (*archived, added))
    ordinals = [2 * number for number in range(len(second))]
    sealed = sealed_of(first, None).placed(FIRST, FROM), sealed_of(second, ordinals).placed(SECOND, FROM)
    index = PostingsIndex(1, sealed=sealed, small=ALWAYS)
    index.add(rows_of(live))
    text = text_of(range(begin, begin + 60), 0)
    with pytest.MonkeyPatch.context() as patch:
        for module in (finding, candidates, plain):
            patch.setattr(module, "CANDIDATES", most)
        found = assert_alike(index, text, Background(stated=np.zeros(0, np.uint64)), banks, 0, 200)
    assert found <= most * len(banks)

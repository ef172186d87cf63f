"""Hits are put together by the entries that they are in, by numpy and by the kernel."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stanch.matching.passages import grouped


@given(
    entry=st.lists(st.integers(0, 1 << 40) | st.integers(0, 6), min_size=1, max_size=80), fewest=st.integers(1, 4)
)
def test_hits_are_put_together_by_entry(entry: list[int], fewest: int) -> None:
    counts = Counter(entry)
    expected = sorted((-count, number) for number, count in counts.items() if count >= fewest)
    for compiled in (False, True):
        order, begin = grouped(np.array(entry, dtype=np.int64), fewest, compiled=compiled)
        each = [order[first:behind].tolist() for first, behind in pairwise(begin.tolist())]
        assert [(-len(hits), entry[hits[0]]) for hits in each] == expected
        assert all(
            hits == [place for place, number in enumerate(entry) if number == entry[hits[0]]] for hits in each
        )

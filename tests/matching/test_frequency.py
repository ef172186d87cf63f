"""How common grams are is counted as sets would count it, by numpy and by the kernel."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stanch.matching.frequency import KIN, STRETCHES, frequencies


@given(
    held=st.lists(st.frozensets(st.integers(0, 30), max_size=12), max_size=40),
    number=st.integers(0, 3),
    twice=st.booleans(),
)
def test_kin_counts_once(held: list[frozenset[int]], number: int, *, twice: bool) -> None:
    """`held` says for each gram, in order, which entries hold it."""
    bounds = np.linspace(0, len(held), STRETCHES + 1).astype(int).tolist()
    spread = Counter(
        entry for first, last in pairwise(bounds) for entry in frozenset[int]().union(*held[first:last])
    )
    kin = {entry for entry, count in spread.items() if count >= KIN} | {number}
    expected = [1 + len(entries - kin) for entries in held]
    pairs = [(gram, entry) for gram, entries in enumerate(held) for entry in sorted(entries)]
    pairs = [pair for pair in pairs for _ in range(1 + twice)]
    gram, entry = np.array(pairs, dtype=np.int64).reshape(-1, 2).T.copy()
    for few in (-1, 1 << 20):
        assert frequencies(gram, entry, number, len(held), few=few).tolist() == expected

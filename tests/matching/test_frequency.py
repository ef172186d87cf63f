"""How common grams are is counted as sets would count it, by numpy and by the kernel."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.fingerprints import text as text_fingerprints
from stanch.index import PostingsIndex, Rows
from stanch.matching.frequency import KIN, STRETCHES, frequencies, frequencies_in
from stanch.values import TEXT_GRAM, Fingerprint
from tests.matching.writing import ALPHABETS, changed, writing


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


def grams(text: str) -> Fingerprint:
    reading = text_fingerprints.as_entry(text, name="t")
    return next(found for found in reading.fingerprints if found.method == TEXT_GRAM)


@pytest.mark.parametrize("alphabet", [*ALPHABETS, "mixed"])
def test_versions_count_once_and_a_verse_that_others_quote_as_often_as_it_stands(alphabet: str) -> None:
    """A text, three versions of it, and five others that share a verse with it: in every script, and in two."""

    def made(seed: int, words: int) -> str:
        if alphabet == "mixed":
            each = [(writing(seed + k, words // 8, "arabic"), writing(seed + k, words // 8)) for k in range(4)]
            return " ".join(" ".join(both) for both in each)
        return writing(seed, words, alphabet)

    verse, own = made(1, 24), made(2, 120)
    text = f"{verse} {own}"
    versions = [changed(text, 0.05, seed) for seed in range(3)]
    others = [f"{made(seed, 80)} {verse} {made(seed + 30, 80)}" for seed in range(60, 65)]
    held = [grams(one) for one in (text, *versions, *others)]
    found = []
    for small in (-1, 1 << 40):
        index = PostingsIndex(1, small=small)
        for number, one in enumerate(held):
            index.add(Rows.of_entry(one.bits, entry=number, bank=7, at=one.at))
        found.append(frequencies_in(index, held[0].bits, bank=7, number=0, now=0))
    assert np.array_equal(found[0], found[1])
    assert (found[0].min(), found[0].max()) == (1, 6)
    assert (found[0] == 1).mean() > 0.6

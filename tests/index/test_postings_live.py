"""An index of equal features, while rows come, are sealed and merged, and go."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stanch.errors import InvalidValueError
from stanch.index import NEVER, FeatureIndex, PostingsIndex, Rows
from stanch.index.sealed_postings import SealedPostings
from stanch.plugins.contracts import IndexContract
from tests.index.postings import Place, as_bits, as_rows, expected, features, found, grams, kept, stored

ALWAYS, NEVER_YET = -1, 1 << 40
"""Thresholds by which every look-up is compiled, or none."""


class _Sealing(IndexContract):
    """The contract, of an index that seals and merges after every few rows."""

    equal_only = True
    seeds = range(12)
    small = ALWAYS

    def make(self) -> FeatureIndex:
        return PostingsIndex(self.words, tail=3, small=self.small)


class TestSealing(_Sealing):
    pass


class TestSealingOfOneWord(_Sealing):
    words = 1


class TestSealingOfTwoWords(_Sealing):
    words = 2


class TestSealingPlainly(_Sealing):
    small = NEVER_YET


class TestSealingOfOneWordPlainly(_Sealing):
    words = 1
    small = NEVER_YET


class Histories(RuleBasedStateMachine):
    """Adds, removes, merges, re-opens and searches in any order, beside a list of what is stored."""

    @initialize(words=st.sampled_from([1, 2, 4]), small=st.sampled_from([ALWAYS, NEVER_YET, 10]))
    def begin(self, words: int, small: int) -> None:
        self.words, self.small = words, small
        self.stored: list[Place] = []
        self.index = PostingsIndex(words, tail=4, small=small)

    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        places = data.draw(stored(self.words, size=12))
        self.index.add(as_rows(places, self.words))
        self.stored += places

    @rule(entries=st.frozensets(st.integers(0, 9), max_size=4))
    def remove(self, entries: frozenset[int]) -> None:
        left = [place for place in self.stored if place[1] not in entries]
        assert self.index.remove(entries) == len(self.stored) - len(left)
        self.stored = left

    @rule(cut=st.integers(0, 10))
    def reopen(self, cut: int) -> None:
        """As a process does that finds some entries in a segment, and adds the others."""
        rows = Rows.joined([Rows.empty(self.words), *self.index.sealed()])
        columns = SealedPostings.of(rows.take(rows.entry < cut)).columns()
        self.index = PostingsIndex(
            self.words, sealed=[SealedPostings.of_columns(columns)], tail=4, small=self.small
        )
        self.index.add(rows.take(rows.entry >= cut))

    @rule(data=st.data(), banks=st.frozensets(st.integers(0, 3)), now=st.sampled_from([0, 5]))
    def search(self, data: st.DataObject, banks: frozenset[int], now: int) -> None:
        queries = data.draw(st.lists(features(self.words), max_size=6)) + [place[0] for place in self.stored[-2:]]
        bits = as_bits(queries, self.words)
        answer = expected(self.stored, queries, sorted(banks), now)
        hits = self.index.search(bits, radius=dict.fromkeys(banks, 0), now=now)
        assert found(hits) == answer
        for bank in banks:
            holders = [
                frozenset(entry for number, where, entry, _ in answer if (number, where) == (query, bank))
                for query in range(len(queries))
            ]
            assert self.index.holders(bits, bank=bank, now=now) == holders
            assert [(query, entry) for query, held in enumerate(holders) for entry in sorted(held)] == list(
                zip(*(column.tolist() for column in self.index.held(bits, bank=bank, now=now)), strict=True)
            )

    @invariant()
    def all_is_there(self) -> None:
        assert len(self.index) == len(self.stored)
        assert kept(Rows.joined([Rows.empty(self.words), *self.index.sealed()])) == sorted(self.stored)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=25)


def test_a_radius_other_than_nought_is_refused_by_name() -> None:
    with pytest.raises(InvalidValueError, match="only equal features are found here"):
        PostingsIndex(1).search(as_bits([(1,)]), radius={1: 0, 2: 1})


def test_parts_stay_few_and_hold_little_that_was_removed() -> None:
    rows = grams(30_000)
    index = PostingsIndex(1, tail=1000)
    for entry in range(300):
        index.add(rows.take(rows.entry == entry))
        if entry % 3:
            index.search(rows.bits[:5], radius={0: 0})
        assert len(index.sealed()) <= 6
    assert len(index) == 30_000
    assert index.remove(range(50, 300)) == 25_000
    assert sum(len(part.sealed) for part in index._parts) <= 2 * 5000
    assert index.remove(range(50)) == 5000
    assert index.sealed() == []


def test_a_part_that_was_made_elsewhere_stays_as_it_is() -> None:
    sealed = SealedPostings.of(grams(300))
    index = PostingsIndex(1, sealed=[sealed], tail=4)
    index.add(grams(300, seed=8))
    assert index.remove([0, 1]) == 400
    assert index._parts[0].sealed is sealed
    assert len(index) == sum(map(len, index.sealed())) == 200
    assert PostingsIndex(1, sealed=[sealed]).remove([0]) == 100  # what was removed there is not removed here


@contextmanager
def impatient() -> Iterator[None]:
    """Let threads take turns every few steps."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("small", [ALWAYS, NEVER_YET])
def test_searches_see_whole_additions_while_another_thread_adds_and_removes(small: int) -> None:
    """Each addition is of three entries with two features in common; they come together, and go together.

    A search finds the last that was added before it began, or what was added before that one was removed.
    """
    index = PostingsIndex(1, tail=20, small=small)
    queries, failures, done = as_bits([(7,), (8,), (9,)]), list[object](), threading.Event()
    warm = PostingsIndex(1, small=small)  # so that no thread waits for what has to be compiled
    warm.add(as_rows([((7,), 1, 1, 0.0, NEVER)], 1))
    assert len(warm.search(queries, radius={1: 0})) == 1
    searches, added = [0, 0], [-1]

    def write() -> None:
        for batch in range(400):
            entries = range(3 * batch, 3 * batch + 3)
            places = [((feature,), entry, 1, 0.0, NEVER) for entry in entries for feature in (7, 8)]
            index.add(as_rows(places, 1))
            added[0] = batch
            if batch % 4 == 3:
                index.remove(range(3 * batch - 6, 3 * batch - 3))
            while batch % 40 == 0 and min(searches) <= batch // 40 and all(one.is_alive() for one in readers):
                time.sleep(0)  # each reader searches in between, however the threads are run

    def read(number: int) -> None:
        while not done.is_set():
            least = added[0]
            hits = index.search(queries, radius={1: 0})
            together = np.unique(hits.entry // 3 * 10 + hits.query, return_counts=True)[1]
            batches = np.unique(hits.entry // 3, return_counts=True)[1]
            last = hits.entry.max(initial=-1) // 3
            if last < least or not ((together == 3).all() and (batches == 6).all()):
                failures.append(hits)
            searches[number] += 1

    readers = [threading.Thread(target=read, args=(number,)) for number in range(2)]
    with impatient():
        for reader in readers:
            reader.start()
        write()
        done.set()
        for reader in readers:
            reader.join()
    assert not failures
    assert min(searches) > 10
    assert len(index) == 6 * 300

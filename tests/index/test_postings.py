"""Rows that were sealed are found as a dictionary would find them: by numpy, by the kernel, and from a file."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.formats import open_segment, write_segment
from stanch.index import NEVER, Rows
from stanch.index.key_order import LARGE
from stanch.index.sealed import still
from stanch.index.sealed_postings import SealedPostings
from stanch.kernels.fields import LIKELY
from stanch.kernels.keys import key_of, keys_of
from stanch.kernels.postings_numba import runs
from tests.index.postings import (
    Feature,
    as_bits,
    as_rows,
    buried,
    expected,
    features,
    found,
    grams,
    kept,
    stored,
    with_key,
)


@given(st.sampled_from([1, 2, 4]).flatmap(lambda words: st.lists(features(words), min_size=1)))
@example([(123456789,)])
def test_a_key_is_the_same_in_the_kernel_and_can_be_chosen(chosen: list[Feature]) -> None:
    bits = still(as_bits(chosen))
    keys = keys_of(bits)
    assert keys_of(bits, compiled=True).tolist() == keys.tolist() == [key_of(feature) for feature in chosen]
    assert [with_key(int(wanted), feature[:-1]) for wanted, feature in zip(keys, chosen, strict=True)] == chosen


@given(data=st.data(), words=st.sampled_from([1, 2, 4]), often=st.sampled_from([0, 3, LARGE + 1, 200]))
def test_sealed_rows_are_found_as_in_a_dictionary(data: st.DataObject, words: int, often: int) -> None:
    places = data.draw(stored(words))
    places += [(place[0], 20 + number, 1, 0.0, NEVER) for place in places[:1] for number in range(often)]
    queries = data.draw(st.lists(features(words), max_size=8)) + [place[0] for place in places[:3]]
    dead = data.draw(st.frozensets(st.integers(0, 25)))
    now = data.draw(st.sampled_from([0, 5]))
    sealed = SealedPostings.of(as_rows(places, words))
    for banks in ([1], [0, 1, 2], [0, 2, 9], [9]):
        answer = expected(places, queries, banks, now, dead=dead)
        for compiled in (False, True):
            radius = dict.fromkeys(banks, 0)
            hits = sealed.search(
                as_bits(queries, words), radius=radius, dead=buried(sealed, dead), now=now, compiled=compiled
            )
            assert found(hits) == answer
            in_order = [] if hits is None else [hits.query, hits.bank, hits.entry, hits.at]
            rows = list(zip(*(column.tolist() for column in in_order), strict=True))
            assert rows == sorted(rows)
    assert kept(sealed.rows(dead=buried(sealed, dead))) == sorted(row for row in places if row[1] not in dead)


def test_the_features_of_an_entry_stand_together_as_they_came() -> None:
    rng = np.random.default_rng(4)
    entry = rng.integers(0, 50, 3000)
    bits = rng.integers(0, 4, (3000, 1), dtype=np.uint64)
    sealed = SealedPostings.of(
        Rows(
            bits=bits,
            entry=entry,
            bank=np.zeros(3000, np.int64),
            at=np.arange(3000.0),
            expires=np.full(3000, NEVER),
        )
    )
    rows = sealed.rows(dead=sealed.holders.no_dead())
    assert rows.entry.tolist() == sorted(entry.tolist())
    assert rows.at.tolist() == [float(place) for one in range(50) for place in np.flatnonzero(entry == one)]
    assert np.array_equal(rows.bits, bits[rows.at.astype(np.int64)])


def test_many_rows_are_found_as_numpy_finds_them_in_thirty_bytes_each() -> None:
    rows = grams(100_000)
    sealed = SealedPostings.of(rows)
    assert sum(column.nbytes for column in sealed.columns().values()) <= 30 * len(rows)
    queries = np.concatenate([rows.bits[:50], rows.bits[50:60] + np.uint64(1), rows.bits[-50:]])
    query, row = np.nonzero(queries == rows.bits.T)
    for compiled in (False, True):
        hits = sealed.search(queries, radius={0: 0, 2: 0}, dead=sealed.holders.no_dead(), now=0, compiled=compiled)
        assert hits is not None
        asked = np.flatnonzero(rows.bank[row] != 1)
        asked = asked[np.lexsort((rows.bank[row[asked]], query[asked]))]
        assert hits.query.tolist() == query[asked].tolist()
        assert hits.bank.tolist() == rows.bank[row[asked]].tolist()
        assert hits.entry.tolist() == rows.entry[row[asked]].tolist()
        assert hits.at.tolist() == rows.at[row[asked]].tolist()


@pytest.mark.parametrize("compiled", [False, True])
def test_a_value_in_the_bucket_of_a_frequent_one_is_found_by_halving(
    monkeypatch: pytest.MonkeyPatch, *, compiled: bool
) -> None:
    """Three values with one key, or one beginning of it, around 5,000 rows of the middle one."""
    for wanted in ((9 << 30, 9 << 30, 9 << 30), ((9 << 30) - 1, 9 << 30, (9 << 30) + 1)):
        low, much, high = (with_key(one, (word,)) for one, word in zip(wanted, (1, 2, 3), strict=True))
        places = [(much, number, 1, 0.0, NEVER) for number in range(5000)]
        places[700], places[4000] = (low, 700, 1, 0.0, NEVER), (high, 4000, 1, 0.0, NEVER)
        sealed = SealedPostings.of(as_rows(places, 2))
        looks = 0

        def counting(bits: NDArray[np.uint64], *, compiled: bool = False) -> NDArray[np.uint64]:
            nonlocal looks
            looks += len(bits)
            return keys_of(bits, compiled=compiled)

        monkeypatch.setattr("stanch.index.row_finder.keys_of", counting)
        absent = with_key(9 << 30, (7,))
        hits = sealed.search(
            as_bits([low, high, absent]), radius={1: 0}, dead=sealed.holders.no_dead(), now=0, compiled=compiled
        )
        assert found(hits) == [(0, 1, 700, 0.0), (1, 1, 4000, 0.0)]
        assert looks < 200


@given(data=st.data(), words=st.sampled_from([1, 4]))
@settings(max_examples=40)
def test_a_file_holds_all_and_shows_it_under_other_numbers(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, words: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "postings.segment"
    places = data.draw(stored(words))
    sealed = SealedPostings.of(as_rows(places, words))
    write_segment(path, sealed.columns())
    opened = SealedPostings.of_columns(open_segment(path).columns)
    banks = sorted({bank for _, _, bank, _, _ in places})
    moved = opened.placed(1 << 32, [bank + 70 for bank in banks])
    elsewhere = [
        (feature, entry + (1 << 32), bank + 70, at, expires) for feature, entry, bank, at, expires in places
    ]
    assert kept(opened.rows(dead=opened.holders.no_dead())) == sorted(places)
    assert kept(moved.rows(dead=moved.holders.no_dead())) == sorted(elsewhere)
    queries = [place[0] for place in places[:5]]
    for compiled in (False, True):
        hits = moved.search(
            as_bits(queries, words), radius={71: 0}, dead=moved.holders.no_dead(), now=0, compiled=compiled
        )
        assert found(hits) == expected(elsewhere, queries, [71], 0, dead=frozenset())


@given(data=st.data(), words=st.sampled_from([1, 2, 4]), often=st.sampled_from([0, 3, LARGE + 1]))
def test_what_a_part_holds_is_known_before_it_is_searched(data: st.DataObject, words: int, often: int) -> None:
    places = data.draw(stored(words))
    places += [(place[0], 20 + number, 1, 0.0, NEVER) for place in places[:1] for number in range(often)]
    finder = SealedPostings.of(as_rows(places, words)).finder
    held = {place[0] for place in places}
    for query in [*data.draw(st.lists(features(words), max_size=8)), *held]:
        may = finder.may_hold(list(query), key_of(query))
        assert may or query not in held
        assert query in held or not may or len(places) > LARGE


def test_columns_that_were_damaged_make_the_kernel_miss_rows_and_nothing_worse() -> None:
    rows = grams(5000)
    finder = SealedPostings.of(rows).finder
    rng = np.random.default_rng(1)
    which, begin, count = np.empty((3, len(rows)), np.int64)
    keys = still(keys_of(finder.bits))
    marks = finder.looked_up[3], finder.fields[LIKELY]
    for _ in range(20):
        order, begins = (
            still(rng.integers(0, 2**32, len(column), dtype=np.uint32)) for column in (finder.order, finder.begins)
        )
        whole, odd = finder.begins, (order, begins)
        for (places, buckets), likely in product(((order, whole), (finder.order, begins), odd), marks):
            many = runs(
                finder.bits, keys, finder.bits, places, buckets, likely, finder._to_mark, finder._to_bucket,
                LARGE, which, begin, count,
            )  # fmt: skip
            assert (begin[:many] + count[:many] <= len(rows)).all()
            assert (finder.bits[which[:many]] == finder.bits[places[begin[:many]]]).all()
            damaged = replace(finder, order=places, begins=buckets)
            for row in range(50):  # none leads outside the arrays
                damaged.may_hold(finder.bits[row].tolist(), int(keys[row]))

"""Whatever finds rows faster than a scan finds what a scan finds."""

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.formats import open_segment, write_segment
from stanch.index import NEVER, FeatureIndex, HammingIndex, Hits, Rows, grouping, hamming
from stanch.index import sealed as sealed_module
from stanch.index.hamming import scan
from stanch.index.sealed import Sealed
from stanch.index.sealing import seal
from stanch.plugins.contracts import IndexContract

COLUMNS = ("query", "bank", "entry", "at", "distance", "total")
KINDS = ("uniform", "near", "equal", "zero", "one", "skewed", "mixed")


@pytest.fixture
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make tables of a handful of rows, and groups of a few, so that every way of searching is gone."""
    monkeypatch.setattr(hamming, "SMALL", 5)
    monkeypatch.setattr(hamming, "TAIL", 3)
    monkeypatch.setattr(grouping, "SMALLEST", 3)


@pytest.mark.usefixtures("_eager")
class TestTables(IndexContract):
    seeds = range(6)

    def make(self) -> FeatureIndex:
        return HammingIndex(self.words)


@pytest.mark.usefixtures("_eager")
class TestTablesOfTwoWords(IndexContract):
    words = 2
    seeds = range(6)

    def make(self) -> FeatureIndex:
        return HammingIndex(self.words)


@pytest.mark.usefixtures("_eager")
class TestTablesOfOneWord(IndexContract):
    words = 1
    seeds = range(6)

    def make(self) -> FeatureIndex:
        return HammingIndex(self.words)


def flipped(bits: NDArray[np.uint64], most: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Change up to `most` bits of each row, half of them all within 16 neighbours."""
    changed = bits.copy()
    width = 64 * bits.shape[1]
    for row in range(len(bits)):
        count = int(rng.integers(0, most + 1))
        near = int(rng.integers(0, width - 16)) + rng.permutation(16)
        places = near[:count] if row % 2 else rng.permutation(width)[:count]
        for place in places.tolist():
            changed[row, place // 64] ^= np.uint64(1) << np.uint64(place % 64)
    return changed


def made(kind: str, count: int, words: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Make features of a kind that an index may find hard."""
    random = rng.integers(0, 2**64, size=(count, words), dtype=np.uint64)
    if kind == "near":
        return flipped(random[rng.integers(0, min(3, count), count)], 6, rng)
    if kind == "equal":
        return random[np.zeros(count, np.int64)]
    if kind in {"zero", "one"}:
        return np.full_like(random, 0 if kind == "zero" else 2**64 - 1)
    if kind == "skewed":  # every 16 neighbours are one of a few values
        pool = np.array([0, 0xFFFF, 0x5555, 0xAAAA, 0x1234], np.uint64)
        parts = pool[rng.integers(0, 5, (count, words, 4))]
        return np.asarray(np.bitwise_or.reduce(parts << (np.arange(4, dtype=np.uint64) * np.uint64(16)), axis=2))
    if kind == "mixed":
        kinds = [made(other, -(-count // 6), words, rng) for other in KINDS[:-1]]
        return np.concatenate(kinds)[:count]
    return random


def as_rows(bits: NDArray[np.uint64], rng: np.random.Generator, *, single: bool = True) -> Rows:
    """Give features entries, in two banks, some of them expired by 100."""
    count = len(bits)
    entry = np.arange(count) if single else np.sort(rng.integers(0, max(1, count // 3), count))
    return Rows(
        bits=bits,
        entry=entry,
        bank=entry % 2,
        at=np.zeros(count) if single else rng.integers(0, 50, count).astype(np.float64),
        expires=np.where(entry % 7 == 0, 100, NEVER),
    )


def assert_same(found: Hits, expected: Hits) -> None:
    for name in COLUMNS:
        assert getattr(found, name).tolist() == getattr(expected, name).tolist(), name


def asked(bits: NDArray[np.uint64], rng: np.random.Generator) -> NDArray[np.uint64]:
    """Make queries: changed copies of rows, and what is near nothing."""
    chosen = bits[rng.integers(0, len(bits), 12)]
    return np.concatenate([flipped(chosen, 34, rng), made("uniform", 4, bits.shape[1], rng)])


@pytest.mark.parametrize("words", [1, 2, 4])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("single", [True, False])
def test_tables_find_what_a_scan_finds(kind: str, words: int, *, single: bool) -> None:
    rng = np.random.default_rng(KINDS.index(kind) + 10 * words)
    rows = as_rows(made(kind, 3000, words, rng), rng, single=single)
    queries = asked(rows.bits, rng)
    index = HammingIndex(words, sealed=[seal(rows, radius=31)])
    for radius in (0, 1, 15, 16, 31, 64):
        for limit in (None, 1, 7):
            where = {0: radius, 1: min(64, radius + 1)}
            found = index.search(queries, radius=where, limit=limit, now=100)
            assert_same(found, scan(rows, queries, radius=where, limit=limit, now=100))


def test_ties_at_the_limit_go_to_the_lowest_entry_numbers_and_the_total_is_true() -> None:
    rng = np.random.default_rng(3)
    bits = made("equal", 5000, 4, rng)
    rows = as_rows(bits[rng.permutation(5000)], rng)
    index = HammingIndex(4, sealed=[seal(rows, radius=31)])
    hits = index.search(bits[:1], radius={0: 31}, limit=3)
    assert hits.entry.tolist() == [0, 2, 4]
    assert hits.total.tolist() == [2500] * 3


def test_a_query_may_find_more_than_there_is_room_for_at_first() -> None:
    rng = np.random.default_rng(4)
    rows = as_rows(made("equal", 10_000, 4, rng), rng)
    index = HammingIndex(4, sealed=[seal(rows, radius=31)])
    queries = np.concatenate([rows.bits[:3], made("uniform", 3, 4, rng), rows.bits[:1]])
    hits = index.search(queries, radius={0: 31, 1: 31})
    assert np.bincount(hits.query).tolist() == [10_000, 10_000, 10_000, 0, 0, 0, 10_000]


@pytest.mark.parametrize("each", [4, 256])
def test_many_queries_may_together_find_more_than_there_is_room_for(
    each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_module, "EACH", each)
    rng = np.random.default_rng(14)
    clusters = made("uniform", 600, 4, rng)
    rows = as_rows(flipped(np.repeat(clusters, 30, axis=0), 5, rng), rng)  # too few of each for a group
    sealed = seal(rows, radius=31)
    assert sealed.tables is not None
    assert sealed.tables.size == len(rows)
    for limit in (None, 4):
        found = HammingIndex(4, sealed=[sealed]).search(clusters, radius={0: 31, 1: 31}, limit=limit, now=100)
        assert_same(found, scan(rows, clusters, radius={0: 31, 1: 31}, limit=limit, now=100))


@pytest.mark.parametrize("crowd", [1, 40])
def test_more_may_pass_the_tags_than_there_is_room_for(crowd: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_module, "ROOM", crowd)
    rng = np.random.default_rng(15)
    rows = as_rows(made("mixed", 3000, 4, rng), rng)
    queries = np.concatenate([asked(rows.bits, rng) for _ in range(4)])
    index = HammingIndex(4, sealed=[seal(rows, radius=31)])
    found = index.search(queries, radius={0: 31, 1: 20}, limit=9, now=100)
    assert_same(found, scan(rows, queries, radius={0: 31, 1: 20}, limit=9, now=100))


def test_near_identical_rows_are_grouped_and_unlike_ones_are_not() -> None:
    rng = np.random.default_rng(5)
    near = flipped(np.repeat(made("uniform", 2, 4, rng), 500, axis=0), 8, rng)
    rows = as_rows(rng.permutation(np.concatenate([near, made("uniform", 4000, 4, rng)])), rng)
    groups = seal(rows, radius=31).groups
    assert len(groups.spread) == 2
    assert (np.diff(groups.members) >= 490).all()
    assert (groups.spread <= 15).all()


def test_bits_are_put_in_another_order_where_neighbours_go_together() -> None:
    rng = np.random.default_rng(6)
    skewed = seal(as_rows(made("skewed", 5000, 4, rng), rng), radius=31)
    assert len(skewed.order) == 256
    assert skewed.tables is not None
    assert skewed.tables.crowding < 3
    assert len(seal(as_rows(made("uniform", 5000, 4, rng), rng), radius=31).order) == 0


@pytest.mark.parametrize("words", [1, 2, 4])
@pytest.mark.parametrize("kind", ["mixed", "skewed"])
def test_a_segment_file_gives_back_what_it_was_made_of(kind: str, words: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    rows = as_rows(made(kind, 2000, words, rng), rng)
    sealed = seal(rows, radius=31)
    write_segment(tmp_path / "x.segment", sealed.columns())
    opened = Sealed.of_columns(open_segment(tmp_path / "x.segment").columns)
    queries = asked(rows.bits, rng)
    for part in (sealed, opened):
        assert_same(
            HammingIndex(words, sealed=[part]).search(queries, radius={0: 31, 1: 20}, limit=4),
            scan(rows, queries, radius={0: 31, 1: 20}, limit=4, now=0),
        )
    back = opened.rows(dead=opened.holders.no_dead())
    order = np.argsort(back.entry)
    for name in ("bits", "entry", "bank", "at", "expires"):
        assert (getattr(back, name)[order] == getattr(rows, name)).all(), name


def test_rows_may_be_placed_under_other_numbers() -> None:
    rng = np.random.default_rng(8)
    rows = as_rows(made("mixed", 2000, 4, rng), rng)
    moved = Rows(bits=rows.bits, entry=rows.entry + 5000, bank=9 - rows.bank, at=rows.at, expires=rows.expires)
    index = HammingIndex(4, sealed=[seal(rows, radius=31).placed(5000, [9, 8])])
    queries = asked(rows.bits, rng)
    assert_same(
        index.search(queries, radius={8: 31, 9: 31}, limit=3),
        scan(moved, queries, radius={8: 31, 9: 31}, limit=3, now=0),
    )
    assert index.remove([5001, 3]) == 1


@pytest.mark.usefixtures("_eager")
@settings(max_examples=40)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "add", "remove", "reopen"]), st.integers(0, 2**32 - 1)), max_size=12
    )
)
def test_any_history_of_sealing_and_reopening_finds_what_a_scan_finds(steps: list[tuple[str, int]]) -> None:
    index, held, first = HammingIndex(4), Rows.empty(4), 0
    for step, seed in steps:
        rng = np.random.default_rng(seed)
        if step == "add":
            new = as_rows(made(KINDS[seed % len(KINDS)], int(rng.integers(1, 30)), 4, rng), rng)
            new = Rows(bits=new.bits, entry=new.entry + first, bank=new.bank, at=new.at, expires=new.expires)
            first += len(new)
            index.add(new)
            held = Rows.joined([held, new])
        elif step == "remove" and len(held):
            gone = rng.choice(held.entry, size=min(5, len(held)))
            kept = ~np.isin(held.entry, gone)
            assert index.remove(gone.tolist()) == int((~kept).sum())
            held = held.take(kept)
        elif step == "reopen":
            parts = [part for part in index.sealed() if len(part)]
            index = HammingIndex(4, sealed=[_reopened(part) for part in parts])
        assert len(index) == len(held)
        queries = made("mixed", 6, 4, rng) if not len(held) else asked(held.bits, rng)
        for limit in (None, 2):
            found = index.search(queries, radius={0: 31, 1: 8}, limit=limit, now=100)
            assert_same(found, scan(held, queries, radius={0: 31, 1: 8}, limit=limit, now=100))


def _reopened(rows: Rows) -> Sealed:
    return Sealed.of_columns(seal(rows.take(np.argsort(rows.entry)), radius=31).columns())


@pytest.mark.usefixtures("_eager")
def test_a_search_sees_each_addition_whole_while_others_are_made() -> None:
    rng = np.random.default_rng(9)
    bits = made("equal", 4, 4, rng)
    index, trouble, done = HammingIndex(4), list[int](), threading.Event()

    def look() -> None:
        while not done.is_set():
            found = len(index.search(bits[:1], radius={0: 0}))
            if found % 4:
                trouble.append(found)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(0, 400, 4):
        index.add(Rows(bits=bits, entry=number + np.arange(4), bank=np.zeros(4, np.int64), at=np.zeros(4),
                       expires=np.full(4, NEVER)))  # fmt: skip
    done.set()
    for reader in readers:
        reader.join()
    assert not trouble
    assert len(index.search(bits[:1], radius={0: 0})) == 400

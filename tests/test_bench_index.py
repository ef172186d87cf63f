"""What the benchmark of the index rests on: its data, its brute force, and that it notices what is wrong."""

from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from benchmarks import brute_force, sustained
from benchmarks.archived import Parts, Stock, churned, ids_for, in_order, opened, sizes, touched, write
from benchmarks.brute_force import Pairs, pairs_within
from benchmarks.hashes import CHUNK, DISTRIBUTIONS, FARTHEST, clustered, queries, uniform
from benchmarks.mixed_load import PLANTED, Changer, Seen, wrongs
from benchmarks.recall import recalled, truth
from benchmarks.report import Result

SEED = 4


def apart(one: Any, other: Any) -> Any:
    return np.bitwise_count(one ^ other).sum(axis=-1, dtype=np.int64)


def test_queries_are_planted_at_every_distance_with_errors_spread_and_concentrated_and_half_are_misses() -> None:
    stored = uniform(5_000, SEED)
    asked = queries(stored, 40 * (FARTHEST + 1), SEED)
    planted = asked.planted >= 0
    assert planted.tolist() == [True, False] * (len(asked) // 2)
    assert (apart(stored[asked.planted[planted]], asked.bits[planted]) == asked.distance[planted]).all()
    assert np.bincount(asked.distance[planted]).tolist() == [20] * (FARTHEST + 1)
    errors = (stored[asked.planted[planted]] ^ asked.bits[planted]).view(np.uint16)  # one a chunk
    touched_chunks = (errors != 0).sum(axis=1)
    fewest = -(-asked.distance[planted] // CHUNK)
    concentrated = touched_chunks == fewest
    assert concentrated[asked.distance[planted] > 1].mean() == pytest.approx(0.5, abs=0.05)
    assert not concentrated[: FARTHEST + 1][10:].any()
    assert concentrated[FARTHEST + 1 : 2 * (FARTHEST + 1)].all()
    nearest = min(int(apart(stored, bits).min()) for bits in asked.bits[~planted][:50])
    assert nearest > FARTHEST


def test_clustered_hashes_have_crowds_and_low_entropy_and_are_the_same_each_time() -> None:
    hashes = clustered(20_000, SEED)
    assert (hashes == clustered(20_000, SEED)).all()
    rows = np.unique(hashes.view(np.uint16), axis=None, return_counts=True)[1]
    assert rows.max() > 100 * np.median(rows)
    near = np.array([(apart(hashes, one) <= 24).sum() for one in hashes[:300]])
    assert 0.5 < (near == 1).mean() < 0.75
    assert near.max() > 300


@pytest.mark.parametrize("room", [1 << 20, 1])
def test_brute_force_is_what_counting_bits_pair_by_pair_gives(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    monkeypatch.setattr(brute_force, "ROOM", room)
    hashes = clustered(9_000, SEED)
    hashes[0], hashes[1] = 0, 2**64 - 1
    asked = np.concatenate([queries(hashes, 41, SEED).bits, hashes[:2]])
    alive = np.random.default_rng(SEED).random(len(hashes)) < 0.9
    alive[:2] = True
    found = pairs_within(hashes, alive, asked, 31)
    away = np.array([np.where(alive, apart(hashes, one), 999) for one in asked])
    query, row = np.nonzero(away <= 31)
    expected = Pairs.of(query, row, away[query, row])
    assert len(expected) > 300
    assert (found.keys == expected.keys).all()


@pytest.fixture(scope="module", params=list(DISTRIBUTIONS))
def stock(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    path: Path = tmp_path_factory.mktemp("stock") / "index.segment"
    divided = Parts.of(12_000)
    hashes = DISTRIBUTIONS[request.param](12_000, SEED)
    ids, bits = in_order(ids_for(divided.archived, SEED), hashes[: divided.archived])
    write(path, ids, bits)
    segment, index = opened(path)
    assert touched(segment)
    assert sum(sizes(segment).values()) <= path.stat().st_size
    added = hashes[divided.archived :]
    alive = churned(index, divided.archived, added, SEED)
    return Stock(index=index, bits=np.concatenate([bits, added]), alive=alive, archived=divided.archived)


def test_the_index_holds_what_is_alive(stock: Stock) -> None:
    assert (int((~stock.alive).sum()), len(stock.index)) == (120, 12_000 - 120)
    gone = stock.bits[~stock.alive]
    hits = stock.index.search(gone, radius={0: 0})
    assert stock.alive[stock.rows_of(hits.entry)].all()


def test_recall_is_whole_and_what_is_missed_or_made_up_is_told(stock: Stock) -> None:
    asked = queries(stock.bits, 200, SEED).bits
    true = truth(stock, asked)
    whole = recalled(stock, asked, true)
    assert (whole.share, whole.wrong, whole.unlike, whole.pairs) == (1.0, 0, 0, len(true))
    without = np.arange(len(true)) != len(true) // 2
    fewer = Pairs(query=true.query[without], row=true.row[without], distance=true.distance[without])
    made_up = recalled(stock, asked, fewer)
    assert (made_up.share, made_up.wrong, made_up.unlike) == (1.0, 1, 1)
    stranger = Pairs.of(np.append(true.query, 1), np.append(true.row, 7), np.append(true.distance, 3))
    missed = recalled(stock, asked, stranger)
    assert missed.share < 1
    assert missed.unlike == 1


@pytest.mark.parametrize(
    ("found", "still", "said"),
    [
        ([True, False], "added", []),
        ([False, False], "added", ["an entry is not found that was added"]),
        ([False, False], "", []),  # it was on its way out
        ([True, True], "added", ["an entry is found that was removed"]),
    ],
)
def test_wrong_answers_under_load_are_told(found: list[bool], still: str, said: list[str]) -> None:
    changer = cast("Changer", SimpleNamespace(present=deque([still] if still else []), gone=deque(["gone"])))
    planted = [place % 2 == 0 for place in range(PLANTED)]
    assert list(wrongs([*planted, *found], ["added"], [changer])) == said
    planted[0] = False
    assert len(list(wrongs([*planted, *found], ["added"], [changer]))) == len(said) + 1


def sustained_with(seen: Seen) -> Result:
    return next(iter(sustained.results(sustained.QUICK, seen, made=1)))


@pytest.mark.parametrize(
    ("memory", "took", "wrong", "violations"),
    [(100.0, 0.010, 0, 0), (125.0, 0.010, 0, 0), (127.0, 0.010, 0, 1), (100.0, 0.021, 0, 1), (127.0, 0.021, 3, 5)],
)
def test_growth_counts_as_a_violation(memory: float, took: float, wrong: int, violations: int) -> None:
    seen = Seen(wrong=["x"] * wrong)
    for second in range(20):
        late = second >= 15
        seen.memory.append((second, (memory if late else 100.0) * 1e6))
        seen.answers.append((second, took if late else 0.010))
    assert sustained_with(seen).value == violations

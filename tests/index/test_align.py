"""The aligner against every possible chain, and on the shapes that media give."""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.index import Chain, align
from stanch.index.align import Line, chained

TEXT = {"slope": (5 / 6, 7 / 6), "gap": 120.0, "slack": 6.0, "reach": 12.0, "gap_cost": 0.2}


def aligned(
    points: Sequence[tuple[float, float]], weight: list[float] | None = None, **changes: object
) -> list[Chain]:
    q, p = np.array(points, dtype=np.float64).reshape(-1, 2).T
    w = np.ones(len(points)) if weight is None else np.array(weight)
    return align(q, p, w, **{**TEXT, **changes})  # type: ignore[arg-type]


def test_nothing_gives_no_chain() -> None:
    assert aligned([]) == []


def test_a_shared_passage_is_one_chain() -> None:
    (chain,) = aligned([(at, at + 300) for at in range(50)])
    assert chain.members.tolist() == list(range(50))
    assert chain.slope == pytest.approx(1)
    assert chain.score == pytest.approx(12 + 49)  # the first gram's reach, then one symbol each


def test_two_passages_in_another_order_are_two_chains() -> None:
    first = [(at, at + 500) for at in range(40)]
    second = [(at + 200, at) for at in range(30)]
    chains = aligned([*first, *second])
    assert [chain.members.tolist() for chain in chains] == [list(range(40)), list(range(40, 70))]


def test_changed_words_do_not_break_a_chain_but_chance_does_not_make_one() -> None:
    edited = [(at, at + (at // 60) * 4) for at in range(200) if at % 40 < 20]
    assert len(aligned(edited)[0].members) == len(edited)
    stray = [(at, at + 7) for at in (0, 110, 220, 330)]
    assert max(len(chain.members) for chain in aligned(stray)) == 1


@pytest.mark.parametrize("speed", [0.8, 0.9, 1.0, 1.1, 1.25])
def test_the_slope_of_changed_speed_is_found(speed: float) -> None:
    points = [(second, 40 + second * speed) for second in range(60)]
    (chain,) = aligned(points, slope=(0.79, 1.26), slack=0.5, reach=1.0, gap=10.0)
    assert chain.slope == pytest.approx(speed, abs=1e-9)


def test_hits_without_weight_bridge_but_gain_nothing() -> None:
    points = [(at * 12.0, at * 12.0) for at in range(8)]
    weight = [1, 0, 0, 0, 0, 0, 0, 1]
    (chain,) = aligned(points, [float(each) for each in weight])[:1]
    assert chain.score == pytest.approx(24)
    assert len(chain.members) == 8


small = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=7, unique=True)


def chain_score(points: list[tuple[int, int]], weight: list[float]) -> float | None:
    """Return what a chain gains by the definition, or None if it is none."""
    score = weight[0] * 12
    for (q0, p0), (q1, p1), w in zip(points, points[1:], weight[1:], strict=False):
        dq, dp = q1 - q0, p1 - p0
        if not (0 < dq <= 40 and dp > 0 and 0.8 * dq - 6 <= dp <= 1.2 * dq + 6):
            return None
        bent = max(0, 0.8 * dq - dp, dp - 1.2 * dq)
        score += w * min(dq, 12) - 0.2 * (max(0, dq - 12) + bent)
    return score


@given(points=small, weights=st.lists(st.floats(0, 1), min_size=7, max_size=7))
def test_the_best_chain_is_the_best_of_all_possible(points: list[tuple[int, int]], weights: list[float]) -> None:
    chains = aligned([(float(q), float(p)) for q, p in points], weights[: len(points)], slope=(0.8, 1.2), gap=40.0)
    ordered = sorted(zip(points, weights, strict=False))
    possible = (
        chain_score([point for point, _ in chosen], [weight for _, weight in chosen])
        for size in range(1, len(ordered) + 1)
        for chosen in combinations(ordered, size)
    )
    assert chains[0].score == pytest.approx(max(score for score in possible if score is not None))


@given(points=small)
def test_every_hit_is_in_exactly_one_chain_and_chains_only_rise(points: list[tuple[int, int]]) -> None:
    chains = aligned([(float(q), float(p)) for q, p in points])
    assert sorted(member for chain in chains for member in chain.members.tolist()) == list(range(len(points)))
    for chain in chains:
        path = [points[member] for member in chain.members]
        assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(path))


places = st.tuples(st.integers(0, 400), st.integers(-6, 6), st.sampled_from([0.8, 0.95, 1.0, 1.1, 1.25]))
many = st.lists(
    st.one_of(places, st.tuples(st.integers(0, 400), st.integers(-300, 300), st.just(1.0))), max_size=60
)


@given(
    points=many,
    weights=st.lists(st.sampled_from([0.0, 0.3, 1.0]), min_size=60, max_size=60),
    slope=st.sampled_from([(5 / 6, 7 / 6), (0.8, 1.25), (0.9, 1.1)]),
    gap=st.sampled_from([30.0, 120.0, 300.0]),
    gap_cost=st.sampled_from([0.0, 0.05, 0.2]),
    unit=st.sampled_from([1.0, 0.1]),
)
def test_the_kernel_agrees_with_the_plain_form(
    points: list[tuple[int, int, float]],
    weights: list[float],
    slope: tuple[float, float],
    gap: float,
    gap_cost: float,
    unit: float,
) -> None:
    """Equal places, repeats, changed speed, no weight, one hit and none, whole units and tenths."""
    q = np.array([at for at, _, _ in points], dtype=np.float64) * unit
    p = np.array([at * speed + off for at, off, speed in points], dtype=np.float64) * unit
    line = Line(slope=slope, gap=gap * unit, slack=6.0 * unit, reach=12.0 * unit, gap_cost=gap_cost)
    weight = np.array(weights[: len(points)])
    plain, kernel = (chained(q, p, weight, line, compiled=compiled) for compiled in (False, True))
    assert plain.order.tolist() == kernel.order.tolist()
    assert plain.number.tolist() == kernel.number.tolist()
    assert plain.score.tolist() == kernel.score.tolist()

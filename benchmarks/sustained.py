"""Ten hard minutes for a running service: questions, additions, removals, folds, merges, a killed indexer.

Two clients ask batches of hashes, and two change the bank, which stays as large as it is. With 2,000 changes the
indexer folds them; every half minute it is killed, wherever it stands. What was added before a question has to be
found by it, what was removed before must not be.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.mixed_load import Seen, ask, changers_of, disturb, weigh
from benchmarks.report import Result
from benchmarks.second_process import in_another_process
from benchmarks.stocked import stocked

SEED = 600
CLIENTS, CHANGERS = 2, 2
RATE, CHANGE_RATE = 15.0, 50.0
"""Batches a second that each client asks, and changes a second that each changer makes, if it can."""

MORE_MEMORY = 1.1, 16.0
SLOWER = 1.5, 5.0
"""Factor and megabytes, or milliseconds, by which the late stretch may exceed the early one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How much, and for how many seconds.

    Parameters
    ----------
    begin, length : of the early stretch, with which the last one of the same length is compared.
    """

    entries: int
    seconds: float
    kill_every: float
    begin: float
    length: float


FULL = Plan(entries=200_000, seconds=600, kill_every=30, begin=120, length=120)
QUICK = Plan(entries=10_000, seconds=20, kill_every=6, begin=5, length=5)


def measure(*, quick: bool) -> list[Result]:
    """Run it in a process of its own, since it loads the service."""
    return in_another_process(run, QUICK if quick else FULL)


def run(plan: Plan) -> list[Result]:
    """Run a service under load, and say what was wrong."""
    with stocked(plan.entries, SEED) as running:
        changers, seen = changers_of(running, CHANGERS, SEED + 1), Seen()
        asking = partial(ask, running, changers, seen, seconds=plan.seconds, rate=RATE)
        works: list[Callable[[], None]] = [
            *(partial(asking, seed=SEED + 10 + number) for number in range(CLIENTS)),
            *(partial(changer.run, seen, seconds=plan.seconds, rate=CHANGE_RATE) for changer in changers),
            partial(disturb, running, seen, seconds=plan.seconds, every=plan.kill_every),
            partial(weigh, running, seen, seconds=plan.seconds),
        ]
        threads = [threading.Thread(target=_noted, args=(work, seen)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = running.log.read_text(encoding="utf-8").count('"index made"')
    return list(results(plan, seen, made=made))


def _noted(work: Callable[[], None], seen: Seen) -> None:
    """Work; if that ends by an error, it is one of the things that must not be."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        seen.wrong.append(f"{type(error).__qualname__}: {error}")


def results(plan: Plan, seen: Seen, *, made: int) -> Iterator[Result]:
    early = plan.begin, plan.begin + plan.length
    late = plan.seconds - plan.length, plan.seconds
    memory = [_over(seen.memory, stretch, 50) / 1e6 for stretch in (early, late)]
    slow = [_over(seen.answers, stretch, 99) * 1e3 for stretch in (early, late)]
    grown, slower = _exceeds(memory, MORE_MEMORY), _exceeds(slow, SLOWER)
    told = "; ".join(dict.fromkeys(seen.wrong[:5])) or "none of them"
    yield Result(
        name="sustained",
        value=len(seen.wrong) + grown + slower,
        unit="violations",
        better="lower",
        bar=0,
        note=f"{plan.seconds:.0f} s, {plan.entries:,} entries, {len(seen.answers):,} batches, "
        f"{seen.changes:,} changes, {made} indexes made, {seen.kills} indexers killed. One each: a refused or "
        f"broken request, a wrong answer, a restart of the web ({told}); memory that grows by more than "
        f"{MORE_MEMORY[0] - 1:.0%} and {MORE_MEMORY[1]:.0f} MB, a slowest hundredth that grows by more than "
        f"{SLOWER[0] - 1:.0%} and {SLOWER[1]:.0f} ms, from seconds {early[0]:.0f} to {early[1]:.0f} to the last "
        f"{plan.length:.0f}",
    )
    yield Result(
        name="sustained-memory-growth-mb",
        value=memory[1] - memory[0],
        unit="MB",
        better="lower",
        note=f"from {memory[0]:.0f} MB of the web processes that is no file's, the median of each stretch; at "
        f"most {max(held for _, held in seen.memory) / 1e6:.0f}",
    )
    yield Result(
        name="sustained-p99-growth-ms",
        value=slow[1] - slow[0],
        unit="ms",
        better="lower",
        note=f"from {slow[0]:.1f} ms; the worst of all {max(took for _, took in seen.answers) * 1e3:.0f}",
    )


def _over(seen: Sequence[tuple[float, float]], stretch: tuple[float, float], share: float) -> float:
    """Return a percentile of what was seen in a stretch of time."""
    chosen = [value for at, value in seen if stretch[0] <= at < stretch[1]]
    return float(np.percentile(chosen, share))


def _exceeds(both: Sequence[float], allowed: tuple[float, float]) -> bool:
    factor, more = allowed
    return both[1] > both[0] * factor + more

"""The index: queries a second, recall against brute force, bytes, opening, building, changes, ten hard minutes.

All of it as it is in service: 99 % of the hashes lie in an archive segment that is mapped from its file, 1 % were
added since, ten at a time, and 1 % of all entries were removed. Half of the queries are planted at every distance
from 0 to 32, with errors spread over all bits or concentrated in a chunk; half are drawn by lot. Speeds are of one
thread, by its processor time; what one query takes is by the clock.

`--only PART[,PART]` takes some of `1m`, `10m`, `visible`, `sustained`; `--stretch` adds a hundred million hashes.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import stretch, sustained, visible
from benchmarks.archived import Parts, Stock, ids_for, in_order, write
from benchmarks.hashes import DISTRIBUTIONS, Words, queries
from benchmarks.index_speed import loaded, rate_of, shared_results, single_results, stocked_index
from benchmarks.peers import pdq_index_rate
from benchmarks.recall import LIMIT, Recall, recalled, share_of_faiss, truth
from benchmarks.report import Result, report
from benchmarks.second_process import in_another_process, load_kernels

SEED = 20_181_208
PARTS = ("1m", "10m", "visible", "sustained")
STRETCH = "100m"
PEER = "threatexchange PDQIndex"
RECALLED = 2_000
FIRST = 1_000
"""Entries of the archive whose hashes the measurement of changes knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """How much is taken; the names of results stay.

    Parameters
    ----------
    small, large : hashes that stand for a million, and for ten.
    asked : queries of a round.
    singles : queries that are asked one at a time.
    """

    small: int
    large: int
    asked: int
    singles: int
    peer: int


FULL = Scale(small=1_000_000, large=10_000_000, asked=20_000, singles=5_000, peer=500)
QUICK = Scale(small=50_000, large=200_000, asked=4_000, singles=500, peer=100)


@dataclass(kw_only=True, slots=True)
class Recalls:
    """What was compared with brute force so far, by its name."""

    taken: dict[str, Recall] = field(default_factory=dict)

    def results(self) -> Iterator[Result]:
        """Say which share was found, at the worst, and how much was wrong in all."""
        if not self.taken:
            return
        pairs = sum(one.pairs for one in self.taken.values())
        yield Result(
            name="hamming-recall",
            value=min(one.share for one in self.taken.values()),
            unit="share",
            better="higher",
            bar=1,
            note=f"of {pairs:,} true pairs of query and entry with their distance, brute force; the least of "
            f"{', '.join(self.taken)}",
        )
        yield Result(
            name="hamming-recall-wrong",
            value=sum(one.wrong + one.unlike for one in self.taken.values()),
            unit="violations",
            better="lower",
            bar=0,
            note=f"pairs that are not true, queries that do not get their nearest {LIMIT}, ties by entry, with "
            "the total",
        )


def measure(*, quick: bool, parts: Collection[str] = PARTS) -> Iterator[Result]:
    """Measure each part, both kinds of hashes in each."""
    scale, recalls = QUICK if quick else FULL, Recalls()
    load_kernels()
    if "1m" in parts:
        for kind in DISTRIBUTIONS:
            yield from small(kind, scale, recalls)
    if not {"10m", "visible"}.isdisjoint(parts):
        for kind in DISTRIBUTIONS:
            yield from large(kind, scale, recalls, parts)
    yield from recalls.results()
    if "sustained" in parts:
        yield from sustained.measure(quick=quick)
    if STRETCH in parts:
        yield from stretch.measure(quick=quick)


def small(kind: str, scale: Scale, recalls: Recalls) -> Iterator[Result]:
    """Measure a million: queries a second, beside the peer where hashes are drawn by lot, and recall."""
    with tempfile.TemporaryDirectory(prefix="stanch-bench-") as folder:
        bits, added, _ = made(kind, scale.small, Path(folder, "index.segment"))
        stock = stocked_index(Path(folder, "index.segment"), bits, added, SEED + 4)
        asked = queries(stock.bits, scale.asked, SEED + 1).bits
        rate, said = rate_of(stock, asked)
        uniform = kind == "uniform"
        peer = pdq_index_rate(stock.bits[stock.alive], asked[: scale.peer]) if uniform else None
        yield Result(
            name=f"hamming-1m-{kind}",
            value=rate,
            unit="queries/s of CPU",
            better="higher",
            bar=60_000 if uniform else None,
            peer=PEER if uniform else None,
            peer_value=peer,
            note=said,
        )
        if peer is not None:
            yield Result(
                name="hamming-1m-vs-peer",
                value=rate / peer,
                unit="times the peer",
                better="higher",
                bar=50,
                peer=PEER,
                peer_value=1,
                note=f"which holds the same hashes, and was asked {scale.peer} of the queries on one thread",
            )
        yield recall_result("1m", kind, stock, recalls, peer=True)


def large(kind: str, scale: Scale, recalls: Recalls, parts: Collection[str]) -> Iterator[Result]:
    """Measure ten million: all of it."""
    with tempfile.TemporaryDirectory(prefix="stanch-bench-") as folder:
        path = Path(folder, "index.segment")
        bits, added, built = made(kind, scale.large, path)
        if "10m" in parts:
            yield built
            stock = stocked_index(path, bits, added, SEED + 4)
            asked = queries(stock.bits, scale.asked, SEED + 2).bits
            yield from shared_results(kind, path, added, asked[: scale.asked // 4], SEED + 4)
            rate, said = rate_of(stock, asked)
            yield Result(
                name=f"hamming-10m-{kind}",
                value=rate,
                unit="queries/s of CPU",
                better="higher",
                bar=15_000 if kind == "uniform" else 5_000,
                note=f"{said}; threatexchange, measured apart: 24 to 50" if kind == "uniform" else said,
            )
            yield from single_results(kind, stock, asked[: scale.singles])
            yield recall_result("10m", kind, stock, recalls, peer=False)
            del stock, asked
        first = bits[:FIRST].copy()
        del bits
        if "visible" in parts:
            yield from in_another_process(visible.measure, kind, path, first, added, SEED)


def made(kind: str, count: int, path: Path) -> tuple[Words, Words, Result]:
    """Write an archive of hashes. Return those in it, in order, those that come later, and how long it took."""
    divided = Parts.of(count)
    hashes = DISTRIBUTIONS[kind](count, SEED)
    unordered = ids_for(divided.archived, SEED + 3)
    began = time.perf_counter(), time.process_time()
    ids, bits = in_order(unordered, hashes[: divided.archived])
    sorted_in = time.perf_counter() - began[0]
    write(path, ids, bits)
    took = [now - then for now, then in zip((time.perf_counter(), time.process_time()), began, strict=True)]
    result = Result(
        name="build-10m-s" if kind == "uniform" else f"build-10m-s-{kind}",
        value=took[0],
        unit="s",
        better="lower",
        bar=60,
        note=f"{divided.archived:,} hashes and ids to a file on the disk, two threads; of it {sorted_in:.1f} s to "
        f"sort by id; {took[1]:.1f} s of CPU; {loaded()}; threatexchange, measured apart: 234",
    )
    return bits, hashes[divided.archived :].copy(), result


def recall_result(size: str, kind: str, stock: Stock, recalls: Recalls, *, peer: bool) -> Result:
    """Compare with brute force, and say what share of the pairs was found."""
    asked = queries(stock.bits, RECALLED, SEED + 5).bits
    true = truth(stock, asked)
    taken = recalls.taken[f"{size} {kind}"] = recalled(stock, asked, true)
    return Result(
        name=f"hamming-recall-{size}-{kind}",
        value=taken.share,
        unit="share",
        better="higher",
        bar=1,
        peer="faiss Flat" if peer else None,
        peer_value=share_of_faiss(stock, asked, true) if peer else None,
        note=f"{taken.pairs:,} true pairs of {len(asked):,} queries; {taken.wrong} are wrong, {taken.unlike} "
        "queries get other than their nearest",
    )


def main() -> None:
    """Take the options that other benchmarks do not have, and report."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--stretch", action="store_true")
    own, rest = parser.parse_known_args()
    parts = {*own.only.split(","), *([STRETCH] if own.stretch else [])} - {""}
    if unknown := parts - {*PARTS, STRETCH}:
        sys.exit(f"--only takes {', '.join(PARTS)}, {STRETCH}; not {', '.join(sorted(unknown))}")

    def chosen(*, quick: bool) -> Iterator[Result]:
        return measure(quick=quick, parts=parts)

    packages = ["numpy", "numba", "threatexchange", "faiss-cpu", "django"]
    report("index", chosen, packages=packages, arguments=rest)


if __name__ == "__main__":
    main()

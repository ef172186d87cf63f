"""`POST /api/v1/match`: hashes a second in batches of 256, and how long one hash takes at 500 requests a second.

The whole service runs as `stanch serve` does, with one web worker, worker, indexer and sequencer on this machine,
and the load comes from this process, over real connections. `--entries N` says how many PDQ hashes its bank holds
(1,000,000; 60,000 with `--quick`). Every other query is 0 to 31 bits from one of them, the others are far from
all; each answer is checked. Beside each number stands the same asked by a program that may look into no bank: what
is left of it is everything but the match.
"""  # noqa: A005 - named after what it measures, as all are; nothing imports it

import argparse
import io
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import numpy as np

from benchmarks.load import Answered, request_of, send_all
from benchmarks.report import Result, report
from benchmarks.stocked import Stocked, bodies, queries, stocked

ENTRIES, QUICK_ENTRIES = 1_000_000, 60_000
SEED = 2021784
HASHES = 256
BATCH_CONNECTIONS, SINGLE_CONNECTIONS = 2, 16
RATE = 500
"""Requests a second, at times that follow a Poisson process: each is timed from when it was due."""

PEER = "HMA: one hash a call"
STAGES = {
    "decode": ("stanch_server.intake.api", "decoded"),
    "look-up": ("stanch_server.intake.api", "look_up"),
    "match": ("stanch_server.banks.follower:Follower", "match"),
    "search": ("stanch.matching.catalogue:Catalogue", "search"),
    "write": ("stanch_server.intake.lookups", "_note"),
    "encode": ("stanch_server.intake.api", "answer"),
}
"""What takes the time of a request: where each function stands that does it, and its name."""


def in_batches(running: Stocked, key: str, batches: Sequence[bytes]) -> float:
    """Send batches one after the other. Return how many hashes a second were answered."""
    took = sent(running, key, batches, [0.0] * len(batches), size=HASHES, connections=BATCH_CONNECTIONS)
    return len(batches) * HASHES / max(took)


def one_by_one(running: Stocked, key: str, singles: Sequence[bytes]) -> list[float]:
    """Send single hashes at the rate. Return the milliseconds of each answer, shortest first."""
    due = np.cumsum(np.random.default_rng(SEED).exponential(1 / RATE, len(singles))).tolist()
    took = sent(running, key, singles, due, size=1, connections=SINGLE_CONNECTIONS)
    return sorted(seconds * 1e3 for seconds in took)


def sent(
    running: Stocked, key: str, asked: Sequence[bytes], due: Sequence[float], *, size: int, connections: int
) -> list[float]:
    """Send bodies of so many hashes when each is due, and check every answer. Return the seconds of each."""
    requests = [request_of("/api/v1/match", key, body) for body in asked]
    answers = send_all(running.port, requests, due, connections=connections)
    for place, answer in enumerate(answers):
        check(answer, place * size, size, sighted=key == running.key)
    return [answer.took for answer in answers]


def check(answer: Answered, first: int, size: int, *, sighted: bool) -> None:
    """End the benchmark unless every other query was found and nothing else; without a bank, nothing."""
    found = [bool(one["matches"]) for one in json.loads(answer.body).get("results", [])]
    if found != [sighted and number % 2 == 0 for number in range(first, first + size)]:
        sys.exit(f"a wrong answer: {answer.status} {answer.body[:300]!r}")


def measure(*, quick: bool, entries: int | None = None) -> Iterator[Result]:
    """Measure batches, single hashes, and where the time of a batch goes."""
    random = np.random.default_rng(SEED + 1)
    with stocked(entries or (QUICK_ENTRIES if quick else ENTRIES), SEED) as running:
        batches = bodies(queries(running.stored, HASHES * (100 if quick else 1_000), random), HASHES)
        singles = bodies(queries(running.stored, RATE * (5 if quick else 30), random), 1)
        for key in (running.key, running.other_key):
            in_batches(running, key, batches[:20])  # what is compiled and loaded once
        yield from batch_results(running, batches)
        yield from single_results(running, singles)
        yield from split(running, batches[:40])


def batch_results(running: Stocked, batches: Sequence[bytes]) -> Iterator[Result]:
    """Say how many hashes a second are answered, with the match and without."""
    rate, floor = (in_batches(running, key, batches) for key in (running.key, running.other_key))
    yield Result(
        name="http-hashes-per-s",
        value=rate,
        unit="hashes/s",
        better="higher",
        bar=20_000,
        peer=PEER,
        note=f"{len(running.stored):,} entries, {BATCH_CONNECTIONS} connections, half of the hashes are found",
    )
    yield Result(
        name="http-hashes-per-s-unmatched", value=floor, unit="hashes/s", better="higher", note="into no bank"
    )


def single_results(running: Stocked, singles: Sequence[bytes]) -> Iterator[Result]:
    """Say how long single hashes take at the rate, with the match and without."""
    for name, key, bar in (("", running.key, 10.0), ("-unmatched", running.other_key, None)):
        took = one_by_one(running, key, singles)
        said = f"at {RATE}/s; median {took[len(took) // 2]:.2f}, worst {took[-1]:.1f}"
        yield Result(
            name=f"http-p99-ms{name}",
            value=took[int(len(took) * 0.99)],
            unit="ms",
            better="lower",
            bar=bar,
            peer=PEER if bar else None,
            note=said if bar else f"{said}; into no bank",
        )


def split(running: Stocked, batches: Sequence[bytes]) -> Iterator[Result]:
    """Answer batches in this process, by the same application, and say where its thread's time went."""
    from stanch_server.banks.live import warm  # noqa: PLC0415 - the folder has to be named first
    from stanch_server.project.wsgi import application  # noqa: PLC0415 - ditto

    quiet()
    warm()
    answer_here(application, running.key, batches[0])
    with timed() as spent:
        began = time.thread_time()
        for batch in batches:
            answer_here(application, running.key, batch)
        spent["all"] = time.thread_time() - began
    spent["read-and-match"] = spent["match"] - spent["search"]
    spent["check-and-list"] = spent["look-up"] - spent["match"] - spent["write"]
    spent["door"] = spent["all"] - spent["look-up"] - spent["decode"] - spent["encode"]
    for name in ("decode", "door", "check-and-list", "read-and-match", "search", "write", "encode", "all"):
        yield Result(
            name=f"http-batch-{name}-ms",
            value=spent[name] / len(batches) * 1e3,
            unit="ms",
            better="lower",
            note="of processor time, for a batch",
        )


def quiet() -> None:
    """Have the lines of the log written as in service, but not among the results."""
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until this process ends
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(nowhere)


def answer_here(application: Callable[..., Any], key: str, body: bytes) -> None:
    """Hand a request to the application as a web server does."""
    request: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/match",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(request)
    begun: list[str] = []
    answer = application(request, lambda status, _: begun.append(status))
    said = b"".join(answer)
    if not begun[0].startswith("200"):
        sys.exit(f"a wrong answer: {said[:300]!r}")
    if close := getattr(answer, "close", None):
        close()


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Put a clock around each stage, and give the seconds of processor time that it has run for."""
    spent = dict.fromkeys(STAGES, 0.0)
    before = [(stage, *place_of(*where)) for stage, where in STAGES.items()]
    for stage, owner, name, inside in before:
        setattr(owner, name, clocked(inside, stage, spent))
    try:
        yield spent
    finally:
        for _, owner, name, inside in before:
            setattr(owner, name, inside)


def place_of(where: str, name: str) -> tuple[Any, str, Callable[..., Any]]:
    """Return what a function is an attribute of, its name there, and the function."""
    module, _, owner = where.partition(":")
    found: Any = import_module(module)
    found = getattr(found, owner) if owner else found
    return found, name, getattr(found, name)


def clocked(inside: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    """Return a function that adds the time it takes to that of its stage."""

    def outside(*arguments: object, **named: object) -> object:
        began = time.thread_time()
        try:
            return inside(*arguments, **named)
        finally:
            spent[stage] += time.thread_time() - began

    return outside


def main() -> None:
    """Take the one option that other benchmarks do not have, and report."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--entries", type=int)
    own, rest = parser.parse_known_args()

    def chosen(*, quick: bool) -> Iterator[Result]:
        return measure(quick=quick, entries=own.entries)

    report("http", chosen, packages=["django", "granian", "msgspec", "numpy"], arguments=rest)


if __name__ == "__main__":
    main()

"""The running service: posts a second, how long an answer takes, how soon an entry is known everywhere.

The whole of it runs as `stanch serve` does, with one web worker, worker, indexer and sequencer on this machine;
the load comes from this process, over real connections. The floor beside it is what the disk allows: bare commits
of one row with `synchronous=FULL`.
"""

import csv
import gzip
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from benchmarks.report import Result, report, require_assets

CHARACTERS = 500
CONNECTIONS = 4
RATE = 150
"""Posts a second, at which answers are timed from when each was due."""

ENTRIES = 1_000
ADDITIONS = 20
START_WITHIN = 60


@dataclass(frozen=True, kw_only=True)
class Running:
    """A service that runs, with a key for it and a bank of its own."""

    port: int
    key: str
    bank: str
    source: str
    data: Path


def texts() -> Iterator[str]:
    """Yield texts of 500 characters in eighty languages for ever, none twice."""
    with gzip.open(require_assets() / "text" / "sib200_80langs.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    for number in count():
        pieces = [rows[(number * 7 + place * 13) % len(rows)] for place in range(8)]
        yield f"{number} {' '.join(pieces)}"[:CHARACTERS]


@contextmanager
def service() -> Iterator[Running]:
    """Run a service on an empty folder, with a bank of 1,000 texts that no post holds."""
    with tempfile.TemporaryDirectory(prefix="stanch-bench-") as folder:
        os.environ["STANCH_SERVICE_DATA"] = folder
        os.environ["STANCH_SERVICE_REQUESTS_PER_MINUTE"] = "1000000"
        key, bank, source = set_up()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(Path(sys.executable).with_name("stanch")), "serve", "--port", str(port), "--workers", "1"]
        with (
            Path(folder, "log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log) as process,
        ):
            try:
                running = Running(port=port, key=key, bank=bank, source=source, data=Path(folder))
                wait_until_ready(running, process)
                yield running
            finally:
                process.terminate()
                process.wait(60)


def set_up() -> tuple[str, str, str]:
    """Make tables, a source, a key and a bank. Return the secret and the ids of bank and source."""
    from stanch_server.project.start import load, migrate  # noqa: PLC0415 - the folder has to be named first

    load()
    migrate()
    from stanch.matching import entry_of  # noqa: PLC0415 - ditto
    from stanch.media import Decoders  # noqa: PLC0415 - ditto
    from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, State, TextPart  # noqa: PLC0415 - ditto
    from stanch_server.accounts import operations as accounts  # noqa: PLC0415 - ditto
    from stanch_server.accounts.capabilities import KEY_CAPABILITIES  # noqa: PLC0415 - ditto
    from stanch_server.banks import operations as banks  # noqa: PLC0415 - ditto

    now, who = datetime.now(UTC), "benchmark"
    source = accounts.create_source(name="forum", acting_user=who, now=now)
    _, secret = accounts.create_api_key(
        source=source,
        name="load",
        capabilities=KEY_CAPABILITIES,
        expires_at=now + timedelta(days=1),
        acting_user=who,
        now=now,
    )
    info = BankInfo(
        name="known",
        owner="benchmark",
        legal_basis="public test data",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
    )
    bank = banks.create_bank(info=info, source=source, acting_user=who, at=now)
    known = texts()
    with Decoders() as decoders:
        entries = [
            entry_of(
                TextPart(name="text", text=next(known)[::-1]),
                decoders,
                added=now,
                confirmed_by=None,
                name=str(number),
            )
            for number in range(ENTRIES)
        ]
    banks.add_entries(bank=bank, entries=entries, acting_user=who, at=now)
    banks.set_state(bank=bank, state=State.ENABLED, acting_user=who, at=now)
    return secret, str(bank.id), str(source.id)


def wait_until_ready(running: Running, process: "subprocess.Popen[bytes]") -> None:
    """Return once the service answers that it is ready."""
    for _ in range(START_WITHIN * 10):
        if process.poll() is not None:
            break
        try:
            with connected(running) as connection:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"the service did not start: {Path(running.data, 'log').read_text()[-2000:]}")


@contextmanager
def connected(running: Running) -> Iterator[http.client.HTTPConnection]:
    """Open a connection and close it."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def post(connection: http.client.HTTPConnection, running: Running, path: str, body: object) -> dict[str, object]:
    """Send one request and return what was answered; anything but 200 ends the benchmark."""
    headers = {"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status not in {200, 201}:
        sys.exit(f"{path} answered {answer.status}: {said.decode()}")
    result: dict[str, object] = json.loads(said)
    return result


def in_threads(work: Callable[[int], None]) -> float:
    """Do work on several connections at once. Return the seconds that it took."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def sent(running: Running, bodies: Sequence[object], *, rate: float | None = None) -> tuple[float, list[float]]:
    """Send posts, at once or at a steady rate. Return the seconds in all, and of each answer.

    At a rate, each answer is timed from when its post was due, so that one that waits behind a slow one counts.
    """
    took = [0.0] * len(bodies)
    begin = time.perf_counter() + 0.05

    def work(number: int) -> None:
        with connected(running) as connection:
            connection.connect()
            for place in range(number, len(bodies), CONNECTIONS):
                due = begin + place / rate if rate else time.perf_counter()
                time.sleep(max(0.0, due - time.perf_counter()))
                post(connection, running, "/items", bodies[place])
                took[place] = time.perf_counter() - due

    return in_threads(work), took


def bare_commits(folder: Path, rows: int) -> float:
    """Return how many rows a second SQLite commits here one by one, in WAL mode with `synchronous=FULL`."""
    with sqlite3.connect(folder / "bare.sqlite3", isolation_level=None) as bare:
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, said TEXT)")
        began = time.perf_counter()
        for number in range(rows):
            bare.execute("INSERT INTO rows VALUES (?, ?)", (str(number), "x" * 200))
        return rows / (time.perf_counter() - began)


def seconds_until_found(running: Running) -> float:
    """Add an entry through the service, and return when another process, this one, finds it by itself."""
    from stanch.values import LinkPart  # noqa: PLC0415 - after the folder is named
    from stanch_server.banks.live import follower  # noqa: PLC0415 - ditto

    link = f"https://lantern.example/{uuid.uuid4()}"

    def found() -> bool:
        part = LinkPart(name="link", link=link)
        return bool(follower().match_part(part, now=datetime.now(UTC), source=uuid.UUID(running.source)).matches)

    with connected(running) as connection:
        began = time.perf_counter()
        post(connection, running, f"/banks/{running.bank}/entries", {"link": link})
        while not found():
            time.sleep(0.001)
        return time.perf_counter() - began


def measure(*, quick: bool) -> Iterator[Result]:
    """Measure all three, one after the other."""
    posts = ({"audience": "public", "text": text} for text in texts())
    with service() as running:
        sent(running, [next(posts) for _ in range(200)])  # compiles and loads what is compiled and loaded once
        floor = bare_commits(running.data, 2_000)
        bodies = [next(posts) for _ in range(1_000 if quick else 6_000)]
        seconds, took = sent(running, bodies)
        yield Result(
            name="service-items-per-s",
            value=len(bodies) / seconds,
            unit="items/s",
            better="higher",
            bar=300,
            note=f"{CONNECTIONS} connections, median {sorted(took)[len(took) // 2] * 1e3:.1f} ms; bare commits: "
            f"{floor:,.0f}/s",
        )
        steady = [next(posts) for _ in range(RATE * (5 if quick else 30))]
        _, took = sent(running, steady, rate=RATE)
        ordered = sorted(took)
        yield Result(
            name="service-p99-ms",
            value=ordered[int(len(ordered) * 0.99)] * 1e3,
            unit="ms",
            better="lower",
            bar=20,
            note=f"at {RATE}/s; median {ordered[len(ordered) // 2] * 1e3:.1f}, worst {ordered[-1] * 1e3:.1f}",
        )
        found = [seconds_until_found(running) for _ in range(ADDITIONS)]
        yield Result(
            name="service-add-visible-s",
            value=max(found),
            unit="s",
            better="lower",
            bar=1,
            note=f"worst of {ADDITIONS}, from sending it until another process finds it",
        )
        yield batch_result(running, [next(posts) for _ in range(1_000 if quick else 5_000)])


def batch_result(running: Running, bodies: Sequence[object]) -> Result:
    """Send posts in batches of 100, and say how many a second were taken in."""
    batches = [bodies[start : start + 100] for start in range(0, len(bodies), 100)]

    def work(number: int) -> None:
        with connected(running) as connection:
            for batch in batches[number::CONNECTIONS]:
                post(connection, running, "/items/batch", {"items": batch})

    return Result(
        name="service-batched-items-per-s",
        value=len(bodies) / in_threads(work),
        unit="items/s",
        better="higher",
        note="batches of 100, each one transaction",
    )


if __name__ == "__main__":
    report("service", measure, packages=["django", "granian", "numpy"])

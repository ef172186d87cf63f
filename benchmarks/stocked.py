"""A service with as many image hashes as are asked for, written straight into index files, and queries for them.

To add a million entries through the API would take hours. What is written is what the indexer makes of them: a
segment, and the manifest of a generation that is as new as the database.
"""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.archived import ids_for, in_order, write

if TYPE_CHECKING:
    from stanch_server.accounts.models import Source
    from stanch_server.banks.models import Bank

ID_SEED = 31
RADIUS = 31
BITS = 256
REQUESTS_PER_MINUTE = 1_000_000_000
"""`STANCH_SERVICE_REQUESTS_PER_MINUTE`: each hash counts as one, and the limit is not what is measured."""

START_WITHIN = 600.0
WHO = "benchmark"

Words = NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stocked:
    """A service that runs.

    Parameters
    ----------
    key : of a program to whose source the bank is open.
    other_key : of one that may look into no bank at all.
    stored : uint64 array, shape (entries, 4), the hashes in the bank.
    """

    port: int
    key: str
    other_key: str
    stored: Words
    log: Path


@contextmanager
def stocked(entries: int, seed: int) -> Iterator[Stocked]:
    """Run a service with one web worker on an empty folder, with a bank of random PDQ hashes."""
    with tempfile.TemporaryDirectory(prefix="stanch-bench-") as folder, socket.socket() as free:
        os.environ["STANCH_SERVICE_DATA"] = folder
        os.environ["STANCH_SERVICE_REQUESTS_PER_MINUTE"] = str(REQUESTS_PER_MINUTE)
        stored = np.random.default_rng(seed).integers(0, 2**64, size=(entries, BITS // 64), dtype=np.uint64)
        key, other_key = fill(stored)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [str(Path(sys.executable).with_name("stanch")), "serve", "--port", str(port), "--workers", "1"]
        log = Path(folder, "log")
        with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
            try:
                running = Stocked(port=port, key=key, other_key=other_key, stored=stored, log=log)
                wait_until_ready(running, process)
                yield running
            finally:
                process.terminate()
                process.wait(60)


def fill(stored: Words) -> tuple[str, str]:
    """Make tables, a bank with these hashes for one source, and another source. Return the secrets of both."""
    from stanch_server.project.start import load, migrate  # noqa: PLC0415 - the folder has to be named first

    load()
    migrate()
    from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, State  # noqa: PLC0415 - ditto
    from stanch_server.banks import operations as banks  # noqa: PLC0415 - ditto

    now = datetime.now(UTC)
    source, key = source_with_key("forum", now)
    _, other_key = source_with_key("other", now)
    info = BankInfo(
        name="known",
        owner="benchmark",
        legal_basis="public test data",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
    )
    bank = banks.create_bank(info=info, source=source, acting_user=WHO, at=now)
    banks.set_state(bank=bank, state=State.ENABLED, acting_user=WHO, at=now)
    publish(bank, stored)
    return key, other_key


def source_with_key(name: str, now: datetime) -> "tuple[Source, str]":
    """Make a source and a key to it, and return both."""
    from stanch_server.accounts import operations as accounts  # noqa: PLC0415 - see `fill`

    source = accounts.create_source(name=name, acting_user=WHO, now=now)
    _, secret = accounts.create_api_key(
        source=source,
        name="load",
        capabilities=["match.query"],
        expires_at=now + timedelta(days=1),
        acting_user=WHO,
        now=now,
    )
    return source, secret


def publish(bank: "Bank", stored: Words) -> None:
    """Write index files of these hashes, as the indexer leaves them: what is searched, without a row for each."""
    from stanch.matching import ArchiveSegment  # noqa: PLC0415 - see `fill`
    from stanch_server.banks import generations, manifests  # noqa: PLC0415 - ditto
    from stanch_server.banks.marks import newest_mark  # noqa: PLC0415 - ditto
    from stanch_server.banks.places import index_folder  # noqa: PLC0415 - ditto

    folder, mark = index_folder(), newest_mark()
    with manifests.writing(folder):
        path = manifests.new_path(folder, mark)
        write(path, *in_order(ids_for(len(stored), ID_SEED), stored), bank=bank.id)
        whole = [(ArchiveSegment.open(path), generations.NO_DEAD)]
        generations.publish(folder, whole, mark=mark, made=datetime.now(UTC))


def wait_until_ready(running: Stocked, process: "subprocess.Popen[bytes]") -> None:
    """Return once the service is ready and has written its index, so that nothing else is at work."""
    limit = time.monotonic() + START_WITHIN
    while process.poll() is None and time.monotonic() < limit:
        time.sleep(0.5)
        try:
            ready, _ = asked(running, "/readyz")
            _, said = asked(running, "/metrics")
        except OSError:
            continue
        if ready == 200 and re.search(rb"^stanch_index_behind 0", said, re.MULTILINE):
            return
    sys.exit(f"the service did not start: {running.log.read_text()[-2000:]}")


def asked(running: Stocked, path: str) -> tuple[int, bytes]:
    """Return status and body of a page."""
    with connected(running) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def connected(running: Stocked) -> Iterator[http.client.HTTPConnection]:
    """Open a connection and close it."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    try:
        yield connection
    finally:
        connection.close()


def hexadecimal(bits: Words) -> list[str]:
    """Return each hash as 64 digits."""
    digits, width = bits.astype(">u8").tobytes().hex(), BITS // 4
    return [digits[start : start + width] for start in range(0, len(digits), width)]


def queries(stored: Words, count: int, random: np.random.Generator) -> Words:
    """Return hashes of which every other one lies 0 to 31 bits from a stored one, and the others far from all."""
    made = random.integers(0, 2**64, size=(count, BITS // 64), dtype=np.uint64)
    plants = made[::2]
    away = np.arange(len(plants)) % (RADIUS + 1)
    flipped = random.random((len(plants), BITS)).argsort(axis=1) < away[:, None]
    masks = np.packbits(flipped, axis=1).view(">u8").astype(np.uint64)
    plants[:] = stored[random.integers(0, len(stored), len(plants))] ^ masks
    return made


def bodies(hashes: Words, size: int) -> list[bytes]:
    """Return the bodies of requests of so many hashes each."""
    asking = [{"hash": {"method": "pdq", "value": digits}} for digits in hexadecimal(hashes)]
    return [
        msgspec.json.encode({"queries": asking[start : start + size]}) for start in range(0, len(asking), size)
    ]

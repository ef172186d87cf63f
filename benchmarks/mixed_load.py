"""Questions and changes for a running service, at once, each answer checked: for `benchmarks.sustained`."""

import json
import os
import re
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.hashes import uniform
from benchmarks.stocked import WHO, Stocked, bodies, connected, hexadecimal, queries
from stanch.values import words_from_hex

PLANTED = 48
"""Hashes of a batch of which every other one lies near an entry that stays."""

LAST = 4
"""Entries of a batch that each changer added last, and as many that it removed last."""

RESERVE = 500
"""Entries that each changer has added and not removed yet, at most."""

FRESH = 10_000


@dataclass(kw_only=True, slots=True)
class Seen:
    """What happened; every thread adds to it.

    Parameters
    ----------
    wrong : a sentence for each thing that must not be.
    answers : of each batch, when it was due, and how long it took from then on; seconds.
    memory : when it was looked at, and the bytes that the web processes held.
    changes : how many were answered.
    kills : how many indexers were killed.
    """

    began: float = field(default_factory=time.perf_counter)
    wrong: list[str] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    changes: int = 0
    kills: int = 0

    def since(self) -> float:
        """Return the seconds since the beginning."""
        return time.perf_counter() - self.began

    def wait_until(self, due: float) -> None:
        """Sleep until so many seconds since the beginning."""
        time.sleep(max(0.0, due - self.since()))


class Changer:
    """Adds an entry, removes one, and so on: by turns one that was there from the start, and one that was added.

    Parameters
    ----------
    key, bank : with which it may change what.
    old : entries that were there from the start, id and hash.
    """

    def __init__(self, running: Stocked, key: str, bank: str, old: Sequence[tuple[str, str]], seed: int) -> None:
        self.present: deque[str] = deque()
        self.gone: deque[str] = deque(maxlen=RESERVE)
        self._running, self._key, self._entries = running, key, f"/banks/{bank}/entries"
        self._old, self._ids = iter(old), dict[str, str]()
        self._fresh = _fresh(seed)

    def run(self, seen: Seen, *, seconds: float, rate: float) -> None:
        """Change so often a second, or as often as changes are answered if that is less."""
        with connected(self._running) as connection:
            for place in range(int(seconds * rate / 2)):
                seen.wait_until(2 * place / rate)
                if seen.since() >= seconds:
                    return
                self._add(connection)
                self._remove(connection)
                seen.changes += 2

    def _add(self, connection: HTTPConnection) -> None:
        digits = next(self._fresh)
        body = msgspec.json.encode({"hash": {"method": "pdq/1", "value": digits}})
        self._ids[digits] = sent(connection, self._key, "POST", self._entries, body)["id"]
        self.present.append(digits)  # from now on it has to be found

    def _remove(self, connection: HTTPConnection) -> None:
        old = None if len(self.present) > RESERVE else next(self._old, None)
        digits = self.present.popleft() if old is None else old[1]  # from now on it need not be found
        entry = self._ids.pop(digits) if old is None else old[0]
        sent(connection, self._key, "DELETE", f"{self._entries}/{entry}")
        self.gone.append(digits)  # from now on it must not


def ask(
    running: Stocked, changers: Sequence[Changer], seen: Seen, *, seconds: float, rate: float, seed: int
) -> None:
    """Ask batches at a rate, and check every answer.

    Each is timed from when it was due, so that one that waits behind a slow one counts.
    """
    random = np.random.default_rng(seed)
    stays = running.stored[: len(running.stored) // 2]
    with connected(running) as connection:
        for place in range(int(seconds * rate)):
            due = place / rate
            seen.wait_until(due)
            planted = queries(stays, PLANTED, random)
            there = [digits for changer in changers for digits in list(changer.present)[-LAST:]]
            gone = [digits for changer in changers for digits in list(changer.gone)[-LAST:]]
            asked = np.concatenate([planted, words_from_hex([*there, *gone]).reshape(-1, planted.shape[1])])
            said = sent(connection, running.key, "POST", "/match", bodies(asked, len(asked))[0])
            seen.answers.append((due, seen.since() - due))
            found = [bool(one["matches"]) for one in said["results"]]
            seen.wrong += wrongs(found, there, changers)


def wrongs(found: Sequence[bool], there: Sequence[str], changers: Sequence[Changer]) -> Iterator[str]:
    """Yield what is wrong with the answers to what was planted, to what was added, and to what was removed."""
    if list(found[:PLANTED]) != [place % 2 == 0 for place in range(PLANTED)]:
        yield "other entries are found than those that were planted"
    still = {digits for changer in changers for digits in changer.present.copy()}
    until = PLANTED + len(there)
    for digits, is_found in zip(there, found[PLANTED:until], strict=True):
        if not is_found and digits in still:
            yield "an entry is not found that was added"
    if any(found[until:]):
        yield "an entry is found that was removed"


def changers_of(running: Stocked, count: int, seed: int) -> list[Changer]:
    """Return so many changers for the bank of a service that this process has stocked.

    What they remove of what was there from the start are entries that no question is planted near.
    """
    from stanch_server.accounts import operations as accounts  # noqa: PLC0415 - after the folder is named
    from stanch_server.banks.models import Bank  # noqa: PLC0415 - ditto

    bank, now = Bank.objects.get(), datetime.now(UTC)
    assert bank.source is not None
    _, key = accounts.create_api_key(
        source=bank.source,
        name="changes",
        capabilities=["banks.read", "banks.write"],
        expires_at=now + timedelta(days=1),
        acting_user=WHO,
        now=now,
    )
    digits = hexadecimal(running.stored)
    rows = bank.entries.values_list("id", "name").iterator()
    old = [(str(id_), digits[int(name)]) for id_, name in rows if int(name) >= len(digits) // 2]
    return [Changer(running, key, str(bank.id), old[place::count], seed + place) for place in range(count)]


def disturb(running: Stocked, seen: Seen, *, seconds: float, every: float) -> None:
    """Kill the indexer now and then, wherever it stands; whoever runs it starts another."""
    for due in np.arange(every, seconds, every).tolist():
        seen.wait_until(due)
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(newest_pid(running.log, "indexer"), signal.SIGKILL)
            seen.kills += 1


def weigh(running: Stocked, seen: Seen, *, seconds: float) -> None:
    """Look once a second at how much memory the web processes hold that is not a file's."""
    pid = newest_pid(running.log, "web")
    for due in range(int(seconds)):
        seen.wait_until(due)
        seen.memory.append((due, sum(map(anonymous_bytes, family(pid)))))
    if newest_pid(running.log, "web") != pid:
        seen.wrong.append("the web process was started again")


def newest_pid(log: Path, process: str) -> int:
    """Return the process of this name that was started last, as the log of the service says."""
    lines = (line for line in log.read_text(encoding="utf-8").splitlines() if '"process started"' in line)
    started = [int(said["pid"]) for line in lines if (said := json.loads(line))["process"] == process]
    return started[-1]


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that it has started."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in tasks.read_text(encoding="ascii").split():
                yield from family(int(child))


def anonymous_bytes(pid: int) -> int:
    """Return the memory that a process holds and no file gives back; nothing if it is gone."""
    with suppress(OSError):
        held = re.search(
            r"^RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE
        )
        return 1024 * int(held[1]) if held else 0
    return 0


def sent(connection: HTTPConnection, key: str, how: str, path: str, body: bytes | None = None) -> dict[str, Any]:
    """Send one request and return what was answered; anything but success is an error."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request(how, f"/api/v1{path}", body, headers)
    answer = connection.getresponse()
    said = answer.read()
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"{how} was answered {answer.status}: {said[:200]!r}")
    return json.loads(said) if said else {}


def _fresh(seed: int) -> Iterator[str]:
    """Yield hashes that are far from all others, for ever."""
    random = np.random.default_rng(seed)
    while True:
        yield from hexadecimal(uniform(FRESH, int(random.integers(1 << 40))))

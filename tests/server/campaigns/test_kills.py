"""SIGKILL of every process of the service, at seeded instants, while it is worked with.

What was acknowledged is there once, every webhook arrives, the audit log verifies, and an index folder that is
deleted in between is made anew. 200 kills during 2,000 acts with `--long`, a tenth of each in the suite.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.server.campaigns.acting import Acts, Listener
from tests.server.project.running import Home, Service, new_database, serving, until

VICTIMS = ("web", "web's own worker", "worker", "indexer", "sequencer")
KILLS, ACTS = 200, 2_000


class Campaign(Home):
    """A service that may send to this machine, and that limits nobody."""

    @property
    def environment(self) -> dict[str, str]:
        more = {"WEBHOOKS_TO_PRIVATE_ADDRESSES": "true", "REQUESTS_PER_MINUTE": "1000000"}
        return {**super().environment, **{f"STANCH_SERVICE_{name}": said for name, said in more.items()}}

    def ask(self, *words: str) -> Any:
        """Ask the database of the service, from a process of its own."""
        environment = {
            **self.environment,
            "DJANGO_SETTINGS_MODULE": "stanch_server.project.settings",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "tests.server.campaigns.actor", *words]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


class Killer(threading.Thread):
    """Kills one process after another; who, and after what wait, follows from the seed."""

    def __init__(self, service: Service, seed: int, kills: int) -> None:
        super().__init__()
        self.service = service
        self.luck = random.Random(seed)
        self.left = kills
        self.index_deleted = False
        self.ended = threading.Event()

    def run(self) -> None:
        half = self.left // 2
        while self.left and not self.ended.wait(self.luck.uniform(0.05, 0.8)):
            victim = self.luck.choice(VICTIMS)
            pid = self.pid_of(victim)
            if pid is None:
                continue  # it is on its way back
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.left -= 1
            if self.left == half and not self.index_deleted:
                shutil.rmtree(self.service.home.data / "index", ignore_errors=True)
                self.index_deleted = True

    def pid_of(self, victim: str) -> int | None:
        found = self.service.home.processes()
        for pid, command in found.items():
            named = "stanch_server.project.processes" in command
            if victim == "web's own worker":
                if "spawn_main" in command and self.parent_is_web(pid, found):
                    return pid
            elif named and f"processes {victim}" in command:
                return pid
        return None

    def parent_is_web(self, pid: int, found: dict[int, str]) -> bool:
        with suppress(OSError):
            return "processes web" in found.get(self.service.home.parent_of(pid), "")
        return False


def test_nothing_acknowledged_is_lost_whoever_dies(
    tmp_path: Path, seed: int, campaign: Callable[[int], int]
) -> None:
    listener = Listener(seed)
    with new_database() as database, listener.listening() as address:
        home = Campaign(tmp_path / "data", database)
        home.said("service", "create-source", "quay")  # makes the tables
        made = home.ask("set-up", address)
        with serving(home) as service:
            acts = Acts(port=service.port, total=campaign(ACTS), seed=seed, **made)
            killer = Killer(service, seed, campaign(KILLS))
            killer.start()
            try:
                acts.run()
                until("all kills", lambda: not killer.is_alive(), seconds=1_200)
            finally:
                killer.ended.set()
                killer.join()
            assert killer.index_deleted
            until("ready again", service.ready, seconds=120)
            until("every message is delivered", lambda: not home.ask("count")["waiting"], seconds=300)
            until("a new index", lambda: any((home.data / "index").glob("*")), seconds=120)
            check(acts, home.ask("count"), listener)
            service.supervisor.terminate()
            service.supervisor.wait(60)
        verified = home.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def check(acts: Acts, held: dict[str, Any], listener: Listener) -> None:
    """Hold what was acknowledged to what is there."""
    items = {reference: item for reference, item, _ in held["items"]}
    assert len(held["items"]) == len(items), "a post was taken in twice"
    assert items == acts.items
    assert {state for _, _, state in held["items"]} == {"done"}
    decisions = {item: undone for item, _, undone in held["decisions"]}
    assert len(held["decisions"]) == len(decisions), "a decision was taken twice"
    assert decisions == {item: item in acts.undone for item in acts.decided}
    entries = [(name, there) for name, there in held["entries"] if name.startswith("https://")]
    assert sorted(entries) == sorted((link, link not in acts.removed) for link in acts.added)
    assert held["dead"] == 0
    expected = {
        item: ["item.done"] * (item in acts.later)
        + ["decision.made"] * (item in acts.decided)
        + ["decision.undone"] * (item in acts.undone)
        for item in acts.items.values()
    }
    assert {item: listener.kinds_of(item) for item in expected} == expected

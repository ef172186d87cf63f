"""The supervisor alone, over processes that behave badly."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stanch_server.project import supervisor
from stanch_server.project.processes.together import run_all
from stanch_server.project.supervisor import Plan, Process, Supervisor, describe
from tests.server.project.running import until

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork():
    open(sys.argv[1], "w").write(str(os.getpid()))
while True:
    time.sleep(1)
"""


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", code, *arguments)


def group_of(leader: int) -> list[int]:
    """Return the living processes of a group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def test_what_dies_at_its_start_is_started_later_each_time() -> None:
    process, clock, starts = Process(Plan(name="bad", command=python("raise SystemExit(3)"))), 0.0, []
    for _ in range(5):
        process.look(clock)
        starts.append(clock)
        until("it has ended", lambda: not process.alive)
        process.look(clock)
        waited = 0.0
        while not process.alive and waited < 60 and process._running is None:
            waited += 0.1
            process.look(clock + waited)
        clock += waited
    process.kill()
    waits = [round(after - before, 1) for before, after in zip(starts, [*starts[1:], clock], strict=True)]
    assert waits == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2], abs=0.11)


def test_what_ran_well_for_long_is_started_again_at_once() -> None:
    process = Process(Plan(name="good", command=python("raise SystemExit(0)")))
    process._failures = 9
    process.look(0.0)
    until("it has ended", lambda: not process.alive)
    process.look(supervisor.SOUND_AFTER + 1)
    process.look(supervisor.SOUND_AFTER + 1 + supervisor.FIRST_WAIT)
    assert process._running is not None
    process.kill()


def ended_by(plans: list[Plan], when: Callable[[], bool], *, asks: int = 1) -> float:
    """Run a supervisor until something holds, ask it to end, and return how long that took."""
    boss = Supervisor(plans)
    running = threading.Thread(target=boss.run)
    running.start()
    until("all run", when)
    began = time.monotonic()
    for _ in range(asks):
        boss.ask_to_end()
    running.join(30)
    assert not running.is_alive()
    return time.monotonic() - began


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("asks", [1, 2])
def test_who_will_not_end_is_killed_with_its_children_after_a_limit_or_when_asked_twice(
    asks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "END_WITHIN", 0.5 if asks == 1 else 60.0)
    note = tmp_path / "pid"
    plan = Plan(name="stubborn", command=python(STUBBORN, str(note)))
    took = ended_by([plan], lambda: note.exists() and bool(note.read_text()), asks=asks)
    assert took >= 0.5 or asks == 2
    # A killed process is gone when the system comes to it; the supervisor can only wait for its own child.
    until("they are gone", lambda: group_of(int(note.read_text())) == [])


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_process_leaves_behind_when_it_dies_is_ended(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    process = Process(Plan(name="parent", command=python(STUBBORN, str(note))))
    process.look(0.0)
    until("both run", lambda: note.exists() and bool(note.read_text()))
    leader = int(note.read_text())
    assert len(group_of(leader)) == 2
    os.kill(leader, signal.SIGKILL)
    until("it has ended", lambda: not process.alive)
    process.look(1.0)
    until("its child too", lambda: group_of(leader) == [])


@pytest.mark.parametrize(("code", "told"), [(0, "exit 0"), (3, "exit 3"), (-9, "SIGKILL"), (-250, "signal 250")])
def test_how_a_process_ended_is_told(code: int, told: str) -> None:
    assert describe(code) == told


def test_one_task_that_ends_takes_the_others_with_it() -> None:
    stop, noted = threading.Event(), []

    def fails() -> None:
        raise RuntimeError

    def goes_on() -> None:
        assert stop.wait(30)
        noted.append("ended")

    assert run_all({"bad": fails, "good": goes_on}, stop=stop) is False
    assert noted == ["ended"]


def test_tasks_that_end_because_they_were_asked_to_ended_well() -> None:
    stop = threading.Event()

    def waits() -> None:
        assert stop.wait(30)

    threading.Timer(0.05, stop.set).start()
    assert run_all({"one": waits}, stop=stop) is True

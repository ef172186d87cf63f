"""`stanch serve` in real processes: it starts, what dies comes back, and nothing is left of it."""

import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from stanch_server.project.serving import counts_folder
from tests.server.project.running import STANCH, Home, Service, serving, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
NAMES = {"web", "worker", "indexer", "sequencer"}


def test_it_starts_restarts_what_dies_refuses_a_second_and_ends_in_order(home: Home) -> None:
    """One life of a service: two starts cost most of the time."""
    with serving(home) as service:
        _first_start(home, service)
        _killed_processes_come_back(home, service)
        _a_second_is_refused(home, service)
        assert len(home.processes()) > len(NAMES)
        service.supervisor.kill()
        service.supervisor.wait()
        until("nothing outlives it", lambda: not home.processes(), seconds=10)
    with serving(home, "--sign-in", "admin") as again:
        until("it says where it is", lambda: "/sign-in/link/" in again.out.read_text())
        again.supervisor.send_signal(signal.SIGTERM)
        assert again.supervisor.wait(timeout=30) == 0
        assert "process killed" not in again.err.read_text()
        until("nothing is left", lambda: not home.processes(), seconds=10)
        assert not counts_folder(home.data).exists()


def _first_start(home: Home, service: Service) -> None:
    until("it says where it is", lambda: "/sign-in/link/" in service.out.read_text())
    said = service.out.read_text()
    assert f"http://127.0.0.1:{service.port};" in said
    path = re.findall(r"^http://127.0.0.1:\d+(/sign-in/link/\S+)$", said, re.MULTILINE)
    assert len(path) == 1
    assert service.get(path[0])[0] == 200
    assert set(service.pids()) == NAMES
    assert service.parts()["parts"] == dict.fromkeys(service.parts()["parts"], "ok")
    token = path[0].split("/")[-2]
    assert token not in service.err.read_text()
    assert "/sign-in/link/<str:token>/" in service.err.read_text()
    assert not any(home.data.rglob("*.pyc"))


def _killed_processes_come_back(home: Home, service: Service) -> None:
    before = service.pids()
    answering = _worker_of(home, before["web"])
    os.kill(answering, signal.SIGKILL)  # one below the web's own
    until("the web answers again", service.ready)
    assert answering not in home.processes()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    until("each was started again", lambda: all(service.pids()[name] != before[name] for name in NAMES))
    until("it is ready again", service.ready)
    assert not set(before.values()) & set(home.processes())


def _worker_of(home: Home, web: int) -> int:
    (found,) = [
        pid for pid, command in home.processes().items() if home.parent_of(pid) == web and "spawn_main" in command
    ]
    return found


def _a_second_is_refused(home: Home, service: Service) -> None:
    second = home.run("serve", "--port", str(service.port))
    assert second.returncode == 1
    assert f"Another `stanch serve` runs on the data in {home.data}" in second.stderr
    assert service.ready()


def test_an_address_that_is_taken_is_refused_before_anything_starts(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = home.run("serve", "--port", port)
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
    assert not home.processes()


def test_tables_are_made_once_by_whoever_comes_first(home: Home) -> None:
    several = [
        subprocess.Popen(
            [*STANCH, "service", "create-source", f"Source {number}"],
            env=home.environment,
            cwd=home.data.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    told = [process.communicate(timeout=300) for process in several]
    assert [process.returncode for process in several] == [0, 0, 0], told
    assert len({out for out, _ in told}) == 3

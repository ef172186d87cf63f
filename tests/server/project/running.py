"""A real service in processes of its own, on a data folder and a database of its own."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings

from stanch_server.project.serving import counts_folder

STANCH = (str(Path(sys.executable).with_name("stanch")),)
PATIENCE = 60.0
STARTED = re.compile(r'"process": "(\w+)", "pid": (\d+), "event": "process started"')


def until(what: str, holds: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait until something holds; how long that may take is the machine's business, not the test's."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def new_database() -> Iterator[str]:
    """Give the address of an empty database; empty for SQLite."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite"):
        yield ""
        return
    server, name = os.environ["STANCH_SERVICE_DATABASE"], f"service_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield re.sub(r"(//[^/]*)/[^?]*", rf"\1/{name}", server)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@dataclass
class Home:
    """A data folder, a database, and the commands that work on them."""

    data: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("STANCH_", "DJANGO_"))}
        return {**kept, "STANCH_SERVICE_DATA": str(self.data), "STANCH_SERVICE_DATABASE": self.database}

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end."""
        return subprocess.run(
            [*STANCH, *words],
            env=self.environment,
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def said(self, *words: str) -> str:
        """Run a command that ends well, and return what it says."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def alter(self, table: str, statement: str) -> None:
        """Change the database behind the service's back, and past what guards a table: whoever owns it can."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                connection.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'.encode())
                connection.execute(statement.encode())
            return
        with closing(sqlite3.connect(self.data / "stanch.sqlite3")) as file, file:
            guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            for (name,) in file.execute(guards, [table]).fetchall():
                file.execute(f'DROP TRIGGER "{name}"')
            file.execute(statement)

    def processes(self) -> dict[int, str]:
        """Return the command of every process that was started with this data folder, however deep."""
        mark = f"STANCH_SERVICE_DATA={self.data}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0") and _state(folder) != "Z":
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def parent_of(self, pid: int) -> int:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _state(folder: Path) -> str:
    return (folder / "stat").read_text().rpartition(")")[2].split()[0]


@dataclass
class Service:
    """A running `stanch serve`."""

    home: Home
    supervisor: "subprocess.Popen[str]"
    port: int
    out: Path
    err: Path
    headers: dict[str, str] = field(default_factory=lambda: {"Host": "127.0.0.1"})

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Ask the web, and return status and body; 0 if nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={**self.headers, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def parts(self) -> dict[str, Any]:
        return dict(json.loads(self.get("/readyz")[1]))

    def pids(self) -> dict[str, int]:
        """Return the process that was started last under each name."""
        return {name: int(pid) for name, pid in STARTED.findall(self.err.read_text())}


@contextmanager
def serving(home: Home, *words: str) -> Iterator[Service]:
    """Run a service until it is ready; whatever is left of it at the end is killed."""
    port = free_port()
    out, err = home.data.parent / "out.txt", home.data.parent / "err.txt"
    command = [*STANCH, "serve", "--port", str(port), "--workers", "1", "--threads", "4", *words]
    with out.open("w") as stdout, err.open("w") as stderr:
        supervisor = subprocess.Popen(
            command, env=home.environment, cwd=home.data.parent, stdout=stdout, stderr=stderr, text=True
        )
    service = Service(home, supervisor, port, out, err)
    try:
        until(f"ready: {err.read_text()[-2000:]}", lambda: service.ready() or supervisor.poll() is not None)
        assert supervisor.poll() is None, err.read_text()
        yield service
    finally:
        supervisor.kill()
        supervisor.wait()
        for pid in home.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(counts_folder(home.data), ignore_errors=True)  # a killed supervisor leaves it to the next

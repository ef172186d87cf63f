"""One process that starts the others, restarts what dies, and ends them all."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from stanch_server.project.processes.parent import announce

FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
SOUND_AFTER = 30.0
"""Seconds; a process that ran for so long is not thought to fail at its start."""

LOOK_EVERY = 0.1
END_WITHIN = 20.0
"""Seconds that all processes have for an orderly end; longer than the web's own limit."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A process to be kept running: its name and its command."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Process:
    """A process that is started again whenever it ends, each time after a longer wait.

    It leads a process group of its own: a key pressed in the terminal reaches the supervisor alone, and whatever
    it has started can be ended with it.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._running: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._due = 0.0
        self._failures = 0

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    def look(self, now: float) -> None:
        """Start it if it is due; notice if it has ended."""
        if self._running is None:
            if now >= self._due:
                self._start(now)
        elif self._running.poll() is not None:
            self._ended(self._running, now)

    def _start(self, now: float) -> None:
        environment = {**os.environ, **self.plan.environment, **announce()}
        self._running = subprocess.Popen(  # noqa: S603 - this interpreter, and arguments of our own making
            self.plan.command, env=environment, stdin=subprocess.DEVNULL, process_group=0
        )
        self._began = now
        logger.info("process started", process=self.plan.name, pid=self._running.pid)

    def _ended(self, ended: "subprocess.Popen[bytes]", now: float) -> None:
        self._kill_group(ended)  # what it may have left behind
        self._failures = 0 if now - self._began >= SOUND_AFTER else self._failures
        wait = min(FIRST_WAIT * 2**self._failures, LONGEST_WAIT)
        self._failures += 1
        self._running, self._due = None, now + wait
        how = describe(ended.returncode)
        logger.warning("process ended", process=self.plan.name, pid=ended.pid, how=how, again_in_s=wait)

    def ask_to_end(self) -> None:
        """Ask it to finish what it does and end."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all it has started, now."""
        if self._running is None:
            return
        if self._running.poll() is None:
            logger.warning("process killed", process=self.plan.name, pid=self._running.pid)
        self._kill_group(self._running)
        self._running.wait()
        logger.info("process stopped", process=self.plan.name, how=describe(self._running.returncode))
        self._running = None

    @staticmethod
    def _kill_group(process: "subprocess.Popen[bytes]") -> None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # all gone; macOS says the latter of zombies
            return


class Supervisor:
    """Keeps processes running until it is asked to end.

    Parameters
    ----------
    plans : the processes, in the order in which they are started.
    meanwhile : called ten times a second, until it returns True.
    """

    def __init__(self, plans: Sequence[Plan], *, meanwhile: Callable[[], bool] = lambda: True) -> None:
        self.processes = [Process(plan) for plan in plans]
        self._meanwhile = meanwhile
        self._asked = threading.Event()
        self._asked_again = threading.Event()

    def handle_signals(self) -> None:
        """End in order at SIGTERM or SIGINT, and at once at the second."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: self.ask_to_end())

    def ask_to_end(self) -> None:
        """Have `run` end; asked twice, it waits for nothing any more."""
        (self._asked_again if self._asked.is_set() else self._asked).set()

    def run(self) -> None:
        """Keep the processes running until asked to end; then end them all, and leave none."""
        done = False
        try:
            while not self._asked.is_set():
                for process in self.processes:
                    process.look(time.monotonic())
                done = done or self._meanwhile()
                self._asked.wait(LOOK_EVERY)
        finally:
            self._end()

    def _end(self) -> None:
        for process in self.processes:
            process.ask_to_end()
        limit = time.monotonic() + END_WITHIN
        while any(process.alive for process in self.processes):
            if time.monotonic() >= limit or self._asked_again.wait(LOOK_EVERY):
                break
        for process in self.processes:
            process.kill()


def describe(code: int) -> str:
    """Say how a process ended: `exit 1`, or the signal that ended it."""
    if code >= 0:
        return f"exit {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"

"""Several things that one process does for ever, each in a thread of its own."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)


def my_name() -> str:
    """Return a name that no other process has now: of the machine, with the process's number."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}"


def stop_on_signals() -> threading.Event:
    """Return an event that is set when this process is asked to end."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    return stop


def run_all(tasks: Mapping[str, Callable[[], None]], *, stop: threading.Event) -> bool:
    """Run every task until `stop` is set. Return False if one ended before that.

    Then the others are asked to end too: half a process is worse than none, which the supervisor starts again.

    Parameters
    ----------
    tasks : by name; each returns soon after `stop` is set.
    """
    ended: list[str] = []
    threads = [
        threading.Thread(target=_run, args=(name, task, stop, ended), name=name) for name, task in tasks.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():  # with a limit, or no signal would be handled meanwhile
            thread.join(0.2)
    return not ended


def _run(name: str, task: Callable[[], None], stop: threading.Event, ended: list[str]) -> None:
    try:
        task()
    except Exception:
        logger.exception("task failed", extra={"task": name})
        ended.append(name)
    finally:
        if not stop.is_set():
            ended.append(name)
            stop.set()

"""`python -m stanch_server.project.processes NAME`: one process of the service. The supervisor runs it."""

import logging
import sys
import threading
from collections.abc import Callable
from importlib import import_module

from stanch_server.project import logs
from stanch_server.project.processes.parent import end_with_parent
from stanch_server.project.processes.together import stop_on_signals
from stanch_server.project.start import load

logger = logging.getLogger("stanch_server.project.processes")


def main(name: str, *arguments: str) -> bool:
    """Run one process until it is asked to end. Return whether it ended because of that."""
    end_with_parent()
    logs.set_up()
    try:
        return _web(*arguments) if name == "web" else _with_django(name)
    except Exception:
        logger.exception("process failed", extra={"task": name})
        return False


def _web(host: str, port: str, workers: str, threads: str) -> bool:
    from stanch_server.project.processes import web  # noqa: PLC0415 - the others do without

    return web.run(host=host, port=int(port), workers=int(workers), threads=int(threads))


def _with_django(name: str) -> bool:
    stop = stop_on_signals()  # before Django is loaded: who is asked to end at once does so in order
    load(existing=True)
    run: Callable[[threading.Event], bool] = import_module(f"stanch_server.project.processes.{name}").run
    return run(stop)


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)

"""The process that answers requests: granian, with workers of its own."""

import multiprocessing
import os

from stanch_server.endpoints.slow import THREADS
from stanch_server.project.processes.parent import announce

APPLICATION = "stanch_server.project.wsgi:application"
GRACE_SECONDS = 10
"""For requests that are being answered when the service is asked to end."""

SILENT = {"loggers": {"_granian": {"level": "ERROR"}, "granian.access": {"level": "CRITICAL"}}}
"""Its lines go where all others go; its access log, which names paths and addresses, is never written."""


def run(*, host: str, port: int, workers: int, threads: int) -> bool:
    """Answer requests until this process is asked to end.

    Parameters
    ----------
    workers : processes, each with its own memory; they end with this one.
    threads : of each, that run the service's code; so many requests are worked on at once.
    """
    from granian.constants import Interfaces  # noqa: PLC0415 - an extra
    from granian.log import LogLevels  # noqa: PLC0415 - ditto
    from granian.server import Server  # noqa: PLC0415 - ditto

    multiprocessing.set_start_method("spawn")  # a fork would take over locks that threads hold
    os.environ.update(announce())
    os.environ[THREADS] = str(threads)
    Server(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        workers_kill_timeout=GRACE_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_dictconfig=SILENT,
        log_access=False,
        websockets=False,
    ).serve()
    return True

"""The process that delivers what the outbox holds, and does what is due now and then."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import Error, close_old_connections, connections
from django.utils import timezone

from stanch_server.outbox import worker as outbox
from stanch_server.outbox.handlers import threaded, topics
from stanch_server.project import jobs
from stanch_server.project.processes.together import my_name, run_all

PAUSE = 1.0
"""The first thread looks five times a second; the others are there for when it is busy."""

logger = logging.getLogger(__name__)


def run(stop: threading.Event) -> bool:
    """Deliver and tidy up until `stop` is set."""
    me = my_name()
    tasks: dict[str, Callable[[], None]] = {
        "outbox": partial(outbox.run_forever, worker=f"{me}-0", stop=stop),
        "jobs": partial(jobs.run_forever, holder=me, stop=stop),
    }
    for number in range(1, settings.WORKER_THREADS):
        tasks[f"outbox-{number}"] = partial(_help, worker=f"{me}-{number}", stop=stop)
    return run_all(tasks, stop=stop)


def _help(*, worker: str, stop: threading.Event) -> None:
    """Deliver beside the first thread what has no threads of its own."""
    apart = {topic.topic for topic in threaded()}
    here = [topic for topic in topics() if topic not in apart]
    while not stop.is_set():
        close_old_connections()
        try:
            busy = outbox.run_once(worker=worker, now=timezone.now(), topics=here)
        except Error as error:
            logger.warning("outbox worker waits for the database", extra={"error": type(error).__qualname__})
            connections.close_all()
            busy = outbox.Delivered()
        if not busy:
            stop.wait(PAUSE)
    connections.close_all()

"""The process that folds changes of banks into segments."""

import os
import threading

from django.conf import settings

from stanch_server.banks.indexer import run_forever
from stanch_server.project.processes.together import my_name

NICE = 10
"""Nobody waits for a merge, so whoever answers goes first."""


def run(stop: threading.Event) -> bool:
    """Fold changes until `stop` is set; of several indexers one works, by a lease."""
    os.nice(NICE)
    run_forever(folder=settings.INDEX_FOLDER, holder=my_name(), stop=stop)
    return True

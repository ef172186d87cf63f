"""The process that numbers, chains and signs the audit log."""

import threading

from django.conf import settings

from stanch_server.audit.keys import signing_key
from stanch_server.audit.sequencer import run_forever


def run(stop: threading.Event) -> bool:
    """Number and sign until `stop` is set."""
    key = signing_key(settings.SIGNING_KEY)
    run_forever(folder=settings.ANCHORS_FOLDER, key=key, stop=stop)
    return True

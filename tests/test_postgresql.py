"""The service keeps its promises on PostgreSQL as on SQLite: all its tests run once more, on a real server.

All but those that do not depend on where the rows lie: what the browser makes of pages, which other tests ask for
too, words in Arabic, the examples of the README, and how SQLite's writers wait.
"""

import os
import subprocess
import sys

from tests.conftest import ROOT

NOT_OF_ROWS = "browser", "sqlite", "test_languages.py", "project/test_readme.py"


def test_the_service_holds_on_postgresql() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-skips", "tests/server"]
    command += [f"--ignore=tests/server/{name}" for name in NOT_OF_ROWS]
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

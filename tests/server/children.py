"""Processes of their own, on the database of the test that starts them, to be killed or to compete."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.db import connection

from tests.conftest import ROOT


@contextmanager
def child(module: str, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", IO[str]]]:
    """Run `python -m module arguments`; give the process, and what it says. It is killed at the end."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.server.child_settings",
        "STANCH_TEST_NAME": str(connection.settings_dict["NAME"]),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()

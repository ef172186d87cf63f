"""The settings of a process that a test starts: the service's own, on the database of that test."""

import os

from stanch_server.project.settings import *  # noqa: F403 - all of them

DATABASES["default"]["NAME"] = os.environ["STANCH_TEST_NAME"]  # noqa: F405 - imported above

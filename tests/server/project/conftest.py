"""A home for a real service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.project.running import Home, new_database


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with new_database() as database:
        yield Home(tmp_path / "data", database)

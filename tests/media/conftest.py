"""What the tests of this room may ask for."""

from collections.abc import Iterator

import pytest

from stanch.media import Decoders


@pytest.fixture(scope="session")
def decoders() -> Iterator[Decoders]:
    with Decoders() as pool:
        yield pool

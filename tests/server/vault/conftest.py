"""A vault of its own for each test."""

from pathlib import Path

import pytest
from pytest_django import Settings

from stanch_server.vault.places import Places, places


@pytest.fixture(autouse=True)
def here(tmp_path: Path, settings: Settings) -> Places:
    """Return where the vault of this test stands; nothing is there yet."""
    settings.VAULT_FOLDER = tmp_path / "vault"
    settings.VAULT_KEYS = tmp_path / "keys"
    settings.VAULT_ERASURES = tmp_path / "apart" / "erasures.list"
    return places()

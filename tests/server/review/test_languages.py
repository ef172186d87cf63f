"""Arabic is complete in this room too, by the tests that the first room has."""

from pathlib import Path

import pytest

import stanch_server.review
from tests.server.accounts import test_languages as languages
from tests.server.accounts.test_languages import (  # noqa: F401 - run here for another room
    test_every_string_is_translated_and_none_is_left_over,
    test_placeholders_and_marks_survive_translation,
    test_what_is_compiled_is_what_is_written,
)

ROOM = Path(stanch_server.review.__file__).parent


@pytest.fixture(autouse=True)
def _of_this_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "ROOM", ROOM)
    monkeypatch.setattr(languages, "ARABIC", ROOM / "locale" / "ar" / "LC_MESSAGES")

"""Topics of the tests; what others have registered stands aside."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from stanch_server.outbox import handlers
from stanch_server.outbox.handlers import Backoff, Delivery

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


class Inbox:
    """A handler that keeps what it is given, and fails as it is told to."""

    def __init__(self) -> None:
        self.taken: list[Delivery] = []
        self.refuse: Callable[[Delivery], None] = lambda _: None

    def __call__(self, delivery: Delivery) -> None:
        self.taken.append(delivery)
        self.refuse(delivery)


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """Return the handler of the topics `letters` (three attempts) and `story` (the same, in order)."""
    monkeypatch.setattr(handlers, "_registered", {})
    taken = Inbox()
    handlers.register("letters", taken, max_attempts=3, backoff=Backoff())
    handlers.register("story", taken, max_attempts=3, ordered=True)
    return taken

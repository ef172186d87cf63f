"""Who announces at the same time: what is committed first is told first."""

import threading
from functools import partial

import pytest
from django.db import connections, transaction

from stanch_server.accounts.models import Source
from stanch_server.intake.models import Item
from stanch_server.intake.webhooks import announce
from stanch_server.outbox.models import OutboxRow
from tests.server.conftest import START
from tests.server.intake.webhook_cast import add, make_item

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


def undo(item: Item, begun: threading.Event, done: threading.Event) -> None:
    """Announce a reinstatement, from another connection."""
    try:
        begun.set()
        with transaction.atomic():
            announce(item=item, kind="decision.undone", at=START, action="reinstate")
        done.set()
    finally:
        connections.close_all()


def test_what_overlaps_about_one_item_waits_for_its_turn(source: Source) -> None:
    add(source, "https://receiver.example/")
    item, begun, done = make_item(source), threading.Event(), threading.Event()
    other = threading.Thread(target=partial(undo, item, begun, done))
    with transaction.atomic():
        announce(item=item, kind="decision.made", at=START, action="remove")
        other.start()
        assert begun.wait(PATIENCE)
        assert not done.wait(0.3), "its number would come after ours, and its commit before"
    other.join(PATIENCE)
    assert done.is_set()
    kinds = OutboxRow.objects.order_by("id").values_list("payload__kind", flat=True)
    assert list(kinds) == ["decision.made", "decision.undone"]

"""What was taken in comes to its end, also where what should bring it there fails again and again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stanch.values import Level
from stanch_server.audit.models import AuditPayload
from stanch_server.intake import operations
from stanch_server.intake.found import found_of
from stanch_server.intake.handlers import UNSCANNED_AFTER
from stanch_server.intake.models import Item
from stanch_server.intake.scanning import Scanned, scan
from stanch_server.outbox import access as outbox
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import Delivered, run_once
from stanch_server.vault import operations as vault
from tests.server.conftest import START
from tests.server.intake.conftest import LINK, STATEMENT, Program
from tests.server.intake.test_items import public

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bank")]


class TroubleError(Exception):
    """What nobody has thought of."""


def failing(*_: object, **__: object) -> None:
    raise TroubleError


def deliver(topic: str, *, hours: int = 0) -> Delivered:
    """Deliver what is due of a topic, as long after now as is said."""
    return run_once(worker="worker", now=timezone.now() + timedelta(hours=hours), topics=[topic])


@pytest.fixture
def pending(program: Program) -> Item:
    said = program.said(public(text=STATEMENT, links=[LINK]), Prefer="respond-async")
    return Item.objects.get(id=said["id"])


def waiting_and_dead() -> tuple[int, int]:
    state = outbox.state(now=timezone.now())
    return state.waiting, state.dead


def settled(item: Item) -> tuple[str, int | None, list[str]]:
    row = Item.objects.get(id=item.id)
    return row.state, row.level, [one.part for one in found_of(row).not_scanned]


UNSCANNED = (Item.State.DONE, Level.REVIEW, ["text", "links[0]"])


def test_an_item_whose_scan_fails_each_time_is_looked_at_by_a_person(
    pending: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanch_server.intake.operations.settling.scan", failing)
    counts = [deliver("intake.scan", hours=hour) for hour in range(1, UNSCANNED_AFTER + 2)]
    assert counts == [Delivered(failed=1)] * UNSCANNED_AFTER + [Delivered(done=1)]
    assert settled(pending) == UNSCANNED
    assert waiting_and_dead() == (0, 0)
    assert pending.parts.exclude(blob="").count() == 2  # for whoever looks at it
    assert AuditPayload.objects.filter(action="item.outcome", subject=str(pending.id)).count() == 1


def test_content_that_kills_each_worker_is_not_opened_for_ever(
    pending: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanch_server.intake.operations.settling.read", failing)
    OutboxRow.objects.filter(topic="intake.scan").update(attempts=UNSCANNED_AFTER)  # each was killed
    assert deliver("intake.scan") == Delivered(done=1)
    assert settled(pending) == UNSCANNED


def test_content_that_is_gone_is_not_clean(pending: Item) -> None:
    part = pending.parts.get(name="links[0]")  # as after the restore of a database from before its erasure
    vault.erase(blob=part.blob, acting_user="alice", reason="erased", now=START)
    for hour in range(1, UNSCANNED_AFTER + 2):
        deliver("intake.scan", hours=hour)
    assert settled(pending) == UNSCANNED


def test_a_hold_ends_however_often_ending_it_fails(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    item = Item.objects.get(id=program.said(public(text=STATEMENT))["id"])
    assert item.level == Level.HOLD
    with monkeypatch.context() as broken:
        broken.setattr("stanch_server.intake.handlers.end_hold", failing)
        for hour in range(24, 24 + 60):
            deliver("intake.hold-ends", hours=hour)
    assert waiting_and_dead() == (1, 0)
    assert deliver("intake.hold-ends", hours=100) == Delivered(done=1)
    assert Item.objects.get().level == Level.REVIEW


def lock(item: Item) -> None:
    operations.lock(item=Item.objects.get(id=item.id), acting_user="bob", at=START)


def test_a_scan_that_is_going_on_changes_nothing_of_an_item_that_is_locked_meanwhile(
    pending: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scan_and_lock(*contents: Any, **around: Any) -> Scanned:
        lock(pending)
        return scan(*contents, **around)

    monkeypatch.setattr("stanch_server.intake.operations.settling.scan", scan_and_lock)
    assert not operations.scan_pending(pending.id, now=START)
    assert settled(pending) == (Item.State.PENDING, None, [])
    assert not AuditPayload.objects.filter(action="item.outcome").exists()

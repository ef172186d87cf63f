"""What a person's word does to an item, and how it is forgotten: everywhere, with proof."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from stanch.values import Level
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.access import says_of
from stanch_server.audit.models import AuditPayload
from stanch_server.intake import operations
from stanch_server.intake.contents import open_content
from stanch_server.intake.errors import GoneContentError, LockedItemError, PreservedItemError
from stanch_server.intake.models import IdempotencyKey, Item, ItemPart, Webhook
from stanch_server.intake.webhooks import announce
from stanch_server.intake.webhooks.letters import discard_letter
from stanch_server.outbox import access as outbox
from stanch_server.outbox.models import OutboxRow
from stanch_server.vault.access import list_blobs
from tests.server.conftest import START
from tests.server.intake.conftest import STATEMENT, Program
from tests.server.intake.test_items import NEWS, public

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bank")]
LATER = START + timedelta(days=180)


@pytest.fixture
def item(program: Program) -> Item:
    """Return an item that waits for a person, its content in the vault."""
    said = program.said(public(text=STATEMENT, id="post-7"), **{"Idempotency-Key": "k-1"})
    return Item.objects.get(id=said["id"])


def blobs(source: Source) -> int:
    return len(list_blobs(source.id, sources=[source.id]))


def test_forgetting_erases_it_everywhere_and_proves_it(item: Item, source: Source) -> None:
    forgotten = operations.forget(item=item, acting_user="alice", now=START)
    proof = operations.prove_forgotten(forgotten)
    assert proof.holds
    assert len(proof.blobs) == 1
    assert not Item.objects.exists()
    assert not ItemPart.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert not says_of(str(forgotten.item))
    assert blobs(source) == 0


def test_what_was_not_forgotten_is_not_proved(item: Item) -> None:
    part = item.parts.get()
    forgotten = operations.Forgotten(item=item.id, blobs=(part.blob,), records=1)
    proof = operations.prove_forgotten(forgotten)
    assert not proof.holds
    assert (proof.row_gone, proof.records_gone, proof.blobs[0].key_gone) == (False, False, False)


def test_what_has_to_be_kept_is_not_forgotten(item: Item, program: Program, source: Source) -> None:
    operations.close(item=item, acting_user="alice", at=START, preserve_until=LATER, reason="Article 6")
    with pytest.raises(PreservedItemError):
        operations.forget(item=item, acting_user="alice", now=START)
    response = program.send("DELETE", f"/items/{item.id}")
    assert (response.status_code, json.loads(response.content)["type"]) == (409, "urn:stanch:problem:preserved")
    assert Item.objects.filter(id=item.id).exists()
    assert blobs(source) == 1
    operations.forget(item=item, acting_user="alice", now=LATER)
    assert blobs(source) == 0


def test_a_program_has_its_own_item_forgotten(item: Item, program: Program) -> None:
    assert program.send("DELETE", f"/items/{item.id}").status_code == 204
    assert program.send("DELETE", f"/items/{item.id}").status_code == 404


def test_a_decided_item_lets_its_content_go(item: Item, alice: Person) -> None:
    operations.close(item=item, acting_user=alice.actor, at=START, reason="decided")
    part = item.parts.select_related("item").get()
    with pytest.raises(GoneContentError):
        open_content(part, acting_user=alice.actor, reason="revealed", now=START)
    assert not operations.end_hold(item.id, now=LATER)  # a decision stands in place of the hold


def test_an_item_that_is_opened_again_is_published_and_waits_for_a_look(item: Item) -> None:
    assert not operations.reopen(item=item, acting_user="alice", at=START)
    operations.close(item=item, acting_user="alice", at=START, reason="decided")
    assert operations.reopen(item=item, acting_user="alice", at=START)
    assert (item.level, item.decided, item.hold_until) == (Level.REVIEW, None, None)


def test_a_hold_is_lifted_once(item: Item) -> None:
    assert operations.lift(item=item, acting_user="alice", at=START)
    assert item.level == Level.REVIEW
    assert not operations.lift(item=item, acting_user="alice", at=START)


def test_nothing_of_a_locked_item_is_shown_changed_or_erased(item: Item, program: Program, source: Source) -> None:
    assert operations.lock(item=item, acting_user="alice", at=START)
    assert not operations.lock(item=item, acting_user="bob", at=START)
    part = item.parts.select_related("item").get()
    with pytest.raises(LockedItemError):
        open_content(part, acting_user="alice", reason="revealed", now=START)
    with pytest.raises(LockedItemError):
        operations.close(item=item, acting_user="alice", at=START, reason="decided")
    with pytest.raises(LockedItemError):
        operations.forget(item=item, acting_user="alice", now=START)
    assert not operations.lift(item=item, acting_user="alice", at=START)
    assert program.send("DELETE", f"/items/{item.id}").status_code == 409
    assert blobs(source) == 1


def test_what_a_room_above_holds_goes_with_the_item(item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stanch_server.intake.operations.forgetting._erasing", [])
    told: list[object] = []
    operations.when_forgotten(lambda gone: told.append(gone.id))
    operations.forget(item=item, acting_user="alice", now=START)
    assert len(told) == 1


def test_an_item_of_which_nothing_is_kept_is_forgotten_too(program: Program) -> None:
    said = program.said(public(text=NEWS))
    assert program.send("DELETE", f"/items/{said['id']}").status_code == 204
    assert not says_of(said["id"])


def test_an_item_that_was_locked_since_it_was_fetched_is_not_forgotten(program: Program) -> None:
    said = program.said(public(text=NEWS))  # nothing of it is kept that could be preserved
    fetched = Item.objects.get(id=said["id"])
    operations.lock(item=Item.objects.get(id=said["id"]), acting_user="bob", at=START)
    with pytest.raises(LockedItemError):
        operations.forget(item=fetched, acting_user="alice", now=START)
    assert Item.objects.filter(id=said["id"]).exists()


def test_forgetting_what_is_forgotten_does_nothing(item: Item) -> None:
    fetched = Item.objects.get(id=item.id)
    operations.forget(item=item, acting_user="alice", now=START)
    assert operations.forget(item=fetched, acting_user="alice", now=START).blobs == ()
    assert operations.prove_forgotten(operations.Forgotten(item=item.id, blobs=(), records=0)).holds


def test_who_looked_at_what_is_forgotten_is_not_told_any_more(item: Item, source: Source) -> None:
    gone = str(item.id)
    part = item.parts.select_related("item").get()
    open_content(part, acting_user="bob", reason="revealed", now=START)
    Webhook.objects.create(
        source=source, url="https://harbour.example/hook", secret=b"sealed", created=START, created_by="alice"
    )
    with transaction.atomic():
        announce(item=item, kind="item.outcome", at=START)
    OutboxRow.objects.filter(topic="intake.webhook").update(dead=START)
    (letter,) = outbox.dead_letters()
    discard_letter(letter=letter, acting_user="bob", at=START)
    operations.close(item=item, acting_user="bob", at=START, reason="decided")  # the blob's name goes with that
    operations.forget(item=Item.objects.get(), acting_user="alice", now=START)
    assert not AuditPayload.objects.filter(detail__contains=gone).exists()
    assert not AuditPayload.objects.filter(subject=gone).exists()

"""From the transaction of a decision to the receiver: at least once, signed, in order, and never lost silently."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from standardwebhooks.webhooks import WebhookVerificationError

from stanch.errors import InvalidValueError
from stanch_server.accounts.models import Source
from stanch_server.audit.models import AuditPayload
from stanch_server.intake.models import Webhook
from stanch_server.intake.webhooks import announce, operations
from stanch_server.intake.webhooks.delivering import ATTEMPTS, BACKOFF
from stanch_server.intake.webhooks.letters import discard_letter, replay_letter, replay_letters
from stanch_server.outbox import access as outbox
from stanch_server.outbox import worker
from stanch_server.outbox.errors import OutsideTransactionError
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import Delivered, run_once
from tests.server.children import child
from tests.server.conftest import START
from tests.server.intake.webhook_cast import ARABIC, LATER, Receiver, add, deliver, make_item, tell

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_decision_reaches_the_receiver_signed_and_byte_for_byte(receiver: Receiver, source: Source) -> None:
    _, secret = add(source, receiver.url)
    item = make_item(source)
    assert tell(item, "decision.made", action="remove", label="", decision=item.id, reasons=ARABIC) == 1
    queued = OutboxRow.objects.get().payload["body"]
    assert deliver() == Delivered(done=1)
    (letter,) = receiver.letters
    assert letter.read(secret) == {
        "type": "decision.made",
        "timestamp": "2026-03-01T09:00:00Z",
        "data": {
            "item": str(item.id),
            "post": "post-7",
            "account": "a-1",
            "outcome": "block",
            "action": "remove",
            "label": "",
            "decision": str(item.id),
            "reasons": ARABIC,
        },
    }
    assert letter.body == queued.encode()
    assert "أُزيل المنشور".encode() in letter.body
    assert letter.path == "/hooks?of=harbour"
    assert letter.headers["content-type"] == "application/json"
    assert letter.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_message_that_was_altered_or_signed_by_another_does_not_verify(
    receiver: Receiver, source: Source
) -> None:
    _, secret = add(source, receiver.url)
    _, other = add(source, receiver.url)
    tell(make_item(source))
    deliver()
    first, second = receiver.letters
    assert first.id != second.id
    by_secret = {secret: first, other: second} if _verifies(first, secret) else {secret: second, other: first}
    assert all(_verifies(letter, one) for one, letter in by_secret.items())
    assert not _verifies(by_secret[other], secret)
    by_secret[secret].body = by_secret[secret].body.replace(b"block", b"allow")
    assert not _verifies(by_secret[secret], secret)


def _verifies(letter: object, secret: str) -> bool:
    try:
        letter.read(secret)  # type: ignore[attr-defined] # a Letter
    except WebhookVerificationError:
        return False
    return True


def test_messages_come_with_their_cause_and_only_to_webhooks_of_the_source(
    receiver: Receiver, source: Source, other_source: Source
) -> None:
    mine = [add(source, receiver.url)[0] for _ in range(2)]
    add(other_source, receiver.url)
    item = make_item(source)
    with transaction.atomic():
        assert announce(item=item, kind="item.done", at=START) == 2
        transaction.set_rollback(True)
    assert not OutboxRow.objects.exists()
    with pytest.raises(OutsideTransactionError):
        announce(item=item, kind="item.done", at=START)
    with pytest.raises(InvalidValueError):
        tell(item, "item.eaten")
    operations.remove_webhook(webhook=mine[0], acting_user="alice", at=START)
    assert tell(item, "item.done") == 1
    assert tell(make_item(other_source, level=None, state="pending")) == 1
    assert [row.key for row in OutboxRow.objects.order_by("id")][:1] == [f"{mine[1].id} {item.id}"]


def test_a_receiver_that_fails_gets_the_same_message_until_it_says_yes(receiver: Receiver, source: Source) -> None:
    _, secret = add(source, receiver.url)
    receiver.answers += [500, 503, 429, 200]
    tell(make_item(source))
    assert [deliver(days=day) for day in range(5)] == [*[Delivered(failed=1)] * 3, Delivered(done=1), Delivered()]
    assert len(receiver.letters) == 4
    assert len({(letter.id, letter.body) for letter in receiver.letters}) == 1
    assert all(letter.read(secret) for letter in receiver.letters)


def test_what_was_sent_by_a_worker_that_is_killed_before_it_commits_comes_again_under_the_same_id(
    receiver: Receiver, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = add(source, receiver.url)
    tell(make_item(source))
    monkeypatch.setenv("STANCH_SERVICE_WEBHOOKS_TO_PRIVATE_ADDRESSES", "true")
    with child("tests.server.intake.webhook_child") as (process, _):
        assert process.wait(timeout=30) == -signal.SIGKILL
    assert len(receiver.letters) == 1
    assert deliver() == Delivered(), "it is leased still"
    lease = timedelta(seconds=worker.LEASE_SECONDS)
    assert run_once(worker="other", now=LATER + lease) == Delivered(done=1)
    first, second = receiver.letters
    assert (first.id, first.body) == (second.id, second.body)
    assert second.read(secret)
    assert os.getpid() != process.pid


def test_messages_about_one_item_never_overtake_each_other(receiver: Receiver, source: Source) -> None:
    add(source, receiver.url)
    receiver.answers += [500, 204, 500]
    item, other = make_item(source), make_item(source, reference="post-8")
    tell(item, "decision.made", action="remove")
    tell(item, "decision.undone", action="reinstate")
    tell(other, "decision.made", action="restrict")
    for day in range(5):
        deliver(days=day)
    got = [letter.body.split(b'"action":"')[1].split(b'"')[0].decode() for letter in receiver.letters]
    assert got == ["remove", "restrict", "remove", "remove", "reinstate"]


def test_a_dead_letter_holds_back_its_item_only_and_is_replayed_or_let_go(
    receiver: Receiver, source: Source
) -> None:
    webhook, _ = add(source, receiver.url)
    receiver.answers += [500] * ATTEMPTS
    item = make_item(source)
    tell(item, "decision.made", action="remove")
    counts = [deliver(days=day) for day in range(ATTEMPTS)]
    assert counts == [Delivered(failed=1)] * (ATTEMPTS - 1) + [Delivered(dead=1)]
    tell(item, "decision.undone", action="reinstate")
    assert deliver(days=99) == Delivered()
    (letter,) = outbox.dead_letters(lanes=[str(webhook.id)])
    assert (letter.kind, letter.attempts) == ("decision.made", ATTEMPTS)
    assert letter.last_error == "DeliveryError: the receiver answered 500."
    assert outbox.dead_letters(lanes=["another"]) == outbox.dead_letters(lanes=[]) == ()
    assert replay_letter(letter=letter, acting_user="alice", at=LATER)
    assert not replay_letter(letter=letter, acting_user="alice", at=LATER), "it is not dead any more"
    assert [deliver(days=day) for day in (99, 100)] == [Delivered(done=1)] * 2
    assert len({letter.id for letter in receiver.letters[:-1]}) == 1
    assert b"reinstate" in receiver.letters[-1].body
    assert _recorded("webhook.letter-replayed") == [str(item.id)]


def test_a_letter_that_is_let_go_is_never_sent_and_frees_those_behind_it(
    receiver: Receiver, source: Source
) -> None:
    add(source, receiver.url)
    item = make_item(source)
    tell(item, "decision.made", action="remove")
    tell(item, "decision.undone", action="reinstate")
    OutboxRow.objects.filter(payload__kind="decision.made").update(dead=START)
    (letter,) = outbox.dead_letters()
    assert discard_letter(letter=letter, acting_user="alice", at=LATER)
    assert not discard_letter(letter=letter, acting_user="alice", at=LATER)
    assert [deliver(), deliver()] == [Delivered(done=1), Delivered()]
    assert b"reinstate" in receiver.letters[0].body
    assert _recorded("webhook.letter-discarded") == [str(item.id)]


def test_all_of_a_source_are_replayed_together_and_those_of_another_are_not(
    receiver: Receiver, source: Source, other_source: Source
) -> None:
    for one in (source, other_source):
        add(one, receiver.url)
        tell(make_item(one))
    tell(make_item(source))
    OutboxRow.objects.update(dead=START)
    assert replay_letters(source=source.id, acting_user="alice", at=LATER) == 2
    assert len(outbox.dead_letters()) == 1


def test_a_receiver_that_is_gone_is_told_nothing_more_until_a_person_enables_it(
    receiver: Receiver, source: Source
) -> None:
    webhook, _ = add(source, receiver.url)
    receiver.answers.append(410)
    item, other = make_item(source), make_item(source)
    tell(item)
    tell(other)
    assert deliver() == Delivered(dead=2)
    assert len(receiver.letters) == 1, "the second was not even tried"
    assert tell(item) == 0
    assert _recorded("webhook.disabled") == [str(webhook.id)]
    webhook.refresh_from_db()
    assert webhook.disabled is not None
    assert operations.enable_webhook(webhook=webhook, acting_user="alice", at=START)
    assert not operations.enable_webhook(webhook=webhook, acting_user="alice", at=START)
    assert replay_letters(source=source.id, acting_user="alice", at=LATER) == 2
    assert deliver() == Delivered(done=2)
    assert tell(item) == 1


def test_after_a_rotation_both_secrets_sign_for_a_day(receiver: Receiver, source: Source) -> None:
    webhook, old = add(source, receiver.url)
    new = operations.rotate_secret(webhook=webhook, acting_user="alice", at=timezone.now())
    tell(make_item(source))
    deliver()
    assert receiver.letters[0].read(old) == receiver.letters[0].read(new)
    Webhook.objects.update(old_until=timezone.now() - timedelta(seconds=1))
    tell(make_item(source))
    deliver()
    assert _verifies(receiver.letters[1], new)
    assert not _verifies(receiver.letters[1], old)


def test_a_removed_webhook_gets_nothing_that_was_queued_and_its_secrets_are_gone(
    receiver: Receiver, source: Source
) -> None:
    webhook, _ = add(source, receiver.url)
    item = make_item(source)
    tell(item)
    OutboxRow.objects.update(dead=START)
    tell(item)
    assert operations.remove_webhook(webhook=webhook, acting_user="alice", at=START)
    assert not operations.remove_webhook(webhook=webhook, acting_user="alice", at=START)
    assert not operations.send_test(webhook=webhook, acting_user="alice", at=START)
    assert deliver() == Delivered(done=1)
    assert receiver.letters == []
    assert outbox.dead_letters() == ()
    webhook.refresh_from_db()
    assert not bytes(webhook.secret)


def test_a_test_message_arrives_or_says_why_not_and_leaves_no_dead_letter(
    receiver: Receiver, source: Source
) -> None:
    webhook, secret = add(source, receiver.url)
    receiver.answers += [404]
    problems = []
    for _ in range(2):
        operations.send_test(webhook=webhook, acting_user="alice", at=START)
        assert deliver() == Delivered(done=1)
        webhook.refresh_from_db()
        assert webhook.tested is not None
        problems.append(webhook.test_problem)
    assert problems == ["the receiver answered 404", ""]
    assert receiver.letters[1].read(secret)["type"] == "webhook.test"


def test_what_is_forgotten_is_not_told(receiver: Receiver, source: Source) -> None:
    add(source, receiver.url)
    item, other = make_item(source), make_item(source)
    tell(item)
    tell(other)
    assert operations.forget_messages(item=item) == 1
    assert deliver() == Delivered(done=1)
    assert str(other.id).encode() in receiver.letters[0].body


def test_attempts_span_about_two_days() -> None:
    waits = [sum((BACKOFF.wait(row=row, attempt=n) for n in range(1, ATTEMPTS)), timedelta()) for row in range(99)]
    assert timedelta(hours=29) < min(waits) < timedelta(hours=44) < max(waits) < timedelta(hours=60)


def _recorded(action: str) -> list[str]:
    return list(AuditPayload.objects.filter(action=action).values_list("subject", flat=True))

"""Rows come with their cause, go once, come back after failures, and end."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import QuerySet

from stanch_server.outbox import access, handlers, operations, waking
from stanch_server.outbox.errors import DeliveryError, DuplicateTopicError, OutsideTransactionError
from stanch_server.outbox.handlers import Backoff, Delivery
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import Delivered, run_once
from tests.server.outbox.conftest import NOW, Inbox

SECOND = timedelta(seconds=1)


def write(topic: str = "letters", key: str = "", **payload: object) -> OutboxRow:
    with transaction.atomic():
        return operations.enqueue(topic=topic, payload=payload, key=key, due=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_row_is_there_if_and_only_if_its_cause_commits(inbox: Inbox) -> None:
    def cause(*, fails: bool) -> None:
        with transaction.atomic():
            operations.enqueue(topic="letters", payload={"fails": fails}, due=NOW)
            if fails:
                raise ZeroDivisionError

    waking.WAKE.clear()
    with pytest.raises(ZeroDivisionError):
        cause(fails=True)
    assert not waking.WAKE.is_set()
    cause(fails=False)
    assert waking.WAKE.is_set()
    assert run_once(worker="w", now=NOW) == Delivered(done=1)
    assert [one.payload for one in inbox.taken] == [{"fails": False}]


@pytest.mark.django_db(transaction=True)
def test_writing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransactionError, match="letters"):
        operations.enqueue(topic="letters", payload={})
    assert not OutboxRow.objects.exists()


@pytest.mark.django_db
def test_what_is_not_due_and_what_nobody_handles_here_waits(inbox: Inbox) -> None:
    operations.enqueue(topic="letters", payload={}, due=NOW + SECOND)
    write("of-another-process")
    assert not run_once(worker="w", now=NOW)
    assert run_once(worker="w", now=NOW + SECOND) == Delivered(done=1)
    assert access.state(now=NOW + SECOND) == access.QueueState(waiting=1, late=SECOND, dead=0)
    assert len(inbox.taken) == 1


@pytest.mark.django_db
def test_within_its_lease_a_row_is_nobody_elses_and_after_it_anybodys(inbox: Inbox) -> None:
    write()
    (first,) = operations.claim(worker="a", limit=9, lease_seconds=60, now=NOW)
    assert operations.claim(worker="b", limit=9, lease_seconds=60, now=NOW + 59 * SECOND) == []
    (second,) = operations.claim(worker="b", limit=9, lease_seconds=60, now=NOW + 60 * SECOND)
    assert (second.pk, second.attempts, second.leased_by) == (first.pk, 2, "b")
    assert not operations.complete(first, now=NOW + 61 * SECOND), "who lost the lease settles nothing"
    assert not operations.fail(first, error="late", now=NOW + 61 * SECOND)
    assert operations.complete(second, now=NOW + 61 * SECOND)
    assert not operations.complete(second, now=NOW + 61 * SECOND)
    assert inbox.taken == []


@pytest.mark.django_db
def test_a_worker_that_is_overtaken_between_looking_and_claiming_wins_nothing(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database's own locks do not see to it, compare-and-set does."""
    row, look = write(), operations._without_waiting

    def overtaken(rows: QuerySet[OutboxRow]) -> list[OutboxRow]:
        seen = list(rows)
        monkeypatch.setattr(operations, "_without_waiting", look)
        assert len(operations.claim(worker="other", limit=1, lease_seconds=60, now=NOW)) == 1
        return seen

    monkeypatch.setattr(operations, "_without_waiting", overtaken)
    assert operations.claim(worker="late", limit=1, lease_seconds=60, now=NOW) == []
    assert OutboxRow.objects.get(pk=row.pk).leased_by == "other"
    assert inbox.taken == []


@pytest.mark.django_db
def test_a_worker_that_comes_late_within_its_own_lapsed_lease_settles_if_nobody_else_came(inbox: Inbox) -> None:
    write()
    (row,) = operations.claim(worker="a", limit=1, lease_seconds=60, now=NOW)
    assert operations.complete(row, now=NOW + timedelta(hours=1))
    assert inbox.taken == []


@pytest.mark.django_db
def test_a_lease_from_before_a_replay_settles_nothing_though_attempts_start_anew(inbox: Inbox) -> None:
    write()
    (old,) = operations.claim(worker="w", limit=1, lease_seconds=60, now=NOW)
    OutboxRow.objects.update(dead=NOW)
    assert operations.replay(old.pk, now=NOW + SECOND)
    (new,) = operations.claim(worker="w", limit=1, lease_seconds=60, now=NOW + SECOND)
    assert (old.attempts, old.leased_by) == (new.attempts, new.leased_by)
    assert not operations.complete(old, now=NOW + SECOND)
    assert operations.complete(new, now=NOW + SECOND)
    assert inbox.taken == []


@pytest.mark.django_db
def test_a_failure_costs_its_row_only_and_its_words_are_not_kept(inbox: Inbox) -> None:
    def refuse(delivery: Delivery) -> None:
        if delivery.payload["n"] == 1:
            raise ValueError("a passage of somebody's text")

    inbox.refuse = refuse
    for number in range(3):
        write(n=number)
    assert run_once(worker="w", now=NOW) == Delivered(done=2, failed=1)
    (left,) = OutboxRow.objects.filter(done=None)
    assert left.last_error.startswith(f"ValueError in {__name__}:")
    assert "passage" not in left.last_error


@pytest.mark.django_db
def test_tried_too_often_is_dead_is_seen_and_is_replayed_or_discarded_by_a_person(inbox: Inbox) -> None:
    def refuse(_: Delivery) -> None:
        raise DeliveryError(problem="the listener answered 503")

    inbox.refuse = refuse
    for number in range(2):
        write(n=number)
    now, counts = NOW, []
    for _ in range(5):
        counts.append(run_once(worker="w", now=now))
        now += timedelta(hours=2)
    assert counts == [Delivered(failed=2), Delivered(failed=2), Delivered(dead=2), Delivered(), Delivered()]
    newer, older = access.dead_letters()
    assert (newer.attempts, newer.last_error) == (3, "DeliveryError: the listener answered 503.")
    assert access.dead_letters(before=newer.id) == (older,)
    assert operations.discard(older.id, now=now)
    assert not operations.discard(older.id, now=now)
    assert not operations.replay(older.id, now=now), "discarded is for good"
    assert operations.replay(newer.id, now=now)
    assert not operations.replay(newer.id, now=now), "it is not dead any more"
    inbox.refuse = lambda _: None
    assert run_once(worker="w", now=now) == Delivered(done=1)
    assert access.dead_letters() == ()


@pytest.mark.django_db
def test_a_row_that_kills_each_worker_ends_as_a_dead_letter(inbox: Inbox) -> None:
    write()
    now = NOW
    for _ in range(3):
        assert operations.claim(worker="killed", limit=1, lease_seconds=60, now=now)
        now += timedelta(minutes=2)
    assert operations.claim(worker="killed", limit=1, lease_seconds=60, now=now) == []
    (letter,) = access.dead_letters()
    assert (letter.attempts, letter.last_error) == (3, operations.LOST_LEASE)
    assert inbox.taken == []


@pytest.mark.django_db
def test_order_is_kept_within_a_key_where_the_topic_asks_for_it(inbox: Inbox) -> None:
    def refuse(delivery: Delivery) -> None:
        if delivery.attempt == 1 and delivery.payload["n"] == 0:
            raise DeliveryError(problem="not now")

    inbox.refuse = refuse
    for number in range(3):
        for key in ("one", "two"):
            write("story", key, n=number)
    now = NOW
    for _ in range(8):
        run_once(worker="w", now=now)
        now += timedelta(minutes=1)
    for key in ("one", "two"):
        assert [one.payload["n"] for one in inbox.taken if one.key == key] == [0, 0, 1, 2]


@pytest.mark.django_db
def test_a_dead_letter_holds_back_its_key_until_a_person_lets_it_go(inbox: Inbox) -> None:
    row = write("story", "one", n=0)
    write("story", "one", n=1)
    write("story", "two", n=2)
    OutboxRow.objects.filter(pk=row.pk).update(dead=NOW)
    assert run_once(worker="w", now=NOW) == Delivered(done=1)
    assert operations.discard(row.pk, now=NOW)
    assert run_once(worker="w", now=NOW) == Delivered(done=1)
    assert [one.payload["n"] for one in inbox.taken] == [2, 1]


@pytest.mark.django_db
def test_what_half_a_lease_did_not_suffice_for_is_given_back_untried(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr("stanch_server.outbox.worker.time.monotonic", lambda: next(clock))
    for number in range(3):
        write(n=number)
    assert run_once(worker="w", now=NOW, lease_seconds=60) == Delivered(done=1)
    assert [row.attempts for row in OutboxRow.objects.filter(done=None)] == [0, 0]
    assert len(operations.claim(worker="x", limit=9, lease_seconds=60, now=NOW)) == 2
    assert len(inbox.taken) == 1


@pytest.mark.django_db
def test_only_what_has_long_been_settled_is_purged(inbox: Inbox) -> None:
    for number in range(4):
        write(n=number)
    run_once(worker="w", now=NOW, limit=3)
    OutboxRow.objects.filter(done=None).update(dead=NOW)
    day = timedelta(days=1)
    assert operations.purge(older_than=7 * day, now=NOW + 7 * day) == 0
    assert operations.purge(older_than=7 * day, now=NOW + 7 * day + SECOND, limit=2) == 2
    assert operations.purge(older_than=7 * day, now=NOW + 7 * day + SECOND) == 1
    assert OutboxRow.objects.count() == 1
    assert len(inbox.taken) == 3


def test_backoff_doubles_up_to_its_longest_apart_by_row_and_the_same_each_time() -> None:
    backoff = Backoff(first=SECOND, longest=60 * SECOND)
    for attempt in range(1, 200):
        whole = min(2.0 ** (attempt - 1), 60)
        assert whole / 2 <= backoff.wait(row=7, attempt=attempt).total_seconds() <= whole
    waits = {backoff.wait(row=row, attempt=5) for row in range(1000)}
    assert len(waits) > 990
    assert backoff.wait(row=7, attempt=3) == Backoff(first=SECOND).wait(row=7, attempt=3)


def test_a_topic_has_one_handler(inbox: Inbox) -> None:
    handlers.register("letters", inbox, max_attempts=3)  # the same again: a module that was imported twice
    with pytest.raises(DuplicateTopicError):
        handlers.register("letters", print)

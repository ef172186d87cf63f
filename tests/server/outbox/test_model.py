"""Any order of events, against a plain dictionary."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from stanch_server.outbox import handlers, operations
from stanch_server.outbox.models import OutboxRow
from tests.server.outbox.conftest import NOW, Inbox

LEASE, MOST = 60, 3


class Queue(RuleBasedStateMachine):
    """The model: a dictionary per row, and the claims that workers hold, lapsed or not."""

    def __init__(self) -> None:
        super().__init__()
        OutboxRow.objects.all().delete()
        self.now = NOW
        self.rows: dict[int, dict[str, Any]] = {}
        self.held: list[OutboxRow] = []

    def open_to(self, pk: int, topic: str) -> bool:
        row = self.rows[pk]
        ahead = any(
            other < pk and one["topic"] == "story" and one["key"] == row["key"] and one["end"] != "done"
            for other, one in self.rows.items()
        )
        return (
            row["topic"] == topic
            and row["end"] == ""
            and row["due"] <= self.now
            and row["lease"] <= self.now
            and not (topic == "story" and ahead)
        )

    @rule(topic=st.sampled_from(["letters", "story"]), key=st.sampled_from("ab"), wait=st.integers(0, 90))
    def write(self, topic: str, key: str, wait: int) -> None:
        due = self.now + timedelta(seconds=wait)
        with transaction.atomic():
            row = operations.enqueue(topic=topic, payload={}, key=key, due=due)
        self.rows[row.pk] = {"topic": topic, "key": key, "due": due, "lease": NOW, "tries": 0, "end": ""}

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(topic=st.sampled_from(["letters", "story"]), worker=st.sampled_from(["v", "w"]), limit=st.integers(1, 3))
    def claim(self, topic: str, worker: str, limit: int) -> None:
        free = [pk for pk in self.rows if self.open_to(pk, topic)]
        first = sorted(free, key=lambda pk: (self.rows[pk]["due"], pk))[:limit]
        expected = [pk for pk in first if self.rows[pk]["tries"] < MOST]
        won = operations.claim(worker=worker, topics=[topic], limit=limit, lease_seconds=LEASE, now=self.now)
        assert [row.pk for row in won] == expected
        for pk in first:
            if pk in expected:
                self.rows[pk]["tries"] += 1
                self.rows[pk]["lease"] = self.now + timedelta(seconds=LEASE)
            else:
                self.rows[pk]["end"] = "dead"
        self.held += won

    def is_current(self, row: OutboxRow) -> bool:
        """Whether this claim is still the last one, and unsettled."""
        mine = self.rows[row.pk]
        return bool(mine["end"] == "" and mine["tries"] == row.attempts and mine["lease"] == row.lease_until)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.held))
        current = self.is_current(row)
        assert operations.complete(row, now=self.now) == current
        if current:
            self.rows[row.pk]["end"] = "done"

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.held))
        current = self.is_current(row)
        assert operations.fail(row, error="no", now=self.now) == (current and row.attempts == MOST)
        if current:
            mine = self.rows[row.pk]
            mine["end"] = "dead" if row.attempts == MOST else ""
            mine["due"] = self.now + handlers.registration(row.topic).backoff.wait(
                row=row.pk, attempt=row.attempts
            )
            mine["lease"] = NOW

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), gives_up=st.booleans())
    def decide(self, data: st.DataObject, *, gives_up: bool) -> None:
        pk = data.draw(st.sampled_from(sorted(self.rows)))
        dead = self.rows[pk]["end"] == "dead"
        act = operations.discard if gives_up else operations.replay
        assert act(pk, now=self.now) == dead
        if dead:
            self.rows[pk].update(
                {"end": "done"} if gives_up else {"end": "", "tries": 0, "due": self.now, "lease": NOW}
            )

    @invariant()
    def agrees(self) -> None:
        states = {row.pk: "done" if row.done else "dead" if row.dead else "" for row in OutboxRow.objects.all()}
        assert states == {pk: row["end"] for pk, row in self.rows.items()}


@pytest.mark.django_db
def test_the_queue_is_what_a_dictionary_would_be(inbox: Inbox) -> None:
    run_state_machine_as_test(Queue, settings=settings(max_examples=40, stateful_step_count=30))
    assert inbox.taken == []

"""What is due now and then is done by one worker, and one that fails costs only itself."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction

from stanch_server.intake.models import IdempotencyKey
from stanch_server.outbox import operations as outbox
from stanch_server.outbox.models import OutboxRow
from stanch_server.project import jobs
from stanch_server.vault import operations as vault
from stanch_server.vault.models import Blob
from stanch_server.vault.values import Purpose
from tests.server.conftest import START

NEVER = threading.Event()


class Diary:
    """Jobs that note when they ran."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def job(self, name: str, minutes: int, *, fails: bool = False) -> jobs.Job:
        def act(_now: datetime) -> int:
            self.noted.append(name)
            if fails:
                raise RuntimeError(name)
            return 1

        return jobs.Job(name=name, every=timedelta(minutes=minutes), act=act)


def test_each_is_done_when_it_is_due_and_one_that_fails_holds_up_no_other() -> None:
    diary = Diary()
    due = jobs.Round((diary.job("often", 1, fails=True), diary.job("seldom", 10)), elected=lambda _now: True)
    done = [due.go(START + timedelta(seconds=seconds), stop=NEVER) for seconds in (0, 59, 60, 119, 600)]
    assert done == [2, 0, 1, 0, 2]
    assert diary.noted == ["often", "seldom", "often", "often", "seldom"]


def test_who_is_not_elected_does_nothing_and_takes_over_later() -> None:
    diary, elected = Diary(), [False, True]
    due = jobs.Round((diary.job("often", 1),), elected=lambda _now: elected.pop(0))
    assert [due.go(START, stop=NEVER), due.go(START, stop=NEVER)] == [0, 1]
    assert diary.noted == ["often"]


def test_nothing_more_is_begun_once_the_process_is_to_end() -> None:
    diary, stop = Diary(), threading.Event()
    stop.set()
    jobs.Round((diary.job("often", 1),), elected=lambda _now: True).go(START, stop=stop)
    assert diary.noted == []


@pytest.mark.django_db(transaction=True)
def test_every_job_tidies_up_what_is_old_and_leaves_what_is_not() -> None:
    later = START + timedelta(days=8)
    kept = vault.store(
        data=b"kept",
        purpose=Purpose.EVIDENCE,
        source=uuid4(),
        acting_user="test",
        now=START,
        expires=later + timedelta(1),
    )
    gone = vault.store(
        data=b"gone",
        purpose=Purpose.EVIDENCE,
        source=uuid4(),
        acting_user="test",
        now=START,
        expires=START + timedelta(1),
    )
    for created in (START, later):
        IdempotencyKey.objects.create(key=uuid4(), name="n", digest="d", item=uuid4(), created=created)
        with transaction.atomic():
            row = outbox.enqueue(topic="letters", payload={})
        OutboxRow.objects.filter(pk=row.pk).update(done=created)
        attempt = AccessAttempt.objects.create(username=str(created), failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=created)
    for job in jobs.JOBS:
        job.act(later)
    assert vault.prove_erased(gone).key_gone
    assert Blob.objects.get(pk=kept).state == "stored"
    assert [row.created for row in IdempotencyKey.objects.all()] == [later]
    assert [row.done for row in OutboxRow.objects.filter(topic="letters")] == [later]
    assert [row.attempt_time for row in AccessAttempt.objects.all()] == [later]


@pytest.mark.django_db
def test_sessions_that_have_ended_are_deleted() -> None:
    for year in (2000, 2200):
        ends = datetime(year, 1, 1, tzinfo=UTC)
        Session.objects.create(session_key=str(year), session_data="", expire_date=ends)
    jobs.end_sessions(START)
    assert [row.session_key for row in Session.objects.all()] == ["2200"]

"""Leases: one holder at a time, on either database, and the next one when it has died."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from stanch_server.banks import leases
from stanch_server.banks.models import Lease
from tests.server.banks.stock import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(seconds=30)
OVER = NOON + timedelta(seconds=60)


def acquire(holder: str, now: datetime = NOON, name: str = "indexer") -> bool:
    return leases.acquire(name=name, holder=holder, seconds=60, now=now)


def test_one_of_two_gets_it() -> None:
    assert acquire("alice")
    assert not acquire("bob")
    assert acquire("bob", name="something else")


def test_the_holder_may_take_it_again_and_so_lengthen_it() -> None:
    assert acquire("alice")
    assert acquire("alice", LATER)
    assert not acquire("bob", OVER)
    assert acquire("bob", OVER + timedelta(seconds=30))


def test_a_dead_holder_is_succeeded_when_its_time_is_over() -> None:
    acquire("alice")
    assert not acquire("bob", OVER - timedelta(microseconds=1))
    assert acquire("bob", OVER)
    assert not acquire("alice", OVER)


def test_a_lease_is_renewed_by_its_holder_while_it_lasts() -> None:
    acquire("alice")
    assert not leases.renew(name="indexer", holder="bob", seconds=60, now=LATER)
    assert leases.renew(name="indexer", holder="alice", seconds=60, now=LATER)
    assert not acquire("bob", OVER)
    assert not leases.renew(name="indexer", holder="alice", seconds=60, now=LATER + timedelta(seconds=60))


def test_a_lease_that_is_given_back_is_free() -> None:
    acquire("alice")
    assert not leases.release(name="indexer", holder="bob", now=LATER)
    assert leases.release(name="indexer", holder="alice", now=LATER)
    assert not leases.release(name="indexer", holder="alice", now=LATER)
    assert acquire("bob", LATER)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("holders", [[], ["the dead one"]])
def test_of_many_at_once_one_gets_it(holders: list[str]) -> None:
    """Whether there is no row yet, or one of a holder that has died."""
    for holder in holders:
        acquire(holder)
    gate, won = threading.Barrier(6), []

    def run(holder: str) -> None:
        try:
            gate.wait()
            if acquire(holder, OVER):
                won.append(holder)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(f"h{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Lease.objects.get().holder] == won

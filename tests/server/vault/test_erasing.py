"""What is erased is gone, can be proven to be gone, and what is preserved is not erased."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.utils import timezone

from stanch.errors import InvalidValueError
from stanch_server.audit.models import AuditPayload
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import run_once
from stanch_server.vault import access
from stanch_server.vault.errors import (
    ErasedBlobError,
    PreservedBlobError,
    UnknownBlobError,
    UnknownPreservationError,
)
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import (
    erase,
    expire_due,
    finish_erasure,
    open_blob,
    preserve,
    prove_erased,
    release,
    settle_erasures,
)
from stanch_server.vault.operations.common import erasures
from stanch_server.vault.places import Places
from stanch_server.vault.values import Expired, Proof, Settled, State
from tests.server.vault.cast import (
    ALICE,
    BOB,
    CONTENT,
    DAY,
    NOW,
    SOURCES,
    file_of,
    gone,
    kept,
    noise,
    read,
    rolled_back,
)

pytestmark = pytest.mark.django_db


def held(blob: str, days: int = 30) -> str:
    return preserve(blob=blob, until=NOW + days * DAY, reason="order 17", acting_user=BOB, now=NOW)


def test_an_erased_blob_opens_for_nobody_and_the_row_says_little() -> None:
    blob, other = kept(), kept()
    assert gone(blob)
    with pytest.raises(ErasedBlobError, match=blob):
        read(blob)
    row = Blob.objects.get(pk=blob)
    assert (row.wrapped_key, row.nonce, row.master_id, row.size) == (None, None, None, 0)
    seen = access.get_blob(blob, sources=SOURCES[ALICE])
    assert (seen.state, seen.erased) == (State.ERASED, NOW)
    assert read(other) == CONTENT


def test_the_file_goes_through_the_outbox_and_then_the_proof_holds() -> None:
    blob = kept()
    gone(blob)
    assert prove_erased(blob) == Proof(blob=blob, key_gone=True, file_gone=False, listed=False)
    assert run_once(worker="w", now=timezone.now() + DAY).done == 1
    proof = prove_erased(blob)
    assert proof == Proof(blob=blob, key_gone=True, file_gone=True, listed=True)
    assert proof.holds


def test_nothing_is_proven_of_a_blob_that_is_there_or_never_was() -> None:
    assert not prove_erased(kept()).holds
    assert not prove_erased("0" * 32).holds


def test_erasing_again_is_of_no_effect() -> None:
    blob = kept()
    assert [gone(blob), gone(blob)] == [True, False]
    assert [finish_erasure(blob=blob, now=NOW), finish_erasure(blob=blob, now=NOW)] == [True, False]
    assert not gone(blob)
    assert OutboxRow.objects.filter(topic="vault.erased").count() == 1
    assert AuditPayload.objects.filter(action="vault.erased").count() == 1
    assert prove_erased(blob).holds


def test_finishing_does_nothing_to_a_blob_that_is_stored() -> None:
    blob = kept()
    assert not finish_erasure(blob=blob, now=NOW)
    assert read(blob) == CONTENT


def test_an_erasure_that_is_rolled_back_never_was() -> None:
    blob = kept()
    assert rolled_back(lambda: gone(blob))
    assert read(blob) == CONTENT
    assert not OutboxRow.objects.exists()
    assert settle_erasures(now=NOW) == Settled(finished=0, withdrawn=1)
    assert settle_erasures(now=NOW) == Settled(finished=0, withdrawn=0)
    assert gone(blob)
    assert settle_erasures(now=NOW) == Settled(finished=1, withdrawn=0)
    assert prove_erased(blob).holds


@pytest.mark.django_db(transaction=True)
def test_a_file_is_not_removed_inside_a_transaction_that_may_yet_be_rolled_back() -> None:
    blob = kept()
    with transaction.atomic():
        gone(blob)
        with pytest.raises(RuntimeError, match="durable"):
            finish_erasure(blob=blob, now=NOW)
        assert file_of(blob).exists()
    assert finish_erasure(blob=blob, now=NOW)


def test_an_unknown_blob_cannot_be_erased_or_preserved() -> None:
    for attempt in (gone, held):
        with pytest.raises(UnknownBlobError):
            attempt("0" * 32)


def test_erasing_needs_a_reason() -> None:
    blob = kept()
    with pytest.raises(InvalidValueError, match="reason"):
        erase(blob=blob, acting_user=ALICE, reason="", now=NOW)
    assert read(blob) == CONTENT


def test_a_reader_that_was_open_already_may_finish() -> None:
    blob = kept(noise(200_000))
    with open_blob(blob=blob, sources=SOURCES[ALICE], acting_user=ALICE, reason="revealed", now=NOW) as opened:
        gone(blob)
        finish_erasure(blob=blob, now=NOW)
        assert opened.read() == noise(200_000)


def test_the_list_of_erasures_names_blobs_and_nothing_else(here: Places) -> None:
    blob = kept()
    gone(blob)
    finish_erasure(blob=blob, now=NOW)
    for number, line in enumerate(here.erasures.read_text(encoding="ascii").splitlines()):
        assert line.split(" ")[:3] == [["begun", "erased"][number], blob, NOW.isoformat()]


# Preservation.


def test_a_preserved_blob_is_not_erased_until_it_is_released() -> None:
    blob = kept()
    preservation = held(blob)
    with pytest.raises(PreservedBlobError, match=r"2031-06-16 12:00"):
        gone(blob)
    assert read(blob) == CONTENT
    assert erasures().read() == {}
    assert access.get_blob(blob, sources=SOURCES[ALICE]).preserved_until == NOW + 30 * DAY
    assert release(preservation=preservation, reason="order withdrawn", acting_user=BOB, now=NOW)
    assert not release(preservation=preservation, reason="again", acting_user=BOB, now=NOW)
    assert gone(blob)


def test_each_preservation_is_released_for_itself() -> None:
    blob = kept()
    one, other = held(blob, 30), held(blob, 10)
    release(preservation=one, reason="withdrawn", acting_user=BOB, now=NOW)
    with pytest.raises(PreservedBlobError, match="2031-05-27"):
        gone(blob)
    release(preservation=other, reason="withdrawn", acting_user=BOB, now=NOW)
    assert gone(blob)


def test_a_preservation_ends_at_its_date() -> None:
    blob = kept()
    held(blob, 30)
    with pytest.raises(PreservedBlobError):
        erase(blob=blob, acting_user=ALICE, reason="x", now=NOW + 30 * DAY - timedelta(microseconds=1))
    assert erase(blob=blob, acting_user=ALICE, reason="x", now=NOW + 30 * DAY)


def test_what_cannot_be_preserved() -> None:
    blob = kept()
    with pytest.raises(InvalidValueError, match="past"):
        held(blob, 0)
    gone(blob)
    with pytest.raises(ErasedBlobError):
        held(blob)
    with pytest.raises(UnknownPreservationError):
        release(preservation=str(UUID(int=5)), reason="x", acting_user=BOB, now=NOW)


def test_preservation_and_release_are_recorded_with_their_reasons() -> None:
    blob = kept()
    release(preservation=held(blob), reason="order withdrawn", acting_user=ALICE, now=NOW)
    told = AuditPayload.objects.filter(subject=blob).order_by("entry_id")[1:]
    assert [(one.action, one.actor) for one in told] == [("vault.preserved", BOB), ("vault.released", ALICE)]
    assert "order 17" in str(told[0].detail)
    assert "order withdrawn" in str(told[1].detail)


# Retention.


def test_retention_erases_what_is_due_and_spares_what_is_preserved() -> None:
    due, later, forever, preserved = (
        kept(expires=NOW + DAY),
        kept(expires=NOW + 2 * DAY),
        kept(),
        kept(expires=NOW + DAY),
    )
    preservation = held(preserved)
    held(preserved, 60)
    assert expire_due(now=NOW) == Expired(erased=0, preserved=0)
    assert expire_due(now=NOW + DAY) == Expired(erased=1, preserved=1)
    assert Blob.objects.get(pk=due).state == State.ERASED
    assert [read(blob) for blob in (later, forever, preserved)] == [CONTENT] * 3
    release(preservation=preservation, reason="withdrawn", acting_user=BOB, now=NOW)
    assert expire_due(now=NOW + 59 * DAY) == Expired(erased=1, preserved=1)
    assert expire_due(now=NOW + 60 * DAY) == Expired(erased=1, preserved=0)
    assert read(forever) == CONTENT


def test_retention_goes_in_rounds() -> None:
    for _ in range(5):
        kept(expires=NOW)
    assert [expire_due(now=NOW, limit=2).erased for _ in range(4)] == [2, 2, 1, 0]
    assert set(AuditPayload.objects.filter(action="vault.erased").values_list("actor", flat=True)) == {"system"}


@pytest.mark.django_db(transaction=True)
def test_of_an_erasure_and_a_preservation_at_the_same_time_exactly_one_wins() -> None:
    for _ in range(8):
        blob, together = kept(), threading.Barrier(2)
        outcomes = [attempt.result() for attempt in at_once(together, partial(gone, blob), partial(held, blob))]
        erased = Blob.objects.get(pk=blob).state == State.ERASED
        assert outcomes == ([True, "ErasedBlobError"] if erased else ["PreservedBlobError", True])


def at_once(together: threading.Barrier, *deeds: Callable[[], object]) -> list[Future[object]]:
    """Do things in threads that start together. Return what came of each: whether it was done, or the refusal."""

    def attempt(deed: Callable[[], object]) -> object:
        try:
            together.wait(timeout=30)
            return bool(deed())
        except (ErasedBlobError, PreservedBlobError) as error:
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [threads.submit(attempt, deed) for deed in deeds]

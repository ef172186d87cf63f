"""Master keys come and go; what they wrap stays, and no key goes while it wraps anything."""

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connections, transaction

from stanch_server.audit.models import AuditPayload
from stanch_server.vault import models
from stanch_server.vault.errors import MissingMasterKeyError
from stanch_server.vault.keyring import KeyRing, MasterKey
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import (
    destroy_retired_keys,
    erase,
    resume_rotation,
    rotate_master_key,
    rotating,
)
from stanch_server.vault.operations.common import key_ring
from stanch_server.vault.places import Places
from stanch_server.vault.values import Rotation
from tests.server.vault.cast import ALICE, CONTENT, NOW, Backup, file_of, kept, read

pytestmark = pytest.mark.django_db


def rotated() -> Rotation:
    return rotate_master_key(acting_user=ALICE, batch=2, now=NOW)


def destroyed() -> tuple[str, ...]:
    return destroy_retired_keys(acting_user=ALICE, now=NOW)


def test_after_a_rotation_everything_opens_by_the_new_key_and_no_file_was_touched() -> None:
    blobs = [kept() for _ in range(5)]
    old, files = key_ring().current().id, [file_of(blob).read_bytes() for blob in blobs]
    done = rotated()
    assert (done.rewrapped, done.damaged) == (5, ())
    assert key_ring().current().id == done.key != old
    assert set(Blob.objects.values_list("master", flat=True)) == {done.key}
    assert destroyed() == (old,)
    assert not list(key_ring().folder.glob(f"*{old}*"))
    assert [read(blob) for blob in [*blobs, kept()]] == [CONTENT] * 6
    assert [file_of(blob).read_bytes() for blob in blobs] == files


def test_rotation_and_destruction_are_recorded() -> None:
    kept()
    old = key_ring().current().id
    new = rotated().key
    destroyed()
    told = AuditPayload.objects.filter(action__startswith="vault.key").order_by("entry_id")
    assert [(one.action, one.actor, one.subject) for one in told] == [
        ("vault.key-rotated", ALICE, new),
        ("vault.key-destroyed", ALICE, old),
    ]


@pytest.mark.parametrize("before", range(5))
def test_an_interrupted_rotation_loses_nothing_and_is_resumed(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = [kept(bytes([number])) for number in range(5)]
    old, rewrap, calls = key_ring().current().id, rotating._rewrap, list[str]()

    def interrupted(row: Blob, master: MasterKey) -> bool:
        if len(calls) == before:
            raise KeyboardInterrupt
        calls.append(row.pk)
        return rewrap(row, master)

    with monkeypatch.context() as patch:
        patch.setattr(rotating, "_rewrap", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rotated()
    assert destroyed() == ()
    assert [read(blob) for blob in blobs] == [bytes([number]) for number in range(5)]
    assert resume_rotation().rewrapped == 5 - before // 2 * 2
    assert destroyed() == (old,)
    assert [read(blob) for blob in blobs] == [bytes([number]) for number in range(5)]


def test_a_key_stays_for_as_long_as_a_copy_of_the_database_needs_it_and_not_longer() -> None:
    blob = kept()
    backup = Backup()
    rotated()
    backup.restore()
    assert destroyed() == ()
    assert read(blob) == CONTENT
    resume_rotation()
    destroyed()
    backup.restore()
    with pytest.raises(MissingMasterKeyError):
        read(blob)


def test_a_damaged_row_does_not_stop_a_rotation_and_keeps_its_key() -> None:
    damaged, sound = kept(), kept()
    Blob.objects.filter(pk=damaged).update(size=1)
    assert rotated().damaged == (damaged,)
    assert destroyed() == ()
    assert read(sound) == CONTENT
    Blob.objects.filter(pk=damaged).update(size=len(CONTENT))
    assert read(damaged) == CONTENT


def test_erased_blobs_need_no_key() -> None:
    erase(blob=kept(), acting_user=ALICE, reason="decided", now=NOW)
    assert rotated().rewrapped == 0
    assert len(destroyed()) == 1


def test_the_current_key_is_never_destroyed() -> None:
    blob = kept()
    assert destroyed() == ()
    rotated()
    destroyed()
    assert destroyed() == ()
    assert read(blob) == CONTENT


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", [rotated, destroyed])
def test_rotation_is_refused_inside_a_transaction(deed: Callable[[], object]) -> None:
    kept()
    rotated()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        deed()
    assert len(list(key_ring().folder.glob("*.key"))) == 2


def test_several_that_start_at_once_share_one_first_key(here: Places) -> None:
    together, found = threading.Barrier(6), list[str]()

    def start() -> None:
        together.wait(timeout=30)
        found.append(KeyRing(here.keys).found().id)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert {path.name for path in here.keys.iterdir()} == {"current", f"{found[0]}.key"}
    assert set(found) == {found[0]}


@pytest.mark.django_db(transaction=True)
def test_a_key_is_not_destroyed_under_a_writer_that_is_just_using_it() -> None:
    """PostgreSQL refuses whichever comes second; SQLite lets the rotation wait. Nothing acknowledged is lost."""
    kept()
    blobs, began = list[str](), threading.Event()

    def rotate() -> None:
        try:
            began.wait(timeout=30)
            rotated()
            destroyed()
        finally:
            connections.close_all()

    thread = threading.Thread(target=rotate)
    thread.start()
    try:
        with transaction.atomic():
            blob = kept()
            began.set()
            thread.join(timeout=1)
        blobs.append(blob)
    except IntegrityError:
        assert not Blob.objects.filter(pk=blob).exists()
    thread.join()
    for one in Blob.objects.values_list("pk", flat=True):
        assert read(one) == CONTENT
    assert all(Blob.objects.filter(pk=one).exists() for one in blobs)
    assert set(models.MasterKey.objects.values_list("pk", flat=True)) <= {
        path.stem for path in key_ring().folder.glob("*.key")
    }

"""What is stored is there, equal, and legible to nobody without the keys."""

import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stanch.errors import InvalidValueError
from stanch_server.audit.models import AuditPayload
from stanch_server.vault import access
from stanch_server.vault.cipher import CHUNK, TAG, content_size, sealed_size
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import open_blob, sweep_orphans
from stanch_server.vault.places import Places
from stanch_server.vault.values import Purpose, State, StoredBlob
from tests.server.vault.cast import (
    ALICE,
    BOB,
    CHARLIE,
    CONTENT,
    DAY,
    HARBOUR,
    LANTERN,
    NOW,
    SOURCES,
    file_of,
    kept,
    noise,
    read,
    rolled_back,
)

pytestmark = pytest.mark.django_db

EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


class Dripping(io.RawIOBase):
    """A stream that gives less than it is asked for, as sockets do."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.left = data

    def read(self, size: int = -1) -> bytes:
        given, self.left = self.left[: min(size, 4_099)], self.left[min(size, 4_099) :]
        return given


def as_bytes(data: bytes) -> bytes:
    return data


@pytest.mark.parametrize("given_as", [as_bytes, io.BytesIO, Dripping])
@pytest.mark.parametrize("size", EDGES)
def test_what_is_stored_opens_and_equals(size: int, given_as: Callable[[bytes], bytes | BinaryIO]) -> None:
    data = noise(size)
    blob = kept(given_as(data))  # type: ignore[arg-type] # the two kinds of argument in turn
    assert read(blob) == data
    assert access.get_blob(blob, sources=SOURCES[ALICE]).size == size
    assert file_of(blob).stat().st_size == sealed_size(size)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), repeated=st.integers(0, 900))
def test_any_bytes_come_back(data: bytes, repeated: int) -> None:
    assert read(kept(data * repeated)) == data * repeated


@given(size=st.integers(0, 2**50))
def test_the_size_of_the_content_is_known_from_the_file(size: int) -> None:
    assert content_size(sealed_size(size)) == size
    assert (sealed_size(size) - size) % TAG == 0


def test_nothing_of_the_content_is_legible_outside(here: Places) -> None:
    kept(CONTENT)
    part = CONTENT[200:216]
    assert part in CONTENT
    for path in here.folder.parent.rglob("*"):
        assert not path.is_file() or part not in path.read_bytes()


def test_equal_contents_cannot_be_told_from_their_rows_and_files() -> None:
    one, other = kept(CONTENT), kept(CONTENT)
    assert file_of(one).read_bytes()[:32] != file_of(other).read_bytes()[:32]
    rows = Blob.objects.in_bulk([one, other])
    assert bytes(rows[one].wrapped_key or b"") != bytes(rows[other].wrapped_key or b"")


def test_files_and_folders_are_for_their_owner_only(here: Places) -> None:
    kept()
    for path in [here.folder, *here.folder.rglob("*"), *here.keys.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_draft_is_left_behind(here: Places) -> None:
    kept()
    assert list((here.folder / "drafts").iterdir()) == []


def test_what_may_be_known_without_opening() -> None:
    blob = kept(b"abc", purpose=Purpose.EVIDENCE, expires=NOW + DAY)
    assert access.get_blob(blob, sources=SOURCES[BOB]) == StoredBlob(
        id=blob,
        purpose=Purpose.EVIDENCE,
        source=str(LANTERN),
        size=3,
        state=State.STORED,
        created=NOW,
        expires=NOW + DAY,
        erased=None,
        preserved_until=None,
    )


@pytest.mark.parametrize(("who", "may"), [(ALICE, True), (BOB, True), (CHARLIE, False)])
def test_a_blob_exists_only_for_those_of_its_source(who: str, *, may: bool) -> None:
    blob, other = kept(), kept(source=HARBOUR)
    if may:
        assert read(blob, who) == CONTENT
        assert [one.id for one in access.list_blobs(LANTERN, sources=SOURCES[who])] == [blob]
        with pytest.raises(Http404):
            read(other, who)
        return
    assert read(other, who) == CONTENT
    for attempt in (
        lambda: read(blob, who),
        lambda: access.get_blob(blob, sources=SOURCES[who]),
        lambda: access.list_blobs(LANTERN, sources=SOURCES[who]),
    ):
        with pytest.raises(Http404):
            attempt()


def test_an_unknown_blob_and_a_foreign_one_look_the_same() -> None:
    kept()
    with pytest.raises(Http404):
        access.get_blob("0" * 32, sources=SOURCES[ALICE])
    with pytest.raises(Http404):
        access.get_blob(kept(), sources=[])


def test_what_is_listed_can_be_narrowed_to_a_purpose() -> None:
    kept()
    entry = kept(purpose=Purpose.ENTRY)
    listed = access.list_blobs(LANTERN, sources=SOURCES[ALICE], purpose=Purpose.ENTRY)
    assert [one.id for one in listed] == [entry]


def test_storing_and_opening_are_recorded_with_who_and_why() -> None:
    blob = kept()
    read(blob, BOB)
    told = list(AuditPayload.objects.filter(subject=blob).order_by("entry_id"))
    assert [(one.action, one.actor, one.source) for one in told] == [
        ("vault.stored", ALICE, str(LANTERN)),
        ("vault.opened", BOB, str(LANTERN)),
    ]
    assert "revealed" in str(told[1].detail)


def test_a_refused_opening_is_of_no_effect() -> None:
    blob = kept()
    with pytest.raises(InvalidValueError, match="reason"):
        open_blob(blob=blob, sources=SOURCES[ALICE], acting_user=ALICE, reason=" ")
    assert not AuditPayload.objects.filter(action="vault.opened").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": ""},
        {"source": "x" * 65},
        {"expires": datetime(2031, 1, 1)},  # noqa: DTZ001 - a time without a zone is what is refused
        {"now": datetime(2031, 1, 1)},  # noqa: DTZ001 - ditto
        {"purpose": "amusement"},
    ],
)
def test_what_cannot_be_kept_as_it_is_said_is_refused_before_a_file_is_written(
    wrong: dict[str, Any], here: Places
) -> None:
    with pytest.raises((InvalidValueError, ValueError)):
        kept(**wrong)
    assert not here.folder.exists()
    assert not Blob.objects.exists()


def test_a_file_goes_with_a_row_that_cannot_be_written(here: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise LookupError

    monkeypatch.setattr("stanch_server.vault.operations.storing.record", refused)
    with pytest.raises(LookupError):
        kept()
    assert not [path for path in here.folder.rglob("*") if path.is_file()]
    assert not Blob.objects.exists()


def test_the_file_of_a_caller_that_rolls_back_is_swept() -> None:
    stays = kept()
    goes = rolled_back(kept)
    for blob in (stays, goes):
        os.utime(file_of(blob), (NOW.timestamp(), NOW.timestamp()))
    assert sweep_orphans(now=NOW + DAY).orphans == 0  # it is young: its row might still commit
    assert sweep_orphans(now=NOW + DAY + timedelta(seconds=1)).orphans == 1
    assert not file_of(goes).exists()
    assert read(stays) == CONTENT


def test_the_database_itself_refuses_an_erased_row_with_a_key() -> None:
    blob = kept()
    with pytest.raises(IntegrityError, match="vault_erased_means_no_key"), transaction.atomic():
        Blob.objects.filter(pk=blob).update(state=State.ERASED, erased=NOW, size=0)
    assert read(blob) == CONTENT


def test_a_source_may_be_given_as_text_or_as_uuid() -> None:
    blob = kept(source=str(UUID(int=1)))
    assert access.get_blob(blob, sources=[UUID(int=1)]) == access.get_blob(blob, sources=[str(UUID(int=1))])

"""Whoever changes a file, a row or a key is found out, and the error says which."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.db import models

from stanch_server.vault.cipher import CHUNK, TAG, Seal, new_key, new_prefix
from stanch_server.vault.errors import DamagedBlobError, MasterKeyError, MissingMasterKeyError
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import open_blob
from stanch_server.vault.places import Places
from tests.server.vault.cast import ALICE, DAY, HARBOUR, LANTERN, NOW, SOURCES, file_of, kept, noise, read

pytestmark = pytest.mark.django_db

PIECE = CHUNK + TAG


def test_any_altered_byte_of_a_small_file_is_detected() -> None:
    blob = kept(b"a lantern, grey")
    path = file_of(blob)
    whole = path.read_bytes()
    for place in range(len(whole)):
        for bit in (1, 128):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            with pytest.raises(DamagedBlobError, match=f"{blob}.*chunk 1 of 1"):
                read(blob)
    path.write_bytes(whole)
    assert read(blob) == b"a lantern, grey"


def test_an_altered_byte_of_a_large_file_is_detected_in_its_chunk_and_nothing_after_it_is_given(
    seed: int,
) -> None:
    data = noise(3 * CHUNK + 9)
    blob = kept(data)
    path = file_of(blob)
    whole = path.read_bytes()
    random = Random(seed)
    for _ in range(40):
        place = random.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ random.randrange(1, 256)]) + whole[place + 1 :])
        number, got = place // PIECE, list[bytes]()
        opened = open_blob(blob=blob, sources=SOURCES[ALICE], acting_user=ALICE, reason="test", now=NOW)
        with opened, pytest.raises(DamagedBlobError, match=f"chunk {number + 1} of 4"):
            got.extend(opened)
        assert b"".join(got) == data[: number * CHUNK]


def swapped(whole: bytes) -> bytes:
    return whole[PIECE : 2 * PIECE] + whole[:PIECE] + whole[2 * PIECE :]


def repeated(whole: bytes) -> bytes:
    return whole[:PIECE] * 2 + whole[2 * PIECE :]


def last_first(whole: bytes) -> bytes:
    return whole[2 * PIECE :] + whole[PIECE : 2 * PIECE] + whole[:PIECE]


@pytest.mark.parametrize("order", [swapped, repeated, last_first])
def test_chunks_in_another_order_are_detected(order: Callable[[bytes], bytes]) -> None:
    blob = kept(noise(3 * CHUNK))
    path = file_of(blob)
    path.write_bytes(order(path.read_bytes()))
    with pytest.raises(DamagedBlobError, match="chunk"):
        read(blob)


@pytest.mark.parametrize("left", [0, 1, TAG, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + TAG + 4])
def test_a_truncated_file_is_detected_before_anything_of_it_is_given(left: int) -> None:
    blob = kept(noise(2 * CHUNK + 5))
    path = file_of(blob)
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(DamagedBlobError, match=f"its file is of {left} bytes, not of {2 * PIECE + TAG + 5}"):
        read(blob)


def test_a_file_with_something_after_it_is_detected() -> None:
    blob = kept()
    with file_of(blob).open("ab") as stream:
        stream.write(b"!")
    with pytest.raises(DamagedBlobError, match="its file is of"):
        read(blob)


@pytest.mark.parametrize("size", [1, CHUNK, 2 * CHUNK])
def test_truncation_at_a_chunk_is_detected_even_if_the_size_in_the_row_were_to_match(size: int) -> None:
    """The last chunk says that it is the last; the row's own seal is left out here."""
    seal = Seal(key=new_key(), prefix=new_prefix(), blob="b", purpose="item")
    pieces = list(seal.sealed(BytesIO(noise(size + CHUNK))))
    cut = b"".join(pieces)[: PIECE * (len(pieces) - 1)]
    with pytest.raises(DamagedBlobError, match="chunk"):
        list(seal.opened(BytesIO(cut), size=CHUNK * (len(pieces) - 1)))


@pytest.mark.parametrize("other", [{"blob": "c"}, {"purpose": "entry"}, {"prefix": bytes(7)}])
def test_a_chunk_opens_only_as_what_it_was_sealed_as_even_under_the_same_key(other: dict[str, Any]) -> None:
    said: dict[str, Any] = {"key": new_key(), "prefix": new_prefix(), "blob": "b", "purpose": "item"}
    sealed = b"".join(Seal(**said).sealed(BytesIO(b"abc")))
    assert list(Seal(**said).opened(BytesIO(sealed), size=3)) == [b"abc"]
    with pytest.raises(DamagedBlobError):
        list(Seal(**{**said, **other}).opened(BytesIO(sealed), size=3))


def test_two_files_that_change_places_are_detected() -> None:
    one, other = kept(b"one two"), kept(b"two one")
    first, second = file_of(one).read_bytes(), file_of(other).read_bytes()
    file_of(one).write_bytes(second)
    file_of(other).write_bytes(first)
    for blob in (one, other):
        with pytest.raises(DamagedBlobError, match=blob):
            read(blob)


def test_a_missing_file_is_named() -> None:
    blob = kept()
    file_of(blob).unlink()
    with pytest.raises(DamagedBlobError, match=f"{blob}.*its file is missing"):
        read(blob)


def flipped(value: bytes, place: int) -> bytes:
    return value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]


@pytest.mark.parametrize("column", ["nonce", "wrapped_key"])
def test_any_altered_byte_of_a_row_is_detected(column: str) -> None:
    blob = kept()
    rows = Blob.objects.filter(pk=blob)
    value = bytes(rows.values_list(column, flat=True)[0] or b"")
    for place in range(len(value)):
        rows.update(**{column: flipped(value, place)})
        with pytest.raises(DamagedBlobError, match=f"{blob}.*its row"):
            read(blob)
    rows.update(**{column: value[:-1]})
    with pytest.raises(DamagedBlobError, match=f"{blob}.*its row"):
        read(blob)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "evidence"},
        {"source": str(HARBOUR)},
        {"size": 4},
        {"size": 0},
        {"algorithm": "none/1"},
        {"created": NOW - DAY},
        {"created": NOW + timedelta(microseconds=1)},
        {"expires": None},
        {"expires": NOW + 2 * DAY},
    ],
    ids=str,
)
def test_whatever_a_row_says_is_bound_to_its_key(change: dict[str, Any]) -> None:
    blob = kept(b"abc", expires=NOW + DAY)
    assert read(blob) == b"abc"
    Blob.objects.filter(pk=blob).update(**change)
    with pytest.raises(DamagedBlobError, match=f"{blob}.*its row"):
        open_blob(blob=blob, sources=[LANTERN, HARBOUR], acting_user=ALICE, reason="test", now=NOW)


def test_two_rows_that_change_keys_are_detected() -> None:
    one, other = kept(), kept()
    rows = Blob.objects.in_bulk([one, other])
    Blob.objects.filter(pk=one).update(wrapped_key=rows[other].wrapped_key, nonce=rows[other].nonce)
    with pytest.raises(DamagedBlobError, match=one):
        read(one)


def test_a_master_key_that_is_missing_is_named(here: Places) -> None:
    blob = kept()
    (key,) = here.keys.glob("*.key")
    key.rename(here.keys / "elsewhere")
    with pytest.raises(MissingMasterKeyError, match=key.stem):
        read(blob)


def test_a_file_with_another_master_key_is_refused_by_name(here: Places) -> None:
    blob = kept()
    (key,) = here.keys.glob("*.key")
    key.write_bytes(noise(64))
    for attempt in (lambda: read(blob), kept):
        with pytest.raises(MasterKeyError, match=f"{key.stem}.*another key"):
            attempt()


def test_a_master_key_that_others_can_read_is_refused(here: Places) -> None:
    blob = kept()
    (key,) = here.keys.glob("*.key")
    key.chmod(0o640)
    with pytest.raises(MasterKeyError, match="0600"):
        read(blob)


def test_no_new_master_key_is_made_where_the_old_ones_are_merely_not_there(here: Places) -> None:
    """A disk that is not mounted must not end in blobs under a key that nobody knows."""
    kept()
    here.keys.rename(here.keys.with_name("unmounted"))
    with pytest.raises(MissingMasterKeyError):
        kept()
    assert not here.keys.exists()


def test_every_column_of_a_blob_is_bound_or_says_why_not() -> None:
    """A column added later has to be thought about here."""
    bound = {
        "id", "purpose", "source", "size", "algorithm", "nonce", "created", "expires", "master", "wrapped_key",
    }  # fmt: skip
    about_its_end = {"state", "erased", "confirmed"}  # the database ties them to there being no key
    columns = {field.name for field in Blob._meta.get_fields() if isinstance(field, models.Field)}
    assert columns == bound | about_its_end

"""Rows by a statement that is built once: the same as Django's own way of saving them."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model

from stanch_server.accounts import access, operations
from stanch_server.accounts.models import Source
from stanch_server.audit.models import AuditEntry
from stanch_server.intake.models import IdempotencyKey, Item, ItemPart
from stanch_server.outbox.models import OutboxRow
from stanch_server.rows import fetch, insert, insert_columns
from tests.server.conftest import START

pytestmark = pytest.mark.django_db(transaction=True)


def item(source: Source) -> Item:
    return Item(
        source=source,
        key=uuid.uuid4(),
        reference="كشتی ‌7 🚢",
        audience="public",
        state=Item.State.DONE,
        level=2,
        hold_until=START + timedelta(hours=24, microseconds=7),
        found=b"\x00\xff",
        received=START,
    )


def part(source: Source) -> ItemPart:
    of = item(source)
    of.save()
    return ItemPart(item=of, position=3, name="a'; --", form=ItemPart.Form.TEXT)


MADE: dict[str, Callable[[Source], Model]] = {
    "item": item,
    "part": part,
    "audit entry": lambda _: AuditEntry(opaque_id=uuid.uuid4().hex, at=START, commitment="c" * 64),
    "outbox row": lambda _: OutboxRow(topic="x", payload={"a": [1, "ب"]}, created=START, due=START),
}


def values(row: Model) -> dict[str, object]:
    found = type(row)._default_manager.get(pk=row.pk)
    return {
        field.attname: bytes(said) if isinstance(said := getattr(found, field.attname), memoryview) else said
        for field in type(row)._meta.concrete_fields
    }


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("within", [nullcontext, transaction.atomic], ids=["by itself", "in a transaction"])
def test_a_row_is_the_same_as_when_django_saves_it(
    kind: str, source: Source, within: Callable[[], AbstractContextManager[None]]
) -> None:
    mine, theirs = MADE[kind](source), MADE[kind](source)
    with within():
        insert(mine)
    theirs.save(force_insert=True)
    assert mine.pk is not None
    own = {"id", "key", "opaque_id", "item_id"}  # drawn anew for each
    first, second = values(mine), values(theirs)
    assert {k: v for k, v in first.items() if k not in own} == {k: v for k, v in second.items() if k not in own}
    for name, said in first.items():
        kept = getattr(mine, name)
        assert (bytes(kept) if isinstance(kept, memoryview) else kept) == said


@pytest.mark.parametrize("kind", MADE)
def test_a_second_row_of_the_same_id_is_refused_and_one_that_was_written_can_be_changed(
    kind: str, source: Source
) -> None:
    row = MADE[kind](source)
    insert(row)
    if row.pk is not None and kind == "item":
        row.level = 1  # type: ignore[attr-defined]
        row.save()
        assert values(row)["level"] == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(row)


def test_nothing_is_written_in_a_transaction_that_has_failed_already() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            insert_columns(AuditEntry, {"opaque_id": uuid.uuid4().hex, "at": START, "commitment": "c"})
    assert not AuditEntry.objects.exists()


def test_what_is_rolled_back_is_not_there(source: Source) -> None:
    row = IdempotencyKey(key=source.id, name="k", digest="d", item=uuid.uuid4(), created=START)
    with transaction.atomic():
        insert(row)
        transaction.set_rollback(True)
    assert not IdempotencyKey.objects.exists()


def test_a_key_that_is_changed_in_any_way_is_read_anew(source: Source) -> None:
    key, secret = operations.create_api_key(
        source=source,
        name="x",
        capabilities=["items.read"],
        expires_at=START + timedelta(days=1),
        acting_user="alice",
        now=START,
    )
    header = f"Bearer {secret}"
    for _ in range(2):
        principal = access.authenticate_key(header, now=START)
        assert principal is not None
        assert (principal.key, principal.capabilities) == (key.id, frozenset({"items.read"}))
    assert access.authenticate_key(header, now=START + timedelta(days=1)) is None
    key.capabilities = ["items.submit"]
    key.save()
    principal = access.authenticate_key(header, now=START)
    assert principal is not None
    assert principal.capabilities == frozenset({"items.submit"})
    operations.set_source_state(source, Source.State.CLOSED, acting_user="alice", now=START)
    assert access.authenticate_key(header, now=START) is None
    operations.set_source_state(source, Source.State.ACTIVE, acting_user="alice", now=START)
    assert access.authenticate_key(header, now=START) is not None
    operations.revoke_api_key(key, acting_user="alice", now=START)
    assert access.authenticate_key(header, now=START) is None


def test_a_row_of_columns_alone_is_that_of_an_object() -> None:
    said = {"opaque_id": uuid.uuid4().hex, "at": START, "commitment": "ب" * 64, "chain": None}
    entry = AuditEntry.objects.get(id=insert_columns(AuditEntry, said))
    assert {name: getattr(entry, name) for name in said} == said
    with pytest.raises(IntegrityError):
        insert_columns(AuditEntry, {"opaque_id": "x"})


def test_rows_are_fetched_as_by_a_cursor_and_errors_are_those_of_django(source: Source) -> None:
    words = str(Source.objects.values_list("id", "name", "state").query)
    with connection.cursor() as cursor:
        cursor.execute(words)
        assert fetch(words) == cursor.fetchall() != []
    assert fetch("SELECT name FROM accounts_source WHERE name = %s AND state = %s", [source.name, "active"])
    with pytest.raises(DatabaseError):
        fetch("SELECT nothing FROM nowhere")

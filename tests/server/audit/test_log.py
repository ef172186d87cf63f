"""Records are written with their cause, numbered in order, erased without breaking the chain, and shown."""

from datetime import datetime
from types import MappingProxyType

import pytest
from django.db import IntegrityError, connection, transaction

from stanch.errors import InvalidValueError
from stanch_server.audit import access, operations, sequencer
from stanch_server.audit.errors import NotErasableError, UnknownAuditEntryError, UnrecordedError
from stanch_server.audit.hashing import GENESIS, commitment, link, payload_bytes
from stanch_server.audit.models import AuditEntry, AuditHead, AuditPayload
from tests.server.audit.conftest import NOW, Log, write


@pytest.mark.django_db(transaction=True)
def test_a_record_is_there_if_and_only_if_what_it_is_about_commits() -> None:
    def act() -> None:
        with transaction.atomic():
            operations.record(actor="alice", action="a", subject="s", at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    with pytest.raises(UnrecordedError, match="'a'"):
        operations.record(actor="alice", action="a", subject="s", at=NOW)
    assert not AuditEntry.objects.exists()
    assert not AuditPayload.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"at": datetime(2030, 1, 1)},  # noqa: DTZ001 - that is what is refused
        {"actor": "x" * 201},
        {"action": "x" * 65},
        {"subject": "nul\0"},
        {"source": "\ud800"},
        {"detail": {"share": float("nan")}},
        {"detail": {"text": "\ud800"}},
        {"detail": {"when": NOW}},
    ],
)
def test_what_cannot_be_kept_exactly_is_refused(wrong: dict[str, object]) -> None:
    given = {"actor": "alice", "action": "a", "subject": "s", "at": NOW, **wrong}
    with pytest.raises(InvalidValueError, match="audit"):
        operations.record(**given)  # type: ignore[arg-type] # wrong on purpose
    assert not AuditEntry.objects.exists()


def test_the_hashes_are_what_they_always_were() -> None:
    """Golden values: a log that was written once is verified by every later version."""
    payload = payload_bytes(actor="ä", action="a", subject='"', source=None, detail='{"n":1}')
    assert payload == '{"action":"a","actor":"ä","detail":{"n":1},"source":null,"subject":"\\""}'.encode()
    committed = commitment("01" * 32, payload)
    chained = link(GENESIS, number=1, opaque_id="ab" * 16, at=NOW, commitment=committed)
    assert GENESIS == "0400efe2d037f224879347feedcd8fdb1dacdf0c77d75946c239c943fc952fc5"
    assert committed == "ae7fbc6352ddb075c98575749519c4bc5f6c25630cb3a9dc7f2d03285c171a3a"
    assert chained == "a75164bfad5a95fa124a78f168d8eb630e868bd2207ed07969deb473cbb471ef"


@pytest.mark.django_db
def test_numbers_come_in_order_without_gaps_however_many_at_once(log: Log) -> None:
    ids = [write(number) for number in range(10)]
    counts = []
    while count := sequencer.sequence(now=NOW, limit=3):
        counts.append(count)
    assert counts == [3, 3, 3, 1]
    assert sequencer.sequence(now=NOW) == 0
    assert list(AuditEntry.objects.order_by("number").values_list("opaque_id", flat=True)) == ids
    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 11))
    assert access.state() == access.LogState(records=10, waiting=0, anchored=0)
    assert log.verify().intact


@pytest.mark.django_db
def test_an_erased_record_keeps_its_place_and_says_nothing(log: Log) -> None:
    ids = log.grow(9)
    note = operations.erase(ids[4], acting_user="bob", at=NOW)
    assert note is not None
    assert operations.erase(ids[4], acting_user="bob", at=NOW) is None, "a second time changes nothing"
    log.grow(1)
    report = log.verify()
    assert (report.intact, report.erased, report.records) == (True, 1, 11)
    assert not AuditPayload.objects.filter(entry__opaque_id=ids[4]).exists()
    shown = access.entry_for(ids[4], sources=None)
    assert shown is not None
    assert (shown.erased, shown.actor, shown.subject, shown.detail, shown.number) == (True, "", "", {}, 5)
    noted = access.entry_for(note, sources={"harbour"})
    assert noted is not None, "who could see the record sees that it was erased"
    assert (noted.actor, noted.action, noted.subject) == ("bob", operations.ERASED, ids[4])


@pytest.mark.django_db
def test_what_is_not_there_and_what_says_so_cannot_be_erased(log: Log) -> None:
    (entry,) = log.grow(1)
    note = operations.erase(entry, acting_user="bob", at=NOW)
    assert note is not None
    with pytest.raises(NotErasableError):
        operations.erase(note, acting_user="bob", at=NOW)
    with pytest.raises(UnknownAuditEntryError):
        operations.erase("0" * 32, acting_user="bob", at=NOW)


CHANGES = MappingProxyType(
    {
        "a numbered record": "UPDATE audit_auditentry SET commitment = '00' WHERE number = 2",
        "a number": "UPDATE audit_auditentry SET number = 9 WHERE number = 2",
        "a number taken away": "UPDATE audit_auditentry SET number = NULL, chain = NULL WHERE number = 3",
        "a record that waits": "UPDATE audit_auditentry SET commitment = '00' WHERE number IS NULL",
        "a deletion": "DELETE FROM audit_auditentry WHERE number = 3",
        "a deletion of one that waits": "DELETE FROM audit_auditentry WHERE number IS NULL",
        "a payload": "UPDATE audit_auditpayload SET actor = 'bob'",
        "a record with a number": (
            "INSERT INTO audit_auditentry (opaque_id, at, commitment, number, chain)"
            " SELECT 'x', at, commitment, 99, chain FROM audit_auditentry WHERE number = 3"
        ),
        "a replacement": (
            "INSERT OR REPLACE INTO audit_auditentry (id, opaque_id, at, commitment)"
            " SELECT id, opaque_id, at, 'x' FROM audit_auditentry WHERE number = 3"
        ),
        "a payload's replacement": (
            "INSERT OR REPLACE INTO audit_auditpayload"
            " SELECT entry_id, salt, 'bob', action, subject, source, detail FROM audit_auditpayload"
        ),
        "everything at once": "TRUNCATE audit_auditentry CASCADE",
    }
)
OF_ONE_DATABASE = MappingProxyType(
    {"a replacement": "sqlite", "a payload's replacement": "sqlite", "everything at once": "postgresql"}
)


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_every_change(log: Log) -> None:
    log.grow(3)
    write(4)
    before = list(AuditEntry.objects.order_by("id").values())
    for what, statement in CHANGES.items():
        if OF_ONE_DATABASE.get(what, connection.vendor) != connection.vendor:
            continue
        with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)
    assert list(AuditEntry.objects.order_by("id").values()) == before
    assert log.verify().intact


@pytest.mark.django_db
def test_a_lost_compare_and_set_numbers_nothing(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.grow(3)
    write(4)
    other = AuditHead(id=1, number=2, chain=GENESIS)  # what a sequencer saw that came too late
    monkeypatch.setattr("django.db.models.query.QuerySet.first", lambda _: other, raising=True)
    assert sequencer.sequence(now=NOW) == 0
    monkeypatch.undo()
    assert AuditEntry.objects.filter(number=None).count() == 1
    assert sequencer.sequence(now=NOW) == 1
    assert log.verify().intact


@pytest.mark.django_db
def test_pages_hold_what_a_reader_may_see_newest_first() -> None:
    """Alice's source is the harbour, Charlie's the mountain; the auditor sees all."""
    ids = [write(number, source=("harbour", "mountain", None)[number % 3]) for number in range(12)]
    harbour = [entry for number, entry in enumerate(ids) if number % 3 == 0]

    def pages(**wanted: object) -> list[list[str]]:
        found, before = [], None
        while True:
            page = access.entries_for(before=before, limit=3, **wanted)  # type: ignore[arg-type] # passed on
            found.append([one.entry for one in page.entries])
            if (before := page.older) is None:
                return found

    assert pages(sources={"harbour"}) == [harbour[:0:-1], harbour[:1]]
    assert [entry for page in pages(sources=None) for entry in page] == ids[::-1]
    assert pages(sources=[]) == [[]]
    assert pages(sources={"mountain"}, subject="item-0") == [[]]
    assert pages(sources={"harbour"}, subject="item-0", actor="alice", action="item.decided") == [[ids[0]]]
    assert pages(sources=None, actor="bob") == [[]]
    assert access.entry_for(ids[0], sources={"mountain"}) is None
    shown = access.entry_for(ids[0], sources={"harbour"})
    assert shown is not None
    assert shown.detail == {"reasons": ["نص", "文本", "कारण"], "n": 0}

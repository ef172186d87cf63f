"""Whatever is done to the log, the first record that it was done to is named."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from stanch_server.audit import anchors, operations, sequencer
from stanch_server.audit.errors import AnchorAheadError
from stanch_server.audit.hashing import GENESIS, link
from stanch_server.audit.models import AuditEntry, AuditHead, AuditPayload
from stanch_server.audit.report import Damage, Finding
from tests.server.append_only import triggers_off
from tests.server.audit.conftest import NOW, Log, write

pytestmark = pytest.mark.django_db
Kept = Callable[[], Log]


def tamper(*statements: str) -> None:
    """Do what somebody can who owns the database."""
    with triggers_off(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def payload_of(number: int) -> str:
    return f"WHERE entry_id = (SELECT id FROM audit_auditentry WHERE number = {number})"


def removed(first: int, last: int) -> list[str]:
    chosen = f"number BETWEEN {first} AND {last}"
    return [
        f"DELETE FROM audit_auditpayload WHERE entry_id IN (SELECT id FROM audit_auditentry WHERE {chosen})",
        f"DELETE FROM audit_auditentry WHERE {chosen}",
    ]


def shift(start: int, by: int) -> list[str]:
    """Move the numbers from one on, past the numbers in use, as a unique index asks for it."""
    return [
        f"UPDATE audit_auditentry SET number = number + 1000 WHERE number >= {start}",
        f"UPDATE audit_auditentry SET number = number - 1000 + {by} WHERE number >= 1000",
    ]


def inserted(number: int) -> str:
    return (
        "INSERT INTO audit_auditentry (opaque_id, at, commitment, number, chain)"
        f" SELECT '{'f' * 32}', at, commitment, {number}, chain FROM audit_auditentry WHERE number = 1"
    )


def swapped(one: int, other: int) -> list[str]:
    return [
        f"UPDATE audit_auditentry SET number = 1000 WHERE number = {one}",
        f"UPDATE audit_auditentry SET number = {one} WHERE number = {other}",
        f"UPDATE audit_auditentry SET number = {other} WHERE number = 1000",
    ]


def head_at(number: int) -> str:
    return (
        f"UPDATE audit_audithead SET number = {number},"
        f" chain = (SELECT chain FROM audit_auditentry WHERE number = {number})"
    )


TAMPERINGS: list[tuple[str, list[str], int | None, Damage]] = [
    ("a payload", [f"UPDATE audit_auditpayload SET actor = 'bob' {payload_of(7)}"], 7, Damage.PAYLOAD_ALTERED),
    ("a detail", [f"UPDATE audit_auditpayload SET detail = '{{}}' {payload_of(30)}"], 30, Damage.PAYLOAD_ALTERED),
    ("a source", [f"UPDATE audit_auditpayload SET source = NULL {payload_of(1)}"], 1, Damage.PAYLOAD_ALTERED),
    ("a salt", [f"UPDATE audit_auditpayload SET salt = 'zz' {payload_of(7)}"], 7, Damage.PAYLOAD_ALTERED),
    ("a payload gone", [f"DELETE FROM audit_auditpayload {payload_of(7)}"], 7, Damage.PAYLOAD_REMOVED),
    (
        "a payload without number",
        ["UPDATE audit_auditpayload SET actor = 'bob' WHERE subject = 'item-99'"],
        None,
        Damage.PAYLOAD_ALTERED,
    ),
    (
        "a commitment",
        [f"UPDATE audit_auditentry SET commitment = '{'0' * 64}' WHERE number = 12"],
        12,
        Damage.ALTERED,
    ),
    ("a short commitment", ["UPDATE audit_auditentry SET commitment = '0' WHERE number = 12"], 12, Damage.ALTERED),
    ("a chain", [f"UPDATE audit_auditentry SET chain = '{'0' * 64}' WHERE number = 30"], 30, Damage.ALTERED),
    ("an id", [f"UPDATE audit_auditentry SET opaque_id = '{'0' * 32}' WHERE number = 1"], 1, Damage.ALTERED),
    ("a time", ["UPDATE audit_auditentry SET at = '2031-01-01T00:00:00Z' WHERE number = 9"], 9, Damage.ALTERED),
    ("a number taken", ["UPDATE audit_auditentry SET number = NULL WHERE number = 9"], 9, Damage.ALTERED),
    ("one removed", removed(8, 8), 8, Damage.REMOVED),
    ("the first removed", removed(1, 1), 1, Damage.REMOVED),
    ("several removed", removed(8, 13), 8, Damage.REMOVED),
    ("removed and closed up", [*removed(8, 10), *shift(11, -3)], 8, Damage.REMOVED),
    ("inserted", [*shift(15, 1), inserted(15)], 15, Damage.INSERTED),
    ("two inserted", [*shift(15, 2), inserted(15), inserted(16).replace("f" * 32, "e" * 32)], 15, Damage.INSERTED),
    ("inserted before the last", [*shift(30, 1), inserted(30)], 30, Damage.INSERTED),
    ("inserted before all", [inserted(0)], 0, Damage.INSERTED),
    ("neighbours swapped", swapped(17, 18), 17, Damage.REORDERED),
    ("the last two swapped", swapped(29, 30), 29, Damage.REORDERED),
    ("others swapped", swapped(5, 25), 5, Damage.REORDERED),
    ("swapped with the last", swapped(5, 30), 5, Damage.REORDERED),
    ("moved to the end", ["UPDATE audit_auditentry SET number = 77 WHERE number = 6"], 6, Damage.REORDERED),
    ("a tail cut, not signed", removed(26, 30), 26, Damage.REMOVED),
    ("a tail cut, signed", removed(16, 30), 16, Damage.REMOVED),
    ("a signed tail cut, head too", [*removed(16, 30), head_at(15)], 16, Damage.REMOVED),
    ("the head set back", [head_at(20)], 21, Damage.HEAD_ALTERED),
    ("the head's chain", [f"UPDATE audit_audithead SET chain = '{'0' * 64}'"], 31, Damage.HEAD_ALTERED),
    ("the head gone", ["DELETE FROM audit_audithead"], 1, Damage.HEAD_ALTERED),
    ("all gone but the signed heads", [*removed(0, 99), "DELETE FROM audit_audithead"], 1, Damage.REMOVED),
]


@pytest.mark.parametrize(
    ("statements", "number", "damage"), [case[1:] for case in TAMPERINGS], ids=[case[0] for case in TAMPERINGS]
)
def test_each_tampering_is_named_at_its_first_record(
    kept: Kept, statements: list[str], number: int | None, damage: Damage
) -> None:
    log = kept()
    assert log.verify().intact
    tamper(*statements)
    first = log.verify().first
    assert first is not None
    assert (first.number, first.damage) == (number, damage), str(first)


def test_an_untouched_log_says_what_is_signed_and_what_is_not_yet(kept: Kept) -> None:
    log = kept()
    report = log.verify()
    assert (report.records, report.waiting, report.anchors, report.anchored) == (30, 1, 2, 20)
    assert (report.intact, report.tail, report.torn) == (True, (21, 30), 0)
    log.sign(4)
    sequencer.sequence(now=NOW)
    log.sign(6)
    report = log.verify()
    assert (report.records, report.waiting, report.anchors, report.tail) == (31, 0, 4, None)


def test_an_empty_log_is_intact_and_an_emptied_one_with_nothing_signed_cannot_be_told_from_it(log: Log) -> None:
    assert log.verify().intact
    log.grow(5)
    tamper(*removed(1, 5), "DELETE FROM audit_audithead")
    assert log.verify().intact


def test_a_tail_that_no_signed_head_covers_can_be_cut_unseen(kept: Kept) -> None:
    """What this proves not: the report says that the tail was open to it."""
    log = kept()
    tamper(*removed(21, 30), "DELETE FROM audit_auditpayload WHERE subject = 'item-99'", head_at(20))
    tamper("DELETE FROM audit_auditentry WHERE number IS NULL")
    assert log.verify().intact


def chain_anew(first: int) -> None:
    """Chain everything from a record on, as somebody who knows how."""
    before = AuditEntry.objects.filter(number=first - 1).first()
    chain = str(before.chain) if before else GENESIS
    for row in AuditEntry.objects.filter(number__gte=first).order_by("number"):
        assert row.number is not None
        chain = link(chain, number=row.number, opaque_id=row.opaque_id, at=row.at, commitment=row.commitment)
        AuditEntry.objects.filter(pk=row.pk).update(chain=chain)
    AuditHead.objects.update(chain=chain)


@pytest.mark.parametrize(("number", "first", "until"), [(3, 1, 10), (10, 1, 10), (11, 11, 20), (20, 11, 20)])
def test_who_chains_everything_anew_is_shown_by_the_next_signed_head(
    kept: Kept, number: int, first: int, until: int
) -> None:
    log = kept()
    with triggers_off():
        AuditEntry.objects.filter(number=number).update(at=NOW - timedelta(days=1))
        chain_anew(number)
    found = log.verify().first
    assert found is not None
    assert (found.damage, found.number, found.until) == (Damage.REWRITTEN, first, until)
    assert found.place == f"heads-2030-01.jsonl, line {until // 10}"
    with pytest.raises(AnchorAheadError):
        log.sign(9)


def test_a_tail_chained_anew_before_it_was_signed_goes_unseen(kept: Kept) -> None:
    log = kept()
    with triggers_off():
        AuditEntry.objects.filter(number=25).update(at=NOW - timedelta(days=1))
        chain_anew(25)
    report = log.verify()
    assert (report.intact, report.tail) == (True, (21, 30))


def test_a_head_that_another_key_signed_is_named(kept: Kept) -> None:
    log = kept()
    head = AuditHead.objects.get()
    forged = anchors.write_head(log.folder, Ed25519PrivateKey.generate(), NOW + timedelta(minutes=9))
    assert forged is not None
    expected = Finding(damage=Damage.ANCHOR_FORGED, number=head.number, place="heads-2030-01.jsonl, line 3")
    assert log.verify().findings == (
        Finding(damage=Damage.ANCHORS_REMOVED, number=21, until=30),
        expected,
    )


@pytest.mark.parametrize("field", ["number", "chain", "at", "signature"])
def test_a_head_of_which_anything_was_altered_is_named(kept: Kept, field: str) -> None:
    log = kept()
    path = log.folder / "heads-2030-01.jsonl"
    first, second = path.read_text().splitlines()
    altered = json.loads(second)
    altered[field] = {"number": 19, "at": "2030-01-01T12:03:00+00:00"}.get(field, "0" * len(str(altered[field])))
    path.write_text(f"{first}\n{json.dumps(altered)}\n")
    report = log.verify()
    damages = {one.damage: one.number for one in report.findings}
    assert damages == {Damage.ANCHOR_FORGED: altered["number"], Damage.ANCHORS_REMOVED: 11}
    assert report.anchored == 10


def test_an_old_folder_put_in_place_of_the_new_one_is_named(kept: Kept) -> None:
    log = kept()
    shutil.copytree(log.folder, log.folder.with_name("old"))
    log.sign(4)
    shutil.rmtree(log.folder)
    log.folder.with_name("old").rename(log.folder)
    report = log.verify()
    assert report.findings == (Finding(damage=Damage.ANCHORS_REMOVED, number=21, until=30),)


def test_an_older_database_under_newer_signed_heads_is_named_and_nothing_is_signed_over_it(kept: Kept) -> None:
    log = kept()
    tamper(*removed(16, 30), head_at(15), "UPDATE audit_audithead SET anchored = 10")
    with pytest.raises(AnchorAheadError):
        log.sign(9)
    log.grow(10)  # it goes on, and the gap stays visible
    first = log.verify().first
    assert first is not None
    assert (first.damage, first.number, first.until) == (Damage.REWRITTEN, 11, 20)
    with pytest.raises(AnchorAheadError):
        log.sign(9)


def test_the_first_of_several_damages_comes_first_and_the_rest_is_counted(log: Log) -> None:
    log.grow(130)
    tamper(
        "UPDATE audit_auditpayload SET actor = 'bob'",
        f"UPDATE audit_auditentry SET commitment = '{'0' * 64}' WHERE number = 3",
    )
    report = log.verify()
    assert [(one.number, one.damage) for one in report.findings[:4]] == [
        (1, Damage.PAYLOAD_ALTERED),
        (2, Damage.PAYLOAD_ALTERED),
        (3, Damage.ALTERED),
        (3, Damage.PAYLOAD_ALTERED),
    ]
    assert (len(report.findings), report.unnamed) == (101, 30)
    assert report.findings[2].entry in str(report.findings[2])


def test_an_erasure_that_nobody_recorded_is_a_removal_and_one_that_was_recorded_is_none(kept: Kept) -> None:
    log = kept()
    entry = AuditEntry.objects.get(number=4)
    operations_erase(entry.opaque_id)
    assert log.verify().intact
    note = AuditPayload.objects.get(action=operations.ERASED)
    with triggers_off():
        AuditPayload.objects.filter(pk=note.pk).update(subject=AuditEntry.objects.get(number=5).opaque_id)
    first = log.verify().first
    assert first is not None
    assert (first.number, first.damage) == (4, Damage.PAYLOAD_REMOVED)


def operations_erase(entry: str) -> None:
    with transaction.atomic():
        operations.erase(entry, acting_user="bob", at=NOW)


def test_verifying_holds_a_batch_in_memory_however_long_the_log(
    log: Log, django_assert_num_queries: Callable[[int], object]
) -> None:
    log.grow(40)
    with django_assert_num_queries(2 + 5 + 1):  # type: ignore[attr-defined] # two looks at the head, 4 batches, two ends
        report = log.verify(batch=10)
    assert report.records == 40
    write(1)

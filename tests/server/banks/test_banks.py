"""Banks in the database: one transaction each, numbers in commit order, and every process follows."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404

from stanch.errors import BankExistsError, EntryExistsError, InvalidValueError, StanchError, UnknownEntryError
from stanch.fingerprints import text as text_fingerprints
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, Designation, Purpose, State
from stanch.values import Entry as EntryValue
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Membership, Person, Source
from stanch_server.audit.models import AuditEntry
from stanch_server.banks import access, operations
from stanch_server.banks.changes import last_number, record_changes
from stanch_server.banks.follower import Follower
from stanch_server.banks.models import Bank, Change, Entry
from stanch_server.banks.records import info_of, row_of
from tests.matching.writing import writing

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALICE = "alice-id"
INFO = BankInfo(
    name="lantern",
    owner="us",
    legal_basis="Article 5",
    content_type=ContentType.INCITES,
    designation=Designation(list="Harbour list", identifier="VL-7", date=NOON.date()),
    radius={"pdq/1": 20},
)


def make_bank(name: str = "lantern", source: Source | None = None) -> Bank:
    return operations.create_bank(info=replace(INFO, name=name), source=source, acting_user=ALICE, at=NOON)


def value(seed: int, **changes: object) -> EntryValue:
    reading = text_fingerprints.as_entry(writing(seed, 60), name=str(seed))
    return EntryValue(id=f"e{seed}", fingerprints=reading.fingerprints, added=NOON, **changes)  # type: ignore[arg-type]


def add(bank: Bank, *seeds: int) -> list[Entry]:
    return operations.add_entries(bank=bank, entries=[value(seed) for seed in seeds], acting_user=ALICE, at=NOON)


def remove(bank: Bank, *names: str) -> list[Entry]:
    return operations.remove_entries(bank=bank, names=names, acting_user=ALICE, at=NOON, reason="a mistake")


@pytest.fixture
def follower() -> Iterator[Follower]:
    with Follower() as follower:
        yield follower


def found(follower: Follower, seed: int, now: datetime = NOON) -> list[str]:
    result = follower.match_readings("p", [text_fingerprints.as_query(writing(seed, 60))], source=None, now=now)
    return [Entry.objects.get(id=match.entry).name for match in result.matches if not match.counted_only]


class TestOperations:
    @pytest.mark.parametrize(
        "info",
        [
            INFO,
            replace(INFO, designation=BEHAVIOUR_BASED),
            BankInfo(name="verses", owner="u", legal_basis="l", purpose=Purpose.KNOWN_GOOD, reason="read aloud"),
        ],
    )
    def test_a_description_goes_through_the_database_unchanged(self, info: BankInfo) -> None:
        operations.create_bank(info=info, source=None, acting_user=ALICE, at=NOON)
        assert info_of(Bank.objects.get(name=info.name)) == info

    def test_a_new_bank_is_in_shadow_whatever_it_says(self) -> None:
        bank = operations.create_bank(
            info=replace(INFO, state=State.ENABLED), source=None, acting_user=ALICE, at=NOON
        )
        assert Bank.objects.get(id=bank.id).state == "shadow"

    def test_names_and_entries_are_taken_once(self) -> None:
        bank = make_bank()
        with pytest.raises(BankExistsError):
            make_bank()
        add(bank, 1)
        for again in ([1], [2, 1], [3, 3]):
            with pytest.raises(EntryExistsError):
                add(bank, *again)
        assert Entry.objects.count() == 1

    def test_a_removed_entry_stays_as_a_row_and_may_come_back(self) -> None:
        bank = make_bank()
        add(bank, 1, 2)
        remove(bank, "e1")
        assert Entry.objects.get(name="e1").removed == NOON
        add(bank, 1)
        assert Entry.objects.filter(name="e1").count() == 2
        with pytest.raises(UnknownEntryError, match="e9"):
            remove(bank, "e2", "e9")
        assert Entry.objects.filter(removed=None).count() == 2

    def test_everything_is_recorded_in_the_same_transaction(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bank = make_bank()
        before = AuditEntry.objects.count(), last_number()
        add(bank, 1)
        operations.set_state(bank=bank, state=State.ENABLED, acting_user=ALICE, at=NOON)
        operations.set_radius(bank=bank, method="pdq/1", radius=10, acting_user=ALICE, at=NOON)
        remove(bank, "e1")
        assert (AuditEntry.objects.count(), last_number()) == (before[0] + 4, before[1] + 4)

        def failing(*_: object, **__: object) -> None:
            raise InvalidValueError(what="change", problem="made to fail")

        monkeypatch.setattr(operations, "record_changes", failing)
        with pytest.raises(InvalidValueError):
            add(bank, 2)
        assert not Entry.objects.filter(name="e2").exists()
        assert AuditEntry.objects.count() == before[0] + 4

    def test_an_unchanged_state_is_no_change(self) -> None:
        bank = make_bank()
        number = last_number()
        assert not operations.set_state(bank=bank, state=State.SHADOW, acting_user=ALICE, at=NOON)
        assert last_number() == number

    @pytest.mark.parametrize(("method", "radius"), [("pdq/1", 65), ("pdq/9", 1), ("text-gram/1", 1)])
    def test_a_radius_that_the_library_refuses_is_refused(self, method: str, radius: int) -> None:
        bank = make_bank()
        with pytest.raises(StanchError):
            operations.set_radius(bank=bank, method=method, radius=radius, acting_user=ALICE, at=NOON)
        assert Bank.objects.get(id=bank.id).radius == {"pdq/1": 20}


class TestChangeNumbers:
    def test_need_a_transaction(self) -> None:
        with pytest.raises(InvalidValueError, match="transaction"):
            record_changes(row_of(INFO), [None], at=NOON)

    def test_are_given_in_commit_order_to_writers_that_interleave(self) -> None:
        """Whoever reads number n can read every change before it: no number is filled in later."""
        bank = make_bank()
        missing: list[int] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                newest = last_number()
                if Change.objects.filter(number__lte=newest).count() != newest:
                    missing.append(newest)
            connection.close()

        def write(start: int) -> None:
            for seed in range(start, start + 12):
                add(bank, seed)
            connection.close()

        writers = [threading.Thread(target=write, args=(start,)) for start in (100, 200, 300)]
        reader = threading.Thread(target=read)
        for thread in (reader, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        reader.join()
        assert missing == []
        assert last_number() == Change.objects.count() == 37

    def test_of_a_transaction_that_fails_are_given_again(self) -> None:
        bank = make_bank()
        number = last_number()
        with transaction.atomic():
            record_changes(bank, [None], at=NOON)
            transaction.set_rollback(True)
        add(bank, 1)
        assert last_number() == number + 1


class TestFollowing:
    def test_adds_and_removes_are_known_with_the_next_question(self, follower: Follower) -> None:
        bank = make_bank()
        operations.set_state(bank=bank, state=State.ENABLED, acting_user=ALICE, at=NOON)
        assert found(follower, 1) == []
        add(bank, 1, 2)
        assert found(follower, 1) == ["e1"]
        remove(bank, "e1")
        assert (found(follower, 1), found(follower, 2)) == ([], ["e2"])
        add(bank, 1)
        assert found(follower, 1) == ["e1"]

    def test_a_bank_in_shadow_has_no_effect_until_it_is_enabled(self, follower: Follower) -> None:
        bank = make_bank()
        add(bank, 1)
        assert found(follower, 1) == []
        operations.set_state(bank=bank, state=State.ENABLED, acting_user=ALICE, at=NOON)
        assert found(follower, 1) == ["e1"]
        operations.set_state(bank=bank, state=State.SHADOW, acting_user=ALICE, at=NOON)
        assert found(follower, 1) == []

    def test_expired_entries_are_not_found(self, follower: Follower) -> None:
        bank = make_bank()
        operations.set_state(bank=bank, state=State.ENABLED, acting_user=ALICE, at=NOON)
        soon = value(1, expires=NOON + timedelta(hours=1))
        operations.add_entries(bank=bank, entries=[soon], acting_user=ALICE, at=NOON)
        assert found(follower, 1) == ["e1"]
        assert found(follower, 1, now=NOON + timedelta(hours=1)) == []

    def test_one_that_starts_late_or_stands_still_agrees_with_one_that_follows(self, follower: Follower) -> None:
        bank = make_bank()
        operations.set_state(bank=bank, state=State.ENABLED, acting_user=ALICE, at=NOON)
        for seed in range(12):
            add(bank, seed)
            if seed % 3 == 2:
                follower.refresh()
                remove(bank, f"e{seed - 1}")
            if seed % 4 == 3:
                add(bank, 100 + seed)
        expected = set(Entry.objects.filter(removed=None).values_list("name", flat=True))
        with Follower() as late:
            for each in (follower, late):
                known = {name for seed in [*range(12), 103, 107, 111] for name in found(each, seed)}
                assert known == expected
                assert each.number == last_number()

    def test_threads_may_ask_while_others_write(self, follower: Follower) -> None:
        bank = make_bank()
        operations.set_state(bank=bank, state=State.ENABLED, acting_user=ALICE, at=NOON)
        add(bank, 0)
        wrong: list[object] = []

        def ask() -> None:
            try:
                wrong.extend(each for each in [found(follower, 0) for _ in range(15)] if each != ["e0"])
            except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
                wrong.append(error)
            connection.close()

        askers = [threading.Thread(target=ask) for _ in range(3)]
        for thread in askers:
            thread.start()
        for seed in range(1, 10):
            add(bank, seed)
            remove(bank, f"e{seed}")
        for thread in askers:
            thread.join()
        assert wrong == []


def person(role: Role | None, source: Source | None) -> Person:
    made = Person.objects.create(sign_in_name=str(uuid4()), display_name="x")
    if role is not None:
        Membership.objects.create(person=made, source=source, role=role.value)
    return made


class TestAccess:
    def test_a_bank_of_another_source_does_not_exist(self) -> None:
        mine, other = Source.objects.create(name="mine"), Source.objects.create(name="other")
        bank = make_bank(source=mine)
        alice, bob, charlie = person(Role.MANAGER, mine), person(Role.REVIEWER, mine), person(Role.MANAGER, other)
        assert access.get_bank(alice, bank.id, "banks.write") == bank
        assert access.get_bank(bob, bank.id, "banks.read") == bank
        with pytest.raises(PermissionDenied):
            access.get_bank(bob, bank.id, "banks.write")
        with pytest.raises(Http404):
            access.get_bank(charlie, bank.id, "banks.write")

    def test_a_bank_of_all_sources_is_changed_only_by_those_who_may_everywhere(self) -> None:
        mine = Source.objects.create(name="mine")
        bank = make_bank()
        alice, bob = person(Role.MANAGER, None), person(Role.MANAGER, mine)
        assert access.get_bank(alice, bank.id, "banks.write") == bank
        assert access.get_bank(bob, bank.id, "banks.read") == bank
        with pytest.raises(PermissionDenied):
            access.get_bank(bob, bank.id, "banks.write")

    def test_a_removed_entry_is_not_fetched(self) -> None:
        bank = make_bank()
        (kept, gone) = add(bank, 1, 2)
        remove(bank, "e2")
        alice = person(Role.MANAGER, None)
        assert access.get_entry(alice, bank.id, kept.id, "banks.read") == kept
        with pytest.raises(Http404):
            access.get_entry(alice, bank.id, gone.id, "banks.read")

    def test_the_register_shows_every_bank_to_every_user_of_the_console(self) -> None:
        mine, other = Source.objects.create(name="mine"), Source.objects.create(name="other")
        bank = make_bank("hidden-to-none", source=other)
        add(bank, 1, 2)
        remove(bank, "e1")
        for role in Role:
            (registered,) = access.register(person(role, mine))
            assert (registered.name, registered.entries) == ("hidden-to-none", 1)
            assert "VL-7" in registered.designation
        with pytest.raises(PermissionDenied):
            access.register(person(None, None))

"""Entries with content and details: what is kept, changed, forgotten, and found again by people."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import Http404

from stanch.errors import EntryExistsError, InvalidValueError, UnknownEntryError
from stanch.fingerprints import text as text_fingerprints
from stanch.values import BankInfo, Purpose
from stanch.values import Entry as EntryValue
from stanch_server.accounts.models import Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import access, contents, operations
from stanch_server.banks.changes import last_number
from stanch_server.banks.follower import Follower
from stanch_server.banks.making import Details
from stanch_server.banks.models import Bank, Entry
from stanch_server.banks.paging import page_by_id, page_of
from stanch_server.vault import operations as vault
from stanch_server.vault.errors import ErasedBlobError
from tests.matching.writing import writing
from tests.server.banks.stock import ALICE, NOON, add, enabled_bank, value

pytestmark = pytest.mark.django_db

WORDS = "كلمات".encode()
LATER = NOON + timedelta(days=30)
GOOD = BankInfo(name="verses", owner="us", legal_basis="none", purpose=Purpose.KNOWN_GOOD, reason="read aloud")


@pytest.fixture
def follower() -> Iterator[Follower]:
    with Follower() as follower:
        yield follower


def kept(bank: Bank, entry: EntryValue, content: bytes | None = WORDS) -> Entry:
    return operations.add_with_content(bank=bank, entry=entry, content=content, acting_user=ALICE, at=NOON)


def change(entry: Entry, **said: Any) -> bool:
    return operations.set_details(entry=entry, details=Details(**said), acting_user=ALICE, at=NOON)


def opened(entry: Entry) -> bytes:
    return contents.open_content(entry=entry, acting_user=ALICE, reason="revealed", now=NOON)


def found(follower: Follower, seed: int, *, now: datetime) -> list[str]:
    readings = [text_fingerprints.as_query(writing(seed, 60))]
    result = follower.match_readings("p", readings, source=None, now=now)
    return [f"{match.bank} {Entry.objects.get(id=match.entry).name}" for match in result.matches]


def removed(entry: Entry) -> None:
    operations.remove_entries(bank=entry.bank, names=[entry.name], acting_user=ALICE, at=NOON, reason="a mistake")


class TestContent:
    def test_is_kept_in_the_vault_and_each_look_is_recorded(self, source: Source) -> None:
        for bank in (enabled_bank(), enabled_bank("mine", source)):
            entry = kept(bank, value(1))
            assert opened(entry) == WORDS
            assert AuditPayload.objects.filter(action="vault.opened", subject=entry.id).count() == 1

    def test_is_not_there_where_none_was_given(self) -> None:
        with pytest.raises(Http404):
            opened(kept(enabled_bank(), value(1), content=None))

    def test_goes_with_its_entry(self) -> None:
        entry = kept(enabled_bank(), value(1))
        removed(entry)
        with pytest.raises(ErasedBlobError):
            opened(entry)

    def test_stays_after_removal_where_an_authority_has_it_preserved(self) -> None:
        entry = kept(enabled_bank(), value(1))
        vault.preserve(blob=entry.blob, until=LATER, reason="order 7", acting_user=ALICE, now=NOON)
        removed(entry)
        assert opened(entry) == WORDS

    def test_of_an_entry_that_is_refused_cannot_be_opened(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody else may add the same at the same instant, after the content was stored."""
        bank, stored = enabled_bank(), []
        keep = contents.keep

        def keeping(**given: Any) -> str:
            stored.append(keep(**given))
            kept(bank, value(1), content=None)
            return stored[-1]

        monkeypatch.setattr(contents, "keep", keeping)
        with pytest.raises(EntryExistsError):
            kept(bank, value(1))
        assert vault.erase(blob=stored[0], acting_user=ALICE, reason="again", now=NOON) is False

    def test_is_not_stored_for_what_the_bank_holds_already(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bank = enabled_bank()
        kept(bank, value(1))
        monkeypatch.setattr(contents, "keep", None)
        with pytest.raises(EntryExistsError):
            kept(bank, value(1))


class TestDetails:
    def test_are_changed_once_recorded_and_numbered(self) -> None:
        entry = kept(enabled_bank(), value(1))
        number, said = last_number(), {"labels": ("خطاب", "صوت"), "note": "نسخة", "expires": LATER}
        assert change(entry, **said)
        assert not change(entry, **said)
        stands = Entry.objects.get(id=entry.id)
        assert (stands.labels, stands.note, stands.expires) == (["خطاب", "صوت"], "نسخة", LATER)
        assert last_number() == number + 1
        (record,) = AuditPayload.objects.filter(action="bank.entry-changed")
        assert str(entry.id) in record.detail
        assert "نسخة" not in record.detail  # ids rather than content

    def test_of_a_removed_entry_stay_as_they_are(self) -> None:
        entry = kept(enabled_bank(), value(1))
        removed(entry)
        with pytest.raises(UnknownEntryError):
            change(entry, note="too late")

    def test_an_entry_that_is_made_to_expire_is_followed(self, follower: Follower) -> None:
        (entry, _) = add(enabled_bank(), 1, 2)
        assert found(follower, 1, now=LATER) == ["lantern e1"]
        change(entry, expires=LATER)
        assert found(follower, 1, now=LATER - timedelta(seconds=1)) == ["lantern e1"]
        assert (found(follower, 1, now=LATER), found(follower, 2, now=LATER)) == ([], ["lantern e2"])
        change(entry, expires=None)
        assert found(follower, 1, now=LATER) == ["lantern e1"]

    def test_an_expiry_that_has_passed_may_stay(self) -> None:
        entry = kept(enabled_bank(), replace(value(1), expires=LATER))
        Entry.objects.filter(id=entry.id).update(added=NOON - timedelta(days=9), expires=NOON - timedelta(days=1))
        entry.refresh_from_db()
        assert change(entry, labels=("old",), expires=entry.expires)
        with pytest.raises(InvalidValueError, match="expires"):
            change(entry, expires=NOON - timedelta(hours=1))

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"expires": LATER}, "note"),
            ({"note": " ", "expires": LATER}, "note"),
            ({"note": "read aloud in every school"}, "expires"),
        ],
    )
    def test_known_good_content_needs_a_reason_and_an_end(self, said: dict[str, Any], field: str) -> None:
        bank = operations.create_bank(info=GOOD, source=None, acting_user=ALICE, at=NOON)
        with pytest.raises(InvalidValueError) as refused:
            kept(bank, replace(value(1), **said))
        assert refused.value.fields["what"] == field
        entry = kept(bank, replace(value(1), note="read aloud in every school", expires=LATER))
        with pytest.raises(InvalidValueError):
            change(entry, **said)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"labels": ("a\nb",)}, "labels"),
            ({"labels": ("x" * 101,)}, "labels"),
            ({"labels": tuple(map(str, range(51)))}, "labels"),
            ({"note": "\0"}, "note"),
            ({"note": "x" * 5_001}, "note"),
            ({"expires": NOON}, "expires"),
        ],
    )
    def test_what_no_database_takes_or_nobody_reads_is_refused(self, said: dict[str, Any], field: str) -> None:
        entry = kept(enabled_bank(), value(1))
        with pytest.raises(InvalidValueError) as refused:
            change(entry, **said)
        assert refused.value.fields["what"] == field


class TestLooking:
    LABELS = ("Statement", "خطبة", "بیانیہ", "声明", "वक्तव्य", "መግለጫ", "ބަޔާން", "50%_off", 'a "quoted" one')

    @pytest.mark.parametrize("label", LABELS)
    def test_an_entry_is_found_by_each_of_its_labels(self, label: str) -> None:
        bank = enabled_bank()
        for seed, one in enumerate(self.LABELS):
            kept(bank, replace(value(seed), labels=("other", one)), content=None)
        assert [entry.labels[1] for entry in access.entries_of(bank, text=label)] == [label]
        assert [entry.labels[1] for entry in access.entries_of(bank, text=label[1:3])] == [label]

    def test_by_name_in_whatever_case_and_only_in_its_bank(self) -> None:
        bank, other = enabled_bank(), enabled_bank("other")
        for one in (bank, other):
            kept(one, replace(value(1), id="lantern.example/Path"), content=None)
            kept(one, replace(value(2), id="elsewhere.example"), content=None)
        assert [entry.name for entry in access.entries_of(bank, text="PATH")] == ["lantern.example/Path"]
        assert not access.entries_of(bank, text="nothing of this").exists()

    def test_pages_hold_each_entry_once_even_if_the_last_one_goes(self) -> None:
        bank = enabled_bank()
        for minute in range(7):
            entry = value(minute)
            operations.add_entries(
                bank=bank, entries=[entry], acting_user=ALICE, at=NOON + timedelta(minutes=minute // 2)
            )
        newest_first = [entry.id for entry in access.entries_of(bank).order_by("-added", "-id")]
        first = page_of(access.entries_of(bank), limit=3)
        removed(first.entries[-1])
        second = page_of(access.entries_of(bank), after=first.after, limit=3)
        third = page_of(access.entries_of(bank), after=second.after, limit=3)
        seen = [entry.id for page in (first, second, third) for entry in page.entries]
        assert (seen, third.after) == (newest_first, "")
        by_id = page_by_id(access.entries_of(bank), after=None, limit=100)
        assert [entry.id for entry in by_id.entries] == sorted(entry.id for entry in access.entries_of(bank))
        assert page_of(access.entries_of(bank), after="no id").entries[0].id == newest_first[0]

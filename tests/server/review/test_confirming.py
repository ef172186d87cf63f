"""Parts of an item become entries of a bank, by the word of the person who decides."""

from io import BytesIO

import msgspec
import pytest
from PIL import Image

from stanch.errors import CannotBankError, StanchError
from stanch.fingerprints import link
from stanch.formats import record_of
from stanch.values import Level, Purpose
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.contents import Content
from stanch_server.intake.errors import GoneContentError
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review import resting
from stanch_server.review.errors import (
    DecisionTakenError,
    WrongBankError,
)
from stanch_server.review.models import Decision, DecisionEntry
from stanch_server.vault.access import get_blob
from tests.server.conftest import START
from tests.server.review.cast import (
    ALLOWED,
    SECOND,
    STATEMENT,
    UNKNOWN,
    decided,
    entry,
    new_bank,
    taken_in,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def bank(source: Source) -> Bank:
    return new_bank("lantern", source, {STATEMENT: "alice"})


@pytest.fixture
def item(bank: Bank, source: Source) -> Item:  # noqa: ARG001 - it has to be there first
    return taken_in(source, STATEMENT)


def test_parts_become_entries_that_are_found_from_then_on(item: Item, bob: Person, source: Source) -> None:
    bank = new_bank("drops", source, {})
    both = taken_in(source, STATEMENT, SECOND, UNKNOWN)
    assert taken_in(source, SECOND).level == Level.ALLOW
    made = decided(both, bob, confirm_in=bank, parts=[1])
    added = Entry.objects.get(bank=bank)
    assert (added.confirmed_by, made.confirmed, added.added) == (bob.actor, added, START)
    assert str(made.id) in added.note
    assert get_blob(added.blob, sources=[source.id]).purpose == "entry"
    again = taken_in(source, SECOND)
    assert again.level == Level.HOLD
    decided(again, "alice")
    assert DecisionEntry.objects.get(decision__item=again).entry == added
    assert item.level == Level.HOLD


def test_an_entry_that_stands_unconfirmed_is_confirmed(source: Source, bob: Person) -> None:
    bank = new_bank("lantern", source, {STATEMENT: None})
    item = taken_in(source, STATEMENT)
    made = decided(item, bob, confirm_in=bank, parts=[0])
    assert Entry.objects.get() == made.confirmed == entry(bank)
    assert entry(bank).confirmed_by == bob.actor
    assert AuditPayload.objects.filter(action="bank.entry-confirmed").count() == 1
    intake.set_policy(
        source=source,
        bank=bank,
        block_identical=True,
        at_most=Level.BLOCK,
        reason="decided by the board",
        acting_user="alice",
        at=START,
    )
    assert taken_in(source, STATEMENT).level == Level.BLOCK  # which an unconfirmed entry never leads to


def test_one_that_somebody_had_confirmed_stays_theirs(item: Item, bank: Bank, bob: Person) -> None:
    made = decided(item, bob, confirm_in=bank, parts=[0])
    assert made.confirmed == entry(bank)
    assert entry(bank).confirmed_by == "alice"


def test_equal_parts_are_one_entry_and_a_link_keeps_no_content(source: Source, bob: Person) -> None:
    new_bank("lantern", source, {STATEMENT: "alice"})
    bank = new_bank("drops", source, {})
    item = taken_in(source, STATEMENT, SECOND, SECOND, "https://lantern.example/drop/9")
    made = decided(item, bob, confirm_in=bank, parts=[1, 2, 3, 3])
    rows = {one.name: one.blob for one in Entry.objects.filter(bank=bank)}
    assert len(rows) == 2
    assert rows["https://lantern.example/drop/9"] == ""
    assert made.confirmed is not None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({**ALLOWED, "content_type": ""}, WrongBankError),
        ({"action": "label", "label": "x", "content_type": ""}, WrongBankError),
        ({"parts": []}, WrongBankError),
        ({"parts": [0, 5]}, GoneContentError),
    ],
)
def test_what_is_not_called_terrorist_content_confirms_nothing(
    item: Item, bank: Bank, bob: Person, changes: dict[str, object], refusal: type[StanchError]
) -> None:
    with pytest.raises(refusal):
        decided(item, bob, **{"confirm_in": bank, "parts": [0], **changes})
    assert not Decision.objects.exists()


def test_banks_of_others_and_of_good_content_take_nothing(item: Item, bob: Person, other_source: Source) -> None:
    good = new_bank("good", None, {}, purpose=Purpose.KNOWN_GOOD, reason="a newspaper", content_type=None)
    for bank in (new_bank("theirs", other_source, {}), good):
        with pytest.raises(WrongBankError):
            decided(item, bob, confirm_in=bank, parts=[0])


def test_the_second_of_two_opens_nothing(item: Item, bank: Bank, bob: Person, alice: Person) -> None:
    decided(item, bob)
    opened = AuditPayload.objects.filter(action="vault.opened").count()
    with pytest.raises(DecisionTakenError):
        decided(item, alice, confirm_in=bank, parts=[0])
    assert AuditPayload.objects.filter(action="vault.opened").count() == opened


def test_pictures_and_hashes_become_entries_too(source: Source, bob: Person) -> None:
    new_bank("lantern", source, {STATEMENT: "alice"})
    bank = new_bank("drops", source, {})
    picture = BytesIO()
    Image.linear_gradient("L").rotate(30).save(picture, "PNG")
    more = (
        Content(name="poster.png", form=ItemPart.Form.FILE, data=picture.getvalue()),
        Content(name="hash", form=ItemPart.Form.HASH, data=b'{"method": "sha256", "value": "%s"}' % (b"0a" * 32)),
    )
    decided(taken_in(source, STATEMENT, more=more), bob, confirm_in=bank, parts=[1, 2])
    rows = Entry.objects.filter(bank=bank)
    assert {row.confirmed_by for row in rows} == {bob.actor}
    assert sorted(bool(row.blob) for row in rows) == [False, True]
    for again in more:
        assert taken_in(source, more=(again,)).level == Level.HOLD


def test_fingerprints_that_a_source_looked_up_with_become_none(source: Source, bob: Person) -> None:
    new_bank("lantern", source, {STATEMENT: "alice"})
    drops = new_bank("drops", source, {})
    reading = link.as_query("https://harbour.example/2026/drop/7")  # its host is among what it looks up
    made = {"name": "made", "medium": "link", "fingerprints": [record_of(one) for one in reading.fingerprints]}
    sent = Content(name="made", form=ItemPart.Form.FINGERPRINTS, data=msgspec.json.encode(made))
    item = taken_in(source, STATEMENT, more=(sent,))
    with pytest.raises(CannotBankError):
        decided(item, bob, confirm_in=drops, parts=[1])
    assert not Decision.objects.exists()
    assert taken_in(source, "https://harbour.example/").level == Level.ALLOW


def test_a_decision_and_what_came_of_it_are_found_from_each_other(
    item: Item, bank: Bank, source: Source, bob: Person
) -> None:
    drops = new_bank("drops", source, {SECOND: None})
    made = decided(taken_in(source, STATEMENT, SECOND, UNKNOWN), bob, confirm_in=drops, parts=[1, 2])
    came = resting.entries_of(made)
    assert {one.name for one in came} == {one.name for one in Entry.objects.filter(bank=drops)}
    assert {resting.came_of(one) for one in came} == {made}
    assert resting.came_of(entry(bank)) is None
    assert resting.entries_of(decided(item, bob)) == []

"""Removing an entry: everything that rests on it is listed, and undone with it where a person says so."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.test import Client

from stanch.errors import UnknownEntryError
from stanch.values import Level
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.errors import LockedItemError
from stanch_server.intake.found import found_of
from stanch_server.intake.models import Item
from stanch_server.review import access, operations
from stanch_server.review.errors import ChangedMeanwhileError, NotRestingError, UnfoundedDecisionError
from stanch_server.review.models import Decision, DecisionEntry
from tests.server.accounts.helpers import text
from tests.server.conftest import START
from tests.server.review.cast import ALLOWED, SECOND, STATEMENT, decided, entry, new_bank, taken_in, told, webhook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def bank(source: Source) -> Bank:
    webhook(source)
    return new_bank("lantern", source, {STATEMENT: "alice"})


def removed(of: Entry, **changes: Any) -> list[Decision]:
    given = {"reason": "an obituary", "reinstate": [], "acting_user": "alice", "at": START, **changes}
    return operations.remove_entry(entry=of, **given)


def address(of: Entry) -> str:
    return f"/banks/{of.bank_id}/entries/{of.id}/remove/"


class TestWhatRestsOnIt:
    def test_each_standing_decision_with_what_else_supports_it(
        self, bank: Bank, source: Source, alice: Person
    ) -> None:
        other = new_bank("other", source, {STATEMENT: "alice"})
        alone, both = taken_in(source, STATEMENT), taken_in(source, STATEMENT)
        Item.objects.filter(id=alone.id).update(found=_without(alone, "other"))
        made = [decided(Item.objects.get(id=one.id), alice) for one in (alone, both)]
        withdrawn = decided(taken_in(source, STATEMENT), alice)
        operations.undo(decision=withdrawn, reason="too quick", acting_user=alice.actor, at=START)
        decisions, items = access.rests(alice, entry(bank))
        assert {one.id: (one.others, one.chosen) for one in decisions} == {
            made[0].id: ((), True),
            made[1].id: ((entry(other),), False),
        }
        assert access.resting_on(alice, entry(bank)) == sorted(made, key=lambda one: (one.decided, one.id))
        assert items == []

    def test_items_that_the_machine_alone_holds(self, bank: Bank, source: Source, alice: Person) -> None:
        held = taken_in(source, STATEMENT)
        decided(taken_in(source, STATEMENT), alice, **ALLOWED, content_type="")
        taken_in(source, SECOND)
        assert [one.item for one in access.rests(alice, entry(bank))[1]] == [held]

    def test_nobody_sees_those_of_other_sources(
        self,
        source: Source,
        other_source: Source,
        alice: Person,
        charlie: Person,
        new_person: Callable[..., Person],
    ) -> None:
        shared = new_bank("shared", None, {STATEMENT: "alice"})
        here = decided(taken_in(source, STATEMENT), alice)
        there = decided(taken_in(other_source, STATEMENT), charlie)
        everywhere = new_person("eli", None, Role.MANAGER)
        assert access.resting_on(alice, entry(shared)) == [here]
        assert access.resting_on(charlie, entry(shared)) == [there]
        assert set(access.resting_on(everywhere, entry(shared))) == {here, there}


class TestRemoving:
    def test_the_entry_goes_and_the_chosen_decisions_with_it(
        self, bank: Bank, source: Source, alice: Person
    ) -> None:
        first, second, kept = (taken_in(source, STATEMENT) for _ in range(3))
        made = [decided(one, alice) for one in (first, second, kept)]
        undone = removed(entry(bank), reinstate=[one.id for one in made[:2]])
        assert {one.id for one in undone} == {one.id for one in made[:2]}
        assert entry(bank).removed == START
        assert set(Decision.objects.filter(undone=None)) == {made[2]}
        messages = told()[3:]
        assert {(one.item, one.kind, one.action, one.reasons) for one in messages} == {
            (one.id, "decision.undone", "reinstate", "an obituary") for one in (first, second)
        }
        assert taken_in(source, STATEMENT).level == Level.ALLOW

    def test_held_items_are_let_through(self, bank: Bank, source: Source) -> None:
        held, left = taken_in(source, STATEMENT), taken_in(source, STATEMENT)
        removed(entry(bank), lift=[held.id])
        assert Item.objects.get(id=held.id).level == Level.REVIEW
        assert Item.objects.get(id=left.id).level == Level.HOLD
        assert [(one.item, one.kind, one.outcome) for one in told()] == [(held.id, "item.outcome", "review")]

    def test_what_was_undone_or_let_through_meanwhile_does_no_harm(
        self, bank: Bank, source: Source, alice: Person
    ) -> None:
        item, held = taken_in(source, STATEMENT), taken_in(source, STATEMENT)
        made = decided(item, alice)
        operations.undo(decision=made, reason="too quick", acting_user=alice.actor, at=START)
        decided(held, alice, **ALLOWED, content_type="")
        assert removed(entry(bank), reinstate=[made.id], lift=[held.id]) == []
        assert Decision.objects.get(item=held).undone is None

    def test_nothing_that_was_not_shown_is_left_behind(self, bank: Bank, source: Source, alice: Person) -> None:
        seen = decided(taken_in(source, STATEMENT), alice)
        taken_in(source, STATEMENT)
        with pytest.raises(ChangedMeanwhileError):
            removed(entry(bank), reinstate=[seen.id], seen=[seen.id])
        assert entry(bank).removed is None
        assert Decision.objects.get().undone is None
        assert len(told()) == 1

    def test_only_what_rests_on_it_can_be_chosen(self, bank: Bank, source: Source, alice: Person) -> None:
        new_bank("other", source, {SECOND: "alice"})
        item = taken_in(source, SECOND)
        for given in ({"lift": [item.id]}, {"reinstate": [decided(item, alice).id]}):
            with pytest.raises(NotRestingError):
                removed(entry(bank), **given)
        assert entry(bank).removed is None

    def test_what_is_locked_stays_as_it_is(self, bank: Bank, source: Source, alice: Person) -> None:
        item = taken_in(source, STATEMENT)
        made = decided(item, alice)
        intake.lock(item=item, acting_user="bob", at=START)
        (one,), _ = access.rests(alice, entry(bank))
        assert not one.chosen
        with pytest.raises(LockedItemError):
            removed(entry(bank), reinstate=[made.id])
        assert entry(bank).removed is None
        removed(entry(bank))
        assert Decision.objects.get().undone is None

    def test_twice_and_without_a_reason(self, bank: Bank) -> None:
        first = entry(bank)
        with pytest.raises(UnfoundedDecisionError):
            removed(first, reason=" ")
        removed(first)
        with pytest.raises(UnknownEntryError):
            removed(first)

    def test_what_breaks_off_leaves_everything(
        self, bank: Bank, source: Source, alice: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = decided(taken_in(source, STATEMENT), alice)

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("stanch_server.review.operations.undoing.announce", dies)
        with pytest.raises(KeyboardInterrupt):
            removed(entry(bank), reinstate=[made.id])
        assert entry(bank).removed is None
        assert Decision.objects.get().undone is None


class TestPage:
    def test_what_stands_on_nothing_else_is_chosen_already(
        self, bank: Bank, source: Source, alice: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        made, held = decided(taken_in(source, STATEMENT), alice), taken_in(source, STATEMENT)
        browser = signed_in(alice)
        page = text(browser.get(address(entry(bank))))
        for chosen in (f'name="reinstate" value="{made.id}"', f'name="lift" value="{held.id}"'):
            box = page[page.index(chosen) :].split(">")[0]
            assert "checked" in box
        sent = {"reason": "an obituary", "reinstate": made.id, "lift": held.id, "seen": [made.id, held.id]}
        answer = browser.post(address(entry(bank)), sent)
        assert answer.status_code == 200
        assert str(made.id) in text(answer)
        assert Decision.objects.get().undone_by == alice.actor
        assert Item.objects.get(id=held.id).level == Level.REVIEW
        assert browser.get(address(entry(bank))).status_code == 404  # it is gone

    def test_what_came_meanwhile_is_shown_before_anything_happens(
        self, bank: Bank, source: Source, alice: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        browser = signed_in(alice)
        held = taken_in(source, STATEMENT)
        answer = browser.post(address(entry(bank)), {"reason": "an obituary"})
        assert answer.status_code == 409
        assert str(held.id) in text(answer)
        assert browser.post(address(entry(bank)), {"reason": "", "seen": held.id}).status_code == 422
        assert browser.post(address(entry(bank)), {"reason": "x", "lift": "no id"}).status_code == 422
        assert entry(bank).removed is None

    def test_who_may(
        self,
        bank: Bank,
        bob: Person,
        charlie: Person,
        alice: Person,
        signed_in: Callable[[Person], Client],
    ) -> None:
        shared = new_bank("shared", None, {SECOND: "alice"})
        for person, of, status in (
            (alice, bank, 200),
            (bob, bank, 403),
            (charlie, bank, 404),
            (alice, shared, 403),
        ):
            browser = signed_in(person)
            assert browser.get(address(entry(of))).status_code == status
            posted = browser.post(address(entry(of)), {"reason": ""}).status_code
            assert posted == (422 if status == 200 else status)

    def test_decisions_of_others_cannot_be_slipped_in(
        self,
        source: Source,
        other_source: Source,
        charlie: Person,
        new_person: Callable[..., Person],
        signed_in: Callable[[Person], Client],
    ) -> None:
        mine, theirs = (
            new_bank("mine", source, {STATEMENT: "x"}),
            new_bank("theirs", other_source, {STATEMENT: "x"}),
        )
        made = decided(taken_in(other_source, STATEMENT), charlie)
        DecisionEntry.objects.create(decision=made, entry=entry(mine))  # as if the bank had been everybody's once
        browser = signed_in(new_person("mallory", source, Role.MANAGER))
        answer = browser.post(address(entry(mine)), {"reason": "x", "reinstate": made.id, "seen": made.id})
        assert answer.status_code == 409
        assert (entry(mine).removed, entry(theirs).removed, Decision.objects.get().undone) == (None, None, None)


def _without(item: Item, bank: str) -> bytes:
    """Return what was found in an item, but for the matches of a bank."""
    found = found_of(item)
    kept = [match for match in found.matches if match.bank != bank]
    return msgspec.json.encode(msgspec.structs.replace(found, matches=kept, reasons=[]))

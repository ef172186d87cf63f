"""One click back: what follows, and that whatever is done in whatever order leaves one decision at most."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stanch.values import Level
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks.models import Bank
from stanch_server.intake import operations as intake
from stanch_server.intake.answers import answer_of
from stanch_server.intake.contents import open_content
from stanch_server.intake.errors import LockedItemError
from stanch_server.intake.models import Item, ItemPart
from stanch_server.outbox.models import OutboxRow
from stanch_server.review import operations
from stanch_server.review.errors import DecisionTakenError, UnfoundedDecisionError
from stanch_server.review.models import Decision
from tests.server.conftest import START
from tests.server.review.cast import ALLOWED, STATEMENT, UNKNOWN, decided, entry, new_bank, taken_in, told, webhook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def bank(source: Source) -> Bank:
    return new_bank("lantern", source, {STATEMENT: "alice"})


@pytest.fixture
def item(bank: Bank, source: Source) -> Item:  # noqa: ARG001 - it has to be there first
    webhook(source)
    return taken_in(source, STATEMENT)


def undone(decision: Decision, by: str = "bob", reason: str = "a newspaper after all") -> bool:
    return operations.undo(decision=decision, reason=reason, acting_user=by, at=START)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, "reinstate"),
        ({"action": "restrict"}, "reinstate"),
        ({"action": "label", "label": "x"}, "reinstate"),
        ({**ALLOWED, "content_type": ""}, None),
    ],
)
def test_the_source_is_asked_to_reinstate_what_it_had_to_change(
    item: Item, bob: Person, changes: dict[str, str], asked: str | None
) -> None:
    made = decided(item, bob, **changes)
    assert undone(made)
    said = told()[-1]
    assert (said.kind, said.action, said.outcome, said.reasons) == (
        "decision.undone",
        asked,
        "review",
        "a newspaper after all",
    )
    row = Decision.objects.get()
    assert (row.undone, row.undone_by, row.undo_reason) == (START, "bob", "a newspaper after all")
    assert (made.undone, made.undone_by) == (START, "bob")


def test_the_item_waits_again_and_nothing_is_hidden(item: Item, bob: Person) -> None:
    undone(decided(item, bob))
    again = Item.objects.get()
    assert (again.level, again.hold_until, again.decided) == (Level.REVIEW, None, None)
    assert again.first_level == Level.HOLD
    assert answer_of(again).decision is None


def test_what_the_machine_had_allowed_stands_as_allowed(source: Source, bob: Person) -> None:
    item = taken_in(source, UNKNOWN)
    undone(decided(item, bob))
    assert Item.objects.get().level == Level.ALLOW


def test_twice_is_once(item: Item, bob: Person) -> None:
    made = decided(item, bob)
    assert undone(made)
    assert not undone(made, by="alice", reason="me too")
    assert Decision.objects.get().undone_by == "bob"
    assert len(told()) == 2
    assert AuditPayload.objects.filter(action="review.undone").count() == 1


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 5_001])
def test_without_a_reason_it_stands(item: Item, bob: Person, reason: str) -> None:
    made = decided(item, bob)
    with pytest.raises(UnfoundedDecisionError):
        undone(made, reason=reason)
    assert Decision.objects.get().undone is None


def test_what_is_locked_is_not_reinstated(item: Item, bob: Person) -> None:
    made = decided(item, bob)
    intake.lock(item=item, acting_user="bob", at=START)
    with pytest.raises(LockedItemError):
        undone(made)
    assert Decision.objects.get().undone is None


def test_what_was_preserved_can_be_looked_at_again_and_what_was_let_go_cannot(
    source: Source, item: Item, bob: Person
) -> None:
    undone(decided(item, bob))
    part = ItemPart.objects.select_related("item").get(item=item)
    assert open_content(part, acting_user="bob", reason="again", now=START).decode() == STATEMENT
    other = taken_in(source, STATEMENT)
    undone(decided(other, bob, **ALLOWED, content_type=""))
    assert ItemPart.objects.get(item=other).blob == ""


def test_what_was_confirmed_stays_in_its_bank(item: Item, bank: Bank, bob: Person) -> None:
    undone(decided(item, bob, confirm_in=bank, parts=[0]))
    assert entry(bank).removed is None


def test_of_two_who_undo_at_once_one_does(item: Item, bob: Person) -> None:
    made = decided(item, bob)
    ready = threading.Barrier(2)
    did: list[bool] = []

    def one(person: str) -> None:
        ready.wait()
        did.append(undone(Decision.objects.get(id=made.id), by=person))
        connection.close()

    threads = [threading.Thread(target=one, args=(person,)) for person in ("bob", "alice")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(did) == [False, True]
    assert [one.kind for one in told()] == ["decision.made", "decision.undone"]


def test_what_breaks_off_leaves_it_standing(item: Item, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made = decided(item, bob)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("stanch_server.review.operations.undoing.announce", dies)
        with pytest.raises(KeyboardInterrupt):
            undone(made)
    assert Decision.objects.get().undone is None
    assert Item.objects.get().decided == START
    assert undone(made)


STEPS = st.lists(
    st.one_of(st.sampled_from(["remove", "restrict", "label", "allow"]), st.integers(0, 3)), min_size=1, max_size=8
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_leaves_one_at_most_and_messages_in_order(item: Item, steps: list[str | int]) -> None:
    """A word decides, a number undoes the decision of that place, if there is one, again or not."""
    with whole_again():
        made: list[Decision] = []
        expected: list[tuple[str, str | None]] = []
        for step in steps:
            if isinstance(step, str):
                _decide(item, step, made, expected)
            elif step < len(made):
                stood = made[step].undone is None
                assert undone(made[step]) is stood
                if stood:
                    expected.append(("decision.undone", None if made[step].action == "allow" else "reinstate"))
            standing = Decision.objects.filter(item=item, undone=None)
            assert standing.count() == sum(one.undone is None for one in made) <= 1
            assert (Item.objects.get(id=item.id).decided is not None) is standing.exists()
        assert [(one.kind, one.action) for one in told(item)] == expected
        assert len({row.key for row in OutboxRow.objects.filter(topic="intake.webhook")}) <= 1


def _decide(item: Item, action: str, made: list[Decision], expected: list[tuple[str, str | None]]) -> None:
    stands = any(one.undone is None for one in made)
    changes = {"action": action, "label": "x" if action == "label" else ""}
    if action == "allow":
        changes["content_type"] = ""
    try:
        made.append(decided(item, "bob", **changes, token=uuid4()))
    except DecisionTakenError:
        assert stands
    else:
        assert not stands
        expected.append(("decision.made", action))


@contextmanager
def whole_again() -> Iterator[None]:
    """Let a block find everything as it was before, so that each example begins anew."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)

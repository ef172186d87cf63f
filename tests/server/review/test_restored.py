"""After a restore of a database from before an erasure, which is applied again: items name what is gone."""

import pytest

from stanch_server.accounts.models import Person, Source
from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review import operations
from stanch_server.review.operations.exits import Facts
from stanch_server.vault import operations as vault
from stanch_server.vault.access import get_blob
from tests.server.conftest import START
from tests.server.review.cast import SECOND, STATEMENT, decided, new_bank, taken_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def item(source: Source) -> Item:
    new_bank("lantern", source, {STATEMENT: "alice"})
    item = taken_in(source, STATEMENT, SECOND)
    gone = ItemPart.objects.get(item=item, position=0)
    vault.erase(blob=gone.blob, acting_user="alice", reason="decided", now=START)
    return item


def kept(item: Item) -> bool:
    """Return whether the part whose content is there has been preserved."""
    blob = ItemPart.objects.get(item=item, position=1).blob
    return get_blob(blob, sources=[item.source_id]).preserved_until is not None


def test_it_can_be_removed_and_reinstated(item: Item, bob: Person) -> None:
    made = decided(item, bob)
    assert kept(item)
    assert operations.undo(decision=made, reason="a mistake", acting_user=bob.actor, at=START)


def test_it_can_be_sealed(item: Item, bob: Person) -> None:
    assert operations.seal(item=item, acting_user=bob.actor, at=START)
    assert kept(item)


def test_a_threat_to_life_can_be_reported(item: Item, bob: Person) -> None:
    facts = Facts(recipient="The authority", threat="the pier at 6:00", contact="The duty desk")
    assert operations.report_threat(item=item, facts=facts, acting_user=bob.actor, at=START)
    assert kept(item)


def test_it_can_be_forgotten(item: Item) -> None:
    proof = intake.prove_forgotten(intake.forget(item=item, acting_user="alice", now=START))
    assert proof.holds

"""An item that one person forgets while another decides on it: one of both is told that the other was first."""

import pytest

from stanch_server.accounts.models import Person, Source
from stanch_server.intake import operations as intake
from stanch_server.intake.errors import LockedItemError, PreservedItemError
from stanch_server.intake.models import Item
from stanch_server.review import operations
from stanch_server.review.errors import ItemGoneError
from stanch_server.review.models import Decision
from tests.server.conftest import START
from tests.server.review.cast import STATEMENT, at_once, decided, new_bank, taken_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def item(source: Source) -> Item:
    new_bank("lantern", source, {STATEMENT: "alice"})
    return taken_in(source, STATEMENT)


def test_forgetting_and_removing(item: Item, bob: Person) -> None:
    fetched = Item.objects.get(id=item.id)
    came = at_once(
        lambda number: (
            decided(fetched, bob) if number % 2 else intake.forget(item=fetched, acting_user="alice", now=START)
        )
    )
    if Item.objects.exists():
        assert came.count(PreservedItemError) == 2
        assert Decision.objects.count() == 1
    else:
        assert came.count(ItemGoneError) == 2
        assert not Decision.objects.exists()


def test_forgetting_and_sealing(item: Item, bob: Person) -> None:
    fetched = Item.objects.get(id=item.id)
    came = at_once(
        lambda number: (
            operations.seal(item=fetched, acting_user=bob.actor, at=START)
            if number % 2
            else intake.forget(item=fetched, acting_user="alice", now=START)
        )
    )
    if Item.objects.exists():
        assert came.count(LockedItemError) == 2
        assert came.count(True) == 1
    else:
        assert came.count(False) == 2

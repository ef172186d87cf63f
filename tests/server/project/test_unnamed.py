"""Content that was stored for something that never came to be does not stay for ever."""

from datetime import timedelta

import pytest

from stanch_server.accounts.models import Source
from stanch_server.banks import contents as bank_contents
from stanch_server.banks import operations as banks
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.contents import Content, keep
from stanch_server.intake.models import ItemPart
from stanch_server.project import jobs
from stanch_server.vault import operations as vault
from stanch_server.vault.errors import TooManyOrphansError
from stanch_server.vault.models import Blob
from stanch_server.vault.values import Purpose
from tests.server.conftest import START
from tests.server.review.cast import STATEMENT, new_bank, taken_in

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
LATER = START + DAY + timedelta(seconds=1)


@pytest.fixture
def bank(source: Source) -> Bank:
    return new_bank("lantern", source, {STATEMENT: "alice"})


def kept(source: Source) -> str:
    """Keep a text as a request does whose process dies before it has written its item."""
    content = Content(name="text", form=ItemPart.Form.TEXT, data=STATEMENT.encode())
    ((_, blob),) = keep([content], source=source.id, acting_user="program", now=START)
    return str(blob)


def stored() -> set[str]:
    return set(Blob.objects.filter(state="stored").values_list("id", flat=True))


def test_what_no_item_names_goes_after_a_day(source: Source, bank: Bank) -> None:  # noqa: ARG001 - it is matched
    taken_in(source, STATEMENT)
    named = set(ItemPart.objects.values_list("blob", flat=True))
    lost = kept(source)
    assert jobs.erase_unnamed(START + DAY) == 0  # a request that takes long may still name it
    assert stored() == named | {lost}
    assert jobs.erase_unnamed(LATER) == 1
    assert stored() == named
    assert jobs.erase_unnamed(LATER) == 0


def test_what_no_entry_names_goes_too(bank: Bank) -> None:
    blob = bank_contents.keep(bank=bank, content=b"a work", acting_user="alice", at=START)
    row = Entry.objects.get()
    Entry.objects.update(blob=blob)
    lost = bank_contents.keep(bank=bank, content=b"another", acting_user="alice", at=START)
    assert jobs.erase_unnamed(LATER) == 1
    assert stored() == {blob} != {lost}
    vault.preserve(blob=blob, until=LATER + DAY, reason="an order", acting_user="alice", now=START)
    banks.remove_entries(bank=bank, names=[row.name], acting_user="alice", at=START, reason="a mistake")
    assert jobs.erase_unnamed(LATER) == 0
    assert jobs.erase_unnamed(LATER + DAY) == 1  # nothing preserves what was removed any more
    assert stored() == set()


def test_many_at_once_are_a_sign_of_the_wrong_database(source: Source) -> None:
    lost = {kept(source) for _ in range(3)}
    with pytest.raises(TooManyOrphansError):
        vault.erase_unnamed(purpose=Purpose.ITEM, named=lambda _some: [], now=LATER, at_most=2)
    assert stored() == lost
    assert vault.erase_unnamed(purpose=Purpose.ITEM, named=lambda _some: [], now=LATER, at_most=3) == 3

"""A program may give an entry any name, also the one that other content would have: nobody confirms it by that."""

import pytest

from stanch.matching import entry_of
from stanch.values import Level, TextPart
from stanch_server.accounts.models import Person, Source
from stanch_server.banks import making
from stanch_server.banks import operations as banks
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.review.errors import WrongBankError
from stanch_server.review.models import Decision
from tests.server.conftest import START
from tests.server.review.cast import SECOND, STATEMENT, decided, new_bank, taken_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def add_under_name(bank: Bank, text: str, name: str) -> None:
    """Add a text as a program does: unconfirmed, under a name of its choice."""
    part = TextPart(name="text", text=text)
    entry = making.made(
        part, follower().decoders, details=making.Details(), confirmed_by=None, at=START, name=name
    )
    banks.add_with_content(bank=bank, entry=entry, content=text.encode(), acting_user="program", at=START)


def test_confirming_one_content_never_confirms_another_of_its_name(source: Source, bob: Person) -> None:
    bank = new_bank("lantern", source, {})
    name = entry_of(TextPart(name="t", text=STATEMENT), follower().decoders, added=START, confirmed_by=None).id
    add_under_name(bank, SECOND, name)
    intake.set_policy(
        source=source,
        bank=bank,
        block_identical=True,
        at_most=Level.BLOCK,
        reason="decided by the board",
        acting_user="alice",
        at=START,
    )
    new_bank("other", source, {STATEMENT: "alice"})
    item = taken_in(source, STATEMENT)
    with pytest.raises(WrongBankError):
        decided(item, bob, confirm_in=bank, parts=[0])
    assert not Decision.objects.exists()
    assert Entry.objects.get(bank=bank).confirmed_by == ""
    assert taken_in(source, SECOND).level == Level.HOLD  # nobody has ever confirmed this

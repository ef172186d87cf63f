"""An entry that is removed while something is scanned holds nothing up: who removed it saw all that it held."""

from typing import Any

import pytest

from stanch.values import Level
from stanch_server.banks import operations as banks
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.errors import OutdatedScanError
from stanch_server.intake.models import Item, ItemEntry
from stanch_server.intake.operations import scan_pending, set_policy
from stanch_server.intake.scanning import Scanned, scan
from stanch_server.vault.access import list_blobs
from tests.server.conftest import START
from tests.server.intake.conftest import STATEMENT, Program
from tests.server.intake.test_items import public

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blocking(bank: Bank) -> Bank:
    assert bank.source is not None
    set_policy(
        source=bank.source,
        bank=bank,
        block_identical=True,
        at_most=Level.BLOCK,
        reason="decided by the board",
        acting_user="alice",
        at=START,
    )
    return bank


def scan_and_remove(*contents: Any, **around: Any) -> Scanned:
    """Scan, and remove every entry before what came of it is written."""
    scanned = scan(*contents, **around)
    for one in Entry.objects.filter(removed=None).select_related("bank"):
        banks.remove_entries(bank=one.bank, names=[one.name], acting_user="bob", at=START, reason="a mistake")
    return scanned


def test_what_is_taken_in_is_scanned_anew(
    program: Program, blocking: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanch_server.intake.operations.submitting.scan", scan_and_remove)
    said = program.said(public(text=STATEMENT))
    assert (said["outcome"], said["matches"]) == ("allow", [])
    assert Item.objects.count() == 1
    assert not ItemEntry.objects.exists()
    assert blocking.source is not None
    assert not list_blobs(blocking.source.id, sources=[blocking.source.id])  # nor is its content kept


def test_what_waited_is_scanned_anew(program: Program, blocking: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    said = program.said(public(text=STATEMENT), Prefer="respond-async")
    item = Item.objects.get(id=said["id"])
    with monkeypatch.context() as removing:
        removing.setattr("stanch_server.intake.operations.settling.scan", scan_and_remove)
        with pytest.raises(OutdatedScanError):
            scan_pending(item.id, now=START)
    assert scan_pending(item.id, now=START)
    assert Item.objects.get().level == Level.ALLOW
    assert not ItemEntry.objects.exists()
    assert blocking.entries.filter(removed=None).count() == 0

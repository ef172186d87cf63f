"""An installation in which every address leads somewhere, and a program that may do everything at its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from stanch_server.accounts.models import Source
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.models import Item
from stanch_server.review.operations import decide
from tests.server.conftest import START
from tests.server.intake.conftest import STATEMENT, UNCONFIRMED, Program, bank, new_program, program

__all__ = ["bank", "new_program", "program"]

PROBLEM = "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where a campaign is fought.

    Parameters
    ----------
    known : by the name of an argument of addresses, what it may name here.
    """

    program: Program
    known: Mapping[str, str]


@pytest.fixture
def ground(program: Program, bank: Bank, source: Source, settings: Any) -> Ground:
    """Return a source with a bank, an item that waits, one that is decided on, and no limit on requests."""
    settings.REQUESTS_PER_MINUTE = 10**9  # that limit has tests of its own
    decided, held = (program.said({"audience": "public", "text": text}) for text in (STATEMENT, UNCONFIRMED))
    decision = decide(
        item=Item.objects.get(id=decided["id"], source=source),
        action="allow",
        exemption="journalistic",
        reasons="A report of the Harbour Times.",
        acting_user="alice",
        at=START,
    )
    entry = Entry.objects.filter(bank=bank, confirmed_by="").first()
    assert entry is not None
    known = {"item_id": held["id"], "bank_id": bank.id, "entry_id": entry.id, "decision_id": decision.id}
    return Ground(program=program, known={name: str(value) for name, value in known.items()})

"""An example of everything that an address may name, for the matrix test: a room adds its own here.

Each is a function from a source to what belongs to it; the id goes into the address.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta

from stanch_server.accounts import operations
from stanch_server.accounts.models import Source
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.models import Item, Webhook
from stanch_server.outbox.models import OutboxRow
from stanch_server.review.models import Decision, ThreatReport
from tests.server.conftest import START


def _person(_source: Source) -> uuid.UUID:
    name = f"someone-{uuid.uuid4().hex}"
    return operations.create_person(sign_in_name=name, display_name="", acting_user="test", now=START).id


def _key(source: Source) -> uuid.UUID:
    key, _ = operations.create_api_key(
        source=source,
        name="importer",
        capabilities=["items.read"],
        expires_at=START + timedelta(days=30),
        acting_user="test",
        now=START,
    )
    return key.id


def _item(source: Source) -> uuid.UUID:
    return Item.objects.create(
        source=source, key=uuid.uuid4(), audience="public", state=Item.State.DONE, level=1, received=START
    ).id


def _bank(source: Source) -> Bank:
    return Bank.objects.create(name=f"bank-{uuid.uuid4().hex}", source=source, created=START)


def _entry(source: Source) -> uuid.UUID:
    return Entry.objects.create(bank=_bank(source), name="entry", fingerprints=b"[]", added=START).id


def _webhook(source: Source) -> Webhook:
    return Webhook.objects.create(source=source, url="https://receiver.example/", secret=b"", created=START)


def _letter(source: Source) -> int:
    said = {"topic": "intake.webhook", "key": f"{_webhook(source).id} {uuid.uuid4()}"}
    return OutboxRow.objects.create(**said, created=START, due=START, dead=START).id


def _decision(source: Source) -> uuid.UUID:
    said = {"action": "allow", "exemption": "none", "reasons": "a report", "decided_by": "test"}
    return Decision.objects.create(item_id=_item(source), source=source, decided=START, **said).id


def _report(source: Source) -> uuid.UUID:
    said = {"recipient": "the authority", "threat": "a threat", "contact": "the desk", "made_by": "test"}
    return ThreatReport.objects.create(item_id=_item(source), source=source, made=START, **said).id


EXAMPLES: Mapping[str, Callable[[Source], object]] = {
    "source_id": lambda source: source.id,
    "person_id": _person,
    "key_id": _key,
    "item_id": _item,
    "bank_id": lambda source: _bank(source).id,
    "entry_id": _entry,
    "webhook_id": lambda source: _webhook(source).id,
    "letter_id": _letter,
    "part": lambda _source: 0,
    "decision_id": _decision,
    "report_id": _report,
    "token": lambda _source: "no-such-token",
}

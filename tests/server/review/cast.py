"""A bank of the fictional group, items that match it, and decisions on them."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from stanch.errors import StanchError
from stanch.matching import entry_of
from stanch.values import BEHAVIOUR_BASED, Audience, BankInfo, ContentType, State, TextPart
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import Person, Source
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.banks import operations as banks
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.contents import Content
from stanch_server.intake.models import Item, ItemPart, Webhook
from stanch_server.intake.posts import Submission
from stanch_server.outbox.models import OutboxRow
from stanch_server.review import operations
from stanch_server.review.models import Decision
from tests.matching.writing import writing
from tests.server.conftest import START

STATEMENT = writing(7, 120)
"""A statement of the Grey Lantern."""
SECOND = writing(8, 120)
UNKNOWN = writing(9, 120)
INFO = BankInfo(
    name="lantern",
    owner="the harbour",
    legal_basis="Regulation (EU) 2021/784, Article 5",
    content_type=ContentType.INCITES,
    designation=BEHAVIOUR_BASED,
)
GROUNDS: Mapping[str, Any] = {
    "action": "remove",
    "content_type": "incites",
    "exemption": "none",
    "assessment": "No newspaper, no study: the group's own channel.",
    "reasons": "يدعو إلى مهاجمة الميناء",
}
ALLOWED: Mapping[str, Any] = {
    "action": "allow",
    "exemption": "journalistic",
    "reasons": "A report of the Harbour Times.",
}


def new_bank(name: str, source: Source | None, texts: Mapping[str, str | None], **changes: Any) -> Bank:
    """Return an enabled bank of these texts, each confirmed by somebody or, with None, by nobody."""
    info = replace(INFO, name=name, **changes)
    bank = banks.create_bank(info=info, source=source, acting_user="alice", at=START)
    entries = [
        entry_of(TextPart(name="t", text=text), follower().decoders, added=START, confirmed_by=person)
        for text, person in texts.items()
    ]
    banks.add_entries(bank=bank, entries=entries, acting_user="alice", at=START)
    banks.set_state(bank=bank, state=State.ENABLED, acting_user="alice", at=START)
    return bank


def entry(bank: Bank) -> Entry:
    """Return the first entry of a bank."""
    return Entry.objects.filter(bank=bank).select_related("bank").order_by("added", "id")[0]


def taken_in(
    source: Source,
    *texts: str,
    reference: str = "post-7",
    at_leisure: bool = False,
    more: tuple[Content, ...] = (),
) -> Item:
    """Return the item that came of a post of these texts and links, and of more, as a program sends it."""
    forms = [ItemPart.Form.TEXT if " " in text or "/" not in text else ItemPart.Form.LINK for text in texts]
    contents = tuple(
        Content(name=f"part {place}", form=form, data=text.encode())
        for place, (text, form) in enumerate(zip(texts, forms, strict=True))
    )
    contents += more
    caller = KeyPrincipal(key=uuid4(), source=source.id, capabilities=KEY_CAPABILITIES)
    sent = Submission(
        contents=contents, audience=Audience.PUBLIC, reference=reference, account="a-1", at_leisure=at_leisure
    )
    return intake.submit(sent, caller=caller, now=START).item


def decided(item: Item, person: Person | str, **changes: Any) -> Decision:
    """Return a decision on an item: to remove it, unless something else is said."""
    actor = person if isinstance(person, str) else person.actor
    given = {**GROUNDS, "at": START, **changes}
    return operations.decide(item=item, acting_user=actor, **given)


def webhook(source: Source) -> Webhook:
    """Return a webhook, as a row."""
    return Webhook.objects.create(
        source=source, url="https://harbour.example/hook", secret=b"sealed", created=START, created_by="alice"
    )


@dataclass(frozen=True)
class Told:
    """One message in the queue."""

    kind: str
    item: UUID
    action: str | None
    outcome: str | None
    reasons: str


def told(item: Item | None = None) -> list[Told]:
    """Return the messages in the queue, oldest first."""
    rows = OutboxRow.objects.filter(topic="intake.webhook").order_by("id")
    found = [_told(row.payload) for row in rows]
    return [one for one in found if item is None or one.item == item.id]


def _told(payload: Mapping[str, Any]) -> Told:
    body = json.loads(payload["body"])
    said = body["data"]
    return Told(body["type"], UUID(said["item"]), said["action"], said["outcome"], said["reasons"])


def at_once(act: Callable[[int], object]) -> list[object]:
    """Return what came of an act in four threads that begin together: what it returned, or its kind of error."""
    ready = threading.Barrier(4)
    came: list[object] = []

    def one(number: int) -> None:
        try:
            ready.wait()
            came.append(act(number))
        except StanchError as error:
            came.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came

"""What a message says, as its receiver reads it."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from stanch.values import Level
from stanch_server.intake.models import Item, Webhook

TOPIC: Final = "intake.webhook"
TEST_TOPIC: Final = "intake.webhook-test"
TEST_KIND: Final = "webhook.test"
KINDS: Final = ("item.done", "item.outcome", "decision.made", "decision.undone")


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to an item.

    Parameters
    ----------
    item : our id of it.
    post, account : the source's own references, as it gave them; empty if it gave none.
    outcome : what holds now: allow, review, hold or block; None while it is not scanned.
    action : what is asked of the source: restrict, remove, label, allow or reinstate.
    label : which label, with the action `label`.
    decision : the id of the decision.
    reasons : for the uploader.
    """

    item: UUID
    post: str
    account: str
    outcome: str | None
    action: str | None
    label: str
    decision: UUID | None
    reasons: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message; the field `type` says what kind of it."""

    kind: str = msgspec.field(name="type")
    timestamp: datetime
    data: About | dict[str, str]


def about(
    item: Item, *, action: str | None = None, label: str = "", decision: UUID | None = None, reasons: str = ""
) -> About:
    """Return what a message tells of an item as it is now."""
    return About(
        item=item.id,
        post=item.reference,
        account=item.account,
        outcome=None if item.level is None else str(Level(item.level)),
        action=action,
        label=label,
        decision=decision,
        reasons=reasons,
    )


def body(message: Message) -> str:
    """Return the body, which is signed and sent as the UTF-8 bytes of just this."""
    return msgspec.json.encode(message).decode()


def payload(webhook: Webhook, *, kind: str, at: datetime, data: About | dict[str, str]) -> Mapping[str, Any]:
    """Return what is queued for one webhook: the message is made now, and is the same at every attempt.

    Its id is made now, too: by it a receiver knows a message that comes a second time.
    """
    message = Message(kind=kind, timestamp=at.astimezone(UTC), data=data)
    return {
        "webhook": str(webhook.id),
        "message": f"msg_{uuid.uuid4().hex}",
        "kind": kind,
        "body": body(message),
    }


def key(webhook: Webhook, item: Item) -> str:
    """Return under which key the outbox keeps order; its first word is the lane that a slow receiver holds up."""
    return f"{webhook.id} {item.id}"

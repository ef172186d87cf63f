"""Messages that nobody acknowledged: who may see them, and what a person does with them."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import Http404

from stanch_server.accounts import access as accounts
from stanch_server.accounts.principals import Caller
from stanch_server.audit import operations as audit
from stanch_server.intake.models import Webhook
from stanch_server.intake.webhooks.messages import TEST_TOPIC, TOPIC
from stanch_server.outbox import access as outbox
from stanch_server.outbox import operations as queue
from stanch_server.outbox.access import DeadLetter
from stanch_server.outbox.handlers import lane_of

PAGE: Final = 50
MOST_AT_ONCE: Final = 1_000


def letters_of(caller: Caller, source: UUID, *, before: int | None = None) -> tuple[DeadLetter, ...]:
    """Return a source's dead letters, newest first, to someone who sees its webhooks; raises as `require` does."""
    accounts.require(caller, "webhooks.read", source)
    return outbox.dead_letters(lanes=_lanes(source), before=before, limit=PAGE)


def source_of_letter(letter_id: int) -> UUID | None:
    """Return whose a dead letter is; None if there is none of that number."""
    letter = outbox.dead_letter(letter_id)
    if letter is None or letter.topic not in {TOPIC, TEST_TOPIC}:
        return None
    return Webhook.objects.filter(id=_webhook(letter)).values_list("source_id", flat=True).first()


def get_letter(caller: Caller, letter_id: int) -> DeadLetter:
    """Return a dead letter to someone who manages its source's webhooks.

    Raises
    ------
    Http404
        If there is none, or the caller may not know of its source.
    PermissionDenied
        If they only may look.
    """
    source, letter = source_of_letter(letter_id), outbox.dead_letter(letter_id)
    if source is None or letter is None:
        raise Http404
    accounts.require(caller, "webhooks.manage", source)
    return letter


def replay_letter(*, letter: DeadLetter, acting_user: str, at: datetime) -> bool:
    """Send a dead letter once more, with all its attempts before it: the same id, the same bytes.

    Returns
    -------
    False if somebody else has replayed or discarded it meanwhile.
    """
    return _settle("replayed", queue.replay, letter, acting_user, at)


def discard_letter(*, letter: DeadLetter, acting_user: str, at: datetime) -> bool:
    """Let a dead letter go; what it held back of its item is sent now. Returns as `replay_letter` does."""
    return _settle("discarded", queue.discard, letter, acting_user, at)


def replay_letters(*, source: UUID, acting_user: str, at: datetime) -> int:
    """Send all dead letters of a source once more, the oldest first, say after an outage. Return how many."""
    letters = outbox.dead_letters(lanes=_lanes(source), limit=MOST_AT_ONCE)
    with transaction.atomic():
        return sum(replay_letter(letter=one, acting_user=acting_user, at=at) for one in reversed(letters))


def _lanes(source: UUID) -> list[str]:
    return [str(one) for one in Webhook.objects.filter(source=source).values_list("id", flat=True)]


def _settle(word: str, act: Callable[..., bool], letter: DeadLetter, acting_user: str, at: datetime) -> bool:
    source, webhook, item = source_of_letter(letter.id), _webhook(letter), letter.key.partition(" ")[2]
    with transaction.atomic():
        if not act(letter.id, now=at):
            return False
        audit.record(
            actor=acting_user,
            action=f"webhook.letter-{word}",
            subject=item or webhook,  # so that it is forgotten with the item
            source=None if source is None else str(source),
            detail={"letter": letter.id, "kind": letter.kind, "webhook": webhook},
            at=at,
        )
    return True


def _webhook(letter: DeadLetter) -> str:
    return lane_of(letter.key)

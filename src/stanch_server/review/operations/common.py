"""What several operations need: one locked item, an audit record, words that are not empty."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from stanch_server.audit import operations as audit
from stanch_server.intake.errors import LockedItemError
from stanch_server.intake.models import Item
from stanch_server.review.errors import ItemGoneError, ItemPendingError, UnfoundedDecisionError
from stanch_server.review.models import WORDS


def held(item: UUID) -> Item:
    """Return an item as it is now, and nobody else decides on it before this transaction ends.

    Whoever needs several rows takes items first, by id, then entries; so no two wait for each other.

    Raises
    ------
    ItemGoneError
        If it was forgotten.
    LockedItemError
        If it is locked: what may not be looked at is not decided on.
    """
    return held_all([item])[item]


def held_all(items: Collection[UUID]) -> dict[UUID, Item]:
    """Return several items; the rest is as with `held`."""
    chosen = Item.objects.select_for_update(no_key=True).filter(id__in=items).order_by("id")
    rows = {row.id: row for row in chosen}
    for one in items:
        if one not in rows:
            raise ItemGoneError(item=one)
        if rows[one].locked:
            raise LockedItemError(item=one)
    return rows


def refuse_pending(item: Item) -> None:
    """Let an item pass that has its outcome.

    Raises
    ------
    ItemPendingError
        If it has none yet.
    """
    if item.state != Item.State.DONE:
        raise ItemPendingError(item=item.id)


def stated(words: str, *, field: str = "reason") -> str:
    """Return what a person gave as a reason, without the space around it.

    Raises
    ------
    UnfoundedDecisionError
        If it is empty, or too long to keep.
    """
    if not words.strip() or len(words) > WORDS:
        raise UnfoundedDecisionError(field=field, problem=f"give one, of at most {WORDS} characters")
    return words.strip()


def record(what: str, item: Item, *, acting_user: str, at: datetime, **detail: Any) -> None:  # noqa: ANN401 - any JSON
    """Record what was done about an item, under its id, so that it is forgotten with it. Ids, never words."""
    audit.record(
        actor=acting_user,
        action=f"review.{what}",
        subject=str(item.id),
        source=str(item.source_id),
        detail=detail,
        at=at,
    )

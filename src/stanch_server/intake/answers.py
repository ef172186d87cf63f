"""An item as programs are told of it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stanch.values import Level
from stanch_server.intake.found import FoundMatch, FoundNotScanned, FoundPart, FoundReason, found_of
from stanch_server.intake.models import Item


class DecisionAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """A person's word on an item, as far as the source needs it; who it was stays here."""

    id: UUID
    item: UUID
    action: str
    label: str
    content_type: str
    exemption: str
    assessment: str
    reasons: str
    decided: datetime
    undone: datetime | None


class ItemAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """An item: what is known of it, what follows from it, and why.

    `outcome` is null while it is pending. `id` is ours, `post` and `account` are the source's own references.
    """

    id: UUID
    post: str
    account: str
    audience: str
    state: str
    received: datetime
    outcome: str | None
    hold_until: datetime | None
    language: str
    kinds: list[str]
    parts: list[FoundPart]
    reasons: list[FoundReason]
    matches: list[FoundMatch]
    not_scanned: list[FoundNotScanned]
    remarks: list[str]
    decision: DecisionAnswer | None = None


Decisions = Callable[[Collection[UUID]], Mapping[UUID, Any]]
"""From ids of items to the decision that stands on each, where there is one."""


def _none(_items: Collection[UUID]) -> Mapping[UUID, Any]:
    return {}


_decisions: list[Decisions] = []


def register_decisions(provider: Decisions) -> None:
    """Name who knows of decisions: a room above, which this one does not know."""
    _decisions[:] = [provider]


def answers_of(items: Collection[Item]) -> list[ItemAnswer]:
    """Return items as they are told, each with its decision, if one stands."""
    decided = [item.id for item in items if item.decided is not None]
    provider = _decisions[0] if _decisions and decided else _none
    standing = provider(decided)
    return [_answer(item, standing.get(item.id)) for item in items]


def answer_of(item: Item) -> ItemAnswer:
    """Return one item as it is told."""
    return answers_of([item])[0]


def _answer(item: Item, decision: DecisionAnswer | None) -> ItemAnswer:
    found = found_of(item)
    return ItemAnswer(
        id=item.id,
        post=item.reference,
        account=item.account,
        audience=item.audience,
        state=item.state,
        received=item.received,
        outcome=None if item.level is None else str(Level(item.level)),
        hold_until=item.hold_until,
        language=item.language,
        kinds=item.kinds.split(),
        parts=found.parts,
        reasons=found.reasons,
        matches=found.matches,
        not_scanned=found.not_scanned,
        remarks=found.remarks,
        decision=decision,
    )

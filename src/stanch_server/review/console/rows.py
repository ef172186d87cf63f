"""What the list says of an item: never any of its content."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stanch.values import Kind
from stanch_server.intake.found import FoundMatch, found_of
from stanch_server.intake.models import Item
from stanch_server.review.console.words import KINDS, MEDIA, OUTCOMES, REASONS, TONES, Said, word
from stanch_server.review.models import Decision


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A word and the tone of its colour."""

    word: Said
    tone: str = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One item in the list.

    Parameters
    ----------
    reason, bank, kind : the first reason, and of the best match its bank and kind; empty where there is none.
    evasion : how much of how it is written had to be undone, in per cent, with the sign; empty where nothing.
    decision : the action that was decided on, None if nobody has decided.
    """

    id: UUID
    source: str
    received: datetime
    hold_until: datetime | None
    outcome: Tag
    media: tuple[Said, ...]
    language: str
    reason: Said
    bank: str
    kind: Said
    evasion: str
    decision: Tag | None
    locked: bool


def outcome_of(item: Item) -> str:
    """Return the name of an item's outcome, `pending` while it has none."""
    if item.state != Item.State.DONE or item.level is None:
        return "pending"
    return Item.Level(item.level).name.lower()


def tag_of(name: str) -> Tag:
    """Return an outcome as it is shown."""
    return Tag(word=word(OUTCOMES, name), tone=TONES.get(name, "plain"))


def decision_tag(decision: Decision) -> Tag:
    """Return a decision's action as it is shown."""
    return Tag(word=decision.get_action_display(), tone=TONES.get(decision.action, "plain"))


def standing(items: Iterable[Item]) -> dict[UUID, Decision]:
    """Return the decisions that stand, by item."""
    rows = Decision.objects.filter(item__in=[item.id for item in items], undone=None)
    return {row.item_id: row for row in rows}


def strength(match: FoundMatch) -> tuple[bool, int, float, int]:
    """Order matches: those with effect before others, then by kind, then by how much or how near."""
    kinds = [kind.value for kind in Kind]
    rank = kinds.index(match.kind) if match.kind in kinds else -1
    return match.has_effect, rank, match.query_cover or 0.0, -(match.distance or 0)


def rows_of(items: list[Item]) -> list[Row]:
    """Return the rows of a page; sources are read along with the items by whoever asks."""
    decisions = standing(items)
    return [_row(item, decisions.get(item.id)) for item in items]


def _row(item: Item, decision: Decision | None) -> Row:
    found = found_of(item)
    best = max(found.matches, key=strength, default=None)
    locked = item.locked is not None
    first = found.reasons[0].code if found.reasons else ""
    return Row(
        id=item.id,
        source=item.source.name,
        received=item.received,
        hold_until=None if item.decided else item.hold_until,
        outcome=tag_of(outcome_of(item)),
        media=() if locked else tuple(word(MEDIA, name) for name in item.kinds.split()),
        language="" if locked else item.language,
        reason="" if locked else word(REASONS, first),
        bank="" if locked or best is None else best.bank,
        kind="" if locked or best is None else word(KINDS, best.kind),
        evasion="" if locked or not item.evasion else f"{item.evasion}%",
        decision=None if decision is None else decision_tag(decision),
        locked=locked,
    )

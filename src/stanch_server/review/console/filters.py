"""Which items a person has asked to see, and where in the list they are. What makes no sense is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet

from stanch_server.intake.models import Item
from stanch_server.review.console.words import MEDIA

PAGE: Final = 50
OUTCOMES: Final[Mapping[str, Q]] = {
    "pending": Q(state=Item.State.PENDING),
    "block": Q(state=Item.State.DONE, level=Item.Level.BLOCK),
    "hold": Q(state=Item.State.DONE, level=Item.Level.HOLD),
    "review": Q(state=Item.State.DONE, level=Item.Level.REVIEW),
    "allow": Q(state=Item.State.DONE, level=Item.Level.ALLOW),
}
DECIDED: Final[Mapping[str, Q]] = {
    "no": Q(decided=None, state=Item.State.DONE),
    "yes": Q(decided__isnull=False),
}
NEWEST: Final = "newest"
HOLDS: Final = "holds"
EVASION: Final = "evasion"
ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    NEWEST: ("-received", "-id"),
    HOLDS: ("hold_until", "id"),
    EVASION: ("-evasion", "-received", "-id"),
}
MOST_EVASION: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The last item of the page before: its time, in the order that was asked for, its id, and its evasion."""

    at: datetime
    item: UUID
    evasion: int = 0

    @classmethod
    def read(cls, said: str) -> Self | None:
        """Return a place as it stands in an address, None if it is none."""
        at, _, rest = said.partition("~")
        item, _, evasion = rest.partition("~")
        try:
            place = cls(at=datetime.fromisoformat(at), item=UUID(item), evasion=int(evasion or 0))
        except ValueError:
            return None
        return place if place.at.tzinfo is not None and 0 <= place.evasion <= MOST_EVASION else None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.item}" + (f"~{self.evasion}" if self.evasion else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty string narrows nothing.

    Parameters
    ----------
    outcome, decided, kind, order : one of `OUTCOMES`, `DECIDED`, `MEDIA`, `ORDERS`.
    language : a code.
    source : an id.
    after : where the page before ended.
    """

    outcome: str = ""
    decided: str = ""
    kind: str = ""
    language: str = ""
    source: str = ""
    order: str = NEWEST
    after: Place | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """Return what an address asks for."""
        order = _one_of(ORDERS, asked.get("order", "")) or NEWEST
        return cls(
            outcome=_one_of(OUTCOMES, asked.get("outcome", "")),
            decided=_one_of(DECIDED, asked.get("decided", "")),
            kind=_one_of(MEDIA, asked.get("kind", "")),
            language=_code(asked.get("language", "")),
            source=_id(asked.get("source", "")),
            order=order,
            after=Place.read(asked.get("after", "")),
        )

    def narrowed(self, items: QuerySet[Item], *, but_outcome: bool = False) -> QuerySet[Item]:
        """Return those of some items that were asked for, in no order.

        Parameters
        ----------
        but_outcome : whether those of every outcome are, as they are counted beside the list.
        """
        asked = DECIDED.get(self.decided, Q())
        if not but_outcome:
            asked &= OUTCOMES.get(self.outcome, Q())
        if self.language:
            asked &= Q(language=self.language)
        if self.source:
            asked &= Q(source=self.source)
        if self.kind:
            asked &= Q(kinds__contains=self.kind)
        if self.order == HOLDS:
            asked &= Q(hold_until__isnull=False)
        return items.filter(asked)

    def page(self, items: QuerySet[Item]) -> tuple[list[Item], Place | None]:
        """Return the items of one page, and the place after which the next begins, None at the end."""
        rows = self.narrowed(items).order_by(*ORDERS[self.order])
        if self.after is not None:
            rows = rows.filter(_beyond(self.after, self.order))
        found = list(rows[: PAGE + 1])
        shown = found[:PAGE]
        return shown, _place(shown[-1], self.order) if len(found) > PAGE else None

    def beside(self, items: QuerySet[Item], item: Item) -> tuple[Item | None, Item | None]:
        """Return the items before and after one, in the order and among those that were asked for."""
        if self.order == HOLDS and item.hold_until is None:
            return None, None
        rows, place, order = self.narrowed(items), _place(item, self.order), ORDERS[self.order]
        before = rows.filter(~_beyond(place, self.order)).exclude(id=item.id).order_by(*map(_reversed, order))
        return before.first(), rows.filter(_beyond(place, self.order)).order_by(*order).first()

    def address(self, **changed: object) -> str:
        """Return the query of an address that asks for this, with some of it changed."""
        names = ("outcome", "decided", "kind", "language", "source", "order", "after")
        said = {name: getattr(self, name) for name in names} | {"after": None} | changed
        return "?" + urlencode({name: str(one) for name, one in said.items() if one and one != NEWEST})


def _beyond(place: Place, order: str) -> Q:
    if order == HOLDS:
        return Q(hold_until__gt=place.at) | Q(hold_until=place.at, id__gt=place.item)
    older = Q(received__lt=place.at) | Q(received=place.at, id__lt=place.item)
    if order == EVASION:
        return Q(evasion__lt=place.evasion) | Q(evasion=place.evasion) & older
    return older


def _place(item: Item, order: str) -> Place:
    at = item.hold_until if order == HOLDS else item.received
    assert at is not None
    return Place(at=at, item=item.id, evasion=item.evasion if order == EVASION else 0)


def _reversed(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def _one_of(known: Mapping[str, object], said: str) -> str:
    return said if said in known else ""


def _code(said: str) -> str:
    return said if said.isascii() and said.isalpha() and len(said) <= 8 else ""


def _id(said: str) -> str:
    try:
        return str(UUID(said))
    except ValueError:
        return ""

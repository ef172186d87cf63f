"""An item's parts and what was found in each, ready to be shown. Nothing here reads their content."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from stanch_server.accounts.principals import Caller
from stanch_server.banks.access import banks_with
from stanch_server.banks.models import Entry
from stanch_server.intake.found import Found, FoundMatch, FoundNotScanned, FoundPart, found_of
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review.console.rows import strength
from stanch_server.review.console.words import KINDS, MEDIA, METHODS, NOT_SCANNED, Said, word

MOST_MATCHES: Final = 50
"""Of what matches more often, only the best are listed."""
BESIDE: Final = 3
"""So many entries are shown beside a part, the best first."""
KEPT_AS_SUCH: Final = frozenset({ItemPart.Form.TEXT.value, ItemPart.Form.LINK.value, ItemPart.Form.FILE.value})


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownMatch:
    """One match.

    Parameters
    ----------
    number : by which the page refers to it, from 1 on in each part.
    entry : the row of the entry, None if the reader may not see its bank, or it is gone.
    query_cover, bank_cover : per cent, with the sign; empty where a method compares wholes.
    """

    number: int
    found: FoundMatch
    kind: Said
    method: Said
    entry: Entry | None
    query_cover: str
    bank_cover: str

    @property
    def short(self) -> str:
        """The beginning of the entry's id. Its name may be a link itself, which is not shown unasked."""
        return self.found.entry[:8]

    @property
    def beside(self) -> bool:
        """Whether the content of the entry is kept and can be shown beside."""
        return self.entry is not None and bool(self.entry.blob)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPart:
    """One part.

    Parameters
    ----------
    form, medium : in the reader's words.
    matches : best first; `more` says how many are left out.
    unread : what of it could not be looked at, in the reader's words and in the library's.
    kept : whether its content is kept and can be revealed.
    """

    position: int
    name: str
    form: Said
    medium: Said
    symbols: int
    unmatched: int
    matches: tuple[ShownMatch, ...]
    more: int
    unread: tuple[tuple[Said, str], ...]
    kept: bool
    content: bool
    image: bool

    @property
    def pictures(self) -> tuple[ShownMatch, ...]:
        """The matches whose entries can be shown as pictures."""
        return tuple(match for match in self.matches if match.beside and match.found.medium == "image")[:BESIDE]


def parts_of(item: Item, caller: Caller) -> list[ShownPart]:
    """Return an item's parts in order."""
    found = found_of(item)
    entries = _entries(found, caller)
    known = {part.name: part for part in found.parts}
    return [_part(row, found, known.get(row.name), entries) for row in item.parts.all()]


def part_at(item: Item, position: int, caller: Caller) -> tuple[ItemPart, ShownPart] | None:
    """Return the part at a place, None if there is none."""
    row = ItemPart.objects.select_related("item").filter(item=item, position=position).first()
    if row is None:
        return None
    found = found_of(item)
    known = {part.name: part for part in found.parts}
    return row, _part(row, found, known.get(row.name), _entries(found, caller, part=row.name))


def _part(row: ItemPart, found: Found, known: FoundPart | None, entries: dict[str, Entry]) -> ShownPart:
    matches = sorted((match for match in found.matches if match.part == row.name), key=strength, reverse=True)
    shown = [_match(number, match, entries) for number, match in enumerate(matches[:MOST_MATCHES], start=1)]
    medium = row.medium or (known.medium if known else "")
    return ShownPart(
        position=row.position,
        name=row.name,
        form=ItemPart.Form(row.form).label,
        medium=word(MEDIA, medium),
        symbols=known.symbols if known else 0,
        unmatched=known.unmatched if known else 0,
        matches=tuple(shown),
        more=max(0, len(matches) - MOST_MATCHES),
        unread=tuple(_unread(one) for one in found.not_scanned if one.part == row.name),
        kept=bool(row.blob),
        content=row.form in KEPT_AS_SUCH,
        image=row.form == ItemPart.Form.FILE and medium == "image",
    )


def _match(number: int, match: FoundMatch, entries: dict[str, Entry]) -> ShownMatch:
    return ShownMatch(
        number=number,
        found=match,
        kind=word(KINDS, match.kind),
        method=word(METHODS, match.method),
        entry=entries.get(match.entry),
        query_cover=_per_cent(match.query_cover),
        bank_cover=_per_cent(match.bank_cover),
    )


def _unread(one: FoundNotScanned) -> tuple[Said, str]:
    return word(NOT_SCANNED, one.code), one.reason


def _entries(found: Found, caller: Caller, part: str | None = None) -> dict[str, Entry]:
    """Return the entries that were found and that a caller may see, by id; removed ones too."""
    named = {match.entry for match in found.matches if part in (None, match.part)}
    rows = Entry.objects.filter(id__in=_ids(named), bank__in=banks_with(caller, "banks.read"))
    return {str(row.id): row for row in rows.select_related("bank")}


def _ids(named: Collection[str]) -> list[UUID]:
    found = []
    for name in named:
        try:
            found.append(UUID(name))
        except ValueError:  # an id that no row has
            continue
    return found


def _per_cent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"

"""Pages of entries, by where the page before ended: however long the bank, no page costs more than another."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from stanch_server.banks.models import Entry

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryPage:
    """Entries, and the id to give for those that follow; empty at the end."""

    entries: tuple[Entry, ...]
    after: str


def page_of(entries: QuerySet[Entry], *, after: str = "", limit: int | None = None) -> EntryPage:
    """Return a page for people: the newest first.

    Parameters
    ----------
    after : id of the last entry of the page before, which may have been removed since; else the first page.
    limit : how many at most; `PAGE` if not given.
    """
    last = Entry.objects.filter(id=after).first() if is_id(after) else None
    if last is not None:
        entries = entries.filter(Q(added__lt=last.added) | Q(added=last.added, id__lt=last.id))
    return _page(entries.order_by("-added", "-id"), limit or PAGE)


def page_by_id(entries: QuerySet[Entry], *, after: UUID | None, limit: int) -> EntryPage:
    """Return a page for programs: by id, so that each entry comes once, whatever is added or removed meanwhile."""
    return _page((entries.filter(id__gt=after) if after else entries).order_by("id"), limit)


def is_id(text: str) -> bool:
    """Return whether a text is an id as this service writes them."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _page(entries: QuerySet[Entry], limit: int) -> EntryPage:
    found = list(entries[: limit + 1])
    page = found[:limit]
    return EntryPage(entries=tuple(page), after=str(page[-1].id) if len(found) > limit else "")

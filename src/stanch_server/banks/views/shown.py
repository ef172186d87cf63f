"""Entries as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stanch_server.banks import access
from stanch_server.banks.models import Entry
from stanch_server.banks.sentences import METHOD_NAMES, Said


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEntry:
    """An entry on a page.

    Parameters
    ----------
    methods : by which it can be found.
    confirmed_by : a person's name to those who manage, else an opaque id; empty if nobody confirmed it.
    expired : whether it is no longer matched.
    """

    row: Entry
    methods: tuple[Said, ...]
    confirmed_by: str
    expired: bool


def shown_entries(rows: Sequence[Entry], *, managing: bool, now: datetime) -> list[ShownEntry]:
    """Return entries as a page shows them to someone who manages their bank, or does not."""
    names = access.names_of({row.confirmed_by for row in rows if row.confirmed_by}, managing=managing)
    return [
        ShownEntry(
            row=row,
            methods=tuple(METHOD_NAMES.get(method, method) for method in access.methods_of(row)),
            confirmed_by=names.get(row.confirmed_by, ""),
            expired=row.expires is not None and row.expires <= now,
        )
        for row in rows
    ]

"""The audit log: who did what, when, and how far the log is numbered and signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from stanch_server.accounts import access as accounts
from stanch_server.accounts.models import ApiKey, Person, Source
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.audit import access as log

FIELDS: Final = ("actor", "action", "subject")
LONGEST: Final = 200
LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A record and the names of those it names by id; an empty name is of somebody who is not known any more.

    Parameters
    ----------
    detail : each name with its value as a sentence has it.
    """

    log: log.Shown
    who: str | Promise
    place: str | Promise
    detail: tuple[tuple[str, str], ...]


@rule(capability="audit.read", source_from=Scope.ANYWHERE)
def audit(request: PersonRequest) -> HttpResponse:
    """List records, newest first: those of the person's sources, or all for whoever reads the log everywhere."""
    sources = _sources(request)
    asked = {name: _printable(request.GET.get(name, "")) for name in FIELDS}
    page = log.entries_for(
        sources=sources,
        actor=asked["actor"] or None,
        action=asked["action"] or None,
        subject=asked["subject"] or None,
        before=_number(request.GET.get("before", "")),
    )
    said = {
        "records": _named(page),
        "asked": asked,
        "state": log.state(),
        "everything": sources is None,
        "older": _query(asked, page.older),
    }
    return render(request, "console/audit.html", said)


def _sources(request: PersonRequest) -> list[str] | None:
    """Return whose records a person may read; None for all of them, and those of the installation."""
    everywhere = accounts.capabilities_of(request.caller, accounts.EVERYWHERE) or ()
    if "audit.read" in everywhere:
        return None
    return [str(source.id) for source in accounts.sources_with(request.caller, "audit.read")]


def _printable(said: str) -> str:
    """Return what records can hold of what was asked for: nothing else is found, and some databases refuse it."""
    return "".join(letter for letter in said if letter.isprintable()).strip()[:LONGEST]


def _query(asked: Mapping[str, str], older: int | None) -> str:
    """Return the query of the next page; empty at the end."""
    kept = {name: said for name, said in asked.items() if said}
    return "" if older is None else urlencode({**kept, "before": str(older)})


def _named(page: log.Page) -> list[Record]:
    names = _names(page)
    return [
        Record(
            log=entry,
            who=names.get(entry.actor, ""),
            place=names.get(entry.source or "", ""),
            detail=tuple((name, _written(value)) for name, value in entry.detail.items()),
        )
        for entry in page.entries
    ]


def _written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _names(page: log.Page) -> Mapping[str, str | Promise]:
    """Return the names of the people, keys and sources that records name by id; who is gone stays an id."""
    ids = [found for entry in page.entries for one in (entry.actor, entry.source) if (found := _uuid(one))]
    people = Person.objects.filter(id__in=ids).values_list("id", "display_name")
    sources = Source.objects.filter(id__in=ids).values_list("id", "name")
    keys = ApiKey.objects.filter(id__in=ids).values_list("id", "name")
    return {"system": _("the service itself"), "anonymous": _("nobody who had signed in")} | {
        str(one): name for one, name in (*people, *sources, *keys)
    }


def _uuid(said: str | None) -> UUID | None:
    try:
        return UUID(said or "")
    except ValueError:
        return None


def _number(said: str) -> int | None:
    return min(int(said), LARGEST) if said.isascii() and said.isdigit() and len(said) < 20 else None

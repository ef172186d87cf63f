"""Looking things up without leaving them here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction
from msgspec import UNSET, Meta, UnsetType

from stanch.errors import StanchError
from stanch.values import HashPart, Medium, Part, PartResult, Post
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.audit import operations as audit
from stanch_server.banks.live import follower
from stanch_server.endpoints.combining import Combined
from stanch_server.endpoints.problems import invalid
from stanch_server.endpoints.turns import end_turn, turn
from stanch_server.intake.contents import Content, as_part, hash_part
from stanch_server.intake.effort import effort_of, effort_of_hash
from stanch_server.intake.found import FoundMatch, FoundNotScanned, match_of, not_scanned_of
from stanch_server.intake.models import ItemPart
from stanch_server.intake.posts import Link, SentHash

MOST_QUERIES = 1_000
LONGEST_QUERY = 10_000
MOST_EFFORT = 2_000_000
"""As much work (`intake.effort`) as two million characters of prose: the answer comes within a second or so."""

SPACING = 0.002
"""Seconds from one commit of records to the next where many ask, so that more go along."""


class SentLookup(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of text, link and hash."""

    text: Annotated[str, Meta(max_length=LONGEST_QUERY)] = ""
    link: Link | None = None
    hash: SentHash | None = None


class SentLookups(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is to be looked up."""

    queries: Annotated[list[SentLookup], Meta(min_length=1, max_length=MOST_QUERIES)]


class LookupResult(msgspec.Struct, kw_only=True):
    """What is known of one query; of a text also `evasion` and `undone`, as in `FoundPart`."""

    matches: list[FoundMatch]
    not_scanned: list[FoundNotScanned]
    evasion: float | UnsetType = UNSET
    undone: list[str] | UnsetType = UNSET


_NOTHING = LookupResult(matches=[], not_scanned=[])


class LookedUp(msgspec.Struct, kw_only=True):
    """One result for each query, in their order."""

    results: list[LookupResult]


class Lookup(NamedTuple):
    """Who asks, and for what."""

    caller: KeyPrincipal
    parts: Sequence[Part]


def look_up(sent: SentLookups, *, caller: KeyPrincipal, now: datetime) -> LookedUp:
    """Return what the banks of the caller's source know of each query; that it asked is recorded, not what.

    Raises
    ------
    ProblemError
        As `parts_of` does.
    """
    asked = Lookup(caller, parts_of(sent))
    ((record, answer),) = _looked_up([asked], now=now)
    _note(record)
    return answer


def look_up_together(asked: Iterable[Lookup], *, now: datetime) -> list[LookedUp]:
    """Return what `look_up` does for each of several; all are recorded by one commit.

    Raises
    ------
    django.db.Error
        If that fails: nothing of it is recorded then, and none may be answered.
    """
    found = _looked_up(asked, now=now)
    with transaction.atomic(durable=True):
        _record([record for record, _ in found])
    return [answer for _, answer in found]


def _looked_up(asked: Iterable[Lookup], *, now: datetime) -> "list[tuple[_Asked, LookedUp]]":
    """Look up what those of one source ask in one go; return what to record of each, and its answer, in order."""
    asking = list(asked)
    by_source = defaultdict(list)
    for one in asking:
        by_source[one.caller.source].append(one)
    results: dict[UUID, Iterator[PartResult]] = {}
    for source, some in by_source.items():
        post = Post(id="", parts=tuple([part for one in some for part in one.parts]))
        results[source] = iter(follower().match(post, now=now, source=source).parts)
    return [_told(one, list(islice(results[one.caller.source], len(one.parts))), now) for one in asking]


def _told(asked: Lookup, found: Sequence[PartResult], now: datetime) -> "tuple[_Asked, LookedUp]":
    caller, matched = asked.caller, sum([bool(one.matches) for one in found])
    record = _Asked(caller.actor, str(caller.source), len(found), matched, now)
    return record, LookedUp(results=[_answer(one) for one in found])


def parts_of(sent: SentLookups) -> list[Part]:
    """Return queries as the library reads them.

    Raises
    ------
    ProblemError
        422 if one is none, or all are too much work for one request; it says where.
    """
    asked = [_asked(one, place) for place, one in enumerate(sent.queries)]
    if sum([effort for _, effort in asked]) > MOST_EFFORT:
        raise invalid("These are too many long texts and links for one request: send several.", place="$.queries")
    return [part for part, _ in asked]


def _asked(sent: SentLookup, number: int) -> tuple[Part, int]:
    """Return a query as the library reads it, and how much work it is.

    A hash takes the short way: there are many of them in a request, and nothing to do but to look them up.
    """
    if bool(sent.text) + bool(sent.link) + (sent.hash is not None) != 1:
        raise invalid("Give one of text, link and hash.", place=f"$.queries[{number}]")
    if sent.hash is not None:
        part = _hash(sent.hash, number)
        return part, effort_of_hash(part.method.id)
    form, said = (ItemPart.Form.LINK, sent.link) if sent.link else (ItemPart.Form.TEXT, sent.text)
    content = Content(name=form.value, form=form, data=said.encode(errors="surrogatepass"))
    return as_part(content), effort_of([content])


def _hash(sent: SentHash, number: int) -> HashPart:
    try:
        return hash_part("hash", method_id=sent.method, value=sent.value)
    except StanchError as error:
        raise invalid(str(error), place=f"$.queries[{number}].hash", code=error.code) from error


def _answer(found: PartResult) -> LookupResult:
    written = found.medium is Medium.TEXT
    if not (written or found.matches or found.not_scanned):
        return _NOTHING  # which is the answer to nearly every query
    return LookupResult(
        matches=[match_of(match, found.name) for match in found.matches],
        not_scanned=not_scanned_of(found),
        evasion=round(found.evasion, 4) if written else UNSET,
        undone=list(found.undone) if written else UNSET,
    )


class _Asked(NamedTuple):
    """That somebody asked, as the audit log knows of it."""

    actor: str
    source: str
    queries: int
    matched: int
    at: datetime


def _note(asked: _Asked) -> None:
    """Record that somebody asked, and return when that is committed."""
    end_turn()
    _RECORDS.ask(asked)


def _recorded(together: Sequence[_Asked]) -> Sequence[None]:
    """Write what several threads have to record, and commit it, on the thread of one of them that has no turn."""
    with turn(), transaction.atomic(durable=True):
        _record(together)
    return [None] * len(together)


def _record(together: Sequence[_Asked]) -> None:
    """Write one record for each program that asked; requests that came at the same moment are counted in it."""
    by_caller = defaultdict(list)
    for asked in together:
        by_caller[asked.actor, asked.source].append(asked)
    for (actor, source), requests in by_caller.items():
        audit.record(
            actor=actor,
            action="match.queried",
            subject="",
            source=source,
            detail={
                "requests": len(requests),
                "queries": sum([asked.queries for asked in requests]),
                "matched": sum([asked.matched for asked in requests]),
            },
            at=requests[0].at,
        )


_RECORDS: Combined[_Asked, None] = Combined(_recorded, spacing=SPACING)

"""Looking things up without leaving them here."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.db import transaction
from msgspec import Meta

from stanch.errors import StanchError
from stanch.values import LinkPart, Part, TextPart
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.audit import operations as audit
from stanch_server.banks.live import follower
from stanch_server.endpoints.problems import invalid
from stanch_server.intake.contents import Content, as_part
from stanch_server.intake.found import FoundMatch, FoundNotScanned, match_of, not_scanned_of
from stanch_server.intake.models import ItemPart
from stanch_server.intake.posts import Link, SentHash

MOST_QUERIES = 1_000
LONGEST_QUERY = 10_000


class SentLookup(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of text, link and hash."""

    text: Annotated[str, Meta(max_length=LONGEST_QUERY)] = ""
    link: Link | None = None
    hash: SentHash | None = None


class SentLookups(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is to be looked up."""

    queries: Annotated[list[SentLookup], Meta(min_length=1, max_length=MOST_QUERIES)]


class LookupResult(msgspec.Struct, kw_only=True):
    """What is known of one query."""

    matches: list[FoundMatch]
    not_scanned: list[FoundNotScanned]


class LookedUp(msgspec.Struct, kw_only=True):
    """One result for each query, in their order."""

    results: list[LookupResult]


def look_up(sent: SentLookups, *, caller: KeyPrincipal, now: datetime) -> LookedUp:
    """Return what the banks of the caller's source know of each query; that it asked is recorded, not what."""
    parts = [_part(one, f"$.queries[{place}]") for place, one in enumerate(sent.queries)]
    results = [follower().match_part(part, now=now, source=caller.source) for part in parts]
    with transaction.atomic():
        audit.record(
            actor=caller.actor,
            action="match.queried",
            subject="",
            source=str(caller.source),
            detail={"queries": len(parts), "matched": sum(bool(one.matches) for one in results)},
            at=now,
        )
    return LookedUp(
        results=[
            LookupResult(
                matches=[match_of(match, one.name) for match in one.matches], not_scanned=not_scanned_of(one)
            )
            for one in results
        ]
    )


def _part(sent: SentLookup, place: str) -> Part:
    said = [one for one in (sent.text, sent.link, sent.hash) if one]
    if len(said) != 1:
        raise invalid("Give one of text, link and hash.", place=place)
    if sent.link:
        return LinkPart(name="link", link=sent.link)
    if sent.text:
        return TextPart(name="text", text=sent.text)
    try:
        data = msgspec.json.encode(sent.hash)
        return as_part(Content(name="hash", form=ItemPart.Form.HASH, data=data))
    except StanchError as error:
        raise invalid(str(error), place=f"{place}.hash", code=error.code) from error

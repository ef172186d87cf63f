"""Looking things up without leaving them here."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.db import transaction
from msgspec import Meta

from stanch.errors import StanchError
from stanch.values import Part, Post
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.audit import operations as audit
from stanch_server.banks.live import follower
from stanch_server.endpoints.problems import invalid
from stanch_server.intake.contents import Content, as_part
from stanch_server.intake.effort import effort_of
from stanch_server.intake.found import FoundMatch, FoundNotScanned, match_of, not_scanned_of
from stanch_server.intake.models import ItemPart
from stanch_server.intake.posts import Link, SentHash

MOST_QUERIES = 1_000
LONGEST_QUERY = 10_000
MOST_EFFORT = 2_000_000
"""As much work (`intake.effort`) as two million characters of prose: the answer comes within a second or so."""


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
    contents = [_content(one, f"$.queries[{place}]") for place, one in enumerate(sent.queries)]
    parts = tuple(_part(one, f"$.queries[{place}]") for place, one in enumerate(contents))
    if effort_of(contents) > MOST_EFFORT:
        raise invalid("These are too many long texts and links for one request: send several.", place="$.queries")
    results = follower().match(Post(id="", parts=parts), now=now, source=caller.source).parts
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


def _content(sent: SentLookup, place: str) -> Content:
    said = [one for one in (sent.text, sent.link, sent.hash) if one]
    if len(said) != 1:
        raise invalid("Give one of text, link and hash.", place=place)
    if sent.link:
        return Content(name="link", form=ItemPart.Form.LINK, data=sent.link.encode(errors="surrogatepass"))
    if sent.text:
        return Content(name="text", form=ItemPart.Form.TEXT, data=sent.text.encode(errors="surrogatepass"))
    return Content(name="hash", form=ItemPart.Form.HASH, data=msgspec.json.encode(sent.hash))


def _part(content: Content, place: str) -> Part:
    try:
        return as_part(content)
    except StanchError as error:
        raise invalid(str(error), place=f"{place}.hash", code=error.code) from error

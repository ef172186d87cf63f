"""What was learnt to be common of the entries of a bank, for programs: listed, and taken back."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from django.http import HttpResponse
from msgspec import Meta

from stanch.matching import LearntOfEntry
from stanch_server.accounts import clock
from stanch_server.accounts.rules import KeyRequest, key_rule
from stanch_server.banks import access
from stanch_server.endpoints.bodies import answer, body_of, decoded
from stanch_server.endpoints.endpoint import Parameter, endpoint
from stanch_server.endpoints.problems import invalid
from stanch_server.intake.operations import undo_grams
from stanch_server.review.learnt import Learnt, described, grams_of, learnt_in

PAGE: Final = 100
MOST: Final = 1_000
AFTER: Final = Parameter(
    name="after",
    place="query",
    description="The `next` of the page before.",
    schema={"type": "string", "format": "uuid"},
)


class LearntAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """What was learnt of an entry.

    `grams` are pieces of 12 symbols, as numbers in hexadecimal, in the order of their places; `share` is how much
    of the entry they are, 0 to 1. If that is not `believed`, it is too much of the entry for a formula, and counts
    in full. `publishers` is how many are still known that printed the gram that the fewest printed.
    """

    entry: UUID
    name: str
    confirmed: bool
    grams: list[str]
    share: float
    believed: bool
    publishers: int
    since: datetime


class LearntAnswers(msgspec.Struct, kw_only=True, frozen=True):
    """Entries by id; `next` is what to give as `after` for those that follow, null at the end."""

    learnt: list[LearntAnswer]
    next: UUID | None


class SentUnlearning(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why something is taken back, and of which entries; of all entries of the bank if none is named."""

    reason: Annotated[str, Meta(min_length=1, max_length=1_000)]
    entries: Annotated[list[UUID], Meta(min_length=1, max_length=MOST)] | None = None


class UnlearntAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """How many grams count again."""

    grams: int


@key_rule(capability="banks.read")
@endpoint(
    summary="What was learnt to be common of the entries of a bank, page by page",
    gives={200: LearntAnswers},
    parameters=(AFTER,),
)
def learnt(request: KeyRequest, bank_id: UUID) -> HttpResponse:
    """Return a page of entries of which something was learnt, by id."""
    bank = access.get_bank(request.caller, bank_id, "banks.read")
    after = _after(request)
    found = sorted(learnt_in(bank, now=clock.now()), key=_id)
    left = [one for one in found if after is None or _id(one) > after]
    page = left[:PAGE]
    following = _id(page[-1]) if len(left) > PAGE else None
    return answer(LearntAnswers(learnt=[_told(one) for one in described(page, bank=bank)], next=following))


@key_rule(capability="banks.write", methods=("POST",))
@endpoint(
    summary="Take back, for good, what was learnt of entries of a bank of one's own source",
    takes=SentUnlearning,
    gives={200: UnlearntAnswer},
)
def unlearn(request: KeyRequest, bank_id: UUID) -> HttpResponse:
    """Let what was learnt count again, in every entry that holds it; it is not learnt again."""
    bank = access.get_bank(request.caller, bank_id, "banks.write")
    sent = decoded(body_of(request), SentUnlearning)
    if not sent.reason.isprintable() or not sent.reason.strip():
        raise invalid("Say why, in printable characters.", place="$.reason")
    held = set(access.entries_of(bank).filter(id__in=sent.entries or []).values_list("id", flat=True))
    for place, entry in enumerate(sent.entries or []):
        if entry not in held:
            raise invalid("This bank holds no such entry.", place=f"$.entries[{place}]")
    now = clock.now()
    meant = [one for one in learnt_in(bank, now=now) if sent.entries is None or _id(one) in held]
    gone = undo_grams(
        grams=grams_of(meant), acting_user=request.caller.actor, at=now, reason=sent.reason, bank=bank
    )
    return answer(UnlearntAnswer(grams=len(gone)))


def _told(one: Learnt) -> LearntAnswer:
    return LearntAnswer(
        entry=one.row.id,
        name=one.row.name,
        confirmed=one.of.confirmed,
        grams=[f"{gram:012x}" for gram in one.of.grams],
        share=round(one.of.share, 4),
        believed=one.of.believed,
        publishers=one.publishers,
        since=one.since,
    )


def _id(one: LearntOfEntry) -> UUID:
    return UUID(one.entry)


def _after(request: KeyRequest) -> UUID | None:
    given = request.GET.get(AFTER.name)
    try:
        return None if given is None else msgspec.convert(given, UUID)
    except msgspec.ValidationError as error:
        raise invalid("Give the `next` of the page before.", place=AFTER.name) from error

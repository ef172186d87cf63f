"""Decisions, for programs: those of their own source."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet
from django.http import HttpResponse

from stanch_server.accounts.rules import KeyRequest, key_rule
from stanch_server.endpoints.bodies import answer
from stanch_server.endpoints.endpoint import Parameter, endpoint
from stanch_server.endpoints.problems import invalid
from stanch_server.intake.answers import DecisionAnswer
from stanch_server.review import access
from stanch_server.review.answers import answer_of
from stanch_server.review.models import Decision

PAGE: Final = 100
AFTER: Final = Parameter(
    name="after",
    place="query",
    description="`next` of the page before, or the id of the last decision that you know.",
    schema={"type": "string", "format": "uuid"},
)

SINCE: Final = Parameter(
    name="since",
    place="query",
    description=(
        "A time with its zone: only what was taken or undone since then. A decision bears the time at which it "
        "was begun, so ask from some minutes before you last asked."
    ),
    schema={"type": "string", "format": "date-time"},
)


class DecisionsPage(msgspec.Struct, kw_only=True, frozen=True):
    """Decisions, oldest first; `next` is what to ask for as `after`, null at the end."""

    decisions: list[DecisionAnswer]
    next: UUID | None


@key_rule(capability="decisions.read")
@endpoint(summary="List decisions, oldest first", gives={200: DecisionsPage}, parameters=(AFTER, SINCE))
def decisions(request: KeyRequest) -> HttpResponse:
    """Return a page of decisions, those that were undone too."""
    held = access.decisions_with(request.caller, "decisions.read")
    if "since" in request.GET:
        held = _since(held, request.GET["since"])
    if "after" in request.GET:
        held = _after(held, request.GET["after"])
    found = list(held.order_by("decided", "id")[: PAGE + 1])
    page = found[:PAGE]
    more = page[-1].id if len(found) > PAGE else None
    return answer(DecisionsPage(decisions=[answer_of(one) for one in page], next=more))


@key_rule(capability="decisions.read", source_from=access.source_of_decision)
@endpoint(summary="Return a decision", gives={200: DecisionAnswer})
def decision(request: KeyRequest, decision_id: UUID) -> HttpResponse:
    """Return one decision; `undone` says whether it still stands."""
    return answer(answer_of(access.get_decision(request.caller, decision_id, "decisions.read")))


def _since(held: QuerySet[Decision], given: str) -> QuerySet[Decision]:
    """Return the decisions that were taken or undone since a time.

    Raises
    ------
    ProblemError
        422 if it is none, or has no zone.
    """
    try:
        since = msgspec.convert(given, Annotated[datetime, msgspec.Meta(tz=True)]).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        raise invalid("Give a time with its zone, as in 2026-03-01T09:00:00Z.", place="since") from error
    return held.filter(Q(decided__gte=since) | Q(undone__gte=since))


def _after(held: QuerySet[Decision], given: str) -> QuerySet[Decision]:
    """Return the decisions after one of them.

    Raises
    ------
    ProblemError
        422 if there is no such decision.
    """
    try:
        last = held.filter(id=UUID(given)).first()
    except ValueError:
        last = None
    if last is None:
        raise invalid("There is no such decision here.", place="after")
    return held.filter(Q(decided__gt=last.decided) | Q(decided=last.decided, id__gt=last.id))

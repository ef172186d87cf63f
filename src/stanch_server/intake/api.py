"""Items, for programs."""

from uuid import UUID

from django.http import HttpResponse

from stanch_server.accounts import clock
from stanch_server.accounts.rules import KeyRequest, key_rule
from stanch_server.endpoints import limits
from stanch_server.endpoints.bodies import answer, body_of, decoded
from stanch_server.endpoints.endpoint import Parameter, endpoint
from stanch_server.endpoints.problems import ProblemError
from stanch_server.intake import access, operations
from stanch_server.intake.answers import ItemAnswer, answer_of
from stanch_server.intake.batches import Batch, BatchAnswers, SentBatch, take_in
from stanch_server.intake.errors import LockedItemError, PreservedItemError
from stanch_server.intake.lookups import LookedUp, SentLookups, look_up
from stanch_server.intake.models import Item
from stanch_server.intake.posts import SentPost
from stanch_server.intake.requests import submission_of

IDEMPOTENCY = Parameter(
    name="Idempotency-Key",
    place="header",
    description="A name of your choice; the same post under it is taken in once, within seven days.",
    schema={"type": "string", "minLength": 1, "maxLength": 200},
)
PREFER = Parameter(
    name="Prefer",
    place="header",
    description="`respond-async` to be answered with 202 before the scan.",
)


@key_rule(capability="items.submit", methods=("POST",))
@endpoint(
    summary="Take in a post and say what follows",
    takes=SentPost,
    gives={200: ItemAnswer, 202: ItemAnswer},
    parameters=(IDEMPOTENCY, PREFER),
    form=True,
)
def submit(request: KeyRequest) -> HttpResponse:
    """Take in one post; what is answered is committed."""
    submission = submission_of(request)
    taken = operations.submit(submission, caller=request.caller, now=clock.now())
    headers = {"Location": f"/api/v1/items/{taken.item.id}"}
    if taken.replayed:
        headers["Idempotent-Replay"] = "true"
    status = 202 if taken.item.state == Item.State.PENDING else 200
    return answer(answer_of(taken.item), status=status, headers=headers)


@key_rule(capability="items.submit", methods=("POST",))
@endpoint(summary="Take in up to 500 posts at once", takes=Batch, gives={200: BatchAnswers})
def submit_batch(request: KeyRequest) -> HttpResponse:
    """Take in several posts: each is answered in its place, and those that are valid are committed."""
    sent = decoded(body_of(request), SentBatch)
    limits.take(request.caller.key, len(sent.items) - 1)
    return answer(take_in(sent, caller=request.caller, now=clock.now()))


@key_rule(capability="items.read", source_from=access.source_of_item)
@endpoint(summary="What is known of an item", gives={200: ItemAnswer})
def item(request: KeyRequest, item_id: UUID) -> HttpResponse:
    """Return an item as it is now."""
    return answer(answer_of(access.get_item(request.caller, item_id, "items.read")))


@key_rule(capability="items.forget", source_from=access.source_of_item, methods=("DELETE",))
@endpoint(summary="Forget an item", gives={204: None}, refuses=(409,))
def forget(request: KeyRequest, item_id: UUID) -> HttpResponse:
    """Erase an item everywhere but in the commitments of the audit log."""
    found = access.get_item(request.caller, item_id, "items.forget")
    try:
        operations.forget(item=found, acting_user=request.caller.actor, now=clock.now())
    except (PreservedItemError, LockedItemError) as error:
        title = "This item has to be kept."
        raise ProblemError(409, error.code, title, detail=str(error)) from error
    return HttpResponse(status=204)


@key_rule(capability="match.query", methods=("POST",))
@endpoint(
    summary="Look up hashes, links and short texts; nothing is kept", takes=SentLookups, gives={200: LookedUp}
)
def match(request: KeyRequest) -> HttpResponse:
    """Say what is known of up to 1,000 hashes, links and texts."""
    sent = decoded(body_of(request), SentLookups)
    limits.take(request.caller.key, len(sent.queries) - 1)
    return answer(look_up(sent, caller=request.caller, now=clock.now()))

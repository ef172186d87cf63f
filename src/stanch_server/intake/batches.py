"""Several posts in one request: each is judged by itself."""

import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.accounts.problems import Problem
from stanch_server.endpoints.bodies import decoded
from stanch_server.endpoints.problems import ProblemError, invalid
from stanch_server.intake.answers import ItemAnswer, answers_of
from stanch_server.intake.errors import IdempotencyKeyReusedError
from stanch_server.intake.models import Item
from stanch_server.intake.operations.submitting import Submitted, submit_many
from stanch_server.intake.posts import Reference, SentPost, Submission, checked
from stanch_server.intake.requests import check_name

MOST_POSTS = 500
MOST_PARTS_TOGETHER = 1_000
"""Each part that waits for a person is kept by itself, which takes some milliseconds."""


class BatchPost(SentPost, kw_only=True, forbid_unknown_fields=True):
    """A post of a batch; media do not come in batches."""

    idempotency_key: Reference = ""


class Batch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Posts to be taken in."""

    items: Annotated[list[BatchPost], Meta(min_length=1, max_length=MOST_POSTS)]


class SentBatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The same as it came in: what is wrong with one post is found with that post."""

    items: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_POSTS)]


class BatchAnswer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one post: 200 or 202 with its item, or 422 with the problem."""

    status: int
    item: ItemAnswer | None = None
    problem: Problem | None = None


class BatchAnswers(msgspec.Struct, kw_only=True):
    """One answer for each post, in their order."""

    items: list[BatchAnswer]


def take_in(batch: SentBatch, *, caller: KeyPrincipal, now: datetime) -> BatchAnswers:
    """Take in those posts of a batch that are valid, in one transaction, and answer for each."""
    read = [_read(bytes(raw), place) for place, raw in enumerate(batch.items)]
    submissions = [one for one in read if isinstance(one, Submission)]
    if sum(len(one.contents) for one in submissions) > MOST_PARTS_TOGETHER:
        raise invalid(f"Together these posts have more than {MOST_PARTS_TOGETHER:,} parts.", place="$.items")
    taken = iter(submit_many(submissions, caller=caller, now=now) if submissions else [])
    outcomes = [one if isinstance(one, ProblemError) else next(taken) for one in read]
    items = [one.item for one in outcomes if isinstance(one, Submitted)]
    told = iter(answers_of(items))
    return BatchAnswers(items=[_answer(one, told, place) for place, one in enumerate(outcomes)])


def _read(raw: bytes, number: int) -> Submission | ProblemError:
    try:
        post = decoded(raw, BatchPost)
        check_name(post.idempotency_key, place="$.idempotency_key")
        return checked(post, idempotency=post.idempotency_key, digest=hashlib.sha256(raw).hexdigest())
    except ProblemError as error:
        error.place = f"$.items[{number}]{error.place.removeprefix('$')}"
        return error


def _answer(outcome: Submitted | Exception, told: Any, number: int) -> BatchAnswer:  # noqa: ANN401 - an iterator
    if isinstance(outcome, Submitted):
        status = 202 if outcome.item.state == Item.State.PENDING else 200
        return BatchAnswer(status=status, item=next(told))
    if isinstance(outcome, IdempotencyKeyReusedError):
        place = f"$.items[{number}].idempotency_key"
        return BatchAnswer(status=422, problem=invalid(str(outcome), place=place, code=outcome.code).document())
    assert isinstance(outcome, ProblemError)
    return BatchAnswer(status=outcome.status, problem=outcome.document())

"""Posts to a running service, and its answers as if the scan had been made here."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from typing import Final

from stanch.cli.answers import judged
from stanch.cli.inputs import Found, unread
from stanch.cli.outgoing import Outgoing, fingerprinted, whole
from stanch.client import Client, InvalidRequestError, ItemAnswer, Problem, error_of
from stanch.media import Decoders
from stanch.policies import judge
from stanch.values import NotScanned, Outcome, PartResult, Post, PostResult

AT_ONCE: Final = 100
"""How many posts without files go in one request: few enough for the progress to be seen."""

PATIENCE: Final = 30.0
"""Seconds for one request, repetitions included."""

LONG_SCAN: Final = 300.0
"""Seconds that a post is waited for that the service scans later."""

Judged = tuple[Found, PostResult, Outcome]


def ask(posts: list[Found], *, server: str, fingerprints_only: bool) -> Iterator[Judged]:
    """Yield each post with what the service says of it, in order.

    A post that cannot be read here, or that the service refuses, costs only itself: it is not scanned.

    Raises
    ------
    ServiceError
        If the service refuses the caller.
    OutageError
        If it cannot be reached.
    MissingExtraError
        If httpx is not installed.
    """
    with ExitStack() as stack:
        client = stack.enter_context(Client(server, on_outage="raise", budget=PATIENCE))
        decoders = stack.enter_context(Decoders()) if fingerprints_only else None
        prepared = (_prepared(source, decoders) for source in posts)
        for together, run in groupby(prepared, key=_goes_together):
            send = _together if together else _one_by_one
            yield from send(run, client)


def _goes_together(each: Outgoing | Judged) -> bool:
    return isinstance(each, Outgoing) and not each.files


def _prepared(source: Found, decoders: Decoders | None) -> Outgoing | Judged:
    if not isinstance(source, Post):
        return source, source, judge(source, {})
    try:
        sent = whole(source) if decoders is None else fingerprinted(source, decoders)
    except OSError as error:  # it was there when the scan began
        return _unread(source, error)
    return _read_here(sent) if sent.empty else sent


def _together(run: Iterator[Outgoing | Judged], client: Client) -> Iterator[Judged]:
    waiting: list[Outgoing] = []
    for each in run:
        assert isinstance(each, Outgoing)
        waiting.append(each)
        if len(waiting) == AT_ONCE:
            yield from _batch(waiting, client)
            waiting = []
    yield from _batch(waiting, client)


def _one_by_one(run: Iterator[Outgoing | Judged], client: Client) -> Iterator[Judged]:
    return (_alone(each, client) for each in run)


def _batch(batch: list[Outgoing], client: Client) -> Iterator[Judged]:
    for sent, answer in zip(batch, client.submit_many(each.post for each in batch), strict=True):
        yield _judged(sent, answer, client) if isinstance(answer, ItemAnswer) else _refused(sent, answer)


def _alone(each: Outgoing | Judged, client: Client) -> Judged:
    if not isinstance(each, Outgoing):
        return each
    try:
        files = {name: part.read() for name, part in each.files.items()}
        return _judged(each, client.submit(each.post, files=files), client)
    except InvalidRequestError as error:
        return _refused(each, error.problem)
    except OSError as error:
        return _unread(each.source, error)


def _judged(sent: Outgoing, answer: ItemAnswer, client: Client) -> Judged:
    settled = client.wait_for(answer, budget=LONG_SCAN) if answer.state == "pending" else answer
    return (sent.source, *judged(sent, settled))


def _refused(sent: Outgoing, problem: Problem) -> Judged:
    """Return the result of a post that the service will not have; a refusal of the caller ends the scan."""
    error = error_of(problem)
    if not isinstance(error, InvalidRequestError):
        raise error
    return _unread(sent.source, error)


def _unread(source: Post, error: Exception) -> Judged:
    result = unread(source.id, error)
    return source, result, judge(result, {})


def _read_here(sent: Outgoing) -> Judged:
    """Judge a post that left no fingerprints to ask about."""
    parts = tuple(
        PartResult(
            name=sent.names[part.name],
            medium=part.medium,
            not_scanned=tuple(NotScanned(code=why.code, reason=why.reason) for why in part.not_scanned),
            remarks=part.remarks,
            evasion=part.evasion,
            undone=part.undone,
        )
        for part in sent.post.fingerprints
    )
    result = PostResult(post=sent.source.id, parts=parts)
    return sent.source, result, judge(result, {})

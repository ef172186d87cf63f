"""From the service's answers to values; what cannot be understood raises msgspec.DecodeError."""

from collections.abc import Callable
from typing import Final

import msgspec

from stanch.client.answers import (
    DONE,
    ItemAnswer,
    MatchesAnswer,
    Problem,
    ReasonAnswer,
)
from stanch.client.messages import Response
from stanch.client.spool import WaitingPost

UNREAD_HERE: Final = "not-scanned"
REPLAYED: Final = "idempotent-replay"


class _Element(msgspec.Struct, kw_only=True):
    status: int
    item: ItemAnswer | None = None
    problem: Problem | None = None


class _Batch(msgspec.Struct, kw_only=True):
    items: list[_Element]


class _Results(msgspec.Struct, kw_only=True):
    results: list[MatchesAnswer]


def read_item(response: Response) -> ItemAnswer:
    """Return the item of an answer."""
    item = msgspec.json.decode(response.body, type=ItemAnswer)
    return msgspec.structs.replace(item, replayed=response.headers.get(REPLAYED, "").lower() == "true")


def read_batch(count: int) -> Callable[[Response], list[ItemAnswer | Problem]]:
    """Return what reads the answers to so many posts."""

    def read(response: Response) -> list[ItemAnswer | Problem]:
        elements = msgspec.json.decode(response.body, type=_Batch).items
        _check_count(len(elements), count)
        return [_element(element) for element in elements]

    return read


def read_matches(count: int) -> Callable[[Response], list[MatchesAnswer]]:
    """Return what reads the answers to so many queries."""

    def read(response: Response) -> list[MatchesAnswer]:
        results = msgspec.json.decode(response.body, type=_Results).results
        _check_count(len(results), count)
        return results

    return read


def read_nothing(_response: Response) -> None:
    """Take an answer without content."""


def completed(item: ItemAnswer, sent: WaitingPost) -> ItemAnswer:
    """Return an answer with what only this side knows: its key, and what could not be looked at here.

    An item of which a part could not be read here is never `allow`: the service has not seen that part either.
    """
    remarks = (*item.remarks, *(one for one in sent.remarks if one not in item.remarks))
    known = msgspec.structs.replace(item, idempotency_key=sent.idempotency_key, remarks=remarks)
    news = [why for why in sent.not_scanned if why not in item.not_scanned]
    if not news:
        return known
    reasons = tuple(ReasonAnswer(level="review", code=UNREAD_HERE, text=why.reason, part=why.part) for why in news)
    milder = item.state == DONE and item.outcome == "allow"
    return msgspec.structs.replace(
        known,
        outcome="review" if milder else item.outcome,
        reasons=(*reasons, *item.reasons) if milder else (*item.reasons, *reasons),
        not_scanned=(*item.not_scanned, *news),
    )


def _element(element: _Element) -> ItemAnswer | Problem:
    if element.item is not None:
        return element.item
    problem = element.problem or Problem(title="The service did not say what is wrong with it.")
    return msgspec.structs.replace(problem, status=element.status)


def _check_count(actual: int, expected: int) -> None:
    if actual != expected:
        raise msgspec.ValidationError(f"{actual} answers to {expected} questions")

"""What all endpoints share: limits, problem documents, and the document that describes them."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from stanch_server.accounts.rules import endpoints, rules_of
from stanch_server.endpoints import limits
from stanch_server.endpoints.bodies import decoded
from stanch_server.endpoints.endpoint import Endpoint, endpoint
from stanch_server.endpoints.openapi import document
from stanch_server.endpoints.problems import ProblemError

KEY = UUID(int=7)


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    """What is sent in these tests."""

    names: list[str]


@pytest.mark.parametrize(
    ("data", "place"),
    [(b'{"names": ["a", 7]}', "$.names[1]"), (b"{}", ""), (b"[", ""), (b"\xff", ""), (b"[" * 10_000, "")],
)
def test_a_refusal_says_where(data: bytes, place: str) -> None:
    with pytest.raises(ProblemError) as raised:
        decoded(data, Thing)
    assert (raised.value.status, raised.value.place) == (422, place)


@given(data=st.binary(max_size=200))
def test_no_body_breaks_the_door(data: bytes) -> None:
    with suppress(ProblemError):  # anything else fails the test
        assert isinstance(decoded(data, Thing), Thing)


def test_a_bucket_fills_steadily_and_never_over(settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 60
    for _ in range(10):
        limits.take(KEY, now=100.0)
    with pytest.raises(ProblemError) as raised:
        limits.take(KEY, now=100.5)
    assert raised.value.headers == {"Retry-After": "1"}
    limits.take(KEY, now=101.0)
    for _ in range(10):
        limits.take(KEY, now=10_000.0)
    with pytest.raises(ProblemError):
        limits.take(KEY, now=10_000.0)


def test_a_batch_that_is_larger_than_the_bucket_passes_when_it_is_full(settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 60
    limits.take(KEY, cost=500, now=100.0)
    with pytest.raises(ProblemError) as raised:
        limits.take(KEY, now=101.0)
    assert int(raised.value.headers["Retry-After"]) > 400  # it is paid for all the same


def test_a_database_that_cannot_answer_is_busy_not_broken() -> None:
    @endpoint(summary="x", gives={200: None})
    def view(_request: object) -> Any:
        raise OperationalError("database is locked")

    response = view(RequestFactory().get("/"))
    assert (response.status_code, response["Retry-After"]) == (503, "2")


def test_every_endpoint_for_programs_is_in_the_document() -> None:
    said = json.loads(Client().get("/api/v1/openapi.json").content)
    assert said == json.loads(json.dumps(document()))
    described = {(path, method) for path, methods in said["paths"].items() for method in methods}
    for one in endpoints():
        for ruled in rules_of(one.view):
            if ruled.rule.callers.value == "keys":
                assert isinstance(ruled.inside, Endpoint), one.route
    assert ("/api/v1/items", "post") in described
    assert ("/api/v1/items/{item_id}", "delete") in described
    assert set(said["paths"]["/api/v1/items"]["post"]["responses"]) >= {"200", "202", "401", "413", "422", "429"}


def test_operations_have_names_of_their_own() -> None:
    names = [one["operationId"] for path in document()["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))

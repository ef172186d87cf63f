"""Decisions, for programs: their own source's, in order, and nothing of who decided."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from stanch_server.accounts import operations as accounts
from stanch_server.accounts.models import Person, Source
from stanch_server.intake.models import Item
from stanch_server.review import api, operations
from stanch_server.review.answers import decision_answers
from stanch_server.review.models import Decision
from tests.server.conftest import START
from tests.server.review.cast import ALLOWED, STATEMENT, UNKNOWN, decided, new_bank, taken_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
FIELDS = {
    "id",
    "item",
    "action",
    "label",
    "content_type",
    "exemption",
    "assessment",
    "reasons",
    "decided",
    "undone",
}
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(source: Source) -> Ask:
    """Return a function that asks with a key of the source, or of another one, and returns status and answer."""

    def get(path: str, whose: Source = source, *capabilities: str) -> tuple[int, Any]:
        _, secret = accounts.create_api_key(
            source=whose,
            name="forum",
            capabilities=capabilities or ["decisions.read", "items.read"],
            expires_at=START + timedelta(days=1),
            acting_user="alice",
            now=START,
        )
        answer = Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})
        return answer.status_code, json.loads(answer.content)

    return get


@pytest.fixture
def item(source: Source) -> Item:
    new_bank("lantern", source, {STATEMENT: "alice"})
    return taken_in(source, STATEMENT)


def test_one_decision_as_it_was_taken(item: Item, bob: Person, ask: Ask) -> None:
    made = decided(item, bob)
    status, said = ask(f"decisions/{made.id}")
    assert status == 200
    assert said.keys() == FIELDS
    assert (said["item"], said["action"], said["reasons"]) == (str(item.id), "remove", made.reasons)
    assert (said["decided"], said["undone"]) == ("2026-03-01T09:00:00Z", None)
    assert bob.actor not in json.dumps(said)
    operations.undo(decision=made, reason="too quick", acting_user=bob.actor, at=START)
    assert ask(f"decisions/{made.id}")[1]["undone"] == "2026-03-01T09:00:00Z"


def test_an_item_is_told_with_the_decision_that_stands(item: Item, bob: Person, ask: Ask) -> None:
    assert ask(f"items/{item.id}")[1]["decision"] is None
    made = decided(item, bob)
    assert ask(f"items/{item.id}")[1]["decision"] == ask(f"decisions/{made.id}")[1]
    operations.undo(decision=made, reason="too quick", acting_user=bob.actor, at=START)
    assert ask(f"items/{item.id}")[1]["decision"] is None
    assert decision_answers([item.id]) == {}


def test_pages_hold_each_decision_once(
    source: Source, other_source: Source, bob: Person, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "PAGE", 2)
    times = [START, START, START + timedelta(hours=1), START + timedelta(hours=2), START]
    for at in times:
        decided(taken_in(source, UNKNOWN), bob, **ALLOWED, content_type="", at=at)
    decided(taken_in(other_source, UNKNOWN), bob)
    seen: list[str] = []
    after = ""
    for _ in range(3):
        status, page = ask(f"decisions{after}")
        assert status == 200
        seen += [one["id"] for one in page["decisions"]]
        after = f"?after={page['next']}"
    assert page["next"] is None
    ordered = Decision.objects.filter(source=source).order_by("decided", "id")
    assert seen == [str(one.id) for one in ordered]
    assert ask(f"decisions?after={seen[-1]}") == (200, {"decisions": [], "next": None})


@pytest.mark.parametrize("after", ["nonsense", "", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_place_is_refused(after: str, ask: Ask) -> None:
    status, problem = ask(f"decisions?after={after}")
    assert (status, problem["place"]) == (422, "after")


def test_nothing_of_other_sources(item: Item, other_source: Source, bob: Person, ask: Ask) -> None:
    made = decided(item, bob)
    assert ask(f"decisions/{made.id}", other_source)[0] == 404
    assert ask("decisions", other_source)[1]["decisions"] == []
    assert ask(f"decisions?after={made.id}", other_source)[0] == 422
    assert ask(f"decisions/{made.id}", item.source, "items.read")[0] == 403
    assert ask(f"decisions/{uuid4()}")[0] == 404


def test_the_document_knows_them(ask: Ask) -> None:
    _, document = ask("openapi.json")
    listing = document["paths"]["/api/v1/decisions"]["get"]
    assert listing["parameters"][0]["name"] == "after"
    assert "/api/v1/decisions/{decision_id}" in document["paths"]


def test_who_asks_since_a_time_learns_of_what_was_undone_and_of_what_took_long(
    source: Source, bob: Person, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "PAGE", 2)
    hours = [START + timedelta(hours=hour) for hour in range(4)]
    made = [decided(taken_in(source, UNKNOWN), bob, **ALLOWED, content_type="", at=at) for at in hours]
    last = ask("decisions?since=2026-03-01T12:00:00Z")[1]["decisions"]
    assert [one["id"] for one in last] == [str(made[3].id)]
    operations.undo(decision=made[0], reason="a mistake", acting_user=bob.actor, at=hours[3])
    slow = decided(taken_in(source, UNKNOWN), bob, **ALLOWED, content_type="", at=hours[2])
    said = ask("decisions?since=2026-03-01T13:00:00%2B02:00")[1]  # 11:00 in UTC
    assert said["decisions"][0]["id"] == str(made[0].id)
    rest = ask(f"decisions?since=2026-03-01T11:00:00Z&after={said['next']}")[1]
    seen = {one["id"]: one["undone"] is not None for one in said["decisions"] + rest["decisions"]}
    assert seen == {str(made[0].id): True, str(made[2].id): False, str(made[3].id): False, str(slow.id): False}
    assert rest["next"] is None


@pytest.mark.parametrize("since", ["yesterday", "", "2026-03-01T11:00:00", "0001-01-01T00:00:00%2B23:00"])
def test_a_time_needs_its_zone(ask: Ask, since: str) -> None:
    status, said = ask(f"decisions?since={since}")
    assert (status, said["place"]) == (422, "since")

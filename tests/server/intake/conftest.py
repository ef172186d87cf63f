"""A bank with known works of the fictional group, and programs that ask."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from stanch.matching import entry_of
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, LinkPart, Part, State, TextPart
from stanch_server.accounts import operations as accounts
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import Source
from stanch_server.banks import operations as banks
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank
from tests.matching.writing import writing
from tests.server.conftest import START, Clock
from tests.server.intake.webhook_cast import Receiver, receiving

INFO = BankInfo(
    name="lantern",
    owner="the harbour",
    legal_basis="Regulation (EU) 2021/784, Article 5",
    content_type=ContentType.INCITES,
    designation=BEHAVIOUR_BASED,
)
STATEMENT = writing(7, 120)
"""A statement of the Grey Lantern that a person confirmed."""
UNCONFIRMED = writing(8, 120)
LINK = "https://lantern.example/drop/7"


def make_bank(name: str, source: Source | None, parts: dict[Part, str | None], *, state: State) -> Bank:
    bank = banks.create_bank(info=replace(INFO, name=name), source=source, acting_user="alice", at=START)
    entries = [
        entry_of(part, follower().decoders, added=START, confirmed_by=person) for part, person in parts.items()
    ]
    banks.add_entries(bank=bank, entries=entries, acting_user="alice", at=START)
    banks.set_state(bank=bank, state=state, acting_user="alice", at=START)
    return bank


@pytest.fixture
def bank(source: Source) -> Bank:
    """Return an enabled bank of the source: a confirmed statement, an unconfirmed one, and a link."""
    parts: dict[Part, str | None] = {
        TextPart(name="statement", text=STATEMENT): "alice",
        TextPart(name="rumour", text=UNCONFIRMED): None,
        LinkPart(name="link", link=LINK): "alice",
    }
    return make_bank("lantern", source, parts, state=State.ENABLED)


class Program:
    """A program with a key."""

    def __init__(self, secret: str) -> None:
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.browser = Client(raise_request_exception=True)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.browser.generic(
            method, f"/api/v1{path}", data, content_type="application/json", headers={**self.headers, **headers}
        )

    def post(self, body: Any, **headers: str) -> Any:
        return self.send("POST", "/items", body, **headers)

    def said(self, body: Any, **headers: str) -> dict[str, Any]:
        response = self.post(body, **headers)
        assert response.status_code in {200, 202}, response.content
        found: dict[str, Any] = json.loads(response.content)
        return found


@pytest.fixture
def new_program(clock: Clock) -> Callable[..., Program]:
    def make(source: Source, *capabilities: str) -> Program:
        _, secret = accounts.create_api_key(
            source=source,
            name="forum",
            capabilities=capabilities or KEY_CAPABILITIES,
            expires_at=clock.now() + timedelta(days=30),
            acting_user="alice",
            now=clock.now(),
        )
        return Program(secret)

    return make


@pytest.fixture
def program(new_program: Callable[..., Program], source: Source) -> Program:
    return new_program(source)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Return a listener on this machine, where webhooks may be sent to in this test."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiving() as one:
        yield one

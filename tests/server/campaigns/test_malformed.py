"""Malformed requests: each is refused in the documented form, or taken; nothing stays of a refused one."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from stanch_server.audit.models import AuditPayload
from stanch_server.banks.models import Entry
from stanch_server.endpoints.openapi import document
from stanch_server.endpoints.wire import harden
from stanch_server.intake.models import IdempotencyKey, Item, ItemPart
from stanch_server.outbox.models import OutboxRow
from stanch_server.vault.models import Blob
from tests.server.campaigns.asking import Asked, Told, ask
from tests.server.campaigns.conftest import PROBLEM, Ground
from tests.server.campaigns.spoiling import ITEMS, WAYS, Spoiler, everywhere

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

CASES = 2_000
DOCUMENT = document()
UUID_PATH = re.compile("[0-9a-f-]{36}")
STORED = (Item, ItemPart, IdempotencyKey, Entry, OutboxRow, Blob, AuditPayload)


@pytest.fixture
def application() -> WSGIHandler:
    return harden(get_wsgi_application())


@pytest.mark.parametrize(
    "odd", ["a\0b", "\0", "\x1b\x7f", "\u202e\u2066", "\ufffe\U0010ffff", "", " ", "x" * 100_000]
)
def test_no_field_is_broken_by_what_databases_refuse(ground: Ground, application: WSGIHandler, odd: str) -> None:
    """PostgreSQL keeps no NUL and counts the characters of each column; SQLite does neither."""
    spoiler = Spoiler(ground.known)
    for path, good in spoiler.bodies(Random(7)):
        for body in everywhere(good, odd):
            asked = Asked(path=path, body=json.dumps(body).encode())
            told = ask(application, asked, ground.program.headers)
            assert_documented(asked, told, ground.known, str(told))
            if told.status == 200 and path == ITEMS:
                item = told.said["id"]
                assert (
                    ask(application, Asked(method="GET", path=f"{ITEMS}/{item}"), ground.program.headers).status
                    == 200
                )


def stored() -> list[int]:
    return [table.objects.count() for table in STORED]


def assert_documented(asked: Asked, told: Told, known: Mapping[str, str], what: str) -> None:
    """Fail for an answer that the document does not know."""
    path = asked.path
    for name, value in known.items():
        path = path.replace(value, f"{{{name}}}")
    path = path if path in DOCUMENT["paths"] else UUID_PATH.sub("{item_id}", path)
    said = DOCUMENT["paths"].get(path, {}).get(asked.method.lower())
    assert told.status in ({int(status) for status in said["responses"]} if said else {404, 405}), (what, told)
    if told.status >= 400:
        assert told.headers["Content-Type"] == PROBLEM, what
        assert told.said["status"] == told.status, what
        assert told.said["type"].startswith("urn:stanch:problem:"), what


def test_no_malformed_request_breaks_anything(
    ground: Ground, application: WSGIHandler, campaign: Callable[[int], int], seed: int
) -> None:
    spoiler = Spoiler(ground.known)
    seen: Counter[tuple[str, int]] = Counter()
    for number in range(campaign(CASES)):
        name, asked = spoiler.spoilt(Random(f"{seed} {number}"))
        before = stored()
        told = ask(application, asked, ground.program.headers)
        what = f"seed {seed}, case {number}: {name}"
        assert_documented(asked, told, ground.known, what)
        if told.status >= 400:
            assert stored() == before, what
        seen[name, told.status] += 1
    assert {name for name, _ in seen} == {way.__name__ for way in WAYS}
    refused = sum(count for (_, status), count in seen.items() if status >= 400)
    assert campaign(CASES) // 2 < refused < campaign(CASES), seen

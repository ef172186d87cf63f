"""Short look-ups that come at once: each is answered for itself, and nothing that is not recorded."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any

import pytest
from django.db import Error, connection, connections

from stanch_server.accounts import operations as accounts
from stanch_server.accounts.models import ApiKey, Source
from stanch_server.intake.short import Question, told_all
from tests.server.campaigns.asking import Told
from tests.server.campaigns.conftest import PROBLEM
from tests.server.children import child
from tests.server.conftest import START
from tests.server.intake.conftest import Program
from tests.server.intake.short_cast import (
    ASKED,
    FOUND,
    UNUSUAL,
    Service,
    known,
    pictures,
    requests_recorded,
    same,
    service,
)
from tests.server.project.running import free_port, until

__all__ = ["known", "pictures", "service"]

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30


@contextmanager
def read_only() -> Iterator[None]:
    """Let this thread write nothing into the database."""
    if connection.vendor == "sqlite":
        forbid, allow = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    else:
        forbid, allow = (f"SET default_transaction_read_only = {said}" for said in ("on", "off"))
    with connection.cursor() as cursor:
        cursor.execute(forbid)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(allow)


@pytest.mark.usefixtures("pictures")
def test_what_cannot_be_recorded_is_answered_to_nobody(
    service: Service, known: Program, new_program: Callable[..., Program], other_source: Source
) -> None:
    other, before = new_program(other_source), requests_recorded()
    ApiKey.objects.update(last_used_day=START.date())
    with read_only():
        asked = [Question(0.0, one.headers["Authorization"], FOUND.body) for one in (known, other, known)]
        told = told_all(asked)
        assert [isinstance(one.said, Error) for one in told if one is not None] == [True] * 3
        refused = service.ask(FOUND, known)
    assert (refused.status, refused.headers["Content-Type"]) in {(503, PROBLEM), (500, PROBLEM)}
    assert not service.left
    assert requests_recorded() == before
    assert service.ask(FOUND, known).status == 200


@pytest.mark.parametrize("number", range(3))
@pytest.mark.usefixtures("pictures")
def test_many_who_ask_at_once_are_each_answered_and_recorded(
    service: Service,
    new_program: Callable[..., Program],
    source: Source,
    other_source: Source,
    settings: Any,
    number: int,
) -> None:
    settings.REQUESTS_PER_MINUTE = 10**6
    random = Random(number)
    programs = [new_program(whose) for whose in (source, other_source) * 4]
    ApiKey.objects.update(last_used_day=START.date())
    revoked = random.choice(programs)
    accounts.revoke_api_key(key_of(revoked), acting_user="alice", now=START)
    asked = {**ASKED, "wrong": UNUSUAL["a hash that is none"]}
    expected = {(id(one), kind): service.ask_view(asked[kind], one) for one in programs for kind in asked}
    before = requests_recorded()
    plans = [(one, random.choices(list(asked), k=15)) for one in programs]

    def run(plan: tuple[Program, list[str]]) -> list[Told]:
        try:
            return [service.ask(asked[kind], plan[0]) for kind in plan[1]]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(plans)) as pool:
        answers = list(pool.map(run, plans))
    for (one, some), told in zip(plans, answers, strict=True):
        for kind, answer in zip(some, told, strict=True):
            same(answer, expected[id(one), kind])
    given = sum(answer.status == 200 for told in answers for answer in told)
    assert requests_recorded() - before == given
    assert len(service.left) == sum(one is revoked or kind == "wrong" for one, some in plans for kind in some)


def key_of(program: Program) -> ApiKey:
    secret = program.headers["Authorization"].removeprefix("Bearer ")
    return ApiKey.objects.get(prefix=secret.split("_")[1])


@pytest.mark.skipif(sys.platform != "linux", reason="its processes end with their parent, as Linux does it")
@pytest.mark.usefixtures("pictures")
def test_whoever_is_killed_has_recorded_what_was_answered(source: Source) -> None:
    now = datetime.now(UTC)
    _, secret = accounts.create_api_key(
        source=source,
        name="forum",
        capabilities=["match.query"],
        expires_at=now + timedelta(days=1),
        acting_user="alice",
        now=now,
    )
    program, port, answered = Program(secret), free_port(), []

    def ask_on() -> None:
        peer = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with suppress(OSError, HTTPException):
            while True:
                peer.request(
                    "POST", FOUND.path, FOUND.body, {**program.headers, "Content-Type": "application/json"}
                )
                answered.append(json.loads(peer.getresponse().read())["results"])

    with child("tests.server.campaigns.web_child", str(port)) as (process, _):
        until("it answers", lambda: healthy(port))
        threads = [threading.Thread(target=ask_on) for _ in range(6)]
        for one in threads:
            one.start()
        until("it is under way", lambda: len(answered) > 100)
        process.kill()
        for one in threads:
            one.join(PATIENCE)
    assert all(result["matches"] for results in answered for result in results)
    assert len(answered) <= requests_recorded() <= len(answered) + len(threads)


def healthy(port: int) -> bool:
    peer = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        peer.request("GET", "/healthz")
        return peer.getresponse().status == 200
    except OSError:
        return False
    finally:
        peer.close()

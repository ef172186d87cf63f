"""Short look-ups: answered below Django to the byte as the view answers them, and refused only by the view."""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import Error, connection, connections

from stanch.matching import entry_of
from stanch.values import FILE_MD5, PDQ, HashPart, State
from stanch_server.accounts import operations as accounts
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import ApiKey, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import operations as banks
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank
from stanch_server.endpoints import limits
from stanch_server.endpoints.turns import Environ
from stanch_server.endpoints.wire import harden
from stanch_server.intake.short import Question, ShortLookups, told_all
from stanch_server.project.middleware import note
from tests.server.campaigns.asking import Asked, Told, ask
from tests.server.campaigns.conftest import PROBLEM
from tests.server.children import child
from tests.server.conftest import START, Clock
from tests.server.intake.conftest import Program, make_bank
from tests.server.project.running import free_port, until

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30
PICTURE = int("3c" * 32, 16)
MD5 = "0123456789abcdef" * 2


def picture(away: int) -> dict[str, Any]:
    return {"hash": {"method": "pdq", "value": f"{PICTURE ^ ((1 << away) - 1):064x}"}}


def asking(*queries: Any) -> Asked:
    return Asked(path="/api/v1/match", body=json.dumps({"queries": queries}).encode())


FOUND = asking(picture(7))
ASKED: dict[str, Asked] = {
    "found": FOUND,
    "not found": asking(picture(90)),
    "several": asking(*(picture(away) for away in (0, 31, 32, 90)), {"hash": {"method": "md5", "value": MD5}}),
    "in capitals": asking({"hash": {"method": "PDQ", "value": f"{PICTURE:064X}"}}),
    "twice the same": asking(picture(3), picture(3)),
    "of a link": asking({"hash": {"method": "link/1", "value": "0" * 16}}),
}
UNUSUAL: dict[str, Asked] = {
    "a text": asking({"text": "The harbour is open."}),
    "a text and a hash": asking(picture(0), {"text": "The harbour is open."}),
    "a link": asking({"link": "https://harbour.example/"}),
    "nothing": asking(),
    "no query": asking({}),
    "a hash that is none": asking({"hash": {"method": "pdq", "value": "xyz"}}),
    "a method that there is not": asking({"hash": {"method": "tlsh", "value": MD5}}),
    "an unknown field": asking({**picture(0), "more": 1}),
    "a thousand and one": asking(*[picture(0)] * 1_001),
    "no JSON": replace(FOUND, body=b"{"),
    "bytes that are no text": replace(FOUND, body=b"\xff" * 30),
    "another content type": replace(FOUND, kind="text/plain"),
    "no content type": replace(FOUND, kind=None),
    "another charset": replace(FOUND, kind="application/json; charset=utf-16"),
    "a query": replace(FOUND, query="a=b"),
    "read": replace(FOUND, method="GET"),
    "a length that is none": replace(FOUND, length="many"),
    "more than came": replace(FOUND, length="1000"),
    "no length": replace(FOUND, length=""),
    "in chunks": replace(FOUND, headers={"Transfer-Encoding": "chunked"}),
    "another address": replace(FOUND, path="/api/v1/match/"),
    "no key": replace(FOUND, headers={"Authorization": ""}),
    "a key that there is not": replace(FOUND, headers={"Authorization": f"Bearer stanch_01234567_{'a' * 43}"}),
    "no such scheme": replace(FOUND, headers={"Authorization": "Basic YTpi"}),
}


class Service:
    """The view, and before it the short way, which says what it has left to the view."""

    def __init__(self) -> None:
        self._django = harden(get_wsgi_application())
        self.left: list[Environ] = []
        self.noted: list[Mapping[str, Any]] = []
        self._short = ShortLookups(self._leave, note=self._note)

    def ask(self, asked: Asked, program: Program) -> Told:
        return ask(self._short, asked, program.headers)

    def ask_view(self, asked: Asked, program: Program) -> Told:
        return ask(self._django, asked, program.headers)

    def _leave(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        self.left.append(environ)
        return self._django(environ, start_response)

    def _note(self, name: str, /, **said: Any) -> None:
        self.noted.append({"name": name, **said})
        note(name, **said)


@pytest.fixture
def service(clock: Clock) -> Service:  # noqa: ARG001 - the time at which keys are valid
    return Service()


@pytest.fixture
def pictures(source: Source, other_source: Source) -> list[Bank]:
    """Return a bank of the source and one of another, with the same hashes."""
    works: dict[Any, str | None] = {
        HashPart(name="picture", method=PDQ, value=f"{PICTURE:064x}"): "alice",
        HashPart(name="md5", method=FILE_MD5, value=MD5): None,
    }
    return [
        make_bank("ours", source, works, state=State.ENABLED),
        make_bank("theirs", other_source, works, state=State.SHADOW),
    ]


@pytest.fixture
def known(service: Service, program: Program) -> Program:
    """Return a program whose use on this day is noted."""
    assert service.ask(FOUND, program).status == 200
    service.left.clear()
    return program


def same(told: Told, other: Told) -> None:
    assert told.headers.keys() == other.headers.keys()
    assert [name for name in told.headers if told.headers[name] != other.headers[name]] == ["X-Request-ID"]
    assert (told.status, told.body) == (other.status, other.body)


def requests_recorded() -> int:
    written = AuditPayload.objects.filter(action="match.queried").values_list("detail", flat=True)
    return sum(json.loads(detail)["requests"] for detail in written)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.usefixtures("pictures")
def test_an_answer_is_to_the_byte_that_of_the_view(service: Service, known: Program, asked: Asked) -> None:
    same(service.ask(asked, known), service.ask_view(asked, known))
    assert not service.left
    assert requests_recorded() == 3


@pytest.mark.parametrize("asked", UNUSUAL.values(), ids=UNUSUAL)
@pytest.mark.usefixtures("pictures")
def test_whatever_is_unusual_is_left_to_the_view(service: Service, known: Program, asked: Asked) -> None:
    same(service.ask(asked, known), service.ask_view(asked, known))
    assert len(service.left) == 1


@pytest.mark.usefixtures("pictures")
def test_the_first_use_of_a_day_is_noted_by_the_view(
    service: Service, known: Program, clock: Clock, settings: Any
) -> None:
    settings.REQUESTS_PER_MINUTE = 10**6
    clock.advance(days=1)
    for left in (1, 1):
        assert service.ask(FOUND, known).status == 200
        assert len(service.left) == left
    assert ApiKey.objects.get().last_used_day == clock.now().date()


@pytest.mark.parametrize(("https", "header", "left"), [(True, "https", 0), (True, "http", 1), (True, "", 1)])
@pytest.mark.usefixtures("pictures")
def test_over_https_it_has_to_come(
    service: Service, known: Program, settings: Any, header: str, *, https: bool, left: int
) -> None:
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER = https, ("HTTP_X_FORWARDED_PROTO", "https")
    asked = replace(FOUND, headers={"X-Forwarded-Proto": header})
    same(service.ask(asked, known), service.ask_view(asked, known))
    assert len(service.left) == left


def revoke(key: ApiKey) -> None:
    accounts.revoke_api_key(key, acting_user="alice", now=START)


def expire(key: ApiKey) -> None:
    ApiKey.objects.filter(id=key.id).update(expires_at=START)


def take_away(key: ApiKey) -> None:
    ApiKey.objects.filter(id=key.id).update(capabilities=sorted(KEY_CAPABILITIES - {"match.query"}))


def close(key: ApiKey) -> None:
    accounts.set_source_state(key.source, Source.State.CLOSED, acting_user="alice", now=START)


@pytest.mark.parametrize(("end", "status"), [(revoke, 401), (expire, 401), (close, 401), (take_away, 403)])
@pytest.mark.usefixtures("pictures")
def test_what_a_key_may_no_longer_do_it_may_not_at_the_very_next_request(
    service: Service, known: Program, end: Callable[[ApiKey], None], status: int
) -> None:
    assert service.ask(FOUND, known).status == 200
    assert not service.left
    end(ApiKey.objects.get())
    before = requests_recorded()
    same(service.ask(FOUND, known), told := service.ask_view(FOUND, known))
    assert (told.status, requests_recorded()) == (status, before)


def test_what_is_added_and_removed_is_known_with_the_next_request(
    service: Service, known: Program, pictures: list[Bank]
) -> None:
    asked = asking({"hash": {"method": "md5", "value": "f" * 32}})

    def found() -> int:
        (result,) = service.ask(asked, known).said["results"]
        return len(result["matches"])

    assert found() == 0
    part = HashPart(name="new", method=FILE_MD5, value="f" * 32)
    entry = entry_of(part, follower().decoders, added=START, confirmed_by=None)
    banks.add_entries(bank=pictures[0], entries=[entry], acting_user="alice", at=START)
    assert found() == 1
    banks.remove_entries(bank=pictures[0], names=[entry.id], reason="wrong", acting_user="alice", at=START)
    assert found() == 0


@pytest.mark.parametrize("queries", [1, 7])
@pytest.mark.usefixtures("pictures")
def test_a_key_may_ask_for_as_much_as_of_the_view(
    service: Service, known: Program, settings: Any, monkeypatch: pytest.MonkeyPatch, queries: int
) -> None:
    settings.REQUESTS_PER_MINUTE = 120
    monkeypatch.setattr("stanch_server.endpoints.limits.time", SimpleNamespace(monotonic=lambda: 0.0))
    asked = asking(*[picture(0)] * queries)
    said = []
    for way in (service.ask, service.ask_view):
        limits.forget_all()
        said.append([way(asked, known) for _ in range(25)])
    for told, other in zip(*said, strict=True):
        same(told, other)
    assert [told.status for told in said[0]].count(200) == 20 // queries
    assert not service.left


@pytest.mark.usefixtures("pictures")
def test_a_line_of_the_log_says_what_the_view_would_say(
    service: Service, known: Program, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "stanch_server.project.middleware")
    told = [service.ask(FOUND, known), service.ask_view(FOUND, known)]
    short, view = (dict(record.fields) for record in caplog.records[-2:])  # type: ignore[attr-defined]
    for line in (short, view):
        assert line.pop("ms") >= 0
    assert [short.pop("request"), view.pop("request")] == [one.headers["X-Request-ID"] for one in told]
    assert short == view


@pytest.mark.usefixtures("pictures")
def test_what_is_noted_is_committed(service: Service, known: Program) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(requests_recorded())
        connections.close_all()

    def look_from_elsewhere(_name: str, /, **_said: Any) -> None:
        other = threading.Thread(target=look)
        other.start()
        other.join(PATIENCE)

    before = requests_recorded()
    service._short._note = look_from_elsewhere  # called before anything is answered
    assert service.ask(FOUND, known).status == 200
    assert seen == [before + 1]


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

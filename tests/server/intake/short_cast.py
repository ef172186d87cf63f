"""Who asks in the tests of short look-ups, for what, and what is in the banks."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from stanch.values import FILE_MD5, PDQ, HashPart, State
from stanch_server.accounts.models import Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks.models import Bank
from stanch_server.endpoints.turns import Environ
from stanch_server.endpoints.wire import harden
from stanch_server.intake.short import ShortLookups
from stanch_server.project.middleware import note
from tests.server.campaigns.asking import Asked, Told, ask
from tests.server.conftest import Clock
from tests.server.intake.conftest import Program, make_bank

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
        self._short = ShortLookups(self._leave, note=note)

    def ask(self, asked: Asked, program: Program) -> Told:
        return ask(self._short, asked, program.headers)

    def ask_view(self, asked: Asked, program: Program) -> Told:
        return ask(self._django, asked, program.headers)

    def _leave(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        self.left.append(environ)
        return self._django(environ, start_response)


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

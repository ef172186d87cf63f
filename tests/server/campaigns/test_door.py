"""What goes wrong before an endpoint is reached is answered in the documented form too."""

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import InterfaceError, OperationalError

from stanch_server.endpoints.wire import harden
from tests.server.campaigns.asking import Asked, ask
from tests.server.campaigns.conftest import PROBLEM, Ground

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

DECISIONS = "/api/v1/decisions"


@pytest.fixture
def application() -> WSGIHandler:
    return harden(get_wsgi_application())


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_busy_from_the_first_look_on(
    ground: Ground, application: WSGIHandler, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise error("connection refused")

    monkeypatch.setattr("stanch_server.accounts.access.authenticate_key", away)
    told = ask(application, Asked(method="GET", path=DECISIONS), ground.program.headers)
    assert (told.status, told.headers["Retry-After"], told.headers["Content-Type"]) == (503, "2", PROBLEM)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (Asked(method="GET", path=DECISIONS, query="after=%41", kind="text/plain; charset=hex"), 422),
        (Asked(method="GET", path=DECISIONS, query="after=%41", kind="text/plain; charset=undefined"), 422),
        (Asked(method="GET", path=DECISIONS, query="a=1&" * 2_000), 422),
        (Asked(body=b"{}", length="9" * 5_000), 422),
        (Asked(body=b"{}", length="9" * 20), 413),
        (Asked(body=b"{}", kind="application/json; charset*=nonsense''utf-8"), 415),
        (Asked(body=b"{}", kind="multipart/form-data; boundary*=undefined''%ff"), 415),
        (Asked(body=b"--x--", kind="multipart/form-data; boundary=x; charset=hex"), 415),
        (Asked(body=b"--x--", kind="multipart/form-data; boundary=\xe9"), 422),
        (Asked(body=b"{}", headers={"Idempotency-Key": ""}), 422),
    ],
)
def test_what_django_would_break_on_is_refused(
    ground: Ground, application: WSGIHandler, asked: Asked, status: int
) -> None:
    told = ask(application, asked, ground.program.headers)
    assert (told.status, told.headers["Content-Type"]) == (status, PROBLEM), told

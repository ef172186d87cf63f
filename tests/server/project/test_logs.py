"""Logs tell what was done, and nothing of whom or what it was about."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from stanch_server.accounts import operations
from stanch_server.accounts.models import Person, Source
from stanch_server.project import logs, views
from tests.server.conftest import START

SECRETS = {
    "content": "البيان of the lantern",
    "account": "account-of-mara-4711",
    "post": "post-of-mara-4711",
    "name": "mara.lind@veldmar.example",
    "address": "198.51.100.77",
    "query": "searched-for-this",
    "agent": "Browser of Mara",
}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Log as a service does, into a string."""
    configuration, stream = logs.configuration(plain=False), io.StringIO()
    configuration["handlers"]["lines"]["stream"] = stream
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    level = root.level
    logging.config.dictConfig(configuration)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_a_busy_session_leaves_no_personal_data_and_no_content(
    lines: io.StringIO, source: Source, alice: Person, signed_in: Any
) -> None:
    headers = {"User-Agent": SECRETS["agent"]}
    browser = Client(REMOTE_ADDR=SECRETS["address"], headers=headers)
    sign_in = reverse("accounts:sign-in")
    form = {"name": SECRETS["name"], "passphrase": SECRETS["content"], "code": "123456"}
    browser.post(f"{sign_in}?next=/{SECRETS['query']}", form)
    browser.get(f"/{SECRETS['account']}/{SECRETS['post']}?q={SECRETS['query']}")
    token = operations.create_sign_in_link(alice, now=START)
    browser.get(reverse("accounts:link", args=[token]))
    own = signed_in(alice)
    own.get(reverse("accounts:account"), {"q": SECRETS["query"]}, REMOTE_ADDR=SECRETS["address"])
    key, secret = operations.create_api_key(
        source=source,
        name="importer",
        capabilities=["items.submit"],
        expires_at=START + timedelta(days=1),
        acting_user="test",
        now=START,
    )
    post = {"audience": "public", "text": SECRETS["content"], "account": SECRETS["account"], "id": SECRETS["post"]}
    sent = own.post(
        "/api/v1/items",
        json.dumps(post),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert sent.status_code in {200, 202}
    said, requests = lines.getvalue(), [line for line in read(lines) if line["event"] == "request"]
    for what, kept_out in {**SECRETS, "token": token, "secret": secret, "alice": "alice"}.items():
        for written in (kept_out, json.dumps(kept_out).strip('"')):
            assert written not in said, what
    assert [(line["route"], line["method"], line["status"]) for line in requests] == [
        ("/sign-in/", "POST", 200),
        ("(none)", "GET", 404),
        ("/sign-in/link/<str:token>/", "GET", 200),
        ("/account/", "GET", 200),
        ("/api/v1/items", "POST", sent.status_code),
    ]
    assert [line["actor"] for line in requests[3:]] == [alice.actor, str(key.id)]
    assert requests[0]["actor"] is None
    assert len({line["request"] for line in requests}) == len(requests)
    assert sent.headers["X-Request-ID"] == requests[-1]["request"]
    assert all(line["ms"] >= 0 and line["timestamp"] and line["level"] == "info" for line in requests)


def test_of_errors_only_class_and_places_are_kept(lines: io.StringIO) -> None:
    try:
        raise ValueError(SECRETS["content"])
    except ValueError:
        logging.getLogger("stanch_server.test").exception("a job failed", extra={"job": "sweep"})
        logging.getLogger("of.a.library").exception("could not read %s", SECRETS["name"])
        logging.getLogger("of.a.library").exception("%s: %s", SECRETS["name"], SECRETS["account"])
    ours, foreign, gaps = read(lines)
    place = f"{__name__}:"
    assert (ours["event"], ours["job"]) == ("a job failed", "sweep")
    assert ours["error"].startswith(f"ValueError in {place}")
    assert (foreign["event"], gaps["event"]) == ("could not read %s", "failed")
    assert foreign["error"].startswith(f"ValueError in {place}")
    assert SECRETS["name"] not in lines.getvalue()
    assert json.dumps(SECRETS["content"])[1:-1] not in lines.getvalue()


def test_fields_that_are_not_on_the_list_are_dropped(lines: io.StringIO) -> None:
    logging.getLogger("stanch_server.test").warning("done", extra={"text": SECRETS["content"], "count": 3})
    structlog.get_logger("stanch_server.test").warning("done", account=SECRETS["account"], count=3)
    for line in read(lines):
        assert set(line) == {"event", "count", "level", "logger", "timestamp"}


@pytest.mark.parametrize("plain", [False, True])
def test_a_record_of_several_requests_is_a_line_for_each(*, plain: bool) -> None:
    formatter = logs.configuration(plain=plain)["formatters"]["lines"]
    kept = {name: value for name, value in formatter.items() if name != "()"}
    each = [{"request": name, "status": 200, "text": SECRETS["content"]} for name in ("first", "second")]
    record = logging.makeLogRecord(
        {"name": "stanch_server.test", "levelname": "INFO", "msg": "request", logs.EACH: each}
    )
    told = formatter["()"](**kept).format(record)
    first, second = told.splitlines()
    assert "first" in first
    assert "second" in second
    assert all("request" in line and "200" in line and "stanch_server.test" in line for line in (first, second))
    assert SECRETS["content"] not in told
    assert json.dumps(SECRETS["content"])[1:-1] not in told


def test_an_error_in_a_view_is_logged_without_its_words(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError(SECRETS["content"])

    monkeypatch.setattr(views.healthz, "inside", fails)
    response = Client(raise_request_exception=False).get("/healthz", {"q": SECRETS["query"]})
    assert response.status_code == 500
    failed = next(line for line in read(lines) if "error" in line)
    assert failed["level"] == "error"
    assert "RuntimeError in " in failed["error"]
    assert failed["request"] == response.headers["X-Request-ID"]
    assert json.dumps(SECRETS["content"])[1:-1] not in lines.getvalue()
    assert SECRETS["query"] not in lines.getvalue()


def test_places_name_the_innermost_last() -> None:
    with pytest.raises(ValueError, match="Expecting") as caught:
        json.loads("{")
    told = logs.places(caught.value.__traceback__).split(" > ")
    assert told[0].startswith(f"{__name__}:")
    assert told[-1].startswith("json.decoder:")

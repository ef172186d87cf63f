"""Short look-ups: answered below Django to the byte as the view answers them, and refused only by the view."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections

from stanch.matching import entry_of
from stanch.values import FILE_MD5, HashPart
from stanch_server.accounts import operations as accounts
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import ApiKey, Source
from stanch_server.banks import operations as banks
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank
from stanch_server.endpoints import limits
from stanch_server.endpoints.answered import Answered
from tests.server.campaigns.asking import Asked
from tests.server.conftest import START, Clock
from tests.server.intake.conftest import Program
from tests.server.intake.short_cast import (
    ASKED,
    FOUND,
    UNUSUAL,
    Service,
    asking,
    known,
    picture,
    pictures,
    requests_recorded,
    same,
    service,
)

__all__ = ["known", "pictures", "service"]

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30


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
    lines: list[list[dict[str, Any]]] = [record.each for record in caplog.records[-2:]]  # type: ignore[attr-defined]
    ((short,), (view,)) = lines
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

    def look_from_elsewhere(_: Sequence[Answered]) -> None:
        other = threading.Thread(target=look)
        other.start()
        other.join(PATIENCE)

    before = requests_recorded()
    service._short._note = look_from_elsewhere  # called before anything is answered
    assert service.ask(FOUND, known).status == 200
    assert seen == [before + 1]

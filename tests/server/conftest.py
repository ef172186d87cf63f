"""What every test of the service may ask for: a clock, two sources, and the cast.

Alice owns the harbour (admin and manager there), Bob shares it (reviewer), Charlie has the same roles elsewhere
and is refused. Nobody has a role everywhere unless a test says so.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.utils import translation
from django_otp import DEVICE_ID_SESSION_KEY

from stanch_server.accounts import operations, sessions
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Authenticator, Person, Source
from stanch_server.banks import live
from stanch_server.endpoints import limits
from stanch_server.intake import policies
from tests.server.append_only import empty_tables_after_tests  # noqa: F401 - a fixture for every test

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Clock:
    """A clock that tests move; pages and django-otp ask it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def advance(self, **parts: float) -> datetime:
        self.time += timedelta(**parts)
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the only clock of the test; what asks another one does not hang on time."""
    clock = Clock()
    stopped = SimpleNamespace(time=lambda: clock.now().timestamp())
    monkeypatch.setattr("stanch_server.accounts.clock.now", clock.now)
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", stopped)
    monkeypatch.setattr("django_otp.models.timezone", SimpleNamespace(now=clock.now))
    return clock


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """What a process keeps of the database goes with each test: the next one has another database."""
    yield
    translation.deactivate()  # a page leaves its language behind
    live.close()
    policies.forget_all()
    limits.forget_all()


@pytest.fixture
def source(db: None) -> Source:  # noqa: ARG001 - the tables
    return operations.create_source(name="Harbour Forum", acting_user=operations.SYSTEM, now=START)


@pytest.fixture
def other_source(db: None) -> Source:  # noqa: ARG001 - the tables
    return operations.create_source(name="Mountain Video", acting_user=operations.SYSTEM, now=START)


@pytest.fixture
def new_person(db: None) -> Callable[..., Person]:  # noqa: ARG001 - the tables
    """Return a function from a name, a source (None: everywhere) and roles to a person who holds them."""

    def make(name: str, source: Source | None, *roles: Role) -> Person:
        person = operations.create_person(
            sign_in_name=name, display_name=name.title(), acting_user=operations.SYSTEM, now=START
        )
        for role in roles:
            operations.grant_role(person, role, source, acting_user=operations.SYSTEM, now=START)
        return person

    return make


@pytest.fixture
def alice(new_person: Callable[..., Person], source: Source) -> Person:
    return new_person("alice", source, Role.ADMIN, Role.MANAGER)


@pytest.fixture
def bob(new_person: Callable[..., Person], source: Source) -> Person:
    return new_person("bob", source, Role.REVIEWER)


@pytest.fixture
def charlie(new_person: Callable[..., Person], other_source: Source) -> Person:
    return new_person("charlie", other_source, Role.ADMIN, Role.MANAGER, Role.REVIEWER)


@pytest.fixture
def signed_in(clock: Clock) -> Callable[[Person], Client]:
    """Return a function from a person to a browser in which they have signed in just now, with both factors."""

    def sign_in(person: Person) -> Client:
        browser = Client()
        browser.force_login(person, backend=sessions.BACKEND)
        device, _ = Authenticator.objects.get_or_create(user=person, confirmed=True)
        session: SessionBase = browser.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.update(dict.fromkeys((sessions.BEGAN, sessions.SEEN, sessions.PROVED), clock.now().timestamp()))
        session.save()
        return browser

    return sign_in

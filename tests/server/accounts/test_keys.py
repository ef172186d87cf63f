"""API keys: made once, shown once, checked in one query, ended at once."""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from stanch.errors import InvalidValueError
from stanch_server.accounts import access, operations, secrets
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import ApiKey, Person, Source
from stanch_server.accounts.operations import keys as key_operations
from tests.server.accounts.helpers import recorded, text
from tests.server.conftest import START

pytestmark = pytest.mark.django_db
TOMORROW = START + timedelta(days=1)


def make(
    source: Source, capabilities: Collection[str] = ("items.read",), expires_at: datetime = TOMORROW
) -> tuple[ApiKey, str]:
    return operations.create_api_key(
        source=source,
        name="importer",
        capabilities=capabilities,
        expires_at=expires_at,
        acting_user="test",
        now=START,
    )


def accepted(secret: str, now: datetime = START) -> bool:
    return access.authenticate_key(f"Bearer {secret}", now=now) is not None


def test_a_key_says_whose_it_is_and_what_it_may_do(
    source: Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, secret = make(source, ["items.submit", "items.read", "items.read"])
    assert access.authenticate_key(f"bearer {secret}", now=START) is not None  # understood once, looked up always
    with django_assert_num_queries(1):
        principal = access.authenticate_key(f"bearer {secret}", now=START)
    assert principal is not None
    assert (principal.key, principal.source, principal.actor) == (key.id, source.id, str(key.id))
    assert principal.capabilities == {"items.submit", "items.read"}


def test_only_a_hash_is_kept(source: Source) -> None:
    key, secret = make(source)
    written = ApiKey.objects.values().get(id=key.id)
    assert written["secret_hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.startswith(f"stanch_{written['prefix']}_")
    assert secret.split("_", 2)[2] not in str(written)
    assert recorded("key-created") == [
        ("test", str(key.id), str(source.id), {"capabilities": ["items.read"]}),
    ]


def test_a_key_ends_when_it_expires_when_it_is_revoked_and_while_its_source_is_closed(source: Source) -> None:
    key, secret = make(source)
    assert accepted(secret)
    assert accepted(secret, TOMORROW - timedelta(microseconds=1))
    assert not accepted(secret, TOMORROW)
    operations.set_source_state(source, Source.State.CLOSED, acting_user="test", now=START)
    assert not accepted(secret)
    operations.set_source_state(source, Source.State.ACTIVE, acting_user="test", now=START)
    assert accepted(secret)
    for _ in range(2):
        operations.revoke_api_key(key, acting_user="test", now=START)
    assert not accepted(secret)
    assert len(recorded("key-revoked")) == 1


def test_keys_that_share_a_prefix_are_told_apart(
    source: Source, other_source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_operations, "new_key", lambda: secrets.new_key("0123abcd"))
    made = {make(place)[1]: place.id for place in (source, other_source, source)}
    assert len({secret[:15] for secret in made}) == 1
    for secret, place in made.items():
        principal = access.authenticate_key(f"Bearer {secret}", now=START)
        assert principal is not None
        assert principal.source == place
    assert not accepted(f"stanch_0123abcd_{'A' * 43}")


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer stanch_00000000_{'é' * 43}",
        "Bearer {} {}",
        "Token {}",
        "",
        "Bearer",
        "Bearer ",
        "Basic {}",
        "{}",
        "Bearer {}x",
        "Bearer x{}",
        "Bearer stanch_0_",
        "Bearer {}\x00",
    ],
)
def test_a_header_without_a_key_is_refused(source: Source, header: str) -> None:
    _, secret = make(source)
    assert access.authenticate_key(header.format(secret, secret), now=START) is None


def test_one_letter_more_or_less_or_other_is_another_key(source: Source) -> None:
    _, secret = make(source)
    changed = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    assert not accepted(changed)
    assert not accepted(secret[:-1])
    assert not accepted(secret.upper())


def test_the_day_of_the_last_use_is_noted_once_a_day(
    source: Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, secret = make(source, expires_at=START + timedelta(days=9))
    for hours, queries in ((0, 1), (5, 0), (24, 1), (24, 0)):
        now = START + timedelta(hours=hours)
        principal = access.authenticate_key(f"Bearer {secret}", now=now)
        assert principal is not None
        with django_assert_num_queries(queries):
            operations.note_key_used(principal, now=now)
        key.refresh_from_db()
        assert key.last_used_day == now.date()


@pytest.mark.parametrize(
    ("capabilities", "days"),
    [
        ((), 1),
        (("items.decide",), 1),
        (("items.read", "people.manage"), 1),
        (("items.read",), 0),
        (("items.read",), -1),
        (("items.read",), 367),
    ],
)
def test_what_no_key_may_be(source: Source, capabilities: tuple[str, ...], days: int) -> None:
    with pytest.raises(InvalidValueError):
        make(source, capabilities, START + timedelta(days=days))
    assert make(source, KEY_CAPABILITIES, START + timedelta(days=366))


def test_a_capability_that_programs_have_no_more_is_gone_from_old_keys(source: Source) -> None:
    key, secret = make(source)
    ApiKey.objects.filter(id=key.id).update(capabilities=["items.read", "items.decide"])
    principal = access.authenticate_key(f"Bearer {secret}", now=START)
    assert principal is not None
    assert principal.capabilities == {"items.read"}


def test_alice_makes_a_key_sees_it_once_and_revokes_it(
    alice: Person, source: Source, signed_in: Callable[[Person], Client]
) -> None:
    browser, page = signed_in(alice), f"/sources/{source.id}/keys/"
    typed = {"name": "importer", "capabilities": ["items.submit"], "days": 90}
    shown = text(browser.post(page, typed))
    key = ApiKey.objects.get()
    secret = next(
        word for word in shown.replace("<", " <").replace(">", "> ").split() if word.startswith("stanch_")
    )
    assert accepted(secret)
    listed = text(browser.get(page))
    assert f"stanch_{key.prefix}" in listed
    assert secret not in listed
    assert browser.post(f"/keys/{key.id}/revoke/").status_code == 302
    assert not accepted(secret)
    assert recorded("key-revoked") == [(alice.actor, str(key.id), str(source.id), {})]


def test_charlie_makes_no_key_for_alices_source_with_the_same_form(
    alice: Person, bob: Person, charlie: Person, source: Source, signed_in: Callable[[Person], Client]
) -> None:
    page, typed = f"/sources/{source.id}/keys/", {"name": "x", "capabilities": ["items.submit"], "days": 90}
    seen = [signed_in(one).post(page, typed).status_code for one in (charlie, bob, alice)]
    assert seen == [404, 403, 200]
    assert ApiKey.objects.get().created_by == alice.actor


def test_poor_forms_make_no_key(alice: Person, source: Source, signed_in: Callable[[Person], Client]) -> None:
    browser, page = signed_in(alice), f"/sources/{source.id}/keys/"
    for typed in ({}, {"name": "x", "capabilities": ["items.decide"], "days": 90}, {"name": "x", "days": 9000}):
        assert browser.post(page, typed).status_code == 422
    assert not ApiKey.objects.exists()

"""What ends a session, and what asks for proof once more."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from stanch_server.accounts import factors, operations
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from tests.server.accounts.helpers import PASSPHRASE, code, recorded, set_up
from tests.server.accounts.helpers import signed_in as is_signed_in
from tests.server.conftest import Clock

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]


@pytest.mark.parametrize("minutes", [29.9, 30])
def test_a_session_ends_after_half_an_hour_alone(
    alice: Person, signed_in: SignIn, clock: Clock, minutes: float
) -> None:
    browser, stays = signed_in(alice), minutes < 30
    for _ in range(2):
        clock.advance(minutes=minutes)
        assert is_signed_in(browser) is stays
    ended = [] if stays else [(alice.actor, alice.actor, None, {"why": "idle"})]
    assert recorded("session-ended") == ended
    assert Session.objects.exists() is stays  # on the server too: the cookie is worth nothing


def test_a_session_ends_after_twelve_hours_however_busy(alice: Person, signed_in: SignIn, clock: Clock) -> None:
    browser = signed_in(alice)
    for _ in range(35):
        clock.advance(minutes=20)
        assert is_signed_in(browser)
    clock.advance(minutes=20)
    assert not is_signed_in(browser)
    assert [detail for *_, detail in recorded("session-ended")] == [{"why": "too-long"}]


def test_signing_out_ends_it_on_the_server(alice: Person, signed_in: SignIn) -> None:
    browser = signed_in(alice)
    stolen = Client()
    stolen.cookies = browser.cookies.copy()  # type: ignore[assignment] # a copy of a jar is a jar
    assert is_signed_in(stolen)
    assert browser.get("/sign-out/").status_code == 405
    assert is_signed_in(stolen)
    browser.post("/sign-out/")
    assert not is_signed_in(stolen)
    assert [detail for *_, detail in recorded("session-ended")] == [{"why": "signed-out"}]


def test_dangerous_acts_ask_for_proof_again(
    alice: Person, source: Source, signed_in: SignIn, clock: Clock
) -> None:
    held, browser = set_up(alice), signed_in(alice)
    page = f"/sources/{source.id}/keys/"
    typed = {"name": "importer", "capabilities": ["items.read"], "days": 1}
    clock.advance(minutes=9.9)
    assert browser.post(page, typed).status_code == 200
    clock.advance(minutes=0.1)
    assert browser.post(page, typed).headers["Location"] == "/sign-in/again/"
    asked = browser.get("/account/passphrase/").headers["Location"]
    assert asked == "/sign-in/again/?next=%2Faccount%2Fpassphrase%2F"
    wrong = {"passphrase": PASSPHRASE, "code": "000000", "next": page}
    assert browser.post("/sign-in/again/", wrong).status_code == 200
    assert browser.post(page, typed).status_code == 302
    right = wrong | {"code": code(held.device, clock.advance(minutes=1))}
    assert browser.post("/sign-in/again/", right).headers["Location"] == page
    assert browser.post(page, typed).status_code == 200
    assert source.api_keys.count() == 2


def test_proof_is_of_oneself(alice: Person, bob: Person, signed_in: SignIn, clock: Clock) -> None:
    bobs, browser = set_up(bob), signed_in(alice)
    set_up(alice)
    clock.advance(minutes=15)
    browser.post("/sign-in/again/", bobs.form(clock.now()))
    assert browser.get("/account/passphrase/").status_code == 302


def test_removing_the_second_factor_ends_what_it_opened(alice: Person, signed_in: SignIn, clock: Clock) -> None:
    browser = signed_in(alice)
    operations.remove_authenticator(alice, acting_user="test", now=clock.now())
    assert browser.get("/account/").headers["Location"] == "/sign-in/?next=%2Faccount%2F"
    assert not factors.has_authenticator(alice)


def test_another_authenticator_replaces_the_first(alice: Person, signed_in: SignIn, clock: Clock) -> None:
    held, browser = set_up(alice), signed_in(alice)
    browser.get("/account/authenticator/")
    second = type(held.device).objects.get(user=alice, confirmed=False)
    assert factors.verify(alice, code(second, clock.now())) is None  # not before it is confirmed
    browser.post("/account/authenticator/", {"code": code(second, clock.now())})
    assert is_signed_in(browser)
    assert factors.verify(alice, code(held.device, clock.advance(minutes=1))) is None
    assert factors.verify(alice, code(second, clock.advance(minutes=1))) is not None
    assert factors.verify(alice, held.recovery_codes[0]) is None


def test_new_recovery_codes_end_the_old_ones(alice: Person, signed_in: SignIn, clock: Clock) -> None:
    held = set_up(alice)
    assert signed_in(alice).post("/account/recovery-codes/").status_code == 200
    assert factors.verify(alice, held.recovery_codes[0]) is None
    assert clock.now()


def test_a_session_is_not_written_for_every_request(alice: Person, signed_in: SignIn, clock: Clock) -> None:
    browser = signed_in(alice)
    before = Session.objects.get().session_data
    clock.advance(seconds=59)
    browser.get("/account/")
    assert Session.objects.get().session_data == before
    clock.advance(seconds=1)
    browser.get("/account/")
    assert Session.objects.get().session_data != before


def test_the_last_admin_stays(new_person: Callable[..., Person], signed_in: SignIn) -> None:
    dana = new_person("dana", None, Role.ADMIN)
    browser = signed_in(dana)
    for page, typed in (
        (f"/people/{dana.id}/active/", {}),
        (f"/people/{dana.id}/roles/", {"role": "admin", "source": "", "revoke": ""}),
    ):
        assert browser.post(page, typed).status_code == 409
    eli = new_person("eli", None)
    assert browser.post(f"/people/{eli.id}/roles/", {"role": "admin", "source": ""}).status_code == 302
    assert browser.post(f"/people/{dana.id}/active/").status_code == 302
    assert not is_signed_in(browser)


def test_whoever_holds_a_session_sets_no_second_factor_up_when_the_first_is_reset(
    alice: Person, signed_in: SignIn, clock: Clock
) -> None:
    set_up(alice)
    stolen = signed_in(alice)
    clock.advance(minutes=20)
    operations.remove_authenticator(alice, acting_user="admin", now=clock.now())
    assert stolen.get("/account/authenticator/").headers["Location"].startswith("/sign-in/?")
    assert not Session.objects.exists()


def test_whoever_was_shut_out_and_is_let_in_again_signs_in_anew(
    alice: Person, bob: Person, signed_in: SignIn, clock: Clock
) -> None:
    browser, another = signed_in(alice), signed_in(bob)
    for active in (False, True):
        operations.set_active(alice, active=active, acting_user="admin", now=clock.now())
    assert not is_signed_in(browser)
    assert is_signed_in(another)


@pytest.mark.parametrize(
    ("page", "after"),
    [
        ("http://testserver/people/?q=1", "/sign-in/again/?next=%2Fpeople%2F%3Fq%3D1"),
        ("https://elsewhere.example/people/", "/sign-in/again/"),
        ("", "/sign-in/again/"),
    ],
)
def test_after_the_proof_a_person_is_back_at_the_form_and_never_elsewhere(
    alice: Person, signed_in: Callable[[Person], Client], clock: Clock, page: str, after: str
) -> None:
    browser = signed_in(alice)
    clock.advance(minutes=11)
    answer = browser.post("/account/recovery-codes/", headers={"Referer": page})
    assert answer.headers["Location"] == after

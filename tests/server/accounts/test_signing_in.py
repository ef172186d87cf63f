"""Signing in by link, setting up both factors, and signing in with them."""

import base64
import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from stanch_server.accounts import factors, operations
from stanch_server.accounts.errors import SignInLinkError
from stanch_server.accounts.models import Authenticator, Person, RecoveryCodes, SignInLink
from stanch_server.audit.models import AuditPayload
from tests.server.accounts.helpers import PASSPHRASE, code, recorded, secret_to_type, set_up, signed_in, text
from tests.server.conftest import START, Clock

pytestmark = pytest.mark.django_db


def link(person: Person) -> str:
    return f"/sign-in/link/{operations.create_sign_in_link(person, now=START)}/"


def test_by_link_then_both_factors_then_with_them(alice: Person, clock: Clock) -> None:
    browser, address = Client(), link(alice)
    assert browser.post(address).headers["Location"] == "/"
    assert browser.get("/account/").headers["Location"] == "/account/passphrase/"

    chosen = {"passphrase": PASSPHRASE, "repeated": PASSPHRASE}
    assert browser.post("/account/passphrase/", chosen).status_code == 302
    assert browser.get("/account/").headers["Location"] == "/account/authenticator/"

    page = text(browser.get("/account/authenticator/"))
    assert "<svg" in page
    device = Authenticator.objects.get(user=alice)
    assert base64.b32decode(secret_to_type(page)) == device.bin_key
    assert secret_to_type(text(browser.get("/account/authenticator/"))) == secret_to_type(page)
    shown = text(browser.post("/account/authenticator/", {"code": code(device, clock.now())}))
    assert shown.count("<li><code>") == RecoveryCodes.objects.get(user=alice).token_set.count() == 10
    assert signed_in(browser)

    browser.post("/sign-out/")
    assert not signed_in(browser)
    device.refresh_from_db()
    typed = {"name": "ALICE ", "passphrase": PASSPHRASE, "code": code(device, clock.advance(seconds=30))}
    assert browser.post("/sign-in/", typed).status_code == 302
    assert signed_in(browser)
    assert [detail for *_, detail in recorded("signed-in")] == [{"by": "link"}, {"by": "passphrase"}]


def test_opening_a_link_does_not_use_it_up(alice: Person, clock: Clock) -> None:
    address = link(alice)
    for _ in range(3):
        assert Client().get(address).status_code == Client().head(address).status_code == 200
    assert Client().post(address).status_code == 302
    assert Client().post(address).status_code == 410
    assert clock.now() == START


@pytest.mark.parametrize(("seconds", "status"), [(899, 302), (900, 410)])
def test_a_link_lasts_a_quarter_of_an_hour(alice: Person, clock: Clock, seconds: int, status: int) -> None:
    address = link(alice)
    clock.advance(seconds=seconds)
    assert Client().post(address).status_code == status


@pytest.mark.usefixtures("clock")
def test_a_newer_link_and_being_shut_out_end_older_ones(alice: Person, new_person: Callable[..., Person]) -> None:
    older, newer = link(alice), link(alice)
    bob = new_person("bob", None)
    bobs = link(bob)
    assert Client().post(older).status_code == 410
    operations.set_active(bob, active=False, acting_user=alice.actor, now=START)
    assert Client().post(bobs).status_code == 410
    operations.set_active(bob, active=True, acting_user=alice.actor, now=START)
    assert Client().post(bobs).status_code == 410  # it does not come back with them
    assert Client().post(newer).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_at_once_use_a_link_once(alice: Person) -> None:
    token, used, start = operations.create_sign_in_link(alice, now=START), [], threading.Barrier(2)

    def use() -> None:
        start.wait()
        try:
            used.append(operations.use_sign_in_link(token, now=START))
        except SignInLinkError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert used == [alice]


@pytest.mark.usefixtures("clock")
def test_secrets_are_not_stored(alice: Person) -> None:
    address = link(alice)
    browser = Client()
    browser.post(address)
    browser.post("/account/passphrase/", {"passphrase": PASSPHRASE, "repeated": PASSPHRASE})
    shown = secret_to_type(text(browser.get("/account/authenticator/")))
    device = Authenticator.objects.get(user=alice)
    assert base64.b32decode(shown).hex() not in device.key
    codes = operations.new_recovery_codes(alice, acting_user=alice.actor, now=START)
    kept = set(RecoveryCodes.objects.get(user=alice).token_set.values_list("token", flat=True))
    assert kept.isdisjoint({*codes, *(one.replace("-", "") for one in codes)})
    assert SignInLink.objects.get(person=alice).token_hash not in address
    alice.refresh_from_db()
    assert PASSPHRASE not in alice.password


def test_a_link_alone_does_not_get_past_the_second_factor(alice: Person, clock: Clock) -> None:
    held = set_up(alice)
    browser = Client()
    browser.post(link(alice))
    for page in ("/account/", "/account/passphrase/", "/account/authenticator/"):
        assert browser.get(page).headers["Location"] == "/sign-in/code/"
        if page != "/account/":
            assert browser.post(page, {"passphrase": "x" * 20, "repeated": "x" * 20}).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(PASSPHRASE)
    assert browser.post("/sign-in/code/", {"code": "000000"}).status_code == 200
    typed = {"code": code(held.device, clock.advance(seconds=60))}
    assert browser.post("/sign-in/code/", typed).status_code == 302
    assert signed_in(browser)


def test_a_code_works_once(alice: Person, clock: Clock) -> None:
    form = set_up(alice).form(clock.now())
    assert Client().post("/sign-in/", form).status_code == 302
    assert Client().post("/sign-in/", form).status_code == 200
    held = Authenticator.objects.get(user=alice)
    later = form | {"code": code(held, clock.advance(seconds=60))}
    assert Client().post("/sign-in/", later).status_code == 302


def test_wrong_codes_have_to_wait_longer_and_longer(alice: Person, clock: Clock) -> None:
    held = set_up(alice)
    for _ in range(3):
        assert factors.verify(alice, "000000") is None
        clock.advance(seconds=10)
    assert factors.verify(alice, code(held.device, clock.now())) is not None
    for _ in range(5):
        assert factors.verify(alice, "000000") is None
    assert factors.verify(alice, code(held.device, clock.advance(seconds=0.9))) is None


def test_recovery_codes_work_once_each_however_they_are_typed(alice: Person, clock: Clock) -> None:
    held = set_up(alice)
    first, second = held.recovery_codes[:2]
    assert Client().post("/sign-in/", held.form(START, code=first)).status_code == 302
    assert Client().post("/sign-in/", held.form(START, code=first)).status_code == 200
    clock.advance(seconds=5)
    shouted = f" {second.upper().replace('-', ' ')}"
    assert Client().post("/sign-in/", held.form(START, code=shouted)).status_code == 302


def test_arabic_digits_are_digits(alice: Person, clock: Clock) -> None:
    held = set_up(alice)
    arabic = code(held.device, clock.now()).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert Client().post("/sign-in/", held.form(START, code=arabic)).status_code == 302


@pytest.mark.parametrize("wrong", [{"name": "nobody"}, {"passphrase": "not this one, sorry"}, {"code": "000000"}])
def test_what_was_wrong_is_not_told_and_not_kept(alice: Person, clock: Clock, wrong: dict[str, str]) -> None:
    held = set_up(alice)
    browser = Client()
    page = text(browser.post("/sign-in/", held.form(clock.now(), **wrong)))
    assert "Name, passphrase or code is wrong." in page
    assert PASSPHRASE not in page
    assert not signed_in(browser)
    subject = "" if "name" in wrong else alice.actor
    assert recorded("sign-in-refused") == [("anonymous", subject, None, {})]


@pytest.mark.usefixtures("clock")
def test_who_is_shut_out_is_out_at_once(alice: Person, bob: Person, signed_in: Callable[[Person], Client]) -> None:
    forms = [set_up(one).form(START) for one in (alice, bob)]
    browsers = [signed_in(one) for one in (alice, bob)]
    operations.set_active(bob, active=False, acting_user=alice.actor, now=START)
    assert [browser.get("/account/").status_code for browser in browsers] == [200, 302]
    assert [Client().post("/sign-in/", form).status_code for form in forms] == [302, 200]


@pytest.mark.parametrize(
    ("passphrase", "repeated"),
    [
        ("short", "short"),
        ("elevenchars", "elevenchars"),
        ("password1234", "password1234"),
        ("734859372341", "734859372341"),
        ("alice.of.the.harbour", "alice.of.the.harbour"),
        (PASSPHRASE, f"{PASSPHRASE}!"),
    ],
)
def test_poor_passphrases_are_refused(
    alice: Person, signed_in: Callable[[Person], Client], passphrase: str, repeated: str
) -> None:
    Person.objects.filter(id=alice.id).update(display_name="Alice of the Harbour")
    page = signed_in(alice).post("/account/passphrase/", {"passphrase": passphrase, "repeated": repeated})
    assert page.status_code == 200
    assert "errorlist" in text(page)
    alice.refresh_from_db()
    assert not alice.has_usable_password()


def test_a_new_passphrase_ends_every_other_session(alice: Person, signed_in: Callable[[Person], Client]) -> None:
    here, elsewhere = signed_in(alice), signed_in(alice)
    here.post("/account/passphrase/", {"passphrase": PASSPHRASE, "repeated": PASSPHRASE})
    assert [here.get("/account/").status_code, elsewhere.get("/account/").status_code] == [200, 302]


def test_the_session_gets_a_new_key_at_every_step(alice: Person, clock: Clock) -> None:
    held = set_up(alice)
    browser = Client()
    planted = browser.session
    planted["planted"] = True
    planted.save()
    keys = [planted.session_key]
    for address, typed in (
        (link(alice), {}),
        ("/sign-in/code/", {"code": code(held.device, clock.now())}),
    ):
        browser.post(address, typed)
        keys.append(browser.session.session_key)
    assert len(set(keys)) == 3
    assert "planted" not in browser.session


@pytest.mark.parametrize(
    ("page", "then"),
    [
        ("/account/", "/account/"),
        ("/people/?a=b", "/people/?a=b"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_leads_back_to_pages_of_ours_only(alice: Person, clock: Clock, page: str, then: str) -> None:
    form = set_up(alice).form(clock.now())
    assert Client().post("/sign-in/", form | {"next": page}).headers["Location"] == then


def test_no_name_or_secret_reaches_the_audit_log(alice: Person, clock: Clock) -> None:
    held = set_up(alice)
    Client().post("/sign-in/", held.form(clock.now()))
    Client().post("/sign-in/", held.form(clock.now(), name="nobody", passphrase="hunter2 hunter2"))
    rows = AuditPayload.objects.values_list("actor", "subject", "detail")
    written = " ".join(str(row) for row in rows).lower()
    for never in ("alice", "nobody", "hunter2", PASSPHRASE):
        assert never not in written

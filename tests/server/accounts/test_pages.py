"""The pages themselves: languages, directions, headers, and managing people through them."""

import logging
import re
from collections.abc import Callable

import pytest
from django.core import checks
from django.core.management import call_command
from django.test import Client

from stanch_server.accounts import operations
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Membership, Person, Source
from stanch_server.accounts.rules import Callers, endpoints, rules_of
from tests.server.accounts.helpers import recorded, text
from tests.server.accounts.test_matrix import address
from tests.server.conftest import START

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]
HERE = "stanch_server.accounts"


@pytest.fixture
def admin(new_person: Callable[..., Person]) -> Person:
    return new_person("dana", None, *Role)


def pages(source: Source) -> list[str]:
    """Return every page of this room that is read, for people."""
    return [
        address(endpoint, source)
        for endpoint in endpoints()
        for ruled in rules_of(endpoint.view)
        if "GET" in ruled.rule.methods and ruled.rule.callers is not Callers.KEYS
        if ruled.inside.__module__.startswith(HERE)
    ]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_every_page_is_in_its_language_and_direction_and_nothing_is_inline(
    admin: Person, source: Source, signed_in: SignIn, language: str, direction: str
) -> None:
    browser, shown = signed_in(admin), 0
    for page in [*pages(source), "/no-such-page/"]:
        answer = browser.get(page, headers={"Accept-Language": language})
        if answer.status_code == 302:  # the step of the code, which is done
            continue
        written, shown = text(answer), shown + 1
        assert f'<html lang="{language}" dir="{direction}">' in written, page
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", written), page
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'; base-uri 'none'")
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
    assert shown >= 8


def test_a_chosen_language_stays(admin: Person, signed_in: SignIn) -> None:
    browser = signed_in(admin)
    assert browser.post("/language/", {"language": "ar", "next": "/account/"}).headers["Location"] == "/account/"
    arabic = text(browser.get("/account/"))
    assert 'dir="rtl"' in arabic
    assert ">English</button>" in arabic  # in the words of whoever looks for it
    browser.post("/language/", {"language": "en", "next": "/account/"})
    assert 'dir="ltr"' in text(browser.get("/account/"))


def test_forms_from_elsewhere_are_refused(admin: Person) -> None:
    token = operations.create_sign_in_link(admin, now=START)
    browser = Client(enforce_csrf_checks=True)
    for origin in ("null", "https://evil.example"):
        shown = browser.get(f"/sign-in/link/{token}/")
        typed = {"csrfmiddlewaretoken": shown.cookies["stanch-csrf"].value}
        answer = browser.post(f"/sign-in/link/{token}/", typed, headers={"Origin": origin})
        assert answer.status_code == 403
        assert 'dir="ltr"' in text(answer)
    assert browser.post(f"/sign-in/link/{token}/").status_code == 403


@pytest.mark.usefixtures("clock")
def test_cookies_are_kept_from_scripts_and_other_sites(admin: Person) -> None:
    browser = Client()
    token = operations.create_sign_in_link(admin, now=START)
    browser.get(f"/sign-in/link/{token}/")
    browser.post(f"/sign-in/link/{token}/")
    browser.post("/language/", {"language": "ar"})
    assert set(browser.cookies) == {"stanch", "stanch-csrf", "django_language"}
    for cookie in browser.cookies.values():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert not browser.cookies["stanch"]["max-age"]  # it goes with the browser


def test_the_style_sheet_is_served() -> None:
    answer = Client().get("/static/accounts/accounts.css")
    assert answer.status_code == 200
    assert b"direction" not in answer.getvalue()  # logical properties turn with the page
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_tokens_of_links_stay_out_of_logs(admin: Person, caplog: pytest.LogCaptureFixture) -> None:
    token = operations.create_sign_in_link(admin, now=START)
    with caplog.at_level(logging.DEBUG):
        assert Client(enforce_csrf_checks=True).post(f"/sign-in/link/{token}/").status_code == 403
        assert Client().put(f"/sign-in/link/{token}/").status_code == 405
    said = "\n".join(str(vars(record)) for record in caplog.records)
    assert token not in said
    assert "/sign-in/link/<str:token>/" in said


def test_adding_a_person_shows_a_link_that_lets_them_in(admin: Person, signed_in: SignIn) -> None:
    shown = text(signed_in(admin).post("/people/", {"sign_in_name": "Ｆａｙ", "display_name": "<b>Fay</b>"}))
    assert "<b>" not in shown
    found = re.search(r"http://testserver(/sign-in/link/[\w-]+/)", shown)
    assert found is not None
    browser = Client()
    assert browser.post(found[1]).status_code == 302
    assert browser.get("/account/").headers["Location"] == "/account/passphrase/"
    fay = Person.objects.get(sign_in_name="fay")
    assert recorded("person-created")[-1] == (admin.actor, fay.actor, None, {})


@pytest.mark.parametrize("name", ["DANA", "d\u200dana", "", "two words", "a\x07b", "x" * 151])
def test_names_that_are_taken_or_no_names_are_refused(admin: Person, signed_in: SignIn, name: str) -> None:
    assert signed_in(admin).post("/people/", {"sign_in_name": name}).status_code == 422
    assert Person.objects.get() == admin


@pytest.mark.parametrize("name", ["حسن", "हिन्दी", "小林", "ኃይሌ", "ދިވެހި", "می‌خواهم", "fay@example.org"])
def test_names_in_any_script_sign_in(admin: Person, signed_in: SignIn, name: str) -> None:
    assert signed_in(admin).post("/people/", {"sign_in_name": f" {name} "}).status_code == 200
    assert Person.objects.get_by_natural_key(name) != admin


def test_roles_are_given_and_taken_back(
    admin: Person, bob: Person, other_source: Source, signed_in: SignIn
) -> None:
    browser, page = signed_in(admin), f"/people/{bob.id}/roles/"
    typed = {"role": "auditor", "source": str(other_source.id)}
    held = Membership.objects.filter(person=bob, role="auditor", source=other_source)
    browser.post(page, typed)
    assert held.exists()
    browser.post(page, typed | {"revoke": ""})
    assert not held.exists()
    assert browser.post(page, {"role": "emperor"}).status_code == 409
    given = (admin.actor, bob.actor, str(other_source.id), {"role": "auditor"})
    assert recorded("role-granted")[-1] == recorded("role-revoked")[-1] == given


def test_a_lost_authenticator_and_a_shut_out_person(admin: Person, bob: Person, signed_in: SignIn) -> None:
    browser, bobs = signed_in(admin), signed_in(bob)
    browser.post(f"/people/{bob.id}/reset/")
    assert bobs.get("/account/").headers["Location"].startswith("/sign-in/")
    bobs = signed_in(bob)
    browser.post(f"/people/{bob.id}/active/")
    assert bobs.get("/account/").headers["Location"].startswith("/sign-in/")
    browser.post(f"/people/{bob.id}/active/", {"active": ""})
    bob.refresh_from_db()
    assert bob.is_active


def test_migrations_are_complete_and_checks_find_nothing_but_that_http_is_no_https() -> None:
    call_command("makemigrations", "accounts", "--check", "--dry-run", verbosity=0)
    found = {one.id for one in checks.run_checks(include_deployment_checks=True)}
    assert found <= {"security.W002", "security.W004", "security.W008", "security.W012", "security.W016"}

"""Rules for programs, and pages that carry none."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import re_path

from stanch_server.accounts import operations, rules
from stanch_server.accounts.models import ApiKey, Person, Source
from tests.server.accounts.addresses import listing
from tests.server.accounts.test_matrix import key
from tests.server.conftest import START

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.server.accounts.addresses"),
    pytest.mark.usefixtures("clock"),
]


@pytest.fixture
def program(source: Source) -> Client:
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key(source, {'items.read'})}"})


def test_what_a_key_may_do_and_where(program: Client, source: Source, other_source: Source) -> None:
    asked = [("get", "/items"), ("post", "/items"), ("put", "/items"), ("get", f"/sources/{source.id}")]
    asked += [("get", f"/sources/{other_source.id}"), ("get", "/named/x"), ("get", "/named/deeper")]
    asked += [("get", "/named/darker"), ("head", "/items")]
    seen = [getattr(program, method)(address).status_code for method, address in asked]
    assert seen == [200, 403, 405, 200, 404, 200, 404, 403, 200]


def test_a_key_needs_no_token_of_a_form_and_knows_its_source(source: Source) -> None:
    program = Client(enforce_csrf_checks=True)
    held = {"Authorization": f"Bearer {key(source, {'items.submit'})}"}
    made = program.post("/items", headers=held)
    assert (made.status_code, made.json()) == (201, {"source": str(source.id)})
    assert ApiKey.objects.get().last_used_day == START.date()


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [("post", "/items", 403, "refused"), ("get", "/named/deeper", 404, "not-found")],
)
def test_refusals_are_problem_documents(
    program: Client, method: str, address: str, status: int, code: str
) -> None:
    answer = getattr(program, method)(address)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:stanch:problem:{code}"
    assert answer.json()["status"] == answer.status_code == status


def test_no_key_and_a_person_are_both_unauthenticated(
    alice: Person, signed_in: Callable[[Person], Client]
) -> None:
    for browser in (Client(), signed_in(alice)):
        answer = browser.get("/items")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_page_without_a_rule_opens_for_nobody(alice: Person, signed_in: Callable[[Person], Client]) -> None:
    assert signed_in(alice).get("/forgotten").status_code == 403
    assert [one.route for one in rules.endpoints() if not rules.rules_of(one.view)] == ["/forgotten"]


def test_addresses_that_cannot_be_tried_are_refused() -> None:
    unread = [re_path(r"^x\d+$", listing)]
    with pytest.raises(TypeError):
        list(rules._walk(unread, "/", ()))


def test_one_address_is_for_people_or_for_programs() -> None:
    @rules.open_to_all(reason="a test", methods=("POST",))
    def for_people(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with pytest.raises(ValueError, match="POST"):
        rules.by_method(GET=listing, POST=for_people)


def test_rules_name_capabilities_that_exist() -> None:
    with pytest.raises(LookupError):
        rules.rule(capability="items.reed", source_from=rules.Scope.EVERYWHERE)
    with pytest.raises(LookupError):
        rules.key_rule(capability="items.decide")  # not for programs


def test_a_revoked_key_opens_nothing(program: Client) -> None:
    assert program.get("/items").status_code == 200
    operations.revoke_api_key(ApiKey.objects.get(), acting_user="test", now=START)
    assert program.get("/items").status_code == 401

"""Every address x role x own or other source x nobody, half signed in, a program: from the URL configuration."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from stanch_server.accounts import operations
from stanch_server.accounts.capabilities import KEY_CAPABILITIES, ROLES, Role
from stanch_server.accounts.models import Authenticator, Person, Source
from stanch_server.accounts.rules import Callers, Endpoint, Ruled, Scope, endpoints, rules_of
from tests.server.conftest import START
from tests.server.examples import EXAMPLES

ENDPOINTS = list(endpoints())
PAGES = [
    (endpoint, ruled, method)
    for endpoint in ENDPOINTS
    for ruled in rules_of(endpoint.view)
    for method in sorted(ruled.rule.methods)
]
FOR_PEOPLE = [page for page in PAGES if page[1].rule.callers is Callers.PEOPLE]
ENTERED = 299


def name(page: tuple[Endpoint, Ruled, str]) -> str:
    """Return how the report calls a page."""
    return f"{page[2]} {page[0].route}"


@dataclass
class Visit:
    """One page, with an address for each of two sources."""

    ruled: Ruled
    method: str
    addresses: dict[Source, str]

    def __call__(self, browser: Client, source: Source, **headers: str) -> int:
        return browser.generic(self.method, self.addresses[source], headers=headers or None).status_code


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, source: Source, other_source: Source
) -> Visit:
    """Return a visit whose page says that it was entered, and does nothing: the rule in front is what is tried.

    Whoever is refused takes the very addresses that others enter by.
    """
    endpoint, ruled, method = request.param

    def entered(_request: HttpRequest, **_arguments: object) -> HttpResponse:
        return HttpResponse(status=ENTERED)

    monkeypatch.setattr(ruled, "inside", entered)
    return Visit(ruled, method, {one: address(endpoint, one) for one in (source, other_source)})


def address(endpoint: Endpoint, source: Source) -> str:
    """Return an address with examples that belong to a source filled in."""
    missing = set(endpoint.arguments) - EXAMPLES.keys()
    assert not missing, f"{endpoint.route}: add an example of {missing} to tests/server/examples.py"
    filled = {name: str(EXAMPLES[name](source)) for name in endpoint.arguments}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: filled[found[1]], endpoint.route)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.route)
def test_every_address_has_a_rule(endpoint: Endpoint) -> None:
    found = rules_of(endpoint.view)
    assert found, f"{endpoint.route} needs @rule, @key_rule, @own_account or @open_to_all"
    for ruled in found:
        assert ruled.rule.capability or ruled.rule.reason, f"{endpoint.route}: say why nothing is needed"


@pytest.mark.parametrize("visit", PAGES, indirect=True, ids=name)
def test_nobody_enters_without_signing_in(visit: Visit, source: Source) -> None:
    expected = {Callers.ALL: ENTERED, Callers.PEOPLE: 302, Callers.KEYS: 401}
    assert visit(Client(), source) == expected[visit.ruled.rule.callers]


@pytest.mark.parametrize("visit", FOR_PEOPLE, indirect=True, ids=name)
def test_without_the_second_factor_only_its_own_steps_are_entered(
    visit: Visit, new_person: Callable[..., Person], signed_in: Callable[[Person], Client], source: Source
) -> None:
    someone = new_person("dana", None, *Role)
    browser = signed_in(someone)
    assert visit(browser, source) == ENTERED  # with it, the same person enters
    Authenticator.objects.filter(user=someone).delete()  # as for whoever came by a link, and has none yet
    entered = visit.ruled.rule.step in {"accounts:passphrase", "any"}
    assert visit(browser, source) == (ENTERED if entered else 302)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("visit", FOR_PEOPLE, indirect=True, ids=name)
def test_roles_in_own_and_other_sources_and_everywhere(
    visit: Visit,
    role: Role,
    new_person: Callable[..., Person],
    signed_in: Callable[[Person], Client],
    source: Source,
    other_source: Source,
) -> None:
    rule = visit.ruled.rule
    here = signed_in(new_person("dana", source, role))
    everywhere = signed_in(new_person("eli", None, role))
    nowhere = signed_in(new_person("fay", None))
    seen = [visit(here, source), visit(here, other_source), visit(everywhere, source), visit(nowhere, source)]
    allowed = ENTERED if rule.capability is None or rule.capability in ROLES[role] else 403
    if rule.capability is None:
        assert seen == [ENTERED] * 4
    elif rule.source_from is Scope.EVERYWHERE:
        assert seen == [403, 403, allowed, 403]
    elif rule.source_from is Scope.ANYWHERE:
        assert seen == [allowed, allowed, allowed, 403]
    else:
        assert seen == [allowed, 404, allowed, 404]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("visit", PAGES, indirect=True, ids=name)
def test_keys_open_what_is_for_programs_and_of_their_source(
    visit: Visit, source: Source, other_source: Source
) -> None:
    rule = visit.ruled.rule
    fitting = {rule.capability} if rule.capability in KEY_CAPABILITIES else KEY_CAPABILITIES
    right, wrong = key(source, fitting), key(source, KEY_CAPABILITIES - {rule.capability})
    seen = [
        visit(Client(), source, Authorization=f"Bearer {right}"),
        visit(Client(), source, Authorization=f"Bearer {wrong}"),
        visit(Client(), other_source, Authorization=f"Bearer {right}"),
    ]
    if rule.callers is Callers.KEYS:
        other = ENTERED if rule.source_from is Scope.ANYWHERE else 404
        assert seen == [ENTERED, 403, other]
    else:
        assert seen == [visit(Client(), source)] * 3  # a key is nobody to a page for people


def key(source: Source, capabilities: set[str] | frozenset[str]) -> str:
    return operations.create_api_key(
        source=source,
        name="importer",
        capabilities=capabilities,
        expires_at=START + timedelta(days=1),
        acting_user="test",
        now=START,
    )[1]

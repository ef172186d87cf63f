"""Fetching and authorising in one step, and the table behind it."""

import uuid
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from stanch_server.accounts import access, operations
from stanch_server.accounts.capabilities import CAPABILITIES, KEY_CAPABILITIES, ROLES, Role
from stanch_server.accounts.models import Membership, Person, Source
from stanch_server.accounts.principals import KeyPrincipal
from tests.server.conftest import START


def test_what_separates_the_roles() -> None:
    content = {name for name in CAPABILITIES if name.startswith(("items.", "decisions.", "match."))}
    assert content.isdisjoint(ROLES[Role.ADMIN])
    assert ROLES[Role.PARTNER] == {"banks.register"}
    deciding = {"items.decide", "items.undo", "banks.confirm"}
    assert [role for role in Role if deciding & ROLES[role]] == [Role.MANAGER, Role.REVIEWER]
    assert [role for role in Role if ROLES[role] & {"people.manage", "keys.manage"}] == [Role.ADMIN]
    assert not {name for name in ROLES[Role.AUDITOR] if name.endswith((".manage", ".write", ".reveal", ".decide"))}


def test_whoever_reads_items_has_both_exits_and_everybody_sees_the_register() -> None:
    assert all("exits.use" in held for held in ROLES.values() if "items.read" in held)
    assert all("banks.register" in held for held in ROLES.values())


def test_programs_never_decide_or_unveil_or_manage() -> None:
    never = {"items.decide", "items.undo", "items.reveal", "banks.confirm", "exits.use", "audit.read"}
    assert KEY_CAPABILITIES.isdisjoint(never)
    assert not {name for name in KEY_CAPABILITIES if name.endswith(".manage")}


@pytest.mark.django_db
def test_404_for_what_one_may_not_know_of_403_where_one_may(
    alice: Person, bob: Person, charlie: Person, source: Source
) -> None:
    assert access.get_source(alice, source.id, "keys.manage") == source
    with pytest.raises(PermissionDenied):
        access.get_source(bob, source.id, "keys.manage")
    for someone, place in ((charlie, source.id), (alice, uuid.uuid4())):
        with pytest.raises(Http404):
            access.get_source(someone, place, "keys.manage")


@pytest.mark.django_db
def test_a_role_everywhere_holds_in_every_source_and_one_in_a_source_nowhere_else(
    new_person: Callable[..., Person], bob: Person, source: Source, other_source: Source
) -> None:
    everywhere = new_person("dana", None, Role.REVIEWER)
    assert list(access.sources_with(everywhere, "items.decide")) == [source, other_source]
    assert list(access.sources_with(bob, "items.decide")) == [source]
    assert not access.sources_with(bob, "keys.manage")
    assert access.capabilities_of(bob, access.EVERYWHERE) is None
    with pytest.raises(PermissionDenied):
        access.require(bob, "items.decide", access.EVERYWHERE)
    with pytest.raises(Http404):
        access.get_source(everywhere, uuid.uuid4(), "items.decide")


@pytest.mark.django_db
def test_roles_add_up_and_end_at_once(bob: Person, source: Source) -> None:
    with pytest.raises(PermissionDenied):
        access.require(bob, "audit.read", source)
    operations.grant_role(bob, Role.AUDITOR, source, acting_user="test", now=START)
    access.require(bob, "audit.read", source)
    access.require(bob, "items.decide", source)
    operations.revoke_role(bob, Role.AUDITOR, source, acting_user="test", now=START)
    with pytest.raises(PermissionDenied):
        access.require(bob, "audit.read", source)


@pytest.mark.django_db
def test_who_is_shut_out_has_nothing_left(bob: Person, source: Source) -> None:
    operations.set_active(bob, active=False, acting_user="test", now=START)
    assert not access.sources_with(bob, "items.read")
    with pytest.raises(Http404):
        access.require(bob, "items.read", source)
    with pytest.raises(PermissionDenied):
        access.require_anywhere(bob, "items.read")


@pytest.mark.django_db
def test_a_program_knows_of_its_own_source_only(source: Source, other_source: Source) -> None:
    program = KeyPrincipal(key=uuid.uuid4(), source=source.id, capabilities=frozenset({"items.read"}))
    assert access.get_source(program, source.id, "items.read") == source
    assert list(access.sources_with(program, "items.read")) == [source]
    assert not access.sources_with(program, "items.submit")
    with pytest.raises(PermissionDenied):
        access.require(program, "items.submit", source)
    with pytest.raises(Http404):
        access.require(program, "items.read", other_source)
    with pytest.raises(PermissionDenied):
        access.list_people(program)


@pytest.mark.django_db
def test_a_capability_that_nobody_knows_is_a_slip_of_the_pen(alice: Person, source: Source) -> None:
    for ask in (
        lambda: access.require(alice, "items.reed", source),
        lambda: access.sources_with(alice, "items.reed"),
        lambda: access.require_anywhere(alice, "items.reed"),
    ):
        with pytest.raises(LookupError):
            ask()


@pytest.mark.django_db
def test_people_are_fetched_by_those_who_manage_people(
    new_person: Callable[..., Person], alice: Person, bob: Person
) -> None:
    admin = new_person("dana", None, Role.ADMIN)
    assert access.get_person(admin, bob.id) == bob
    assert set(access.list_people(admin)) == {alice, bob, admin}
    with pytest.raises(Http404):
        access.get_person(admin, uuid.uuid4())
    with pytest.raises(PermissionDenied):
        access.get_person(alice, bob.id)  # an admin of one source does not manage people, who belong to none


@pytest.mark.django_db
def test_a_role_is_held_once(bob: Person, source: Source) -> None:
    for place in (source, None, source, None):
        operations.grant_role(bob, Role.REVIEWER, place, acting_user="test", now=START)
    assert Membership.objects.filter(person=bob, role="reviewer").count() == 2

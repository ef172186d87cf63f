"""Writing people, sources, and what the ones are to the others."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from stanch_server.accounts import names
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.errors import LastAdminError, NameTakenError
from stanch_server.accounts.models import Membership, Person, SignInLink, Source
from stanch_server.accounts.operations.ending import end_sessions
from stanch_server.accounts.operations.recording import record


@transaction.atomic
def create_source(*, name: str, acting_user: str, now: datetime) -> Source:
    """Add a site or product of the operator."""
    source = Source.objects.create(name=name)
    record("source-created", source.id, acting_user=acting_user, now=now, source=source)
    return source


@transaction.atomic
def set_source_state(source: Source, state: Source.State, *, acting_user: str, now: datetime) -> None:
    """Close a source, which also stops its keys, or open it again."""
    if Source.objects.filter(id=source.id).exclude(state=state).update(state=state):
        record("source-state", source.id, acting_user=acting_user, now=now, source=source, state=state.value)


@transaction.atomic
def create_person(*, sign_in_name: str, display_name: str, acting_user: str, now: datetime) -> Person:
    """Add a person, who can do nothing yet and has no passphrase: a sign-in link lets them choose one.

    Raises
    ------
    ValidationError
        If the name will not do.
    NameTakenError
        If somebody has it, however they type it.
    """
    name = names.normalise(sign_in_name)
    names.check(name)
    person = Person(sign_in_name=name, display_name=display_name.strip() or name)
    person.set_unusable_password()
    if Person.objects.filter(sign_in_name=name).exists():
        raise NameTakenError
    person.save(force_insert=True)
    record("person-created", person.id, acting_user=acting_user, now=now)
    return person


@transaction.atomic
def set_active(person: Person, *, active: bool, acting_user: str, now: datetime) -> None:
    """Shut a person out, at once and with every session and link, or let them in again.

    Raises
    ------
    LastAdminError
        If they are the last who manages people.
    """
    if not active:
        _keep_an_admin(without=Membership.objects.filter(person=person))
        SignInLink.objects.filter(person=person, used_at=None).delete()
        end_sessions(person)  # or they would open again once the person is let in
    if Person.objects.filter(id=person.id, is_active=not active).update(is_active=active):
        person.is_active = active
        action = "person-let-in" if active else "person-shut-out"
        record(action, person.id, acting_user=acting_user, now=now)


@transaction.atomic
def grant_role(person: Person, role: Role, source: Source | None, *, acting_user: str, now: datetime) -> None:
    """Make a person something to a source, or with None to all of them; once is enough."""
    _, new = Membership.objects.get_or_create(person=person, role=role.value, source=source)
    if new:
        record("role-granted", person.id, acting_user=acting_user, now=now, source=source, role=role.value)


@transaction.atomic
def revoke_role(person: Person, role: Role, source: Source | None, *, acting_user: str, now: datetime) -> None:
    """Take back what `grant_role` gave, from the next request on.

    Raises
    ------
    LastAdminError
        If nobody would manage people any more.
    """
    held = Membership.objects.filter(person=person, role=role.value, source=source)
    _keep_an_admin(without=held)
    if held.delete()[0]:
        record("role-revoked", person.id, acting_user=acting_user, now=now, source=source, role=role.value)


def _keep_an_admin(*, without: QuerySet[Membership]) -> None:
    """Refuse if these were the last who manage people. Locks them all: two cannot remove each other at once."""
    admins = Membership.objects.select_for_update().filter(role=Role.ADMIN, source=None, person__is_active=True)
    found = set(admins.values_list("id", flat=True))
    leaving = set(without.values_list("id", flat=True))
    if found and found <= leaving:
        raise LastAdminError

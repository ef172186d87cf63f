"""The first admin, and links with which people sign in: for whoever can run commands on the server."""

import itertools
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from stanch_server.accounts import names, operations
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Membership, Person
from stanch_server.project.errors import UnknownNameError

FIRST = "admin"
FIRST_ROLES = (Role.ADMIN, Role.MANAGER)
"""An admin sees no content; whoever sets a service up wants to see it at work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """A link that signs one person in once, within a quarter of an hour."""

    name: str
    path: str


def first_admin(*, now: datetime) -> Invitation | None:
    """Make an admin and a link for them, if nobody manages people yet. No passphrase is there from the start."""
    with transaction.atomic():
        if Membership.objects.filter(role=Role.ADMIN, source=None, person__is_active=True).exists():
            return None
        admin = operations.create_person(
            sign_in_name=_free_name(), display_name="Admin", acting_user=operations.SYSTEM, now=now
        )
        for role in FIRST_ROLES:
            operations.grant_role(admin, role, None, acting_user=operations.SYSTEM, now=now)
        return _invite(admin, now)


def invite(name: str, *, now: datetime) -> Invitation:
    """Make a new link for a person; older ones end.

    Raises
    ------
    UnknownNameError
        If nobody signs in under this name.
    """
    return _invite(person_called(name), now)


def person_called(name: str) -> Person:
    """Return the person who signs in under this name; raises as `invite` does."""
    person = Person.objects.filter(sign_in_name=names.normalise(name), is_active=True).first()
    if person is None:
        raise UnknownNameError(what="person", name=name, data=settings.DATA_FOLDER, known="")
    return person


def _free_name() -> str:
    """Return `admin`, or with a number if somebody is called so who is none."""
    candidates = itertools.chain([FIRST], (f"{FIRST}-{number}" for number in itertools.count(2)))
    return next(name for name in candidates if not Person.objects.filter(sign_in_name=name).exists())


def _invite(person: Person, now: datetime) -> Invitation:
    token = operations.create_sign_in_link(person, now=now)
    return Invitation(name=person.sign_in_name, path=reverse("accounts:link", args=[token]))


def address(*, host: str = "", port: int | None = None) -> str:
    """Return the address of the console as people reach it.

    Parameters
    ----------
    host, port : on which the service listens; behind HTTPS its first name is taken instead.
    """
    known: str = settings.ALLOWED_HOSTS[0]
    if settings.HTTPS:
        return f"https://{known}"
    shown = host if host in settings.ALLOWED_HOSTS else known
    return f"http://{shown}" if port is None else f"http://{shown}:{port}"

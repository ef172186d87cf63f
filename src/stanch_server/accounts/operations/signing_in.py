"""Writing sign-in links, and the record of who signed in and out."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from stanch_server.accounts.errors import SignInLinkError
from stanch_server.accounts.models import Person, SignInLink
from stanch_server.accounts.names import normalise
from stanch_server.accounts.operations.recording import NOBODY, SYSTEM, record
from stanch_server.accounts.secrets import digest, new_token

LINK_LIFE: Final = timedelta(minutes=15)


@transaction.atomic
def create_sign_in_link(person: Person, *, now: datetime, acting_user: str = SYSTEM) -> str:
    """Return the token of a link that signs a person in once, within 15 minutes; older ones end."""
    SignInLink.objects.filter(person=person, used_at=None).delete()
    token = new_token()
    SignInLink.objects.create(person=person, token_hash=digest(token), expires_at=now + LINK_LIFE)
    record("link-created", person.id, acting_user=acting_user, now=now)
    return token


@transaction.atomic
def use_sign_in_link(token: str, *, now: datetime) -> Person:
    """Use a link up and return whom it signs in; of two requests at once, one succeeds.

    Raises
    ------
    SignInLinkError
        If it is not one, was used or replaced, has expired, or the person was shut out.
    """
    links = SignInLink.objects.filter(token_hash=digest(token), expires_at__gt=now, person__is_active=True)
    link = links.select_related("person").first()
    if link is None or not SignInLink.objects.filter(id=link.id, used_at=None).update(used_at=now):
        raise SignInLinkError
    record("link-used", link.person.id, acting_user=link.person.actor, now=now)
    return link.person


@transaction.atomic
def note_sign_in(person: Person, *, by: str, now: datetime) -> None:
    """Record that a person proved who they are: by `passphrase`, `link`, or once `more` for a dangerous act."""
    record("signed-in", person.id, acting_user=person.actor, now=now, by=by)


@transaction.atomic
def note_sign_in_refused(sign_in_name: str, *, now: datetime) -> None:
    """Record that somebody could not sign in under a name. What they typed is not recorded.

    An unknown name stays out, too: it may be a passphrase in the wrong field.
    """
    person = Person.objects.filter(sign_in_name=normalise(sign_in_name)).first()
    record("sign-in-refused", person.id if person else "", acting_user=NOBODY, now=now)


@transaction.atomic
def note_session_ended(person: UUID | str, *, why: str, now: datetime) -> None:
    """Record the end of a session: `signed-out`, `idle` or `too-long`."""
    record("session-ended", person, acting_user=str(person), now=now, why=why)

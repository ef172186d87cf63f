"""Writing what a person proves themselves with: passphrase, authenticator app, recovery codes."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from stanch_server.accounts.models import Authenticator, Person, RecoveryCodes
from stanch_server.accounts.operations.ending import end_sessions
from stanch_server.accounts.operations.recording import record


@transaction.atomic
def set_passphrase(person: Person, passphrase: str, *, acting_user: str, now: datetime) -> None:
    """Set a passphrase; every session of the person ends that is not carried over by its view.

    Raises
    ------
    ValidationError
        If it is too short, too common or too like the person's names, with sentences that say so.
    """
    validate_password(passphrase, person)
    person.set_password(passphrase)
    person.save(update_fields=["password"])
    record("passphrase-set", person.id, acting_user=acting_user, now=now)


@transaction.atomic
def begin_authenticator(person: Person) -> Authenticator:
    """Return the authenticator that a person is about to confirm; the same one until they have."""
    Person.objects.select_for_update().get(id=person.id)
    device: Authenticator = Authenticator.objects.get_or_create(
        user=person, confirmed=False, defaults={"name": "app"}
    )[0]
    return device


@transaction.atomic
def confirm_authenticator(
    person: Person, code: str, *, acting_user: str, now: datetime
) -> tuple[Authenticator, list[str]] | None:
    """Confirm the authenticator by a code that it shows; it replaces an older one.

    Returns
    -------
    The device and ten recovery codes, to be shown once; None if the code is wrong, and the next try has to wait.
    """
    device = Authenticator.objects.select_for_update().filter(user=person, confirmed=False).first()
    if device is None or not device.verify_token("".join(code.split())):
        return None
    Authenticator.objects.filter(user=person, confirmed=True).delete()
    device.confirmed = True
    device.save()
    record("authenticator-set", person.id, acting_user=acting_user, now=now)
    return device, new_recovery_codes(person, acting_user=acting_user, now=now)


@transaction.atomic
def new_recovery_codes(person: Person, *, acting_user: str, now: datetime) -> list[str]:
    """Return ten new recovery codes, to be shown once; the old ones end."""
    Person.objects.select_for_update().get(id=person.id)
    device, _ = RecoveryCodes.objects.get_or_create(user=person, defaults={"name": "paper"})
    record("recovery-codes-made", person.id, acting_user=acting_user, now=now)
    return list(device.replace())


@transaction.atomic
def remove_authenticator(person: Person, *, acting_user: str, now: datetime) -> None:
    """Remove a person's second factor, because it is lost; a link lets them in to set up another.

    Every session ends: whoever holds one, perhaps with what was lost, would be asked to set up the other.
    """
    end_sessions(person)
    gone = Authenticator.objects.filter(user=person).delete()[0]
    RecoveryCodes.objects.filter(user=person).delete()
    if gone:
        record("authenticator-removed", person.id, acting_user=acting_user, now=now)

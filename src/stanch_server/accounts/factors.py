"""Whether a code is the one that a person's second factor would give now."""

from django.db import transaction
from django_otp.models import Device

from stanch_server.accounts.models import Authenticator, Person, RecoveryCodes


def has_authenticator(person: Person) -> bool:
    """Whether a person has set up the second factor."""
    return bool(Authenticator.objects.filter(user=person, confirmed=True).exists())


def verify(person: Person, code: str) -> Device | None:
    """Return the device that accepts a code, using the code up; else None, and the next try has to wait.

    Both devices are locked while they compare, so that two requests at once cannot use one code.
    """
    written = "".join(code.split())
    model = Authenticator if written.isdecimal() else RecoveryCodes
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=person, confirmed=True).first()
        return device if device is not None and device.verify_token(written) else None

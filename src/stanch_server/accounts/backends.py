"""Signing in by name, passphrase and code, all three at once, so that no step tells which one was wrong."""

from uuid import UUID

from django.http import HttpRequest

from stanch_server.accounts.factors import verify
from stanch_server.accounts.models import Person


class PassphraseAndCode:
    """Django asks this for people. Who has no second factor yet gets in by a link only."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's protocol
        *,
        sign_in_name: str | None = None,
        password: str | None = None,
        token: str | None = None,
    ) -> Person | None:
        """Return the person, with the device that accepted the code, or None.

        The arguments bear the names that Django blanks out when it tells others of a failure.
        """
        if sign_in_name is None or password is None or token is None:
            return None
        person = Person.objects.filter(sign_in_name=sign_in_name).first()
        if person is None:
            Person().set_password(password)  # takes as long as if there were one
            return None
        if not person.check_password(password) or not person.is_active:
            return None
        device = verify(person, token)
        if device is None:
            return None
        person.otp_device = device  # django-otp carries it into the session
        return person

    def get_user(self, user_id: UUID) -> Person | None:
        """Return whom a session belongs to, None from the moment on in which they are shut out."""
        return Person.objects.filter(id=user_id, is_active=True).first()

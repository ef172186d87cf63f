"""The second factor: codes of an authenticator app, and recovery codes on paper.

django-otp keeps, compares and throttles them. Two things differ here, so that a stolen copy of the database alone
gives nobody a second factor: the app's secret is made from the stored seed and a key outside the database, and of
recovery codes only keyed hashes are stored.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from django.conf import settings
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES: Final = 10
RECOVERY_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none is taken for another in handwriting
RECOVERY_LENGTH: Final = 16  # 79 bits


class Authenticator(TOTPDevice):  # type: ignore[misc] # django-otp is untyped
    """A person's authenticator app (RFC 6238: SHA-1, six digits, 30 seconds, one step of tolerance)."""

    class Meta:
        """The same table."""

        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The secret that the app holds, 20 bytes: stored nowhere as such."""
        return _keyed("totp", bytes.fromhex(self.key))[:20]


class RecoveryCodes(StaticDevice):  # type: ignore[misc] # django-otp is untyped
    """A person's recovery codes; each works once."""

    class Meta:
        """The same table."""

        proxy = True

    def verify_token(self, token: str) -> bool:
        """Whether it is one of the codes left; it is then used up."""
        return bool(super().verify_token(_stored(token)))

    def replace(self) -> list[str]:
        """Store new codes in place of the old ones and return them, to be shown once."""
        codes = [
            "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
            for _ in range(RECOVERY_CODES)
        ]
        self.token_set.all().delete()
        for code in codes:
            self.token_set.create(token=_stored(code))
        return ["-".join(code[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4)) for code in codes]


def _stored(code: str) -> str:
    written = "".join(letter for letter in code.lower() if letter in RECOVERY_LETTERS)
    return base64.urlsafe_b64encode(_keyed("recovery", written.encode())[:12]).decode()


def _keyed(purpose: str, content: bytes) -> bytes:
    return hmac.digest(settings.FACTOR_KEY, purpose.encode() + b"\0" + content, hashlib.sha256)

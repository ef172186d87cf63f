"""Secrets of webhooks as they lie in the database: worthless without a key that stands outside it.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits. The webhook's id is authenticated with each secret:
one that was copied into another row does not open there.
"""

import secrets
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from stanch_server.audit.keys import key_file
from stanch_server.intake.webhooks.errors import SealedSecretError

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12


def seal(secret: bytes, *, webhook: UUID) -> bytes:
    """Return a secret as it may lie in the row of its webhook."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + _cipher().encrypt(nonce, secret, webhook.bytes)


def unseal(sealed: bytes, *, webhook: UUID) -> bytes:
    """Return a sealed secret.

    Raises
    ------
    SealedSecretError
        If the key is another one than then, or the row was altered.
    """
    written = bytes(sealed)
    version, nonce, rest = written[:1], written[1 : 1 + NONCE_BYTES], written[1 + NONCE_BYTES :]
    try:
        if version != VERSION:
            raise InvalidTag
        return _cipher().decrypt(nonce, rest, webhook.bytes)
    except (InvalidTag, ValueError) as error:
        raise SealedSecretError(webhook=webhook) from error


def _cipher() -> AESGCM:
    return AESGCM(_key(Path(settings.CONFIGURATION.data) / "keys" / "webhook.key"))


@cache
def _key(path: Path) -> bytes:
    return key_file(path)

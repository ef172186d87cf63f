"""Signatures by the scheme of Standard Webhooks, version 1 (standardwebhooks.com)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

SECRET_BYTES: Final = 32
SECRET_MARK: Final = "whsec_"  # noqa: S105 - what secrets begin with, not one


def new_secret() -> bytes:
    """Return a new secret, 256 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """Return a secret as people and libraries write it."""
    return SECRET_MARK + base64.b64encode(secret).decode()


def headers(message: str, body: bytes, *, keys: Sequence[bytes], at: datetime) -> Mapping[str, str]:
    """Return the three headers of an attempt.

    Parameters
    ----------
    message : its id, the same at every attempt.
    keys : the secrets that sign, one or, during a rotation, two; a receiver accepts either.
    at : when it is sent; receivers refuse what is minutes old, so that nobody can play it back later.
    """
    stamp = str(int(at.timestamp()))
    signed = b".".join((message.encode(), stamp.encode(), body))
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
